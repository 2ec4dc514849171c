"""Voice leading: what every voicing must hold, where it must lie, and that it moves less than blocks would."""

from __future__ import annotations

from itertools import pairwise
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import RenderError
from engine.music import NO_CHORD, QUALITIES, Chord, Key, Progression, Slot, Voicing, pitch_class_of
from engine.theory import chord_tones, read_chord
from engine.voicing import BASS_RANGE, RIGHT_RANGE, arrange, voice, voice_next

ROOTS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
TENSIONS = ((), ("9",), ("b9",), ("#9", "b13"), ("9", "13"), ("9", "#11", "13"))

chords = st.builds(
    Chord, st.sampled_from(ROOTS), st.sampled_from(QUALITIES), st.sampled_from(TENSIONS), st.sampled_from(("", *ROOTS))
)


def read(text: str) -> tuple[Chord, ...]:
    return tuple(read_chord(symbol) for symbol in text.split())


def sounding(voicing: Voicing) -> set[int]:
    return {pitch % 12 for pitch in voicing.pitches}


def classes_without_fifth(chord: Chord) -> set[int]:
    """What a voicing must not drop: everything but a perfect fifth, and the root where a slash bass stands."""
    tones = {pitch_class_of(name) for name in chord_tones(chord)}
    return tones - {(chord.pitch_class + 7) % 12}


@pytest.mark.parametrize("quality", QUALITIES)
@pytest.mark.parametrize("root", ROOTS)
def test_every_quality_keeps_what_makes_it_that_quality(root: str, quality: str) -> None:
    chord = Chord(root, quality)
    heard = sounding(voice_next(None, chord))
    assert classes_without_fifth(chord) <= heard <= {pitch_class_of(name) for name in chord_tones(chord)}


@given(st.lists(chords, min_size=1, max_size=12))
def test_every_voicing_holds_its_tensions_and_stays_in_its_register(progression: list[Chord]) -> None:
    for chord, voicing in zip(progression, voice(tuple(progression)), strict=True):
        assert classes_without_fifth(chord) <= sounding(voicing)
        assert voicing.pitches == tuple(sorted(set(voicing.pitches)))
        assert BASS_RANGE[0] <= voicing.left[0] <= BASS_RANGE[1]
        assert RIGHT_RANGE[0] <= voicing.right[0] and voicing.right[-1] <= RIGHT_RANGE[1]
        assert 3 <= len(voicing.right) <= 5 and len(voicing.left) <= 2
        assert voicing.left[0] % 12 == pitch_class_of(chord.bass or chord.root)


@given(st.lists(chords, min_size=1, max_size=12))
def test_no_third_lies_in_the_mud(progression: list[Chord]) -> None:
    for voicing in voice(tuple(progression)):
        gaps = [upper - lower for lower, upper in pairwise(voicing.pitches) if lower < 52]
        assert all(gap >= 3 for gap in gaps), voicing
        assert all(gap >= 5 for lower, gap in zip(voicing.pitches, gaps, strict=False) if lower < 48), voicing


@given(st.lists(chords | st.just(NO_CHORD), min_size=2, max_size=10))
def test_a_chord_added_later_changes_nothing_before_it(progression: list[Chord]) -> None:
    assert voice(tuple(progression[:-1])) == voice(tuple(progression))[:-1]


@given(st.lists(chords, min_size=2, max_size=10))
def test_voicing_all_is_voicing_one_after_the_other(progression: list[Chord]) -> None:
    previous = None
    for chord, voicing in zip(progression, voice(tuple(progression)), strict=True):
        assert voice_next(previous, chord) == voicing
        previous = voicing


def test_a_rest_is_silent_and_the_hands_remember() -> None:
    with_rest, without = voice(read("C N.C. F")), voice(read("C F"))
    assert with_rest[1] == Voicing()
    assert (with_rest[0], with_rest[2]) == without


@pytest.mark.parametrize(
    "text",
    [
        "C G Am F",
        "Dm7 G7 Cmaj7 A7",
        "Cm7 F7 Bbmaj7 Ebmaj7 Am7b5 D7 Gm",
        "C E7 Am D7 Dm7 G7 C",
        "Bb Bdim7 Cm7 F7 Dm7 G7 Cm7 F7",
        "E A E B7 C#m F#m B E",
    ],
)
def test_the_right_hand_travels_less_than_half_of_what_root_positions_travel(text: str) -> None:
    progression = read(text)
    blocks = [[60 + chord.pitch_class + step for step in (0, 4, 7)] for chord in progression]
    jumps = mean(sum(abs(a - b) for a, b in zip(x, y, strict=True)) for x, y in pairwise(blocks))
    hands = [voicing.right for voicing in voice(progression)]
    moves = mean(sum(min(abs(a - b) for b in x) for a in y) for x, y in pairwise(hands))
    assert moves < jumps / 2


def test_a_four_chord_song_is_led_as_a_pianist_would() -> None:
    assert voice(read("C G Am F")) == (
        Voicing((48,), (64, 67, 72)),
        Voicing((43,), (62, 67, 71)),
        Voicing((45,), (64, 69, 72)),
        Voicing((41,), (65, 69, 72)),
    )


def test_tensions_push_the_fifth_out_before_anything_else() -> None:
    (thirteenth,) = voice(read("G13"))
    assert sounding(thirteenth) == {7, 11, 5, 9, 4}  # root, third, seventh, ninth, thirteenth; no D
    (full,) = voice(read("C13#11"))
    assert len(full.left) == 2 and sounding(full) == {0, 4, 10, 2, 6, 9}


def test_arranged_notes_carry_the_spelling_of_their_chord() -> None:
    slots = tuple(Slot(chord, 2.0) for chord in read("Gm7 C7/Bb F/D N.C."))
    score = arrange(Progression(Key("F"), slots), 90, 4, 4, "Blues")
    assert {note.spelling for note in score.notes} == {"G", "Bb", "D", "F", "C", "E", "A"}
    assert all(pitch_class_of(note.spelling) == note.pitch % 12 for note in score.notes)
    assert score.chord_names == ((0.0, "Gm7"), (2.0, "C7/Bb"), (4.0, "F/D"), (6.0, "N.C."))
    assert {note.onset for note in score.notes} == {0.0, 2.0, 4.0} and score.beats == 8.0
    assert {note.staff for note in score.notes if note.pitch < 56} == {"left"}
    assert (score.title, score.tempo_bpm, score.instrument, score.beats_per_bar) == ("Blues", 90, 4, 4)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"tempo_bpm": 29.9}, "30 to 300"),
        ({"tempo_bpm": float("nan")}, "30 to 300"),
        ({"tempo_bpm": 301}, "301"),
        ({"instrument": 128}, "0 to 127"),
        ({"beats_per_bar": 0}, "1 to 16"),
        ({"progression": Progression(Key("C"), (Slot(Chord("C"), 0.0),))}, "Chord 1"),
    ],
)
def test_what_cannot_be_played_is_refused_in_words(change: dict[str, object], words: str) -> None:
    given_values: dict[str, object] = {"progression": Progression(Key("C"), (Slot(Chord("C")),))}
    with pytest.raises(RenderError, match=words):
        arrange(**(given_values | change))  # type: ignore[arg-type]
