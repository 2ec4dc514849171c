"""Notes under AppTest: files come in or are refused in words, notes are written, changed by hand, and found again.

Most tests write with a small network of chance weights: what is tested here is the page, whatever the notes are.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from engine.history import History
from engine.music import Key, Note, Progression, Score, Slot
from engine.notes import Piece, PieceNote, UnreadableNotes, Voice, read, score_of
from engine.notewriter import NoteModel, NoteWish, Step, Written
from engine.notewriter.form import STREAMS
from engine.notewriter.vocabulary import SIZE
from engine.notewriter.wish import UnwritableNotes
from engine.recurrent.sizes import Sizes, shapes_of
from engine.recurrent.steps import steps_of
from engine.render import to_midi, to_musicxml
from engine.theory import read_chord
from pages.parts.kept import background, own
from pages.parts.kept import notes as kept
from pages.parts.kept.notes import Progress, Writer
from pages.parts.notes import opening, roll, told, writing
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
from pages.parts.notes.takeaway import project
from pages.parts.notes.views import beginning
from pages.parts.session.notes import (
    DESK,
    Form,
    Order,
    Sketch,
    Stand,
    State,
    Task,
    fits_link,
    write,
)
from pages.parts.session.notes import (
    read as read_link,
)
from tests.fixtures.midi.regenerate import FOLDER

ROOT = Path(__file__).parents[2]
JIG = (FOLDER / "abc2midi_jig.mid").read_bytes()
PATIENCE = 30.0  # seconds until a thread must have written a few bars


def chance_model(form: Form, rng_seed: int = 3) -> NoteModel:
    """A network that has learnt nothing: it writes at once, and anything."""
    sizes = Sizes("gru", SIZE, 8, 16, 1, features=STREAMS[form], feature_dim=2)
    random = np.random.default_rng(rng_seed)
    weights = {name: (random.normal(size=shape) * 0.15).astype(np.float32) for name, shape in shapes_of(sizes).items()}
    return NoteModel(form, steps_of(sizes, weights), {})


@pytest.fixture(autouse=True)
def models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_model", chance_model)


def opened(**entries: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page("pages/notes.py")
    for name, value in entries.items():
        app.query_params[f"notes.{name.rstrip('_')}"] = value
    app.run()
    assert not app.exception
    return app


def stand(app: AppTest) -> Stand:
    held = app.session_state["cadencia"][f"desk_{DESK.name}"]
    assert isinstance(held, Stand)
    return held


def results(app: AppTest) -> State:
    held = app.session_state["cadencia"]["notes_state"]
    assert isinstance(held, State)
    return held


def finished(app: AppTest) -> AppTest:
    """Looks again until what was ordered lies in the roll."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        app.run()
        assert not app.exception
        order = stand(app).sketch.order
        if order is None or order in results(app).results:
            return app
        time.sleep(0.05)
    raise AssertionError("nothing was written")


# --- the page -------------------------------------------------------------------------------------------------------


def test_the_page_stands_with_something_to_play() -> None:
    app = opened()
    assert stand(app).sketch == Sketch(example("melody"))
    assert {"Continue", "Harmonise"} <= {button.label for button in app.button}
    assert not app.warning


def test_a_melody_is_continued_and_the_same_seed_writes_the_same() -> None:
    written = []
    for _ in range(2):
        app = opened(seed="7", bars="4")
        app.button(key="notes_go").click().run()
        finished(app)
        (order,) = results(app).results
        (one,) = results(app).results[order]
        assert one.rng_seed == 7
        assert one.continues_at == 8.0
        written.append(one.score)
    assert written[0] == written[1]
    assert any(note.onset >= 8.0 for note in written[0].notes)


