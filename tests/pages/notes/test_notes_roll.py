"""Presses of the roll: moved, held longer, removed, undone; what does not fit is an echo."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from engine.music import Key, Note, Score
from engine.notes import score_of
from pages.parts.notes import roll
from pages.parts.notes.edits import Edit, edited, edited_piece, edited_score, held, reaches
from pages.parts.notes.examples import example
from pages.parts.session.notes import Sketch, Stand
from tests.pages.notes.common import Laid, opened, stand


def moved(note: int, pitch: int, onset: float, length: float = 1.0) -> dict[str, object]:
    return {"type": "move", "note": note, "pitch": pitch, "onset": onset, "length": length}


def test_a_note_is_moved_taken_away_and_brought_back(desk: Laid) -> None:
    score = score_of(example("melody"))
    roll.apply(moved(0, 64, 0.5))
    roll.apply({"type": "remove", "note": 1})
    now = edited_score(score, desk.value.sketch.edits).notes
    assert len(now) == len(score.notes) - 1
    assert Note(64, 0.5, 1.0, spelling="E") in now
    roll.apply({"type": "undo"})
    assert len(edited_score(score, desk.value.sketch.edits).notes) == len(score.notes)
    roll.apply({"type": "undo"})
    assert not desk.value.sketch.edits
    roll.apply({"type": "redo"})
    assert list(desk.value.sketch.edits) == [Edit(0, 64, 12, 24)]


def resized(note: int, length: object) -> dict[str, object]:
    return {"type": "resize", "note": note, "length": length}


def test_a_note_is_held_longer_and_undo_brings_it_back(desk: Laid) -> None:
    score = score_of(example("melody"))
    first = score.notes[0]
    roll.apply(resized(0, first.duration + 0.5))
    now = edited(score, desk.value.sketch.edits)[0]
    assert now == replace(first, duration=first.duration + 0.5)
    roll.apply(resized(0, 0.25))
    assert edited(score, desk.value.sketch.edits)[0] == replace(first, duration=0.25)
    roll.apply({"type": "undo"})
    roll.apply({"type": "undo"})
    assert not desk.value.sketch.edits
    roll.apply({"type": "redo"})
    assert desk.value.sketch.edits == (Edit(0, first.pitch, 0, 36),)


def test_a_note_that_was_moved_is_held_where_it_is_now(desk: Laid) -> None:
    roll.apply(moved(0, 64, 0.5))
    roll.apply(resized(0, 2.0))
    assert desk.value.sketch.edits == (Edit(0, 64, 12, 48),)


def test_no_note_is_held_beyond_the_end(desk: Laid) -> None:
    score = score_of(example("melody"))
    last = len(score.notes) - 1
    roll.apply(resized(last, 400.0))
    now = edited(score, desk.value.sketch.edits)[last]
    assert now is None or now.onset == score.notes[last].onset
    assert max(note.onset + note.duration for note in edited_score(score, desk.value.sketch.edits).notes) == score.beats


def test_no_note_is_held_into_the_next_of_its_pitch(desk: Laid) -> None:
    score = Score("", Key("C"), 100.0, 4, (Note(60, 0, 1), Note(60, 2, 1), Note(60, 1, 1, staff="left")), beats=4.0)
    assert reaches(score.notes, score) == (2.0, 4.0, 4.0)
    assert reaches((*score.notes[:1], None, None), score) == (4.0, 4.0, 4.0)
    assert held(0, score.notes[0], 3.5, 2.0, 0.25) == Edit(0, 60, 0, 48)


def test_one_voice_of_a_chorale_is_held_and_the_others_stay(desk: Laid) -> None:
    desk.value = Stand("chorale").with_sketch(Sketch(example("chorale")))
    piece = example("chorale")
    score = score_of(piece)
    bass = next(number for number, note in enumerate(score.notes) if note.pitch == 43)
    roll.apply(resized(bass, 0.5))
    changed = edited_piece(piece, score, desk.value.sketch.edits)
    assert changed.voices[:3] == piece.voices[:3]
    assert [note.duration for note in changed.voices[3].notes].count(Fraction(1, 2)) == 1


def test_triplets_are_held_by_thirds(desk: Laid) -> None:
    melody = example("melody")
    desk.value = desk.value.with_sketch(Sketch(replace(melody, grid=replace(melody.grid, feel="triplet"))))
    roll.apply(resized(0, 0.25))
    assert not desk.value.sketch.edits
    roll.apply(resized(0, 2 / 3))
    assert [edit.length for edit in desk.value.sketch.edits] == [16]


@pytest.mark.parametrize(
    "event",
    [
        {"type": "move"},
        {"type": "resize"},
        {"type": "resize", "note": 0},
        resized(99, 1.0),
        resized(-1, 1.0),
        resized(0, 0.0),
        resized(0, 0.1),  # less than a step of the grid
        resized(0, 1.0),  # as it is
        resized(0, -1.0),
        resized(0, True),
        resized(0, "2"),
        resized(0, None),
        resized(0, float("nan")),
        resized(0, float("inf")),
        resized(0, 1e9),
        {"type": "fly"},
        {"type": "remove", "note": 99},
        {"type": "remove", "note": True},
        {"type": "remove", "note": "0"},
        moved(-1, 60, 0.0),
        moved(0, 128, 0.0),
        moved(0, 60, float("nan")),
        moved(0, 60, float("inf")),
        moved(0, 60, -1.0),
        moved(0, 60, 0.0, 0.0),
        {"type": "take", "take": 3},
        {"type": "played", "notes": [[60, 0, 1]]},  # the source is another
    ],
)
def test_presses_that_do_not_fit_are_ignored(desk: Laid, event: dict[str, object]) -> None:
    before = desk.value
    roll.apply(event)
    assert desk.value == before


def test_a_note_stays_inside_the_piece(desk: Laid) -> None:
    roll.apply(moved(0, 60, 400.0, 2.0))
    score = edited_score(score_of(example("melody")), desk.value.sketch.edits)
    last = max(score.notes, key=lambda note: note.onset)
    assert (last.pitch, last.onset, last.duration) == (60, 6.0, 2.0)


def test_played_notes_are_the_opening(desk: Laid) -> None:
    desk.value = replace(desk.value, source="played").with_sketch(Sketch())
    roll.apply({"type": "played", "notes": [[60, 0.02, 0.9], [64, 1.01, 0.95], ["x", 0, 0], [67, 2.0], [67, 1.98, 2]]})
    found = desk.value.sketch.opening
    assert found is not None
    assert [(note.pitch, float(note.onset)) for note in found.notes] == [(60, 0.0), (64, 1.0), (67, 2.0)]
    roll.apply({"type": "played", "notes": []})
    assert desk.value.sketch == Sketch()


def test_an_edit_of_the_page_is_undone_in_the_page() -> None:
    app = opened(seed="7", e="0.60.0.24")
    assert stand(app).sketch.edits == (Edit(0, 60, 0, 24),)
    assert app.query_params["notes.e"] == "0.60.0.24"
