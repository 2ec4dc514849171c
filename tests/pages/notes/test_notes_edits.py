"""Changes by hand, and the compact text in which a piece travels in a link."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.music import Key, Note, Score
from engine.notes import Piece, PieceNote, Voice, read, score_of
from engine.render import to_midi, to_musicxml
from pages.parts.notes import writing
from pages.parts.notes.compact import packed, unpacked
from pages.parts.notes.edits import (
    Edit,
    edited,
    edited_piece,
    edited_score,
    held,
    reaches,
    read_edits,
    with_edit,
    write_edits,
)
from pages.parts.notes.examples import example
from pages.parts.session.notes import Sketch, Stand
from tests.fixtures.midi.regenerate import FOLDER

scores = st.lists(
    st.builds(
        Note,
        pitch=st.integers(40, 90),
        onset=st.integers(0, 30).map(lambda n: n / 4),
        duration=st.integers(1, 8).map(lambda n: n / 4),
        staff=st.sampled_from(("right", "left")),
    ),
    min_size=1,
    max_size=12,
).map(lambda notes: Score("", Key("C"), 100.0, 4, tuple(notes), beats=12.0, meter="4/4"))
all_edits = st.lists(
    st.builds(Edit, st.integers(0, 14), st.integers(0, 127), st.integers(0, 400), st.integers(0, 300)), max_size=8
)


@given(scores, all_edits)
def test_edited_music_stays_writable(score: Score, wished: list[Edit]) -> None:
    edits: tuple[Edit, ...] = ()
    for edit in wished:
        edits = with_edit(edits, edit)
    now = edited_score(score, edits)
    assert len({edit.note for edit in edits}) == len(edits)
    assert sum(note is None for note in edited(score, edits)) == sum(
        not edit.length and edit.note < len(score.notes) for edit in edits
    )
    for note in now.notes:
        assert note.onset >= 0
        assert note.onset + note.duration <= score.beats + 1e-9
    if edits:
        same = [(n.staff, n.pitch, n.onset, n.onset + n.duration) for n in now.notes]
        assert not any(
            a[:2] == b[:2] and a[2] < b[3] - 1e-9 and b[2] < a[3] - 1e-9
            for index, a in enumerate(same) for b in same[index + 1 :]
        )  # fmt: skip


def test_edited_music_is_written_to_files() -> None:
    """A note moved into the middle of others, over a bar line."""
    score = edited_score(score_of(example("chorale")), (Edit(3, 72, 30, 60), Edit(8, 50, 7, 90), Edit(12)))
    assert to_midi(score)[:4] == b"MThd"
    assert b"<score-partwise" in to_musicxml(score)


@given(scores, all_edits, st.integers(0, 11), st.floats(0, 20))
def test_what_is_held_is_heard_as_it_is_shown(score: Score, wished: list[Edit], number: int, length: float) -> None:
    """Of any roll: the note ends where it was let go or where it has to, and no cut makes it shorter."""
    edits: tuple[Edit, ...] = ()
    for edit in wished:
        edits = with_edit(edits, edit)
    lying = edited(score, edits)
    note = lying[number] if number < len(lying) else None
    if note is None:
        return
    new = held(number, note, length, reaches(lying, score)[number], 0.25)
    if new is None:
        return
    now = edited(score, with_edit(edits, new))[number]
    assert now is not None
    assert (now.pitch, now.staff) == (note.pitch, note.staff)
    assert now.onset == pytest.approx(note.onset)
    assert 0.25 - 1e-9 <= now.duration <= max(length, 0.25) + 1 / 48
    assert now.onset + now.duration <= score.beats + 1e-9
    place = (now.staff, now.pitch, now.onset)
    if [(each.staff, each.pitch, each.onset) for each in edited(score, with_edit(edits, new)) if each].count(
        place
    ) == 1:
        heard = edited_score(score, with_edit(edits, new)).notes
        (one,) = [each for each in heard if (each.staff, each.pitch, each.onset) == place]
        assert one.duration == pytest.approx(now.duration)


@given(all_edits)
def test_edits_come_back_from_a_link(wished: list[Edit]) -> None:
    edits: tuple[Edit, ...] = ()
    for edit in wished:
        edits = with_edit(edits, edit if edit.length else Edit(edit.note))
    assert read_edits(write_edits(edits)) == edits


@pytest.mark.parametrize("text", ["", "x", "1.2", "1.2.3", "9999999", "1.128.0.1", "-1", "1.2.3.4.5", "²", "_" * 9_999])
def test_broken_edits_are_left_out(text: str) -> None:
    assert read_edits(text) == ()


@pytest.mark.parametrize(
    "name", ["abc2midi_jig", "music21_chords", "music21_pickup", "triplets", "running_status_type0"]
)
def test_a_piece_comes_back_from_its_text(name: str) -> None:
    piece = read((FOLDER / f"{name}.mid").read_bytes())
    again = unpacked(packed(piece))
    assert again is not None
    assert [(n.pitch, n.onset, n.duration) for n in again.notes] == [
        (n.pitch, n.onset, n.duration) for n in piece.notes
    ]
    assert (again.pickup, again.end, again.meter, again.key) == (piece.pickup, piece.end, piece.meter, piece.key)
    assert [voice.program for voice in again.voices] == [voice.program for voice in piece.voices]


def _text(plain: str) -> str:
    import zlib
    from base64 import urlsafe_b64encode

    return urlsafe_b64encode(zlib.compress(plain.encode())).decode().rstrip("=")


@pytest.mark.parametrize(
    "plain",
    [
        "",
        "4/4;100;;0;96",
        "4/4;100;;0;96;0:",
        "0/4;100;;0;96;0:60.0.24",
        "4/3;100;;0;96;0:60.0.24",
        "4/4;9999;;0;96;0:60.0.24",
        "4/4;100;9ma;0;96;0:60.0.24",
        "4/4;100;;97;96;0:60.0.24",
        "4/4;100;;0;96;0:128.0.24",
        "4/4;100;;0;96;0:60.0.0",
        "4/4;100;;0;96;0:60.-5.24",
        "4/4;100;;0;96;999:60.0.24",
        "4/4;100;;0;9999999;0:60.0.24",
        "4/4;100;;0;96;0:60.98304.24",
        "4/4;100;;0;96;0:" + "60.1.1," * 4_000 + "60.1.1",
        "4/4;100;;0;96;0:" + "0" * 500_000,
    ],
)
def test_a_broken_text_is_no_piece(plain: str) -> None:
    assert unpacked(_text(plain)) is None


@pytest.mark.parametrize("text", ["x", "ä", "A" * 300_000, packed(example("melody"))[:-6]])
def test_what_is_not_packed_is_no_piece(text: str) -> None:
    assert unpacked(text) is None


def test_edits_reach_the_piece_voice_by_voice() -> None:
    piece = example("chorale")
    score = score_of(piece)
    bass = next(number for number, note in enumerate(score.notes) if note.pitch == 43)
    changed = edited_piece(piece, score, (Edit(bass, 45, 6 * 24, 48),))
    assert [voice.notes[-1].pitch for voice in changed.voices] == [67, 62, 59, 45]
    assert changed.voices[:3] == piece.voices[:3]


def chord_of(*pitches: int) -> Piece:
    """Four voices that sound once."""
    voices = (Voice((PieceNote(pitch, Fraction(0), Fraction(2)),), part=part) for part, pitch in enumerate(pitches))
    return Piece(tuple(voices), Fraction(4))


def test_of_a_unison_across_the_staves_one_voice_is_moved() -> None:
    piece = chord_of(72, 60, 60, 48)
    score = score_of(piece)
    tenor = next(number for number, note in enumerate(score.notes) if (note.pitch, note.staff) == (60, "left"))
    moved_away = edited_piece(piece, score, (Edit(tenor, 55, 0, 48),))
    assert [voice.notes[0].pitch for voice in moved_away.voices] == [72, 60, 55, 48]
    taken_away = edited_piece(piece, score, (Edit(tenor),))
    assert [len(voice.notes) for voice in taken_away.voices] == [1, 1, 0, 1]


@given(st.lists(st.integers(48, 72), min_size=4, max_size=4), st.integers(0, 3), st.integers(45, 75))
def test_an_edited_piece_is_what_is_heard(pitches: list[int], number: int, pitch: int) -> None:
    """Of one staff a unison is one note on the page, and goes with both its voices."""
    piece = chord_of(*sorted(pitches, reverse=True))
    score = score_of(piece)
    edits = (Edit(number % len(score.notes), pitch, 0, 48),)
    heard = {note.pitch for note in edited_score(score, edits).notes}
    assert {note.pitch for note in edited_piece(piece, score, edits).notes} == heard


def test_a_choir_takes_its_parts_away_as_they_were_changed() -> None:
    """The tenor's first note went away, and its last moved: no other part says otherwise than before."""
    piece = example("chorale")
    score = score_of(piece)
    first, last = (number for number, note in enumerate(score.notes) if (note.pitch, note.staff) == (59, "left"))
    edits = (Edit(first), Edit(last, 55, 6 * 24, 48))
    changed = writing.score_in(Stand("chorale").with_sketch(Sketch(piece, edits=edits)))
    assert changed is not None
    before, now = ({part.name: [note.pitch for note in part.notes] for part in each.choir} for each in (score, changed))
    assert now == before | {"Tenor": [*before["Tenor"][1:-1], 55]}