def test_settings_are_asked_for_as_they_are_set() -> None:
    app = opened(seed="7")
    app.slider(key="widget_notes_temperature").set_value(1.5).run()
    app.number_input(key="widget_notes_variations").set_value(3).run()
    app.number_input(key="widget_notes_top_k").set_value(5).run()
    app.number_input(key="widget_notes_tempo").set_value(132).run()
    app.selectbox(key="widget_notes_key").set_value(Key("E", "minor")).run()
    app.toggle(key="widget_notes_lock").set_value(True).run()
    app.toggle(key="widget_notes_keep_opening").set_value(False).run()
    app.button(key="notes_go").click().run()
    finished(app)
    order = stand(app).sketch.order
    assert order is not None
    wished = NoteWish(bars=8, temperature=1.5, top_k=5, rng_seed=7, key=Key("E", "minor"), lock=True,
                      keep_opening=False, variations=3, tempo_bpm=132.0)  # fmt: skip
    assert order.wish == wished
    scale = {4, 6, 7, 9, 11, 0, 2, 1, 3}
    takes = results(app).results[order]
    assert len(takes) == 3
    assert {note.pitch % 12 for one in takes for note in one.score.notes} <= scale


def test_a_melody_is_harmonised_and_stays_as_it_is() -> None:
    app = opened(seed="3")
    app.button(key="notes_harmonise").click().run()
    finished(app)
    order = stand(app).sketch.order
    assert order is not None
    assert (order.form, order.task) == ("chorale", "harmonise")
    (one,) = results(app).results[order]
    given_notes = [one.score.notes[number] for number in one.given]
    melody = score_of(example("melody")).notes
    assert [(note.pitch, note.onset) for note in given_notes] == [(note.pitch, note.onset) for note in melody]
    assert len(one.score.notes) > len(melody)


def test_a_chorale_goes_on_from_the_voices_that_lie_in_the_roll() -> None:
    """The melody was harmonised: what is continued as a chorale is all of it, and the control says that it is ours."""
    app = opened(seed="7", bars="2")
    for press in ("notes_go", "notes_harmonise"):
        app.button(key=press).click().run()
        finished(app)
    harmonised = stand(app).sketch.order
    assert harmonised is not None
    app.segmented_control(key="widget_notes_form").set_value("chorale").run()
    app.button(key="notes_go").click().run()
    finished(app)
    assert not app.warning
    order = stand(app).sketch.order
    assert order is not None
    assert (order.form, order.task) == ("chorale", "continue")
    assert order.opening == results(app).results[harmonised][0].piece
    entries = write(stand(app))
    assert stand(app).source == app.segmented_control(key="widget_notes_source").value == entries["from"] == "file"
    assert not any(name.startswith("set-") for name in entries)


def test_another_form_goes_on_from_its_own_example() -> None:
    """While the control says Example; and another take stays what the first was."""
    app = opened(seed="7", bars="2")
    app.button(key="notes_go").click().run()
    finished(app)
    app.segmented_control(key="widget_notes_form").set_value("chorale").run()
    app.button(key="notes_another").click().run()
    finished(app)
    order = stand(app).sketch.order
    assert order is not None
    assert (order.form, order.opening) == ("melody", example("melody"))
    app.button(key="notes_go").click().run()
    finished(app)
    order = stand(app).sketch.order
    assert order is not None
    assert (order.form, order.opening) == ("chorale", example("chorale"))
    assert stand(app).source == "example"
    assert not app.warning


@pytest.mark.parametrize("press", ["notes_go", "notes_harmonise"])
def test_an_example_changed_by_hand_is_no_example_any_more(press: str) -> None:
    app = opened(seed="7", bars="2", e="0.60.0.24")
    app.button(key=press).click().run()
    finished(app)
    assert write(stand(app))["from"] == stand(app).source == "file"
    assert stand(app).brought == stand(app).sketch.opening


def test_what_cannot_be_written_is_told_and_the_work_stays() -> None:
    """One voice is no chorale to go on from."""
    app = opened(form="chorale", from_="file", o=packed(example("melody")))
    before = stand(app).sketch
    app.button(key="notes_go").click().run()
    finished(app)
    assert stand(app).sketch == before
    assert any("four voices" in warning.value for warning in app.warning)


def test_the_chords_of_compose_are_followed() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page("pages/notes.py")
    app.query_params["c"] = "C_F_G7_C"
    app.query_params["notes.seed"] = "4"
    app.run()
    app.toggle(key="widget_notes_follow").set_value(True).run()
    app.button(key="notes_go").click().run()
    finished(app)
    order = stand(app).sketch.order
    assert order is not None
    assert order.wish.progression is not None
    assert len(order.wish.progression) == 4
    again = read_link(write(stand(app)))
    assert again.sketch.order == order


