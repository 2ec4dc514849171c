"""Token forms: the plain one as published programs write it, and lines of events, both there and back."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.music import Key
from engine.notes import (
    KeySignature,
    Meter,
    NoteEvent,
    Piece,
    PieceNote,
    UnreadableNotes,
    Voice,
    bar_starts,
    key_of,
    likely_key,
    melody_events,
    normal_order,
    parts_events,
    piece_of_events,
    piece_of_plain,
    plain_tokens,
    read_midi,
    score_of,
)
from engine.notes.plain import MOST_TOKENS, pitch_name, pitch_of
from tests.fixtures.midi.regenerate import FOLDER

ZERO = Fraction(0)


def exact(beats: float) -> Fraction:
    return Fraction(beats).limit_denominator(12)


def piece_of(*voices: list[tuple[float, int, float]], **settings: object) -> Piece:
    """Voices of (onset, pitch, duration) in beats."""
    made = tuple(
        Voice(tuple(PieceNote(pitch, exact(onset), exact(length)) for onset, pitch, length in voice), part=number)
        for number, voice in enumerate(voices)
    )
    end = max(note.end for voice in made for note in voice.notes)
    return Piece(made, end, **settings)  # type: ignore[arg-type]


# --- plain ----------------------------------------------------------------------------------------------------------


def test_normal_order_is_that_of_music21_for_every_set_of_pitch_classes() -> None:
    from music21 import chord, pitch

    names = [pitch.Pitch(midi=60 + number) for number in range(12)]
    for bits in range(1, 4096):
        classes = [number for number in range(12) if bits >> number & 1]
        expected = chord.Chord([names[number] for number in classes]).normalOrder
        assert normal_order(classes) == tuple(expected)
    assert normal_order(()) == ()


def test_pitch_names_are_those_of_music21() -> None:
    from music21 import pitch

    for number in range(128):
        assert pitch_name(number) == pitch.Pitch(midi=number).nameWithOctave
        assert number < 12 or pitch_of(pitch_name(number)) == number


def test_a_file_becomes_the_tokens_that_were_stated() -> None:
    chords = read_midi((FOLDER / "music21_chords.mid").read_bytes())
    assert plain_tokens(chords) == ["0.4.7", "5.9.0", "7.11.2", "0.4.7", "C4", "D4", "E4", "EOS"]
    scale = read_midi((FOLDER / "running_status_type0.mid").read_bytes())
    assert plain_tokens(scale) == ["C4", "D4", "E4", "F4", "G4", "C5", "B4", "A4", "G4", "EOS"]


def test_octaves_are_one_class_and_unisons_one_note() -> None:
    piece = piece_of([(0, 60, 1), (0, 72, 1), (1, 64, 1)], [(1, 64, 1), (2, 58, 1)])
    assert plain_tokens(piece) == ["0", "E4", "B-3", "EOS"]


tokens = st.one_of(
    st.integers(12, 127).map(pitch_name),
    st.sets(st.integers(0, 11), min_size=2).map(lambda classes: ".".join(map(str, normal_order(classes)))),
)


@given(st.lists(tokens, min_size=1, max_size=30))
def test_plain_tokens_are_read_and_written_alike(line: list[str]) -> None:
    piece = piece_of_plain([*line, "EOS", "C4"])
    assert plain_tokens(piece) == [*line, "EOS"]
    assert piece.end == Fraction(len(line), 2)


@pytest.mark.parametrize("bad", ["", "H4", "C", "c4", "C44", "0.12", "0.", ".", "4.-1", "C4.E4", "G#9", "0.4.7 ", "٣"])
def test_tokens_of_another_form_are_refused(bad: str) -> None:
    with pytest.raises(UnreadableNotes, match=re.escape(f'"{bad}"')):
        piece_of_plain(["C4", bad])


def test_no_token_and_too_many_are_refused() -> None:
    with pytest.raises(UnreadableNotes, match="no note"):
        piece_of_plain(["EOS", "C4"])
    with pytest.raises(UnreadableNotes, match=str(MOST_TOKENS)):
        piece_of_plain(["C4"] * (MOST_TOKENS + 1))


def test_a_chord_token_of_any_length_holds_twelve_notes_at_most() -> None:
    assert len(piece_of_plain([".".join(["0"] * 5000)]).notes) <= 12


# --- events ---------------------------------------------------------------------------------------------------------


def test_a_melody_has_rests_and_places_in_the_bar() -> None:
    piece = piece_of([(0.5, 60, 0.5), (1, 62, 1), (4, 64, 0.25)], meters=(Meter(ZERO, 3, 4),))
    assert melody_events(piece) == [
        (None, 2, 0), (60, 2, 2), (62, 4, 4), (None, 8, 8), (64, 1, 4),
    ]  # fmt: skip


def test_a_pickup_stands_at_the_end_of_its_bar() -> None:
    piece = piece_of([(0, 60, 1), (1, 62, 1)], pickup=Fraction(1))
    assert [event.place for event in melody_events(piece)] == [12, 0]


def test_the_highest_note_leads_and_notes_under_it_are_left_out() -> None:
    piece = piece_of([(0, 60, 1), (0, 64, 2), (1, 55, 1), (2, 62, 2), (3, 65, 1)])
    assert melody_events(piece) == [(64, 8, 0), (62, 4, 8), (65, 4, 12)]


def test_the_melody_is_the_highest_voice_that_says_much() -> None:
    low = [(float(beat), 48, 1.0) for beat in range(8)]
    high = [(float(beat), 72, 1.0) for beat in range(8)]
    descant = [(0.0, 96, 1.0)]
    assert {event.pitch for event in melody_events(piece_of(low, descant, high))} == {None, 72} - {None}


def test_triplets_keep_their_order_on_sixteenths_and_are_exact_on_twelfths() -> None:
    piece = piece_of([(0, 60, 1 / 3), (1 / 3, 62, 1 / 3), (2 / 3, 64, 1 / 3), (1, 65, 1)])
    assert melody_events(piece) == [(60, 1, 0), (62, 2, 1), (64, 1, 3), (65, 4, 4)]
    assert [event.duration for event in melody_events(piece, Fraction(1, 12))] == [4, 4, 4, 12]


def test_parts_come_from_high_to_low() -> None:
    piece = piece_of([(0, 48, 1)], [(0, 72, 1)], [(0, 60, 1), (0, 64, 1)])
    assert [[event.pitch for event in part] for part in parts_events(piece)] == [[72], [64], [48]]


def test_the_voices_of_one_part_are_parts_only_when_it_is_alone() -> None:
    first, second = ((PieceNote(72, ZERO, Fraction(1)),), (PieceNote(60, ZERO, Fraction(1)),))
    alone = Piece((Voice(first), Voice(second)), Fraction(1))
    assert len(parts_events(alone)) == 2
    other = Voice((PieceNote(40, ZERO, Fraction(1)),), part=1)
    assert len(parts_events(Piece((Voice(first), Voice(second), other), Fraction(1)))) == 2


@st.composite
def lines(draw: st.DrawFn) -> list[tuple[int | None, int]]:
    """Notes and rests, no two rests together, a note at the end."""
    made: list[tuple[int | None, int]] = []
    for pitch, duration in draw(st.lists(st.tuples(st.integers(40, 80) | st.none(), st.integers(1, 12)), max_size=20)):
        if pitch is not None or (made and made[-1][0] is not None):
            made.append((pitch, duration))
    return [*made, (60, 4)]


@given(st.lists(lines(), min_size=1, max_size=4), st.sampled_from([(4, 4), (6, 8), (9, 8), (5, 4)]), st.integers(0, 11))
def test_events_are_read_and_written_alike(
    parts: list[list[tuple[int | None, int]]], meter: tuple[int, int], upbeat: int
) -> None:
    given_events = [[NoteEvent(pitch, duration, 0) for pitch, duration in part] for part in parts]
    made = piece_of_events(given_events, meter=Meter(ZERO, *meter), pickup=Fraction(upbeat, 4))
    found = parts_events(made)
    assert sorted(map(str, parts)) == sorted(str([(event.pitch, event.duration) for event in line]) for line in found)
    for line in found:
        now = 0
        for event in line:
            assert event.place == int(made.place_in_bar(Fraction(now, 4)) * 4)
            now += event.duration


@given(lines(), st.integers(0, 11))
def test_a_line_is_read_and_written_alike(line: list[tuple[int | None, int]], upbeat: int) -> None:
    events = [NoteEvent(pitch, duration, 0) for pitch, duration in line]
    made = piece_of_events([events], pickup=Fraction(upbeat, 4), title="Line")
    assert [(event.pitch, event.duration) for event in melody_events(made)] == line
    assert melody_events(piece_of_events([melody_events(made)], pickup=made.pickup)) == melody_events(made)


# --- keys and scores ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "key"),
    [((0, 2, 4, 5, 7, 9, 11, 12), Key("D")), ((0, 2, 3, 5, 7, 8, 11, 12), Key("D", "minor"))],
)
def test_a_key_is_found_where_the_file_has_none(steps: tuple[int, ...], key: Key) -> None:
    scale = piece_of([(float(i), 62 + step, 2.0 if step % 12 in (0, 7) else 1.0) for i, step in enumerate(steps)])
    assert likely_key(scale) == key_of(scale) == key


def test_the_signature_counts_more_than_the_notes() -> None:
    piece = piece_of([(0, 62, 4)], keys=(KeySignature(ZERO, -2, "minor"),))
    assert key_of(piece) == Key("G", "minor")


def test_all_twelve_notes_have_some_key() -> None:
    assert likely_key(piece_of([(float(i), 60 + i, 1.0) for i in range(12)])).tonic


@pytest.mark.parametrize("sharps", range(-7, 8))
@pytest.mark.parametrize("mode", ["major", "minor"])
def test_a_signature_and_its_key_have_the_same_sharps(sharps: int, mode: str) -> None:
    from music21 import key as keys

    signature = KeySignature(ZERO, sharps, "minor" if mode == "minor" else "major")
    tonic = signature.key.tonic.replace("b", "-")
    assert keys.Key(tonic.lower() if mode == "minor" else tonic, mode).sharps == sharps


def test_bars_begin_after_the_pickup_and_follow_the_meters() -> None:
    piece = piece_of(
        [(0, 60, 1), (1, 62, 8)],
        pickup=Fraction(1),
        meters=(Meter(ZERO, 3, 4), Meter(Fraction(4), 2, 4)),
    )
    assert bar_starts(piece) == [0, 1, 4, 6, 8, 10]
    assert [piece.place_in_bar(Fraction(beat)) for beat in (0, 1, 3, 4, 5, 6)] == [2, 0, 2, 0, 1, 0]


def test_a_last_bar_may_be_short_by_the_pickup() -> None:
    tune = piece_of([(0, 60, 1), (1, 62, 3), (4, 64, 2)], pickup=Fraction(1), meters=(Meter(ZERO, 3, 4),))
    assert (score_of(tune).bars, score_of(tune).beats) == ((0.0, 1.0, 4.0), 6.0)
    assert score_of(piece_of([(0, 60, 1), (4, 62, 1)])).beats == 8


def test_chords_of_one_voice_are_shared_by_two_hands_and_voices_keep_together() -> None:
    chords = score_of(piece_of([(0, 48, 1), (0, 64, 1), (1, 50, 1)]))
    assert [(note.pitch, note.staff) for note in chords.notes] == [(48, "left"), (64, "right"), (50, "left")]
    voices = score_of(piece_of([(0, 62, 1), (1, 58, 1), (2, 67, 1)], [(0, 62, 2), (2, 50, 2)]))
    assert {note.pitch: note.staff for note in voices.notes if note.onset} == {58: "right", 67: "right", 50: "left"}


def test_soprano_and_alto_share_the_upper_staff_however_high_the_tenor_sings() -> None:
    four = score_of(piece_of([(0, 48, 1)], [(0, 74, 1)], [(0, 62, 1)], [(0, 67, 1)]))
    assert {note.pitch: note.staff for note in four.notes} == {74: "right", 67: "right", 62: "left", 48: "left"}


def test_a_unison_in_one_hand_sounds_once_for_the_longer_time() -> None:
    score = score_of(piece_of([(0, 72, 1)], [(0, 72, 2)]))
    assert [(note.pitch, note.duration) for note in score.notes] == [(72, 2.0)]


def test_notes_are_spelled_as_the_key_does() -> None:
    score = score_of(piece_of([(0, 70, 1), (1, 66, 1)], keys=(KeySignature(ZERO, -2, "minor"),)))
    assert [note.spelling for note in score.notes] == ["Bb", "F#"]