def test_another_takes_the_next_seed_and_going_on_makes_all_of_it_the_opening() -> None:
    app = opened(seed="7", bars="2")
    app.button(key="notes_go").click().run()
    finished(app)
    app.button(key="notes_another").click().run()
    finished(app)
    order = stand(app).sketch.order
    assert order is not None
    assert order.wish.rng_seed == 8
    whole = results(app).results[order][0].piece
    app.button(key="notes_on").click().run()
    assert stand(app).sketch == Sketch(whole)
    assert stand(app).source == "file"


def test_what_the_card_says_of_real_pieces_stands_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    card = {"metrics": {"bars as the bar before": {"held-out pieces": 0.0345}}}
    monkeypatch.setattr(kept, "_model", lambda form: replace(chance_model(form), card=card))
    app = opened(seed="7", bars="4", do="continue")
    finished(app)
    line = next(caption for caption in app.caption if caption.value.startswith("Take 7"))
    assert "%" not in line.value
    assert "never saw: 3.5 %" in line.proto.help


@pytest.mark.parametrize("form", ["melody", "chorale"])
def test_the_shipped_models_write(monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    monkeypatch.undo()
    app = finished(opened(form=form, seed="5", bars="4", do="continue"))
    order = stand(app).sketch.order
    assert order is not None
    (one,) = results(app).results[order]
    assert one.score.beats >= 20
    assert kept.real_repeats(order.form) is not None
    line = next(caption for caption in app.caption if caption.value.startswith("Take 5"))
    assert "In pieces the model never saw" in line.proto.help


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "no bar repeats"),
        (0.1, "few bars"),
        (0.125, "few bars"),
        (0.25, "some bars"),
        (0.5, "many bars"),
        (0.8, "many bars"),
        (0.95, "nearly all bars"),
        (1.0, "every bar repeats"),
    ],
)
def test_every_share_of_repeated_bars_has_its_word(share: float, words: str) -> None:
    assert told.repeats(share, None).startswith(words)
    assert "real pieces" not in told.repeats(share, None)


@given(st.floats(0, 1), st.floats(0, 1))
def test_repetition_is_told_beside_real_pieces_as_it_is(share: float, real: float) -> None:
    words = told.repeats(share, real)
    assert words.startswith(told.repeats(share, None))
    assert words.endswith("as in real pieces") == (abs(share - real) <= told.AS_OFTEN)
    assert ("more than" in words) == (share > real + told.AS_OFTEN)
    assert ("fewer than" in words) == (share < real - told.AS_OFTEN)


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_repetition_never_has_a_smaller_word(one: float, other: float) -> None:
    rising = ["no bar", "few", "some", "many", "nearly", "every"]
    ranks = [next(i for i, word in enumerate(rising) if told.repeats(share, None).startswith(word))
             for share in sorted((one, other))]  # fmt: skip
    assert ranks == sorted(ranks)


# --- files ----------------------------------------------------------------------------------------------------------


def test_a_file_becomes_the_opening() -> None:
    app = opened(from_="file", seed="1")
    app.file_uploader[0].set_value([("jig.mid", JIG, "audio/midi")]).run()
    assert not app.exception
    assert not app.warning
    piece = read(JIG)
    assert stand(app).brought == piece
    used = stand(app).sketch.opening
    assert used is not None
    assert used.end == min(piece.end, piece.pickup + 4 * piece.meter.bar)
    app.number_input(key="widget_notes_opening_bars").set_value(2).run()
    fewer = stand(app).sketch.opening
    assert fewer is not None
    assert fewer.end == piece.pickup + 2 * piece.meter.bar


BAD = {
    "empty.mid": b"",
    "words.mid": b"Just some words.\n" * 50,
    "cut.mid": JIG[:30],
    "zero.mid": JIG[:12] + b"\x00\x00" + JIG[14:],
    "smpte.mid": JIG[:12] + b"\xe7\x28" + JIG[14:],
    "format2.mid": JIG[:8] + b"\x00\x02" + JIG[10:],
    "broken.musicxml": b"<?xml version='1.0'?><score-partwise><part>",
    "nothing.abc": b"X:1\nT:Nothing\nK:C\n",
    "project.json": b'{"file": "something else"}',
    "deep.json": b"[" * 100_000,
    "text.json": b"\xff\xfe",
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_told_beside_the_uploader_and_all_stays(name: str) -> None:
    app = opened(from_="file", o=packed(example("melody")), seed="1")
    before = stand(app)
    app.file_uploader[0].set_value([(name, BAD[name], "application/octet-stream")]).run()
    assert not app.exception
    assert len(app.warning) == 1
    assert stand(app) == before


def test_taking_a_file_raises_what_is_wrong_with_it() -> None:
    with pytest.raises(UnreadableNotes):
        kept.piece_in(BAD["words.mid"], "words.mid")
    with pytest.raises(opening.UnreadableProject):
        opening.project_in(b"{}", Stand())


# --- the roll's presses ---------------------------------------------------------------------------------------------


class _Desk:
    """The desk without a browser tab."""

    name = DESK.name

    def __init__(self, value: Stand) -> None:
        self.value = value

    def held(self) -> Stand:
        return self.value

    def put(self, value: Stand) -> None:
        self.value = value


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> _Desk:
    laid = _Desk(Stand())
    monkeypatch.setattr(roll, "DESK", laid)
    return laid


def moved(note: int, pitch: int, onset: float, length: float = 1.0) -> dict[str, object]:
    return {"type": "move", "note": note, "pitch": pitch, "onset": onset, "length": length}


def test_a_note_is_moved_taken_away_and_brought_back(desk: _Desk) -> None:
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


def test_a_note_is_held_longer_and_undo_brings_it_back(desk: _Desk) -> None:
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


def test_a_note_that_was_moved_is_held_where_it_is_now(desk: _Desk) -> None:
    roll.apply(moved(0, 64, 0.5))
    roll.apply(resized(0, 2.0))
    assert desk.value.sketch.edits == (Edit(0, 64, 12, 48),)


def test_no_note_is_held_beyond_the_end(desk: _Desk) -> None:
    score = score_of(example("melody"))
    last = len(score.notes) - 1
    roll.apply(resized(last, 400.0))
    now = edited(score, desk.value.sketch.edits)[last]
    assert now is None or now.onset == score.notes[last].onset
    assert max(note.onset + note.duration for note in edited_score(score, desk.value.sketch.edits).notes) == score.beats


def test_no_note_is_held_into_the_next_of_its_pitch(desk: _Desk) -> None:
    score = Score("", Key("C"), 100.0, 4, (Note(60, 0, 1), Note(60, 2, 1), Note(60, 1, 1, staff="left")), beats=4.0)
    assert reaches(score.notes, score) == (2.0, 4.0, 4.0)
    assert reaches((*score.notes[:1], None, None), score) == (4.0, 4.0, 4.0)
    assert held(0, score.notes[0], 3.5, 2.0, 0.25) == Edit(0, 60, 0, 48)


def test_one_voice_of_a_chorale_is_held_and_the_others_stay(desk: _Desk) -> None:
    desk.value = Stand("chorale").with_sketch(Sketch(example("chorale")))
    piece = example("chorale")
    score = score_of(piece)
    bass = next(number for number, note in enumerate(score.notes) if note.pitch == 43)
    roll.apply(resized(bass, 0.5))
    changed = edited_piece(piece, score, desk.value.sketch.edits)
    assert changed.voices[:3] == piece.voices[:3]
    assert [note.duration for note in changed.voices[3].notes].count(Fraction(1, 2)) == 1


def test_triplets_are_held_by_thirds(desk: _Desk) -> None:
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
def test_presses_that_do_not_fit_are_ignored(desk: _Desk, event: dict[str, object]) -> None:
    before = desk.value
    roll.apply(event)
    assert desk.value == before


def test_a_note_stays_inside_the_piece(desk: _Desk) -> None:
    roll.apply(moved(0, 60, 400.0, 2.0))
    score = edited_score(score_of(example("melody")), desk.value.sketch.edits)
    last = max(score.notes, key=lambda note: note.onset)
    assert (last.pitch, last.onset, last.duration) == (60, 6.0, 2.0)


def test_played_notes_are_the_opening(desk: _Desk) -> None:
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


# --- edits and compact text -----------------------------------------------------------------------------------------

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


# --- links and projects ---------------------------------------------------------------------------------------------

CHORDS = Progression(Key("G"), tuple(Slot(read_chord(name), 2.0) for name in ("G", "Em", "C", "D7")))


@pytest.mark.parametrize(
    "told",
    [
        Stand(wish=NoteWish(bars=8, rng_seed=3)),
        Stand("chorale", "random", NoteWish(bars=0, temperature=1.4, top_k=9, top_p=0.8, rng_seed=77, key=Key("Bb"),
                                            lock=True, density=-0.5, keep_opening=False, variations=4, meter=(6, 8),
                                            tempo_bpm=88.0), 88, 40, history=History(Sketch())),
    ],
)  # fmt: skip
def test_the_link_holds_the_settings(told: Stand) -> None:
    assert read_link(write(told)) == told


@pytest.mark.parametrize("source", ["file", "played"])
def test_the_link_holds_what_was_made(source: str) -> None:
    piece = unpacked(packed(read(JIG)))
    assert piece is not None
    wish = NoteWish(bars=4, rng_seed=5, variations=2, progression=CHORDS)
    sketch = Sketch(piece, Order("melody", "continue", wish, piece), 1, (Edit(3, 70, 48, 12),))
    told = Stand("melody", "file" if source == "file" else "played", wish, history=History(sketch))
    assert fits_link(told)
    assert read_link(write(told)).sketch == sketch


def refreshed(app: AppTest) -> AppTest:
    """The page as a new tab shows it from the address of the old one."""
    again = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    again.switch_page("pages/notes.py")
    for name, value in app.query_params.items():
        again.query_params[name] = value
    again.run()
    return finished(again)


def controls(app: AppTest) -> dict[str, object]:
    """What every control of the page shows, by its key."""
    kinds = (app.number_input, app.slider, app.toggle, app.selectbox, app.segmented_control)
    return {str(each.key): each.value for kind in kinds for each in kind}


def lying(app: AppTest) -> list[tuple[int, float, float]]:
    """What was written for the order in hand; how loud the opening was is not in a link."""
    order = stand(app).sketch.order
    assert order is not None
    return [(note.pitch, note.onset, note.duration) for note in results(app).results[order][0].score.notes]


def test_a_refresh_after_harmonising_leaves_the_controls_as_they_were() -> None:
    app = opened(seed="9", bars="2")
    app.button(key="notes_go").click().run()
    app = finished(app)
    app.button(key="notes_harmonise").click().run()
    finished(app)
    shown = controls(app)
    assert (shown["widget_notes_form"], shown["widget_notes_source"]) == ("melody", "file")
    again = refreshed(app)
    assert controls(again) == shown
    assert lying(again) == lying(app)
    again.button(key="notes_go").click().run()  # and what the controls say can be done
    finished(again)
    assert not again.warning
    order = stand(again).sketch.order
    assert order is not None
    assert (order.form, order.task) == ("melody", "continue")


def test_a_refresh_keeps_controls_that_were_set_after_writing() -> None:
    app = opened(seed="9", bars="2", lock="1")
    app.button(key="notes_go").click().run()
    finished(app)
    app.number_input(key="widget_notes_bars").set_value(5).run()
    app.toggle(key="widget_notes_lock").set_value(False).run()
    app.segmented_control(key="widget_notes_form").set_value("chorale").run()
    again = refreshed(app)
    assert controls(again) == controls(app)
    assert lying(again) == lying(app)
    assert (stand(again).form, stand(again).wish.bars, stand(again).wish.lock) == ("chorale", 5, False)


wishes = st.builds(
    NoteWish, bars=st.integers(0, 64), temperature=st.sampled_from([0.3, 1.0, 1.5]), top_k=st.integers(0, 100),
    rng_seed=st.integers(0, 9_999), key=st.sampled_from([None, Key("C"), Key("E", "minor")]), lock=st.booleans(),
    keep_opening=st.booleans(), variations=st.integers(1, 8), meter=st.sampled_from([(4, 4), (6, 8)]),
)  # fmt: skip


@given(st.tuples(wishes, st.sampled_from(["melody", "chorale"]), st.sampled_from(["continue", "harmonise"])),
       st.tuples(wishes, st.sampled_from(["melody", "chorale"]), st.booleans()), st.booleans())  # fmt: skip
def test_notes_and_controls_come_back_whatever_was_set_since(
    written: tuple[NoteWish, Form, Task], since: tuple[NoteWish, Form, bool], chords: bool
) -> None:
    (wish, form, task), (set_wish, chosen, follow) = written, since
    order = Order(form, task, replace(wish, progression=CHORDS if chords else None), example("melody"))
    told = Stand(chosen, wish=set_wish, follow=follow, history=History(Sketch(order.opening, order)))
    entries = write(told)
    assert all(entries.values())
    found = read_link(entries)
    assert (found.form, found.source, found.wish, found.follow) == (chosen, "example", set_wish, follow)
    again = found.sketch.order
    assert again is not None
    assert again.opening is not None
    assert (again.form, again.task, again.wish) == (order.form, order.task, order.wish)
    assert packed(again.opening) == packed(example("melody"))


def test_undo_says_where_what_it_shows_came_from(desk: _Desk) -> None:
    """An opening that was brought by a file gives way to the example, and the control says so."""
    brought = unpacked(packed(read(JIG)))
    desk.value = replace(Stand(), source="file", brought=brought).with_sketch(Sketch(brought))
    roll.apply({"type": "undo"})
    assert (desk.value.source, desk.value.form, desk.value.sketch) == ("example", "melody", Sketch(example("melody")))
    roll.apply({"type": "redo"})
    assert (desk.value.source, desk.value.brought) == ("file", brought)


def test_undo_of_a_harmony_leaves_the_form_that_was_chosen(desk: _Desk) -> None:
    first, second = (Order("chorale", "harmonise", NoteWish(rng_seed=seed), example("melody")) for seed in (1, 2))
    desk.value = Stand().with_sketch(Sketch(first.opening, first)).with_sketch(Sketch(second.opening, second))
    roll.apply({"type": "undo"})
    assert (desk.value.form, desk.value.wish) == ("melody", first.wish)


@pytest.fixture
def own_mark(monkeypatch: pytest.MonkeyPatch) -> str:
    """A visitor's own model in use on every page that is opened: it writes otherwise than the house's."""
    mark = own.keep("notes", b"mine", chance_model("melody", rng_seed=4))
    monkeypatch.setattr("pages.parts.session.own.mark", lambda page="compose": mark if page == "notes" else "")
    return mark


def test_what_ones_own_model_wrote_is_in_the_link_as_notes(own_mark: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(seed="7", bars="2")
    app.button(key="notes_go").click().run()
    finished(app)
    order = stand(app).sketch.order
    assert order is not None
    assert order.mark == own_mark
    assert any("stays here" in caption.value for caption in app.caption)
    desk = _Desk(stand(app))
    monkeypatch.setattr(roll, "DESK", desk)
    notes = [(note.pitch, note.onset, note.duration) for note in results(app).results[order][0].score.notes]
    roll.apply({"type": "remove", "note": 3})
    shown = notes[:3] + notes[4:]
    entries = write(desk.value)
    assert "do" not in entries
    again = read_link(entries).sketch
    assert again.order is None
    assert again.opening is not None
    assert [(note.pitch, float(note.onset), float(note.duration)) for note in again.opening.notes] == shown
    monkeypatch.setattr("pages.parts.notes.takeaway.DESK", desk)
    assert opening.project_in(project(), Stand()).sketch.opening == again.opening


def test_a_model_of_ones_own_that_is_gone_is_missed_and_not_replaced() -> None:
    with pytest.raises(UnwritableNotes, match="no longer here"):
        kept.steps(kept.Job(replace(order_of(1), mark="gone"), threading.BoundedSemaphore(1)))


def test_a_link_writes_again_what_it_was_copied_from() -> None:
    first = opened(seed="9", bars="2", n="2")
    first.button(key="notes_go").click().run()
    finished(first)
    (told,) = results(first).results.values()
    entries = {name.removeprefix("notes."): value for name, value in first.query_params.items() if "." in name}
    again = finished(
        opened(**{f"{name}_" if name in ("from", "do") else name: value for name, value in entries.items()})
    )
    (found,) = results(again).results.values()
    assert [one.score for one in found] == [one.score for one in told]


def test_an_opening_too_long_for_a_link_goes_into_a_project(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(1)
    notes = tuple(Note(int(pitch), index * 0.25, 0.25) for index, pitch in enumerate(random.integers(40, 90, 3_000)))
    piece = kept.piece_of_notes(notes, None, (4, 4), 100.0)
    order = Order("melody", "continue", NoteWish(rng_seed=1), piece)
    told = Stand(source="file", wish=NoteWish(rng_seed=1), history=History(Sketch(piece, order)))
    assert not fits_link(told)
    assert "do" not in write(told)
    monkeypatch.setattr("pages.parts.notes.takeaway.DESK", _Desk(told))
    found = opening.project_in(project(), Stand())
    assert found.sketch.order == Order("melody", "continue", NoteWish(rng_seed=1), unpacked(packed(piece)))
    assert found.history.past  # what lay there is one undo away


def test_a_project_is_taken_from_the_uploader() -> None:
    told = {
        "file": opening.MARK,
        "version": 1,
        "notes": {"from": "random", "seed": "12", "bars": "2", "do": "continue"},
    }
    app = opened(from_="file")
    app.file_uploader[0].set_value([("mine.json", json.dumps(told).encode(), "application/json")]).run()
    finished(app)
    order = stand(app).sketch.order
    assert order == Order("melody", "continue", NoteWish(bars=2, rng_seed=12))


@pytest.mark.parametrize(
    "entries",
    [
        {"bars": "x", "t": "nan", "p": "inf", "k": "-1", "seed": "1e9", "key": "H#", "m": "0-0", "dens": "", "n": "99",
         "form": "opera", "from": "nowhere", "o": "zzz", "do": "dance", "e": "1.1", "c": "?", "tempo": "0", "i": "x"},
        {},
        {"from": "file", "do": "continue"},
    ],
)  # fmt: skip
def test_a_broken_link_is_a_new_page(entries: dict[str, str]) -> None:
    found = read_link(entries)
    assert found.sketch.order is None
    assert found.wish.key is None
    assert 0.1 <= found.wish.temperature <= 3.0
    assert 1 <= found.wish.variations <= 8


def test_undo_brings_back_the_settings_of_what_it_shows(desk: _Desk) -> None:
    first = Order("melody", "continue", NoteWish(bars=4, rng_seed=1), example("melody"))
    second = Order("chorale", "continue", NoteWish(bars=9, rng_seed=2), example("chorale"))
    desk.value = Stand("chorale", wish=second.wish).with_sketch(Sketch(first.opening, first))
    desk.value = desk.value.with_sketch(Sketch(second.opening, second))
    roll.apply({"type": "undo"})
    assert (desk.value.form, desk.value.wish) == ("melody", first.wish)


# --- the writer in the background -----------------------------------------------------------------------------------


def endless(job: kept.Job) -> Iterator[Step]:
    """Writes until it is told to stop."""
    beat = 0.0
    while not job.stopped():
        yield Step(0, (Note(60, beat, 1.0),), 0.5)
        beat += 1
    written = replace(_written(job.order), score=score_of(example("melody")))
    yield Step(0, (), 1.0, written)


def _written(order: Order) -> Written:
    return Written(score_of(example("melody")), example("melody"), 8.0, order.wish.rng_seed, 0, False, 1.0, None)


def order_of(seed: int) -> Order:
    return Order("melody", "continue", NoteWish(bars=2, rng_seed=seed), example("melody"))


def until(writer: Writer, visitor: str, order: Order, wanted: str) -> Progress:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        progress = writer.progress(visitor, order)
        assert progress is not None
        if (progress.finished, not progress.waiting and not progress.finished)[wanted == "writing"]:
            return progress
        time.sleep(0.01)
    raise AssertionError(f"never {wanted}")


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Writer]:
    monkeypatch.setattr(kept, "steps", endless)
    made = Writer()
    yield made
    for number in range(10):
        made.leave(f"v{number}")


def test_two_write_at_a_time_and_the_third_waits(writer: Writer) -> None:
    for number in range(3):
        writer.begin(f"v{number}", order_of(number))
        if number < 2:
            until(writer, f"v{number}", order_of(number), "writing")
    third = writer.progress("v2", order_of(2))
    assert third is not None
    assert third.waiting
    writer.stop("v0")
    done = until(writer, "v0", order_of(0), "finished")
    assert len(done.written) == 1
    assert done.notes[0]
    until(writer, "v2", order_of(2), "writing")


def test_one_visitor_has_one_order(writer: Writer) -> None:
    for seed in range(5):
        writer.begin("v0", order_of(seed))
    assert writer.progress("v0", order_of(0)) is None
    until(writer, "v0", order_of(4), "writing")
    assert writer.progress("v1", order_of(4)) is None


def test_who_leaves_is_not_written_for(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    job = kept.Job(order_of(0), threading.BoundedSemaphore(1))
    assert not job.stopped()
    monkeypatch.setattr(background, "PATIENCE", -1.0)
    assert job.stopped()


def test_more_than_a_class_is_told_to_come_back(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_WAITING", 2)
    writer.begin("v0", order_of(0))
    writer.begin("v1", order_of(1))
    writer.begin("v2", order_of(2))
    told = until(writer, "v2", order_of(2), "finished")
    assert told.problem is not None
    assert "Too many" in str(told.problem)
    writer.begin("v1", order_of(3))  # one's own place stays one's own
    until(writer, "v1", order_of(3), "writing")


def test_a_refusal_of_the_model_is_told(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(job: kept.Job) -> Iterator[Step]:
        NoteWish(bars=-1)
        yield from ()

    monkeypatch.setattr(kept, "steps", refusing)
    writer.begin("v0", order_of(0))
    progress = until(writer, "v0", order_of(0), "finished")
    assert progress.problem is not None
    assert not progress.written
    with pytest.raises(UnwritableNotes):
        NoteWish(bars=-1)


def joined(name: str) -> None:
    for thread in threading.enumerate():
        if thread.name == name:
            thread.join(20)


def test_a_writer_that_breaks_says_so_and_its_place_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(job: kept.Job) -> Iterator[Step]:
        yield Step(0, (Note(60, 0.0, 1.0),), 0.1)
        raise RuntimeError("a string broke")

    monkeypatch.setattr(kept, "steps", broken)
    monkeypatch.setattr(kept, "MOST_WAITING", 1)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    app = opened(seed="5")
    for _ in range(background.MOST_AT_ONCE + 1):
        app.button(key="notes_go").click().run()
        finished(app)
        assert [warning.value for warning in app.warning] == [
            "The notes could not be written. Try again with other settings."
        ]
        assert stand(app).sketch == Sketch(example("melody"))
    joined("notes")  # what was raised is told when the thread ends: while its hook is still put aside


def test_a_stopped_page_keeps_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "steps", endless)
    app = opened(seed="5")
    app.button(key="notes_go").click().run()
    assert app.button(key="notes_stop").label == "Stop"
    app.button(key="notes_stop").click().run()
    finished(app)
    assert any("stopped early" in caption.value for caption in app.caption)


# --- what is looked at ----------------------------------------------------------------------------------------------


def test_only_the_first_bars_of_a_long_score_are_drawn() -> None:
    piece: Piece = read(JIG)
    score = score_of(piece)
    short = beginning(score, 2)
    assert short.beats == score.bar_edges[2]
    assert short.bar_edges == score.bar_edges[:3]
    assert max(note.onset + note.duration for note in short.notes) <= short.beats
    assert beginning(score, 999) == score


@pytest.mark.parametrize("view", ["score", "listen", "spectrogram"])
def test_every_view_is_drawn(view: str) -> None:
    app = opened()
    app.session_state["notes_views"] = view
    app.run()
    assert not app.exception
    assert not app.warning
