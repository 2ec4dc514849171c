"""Links and projects of Notes: what they bring back, also of a model of one's own."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from engine.history import History
from engine.music import Key, Note, Progression, Slot
from engine.notes import read
from engine.notewriter import NoteWish
from engine.notewriter.wish import UnwritableNotes
from engine.theory import read_chord
from pages.parts.kept import notes as kept
from pages.parts.kept import own
from pages.parts.notes import opening, roll
from pages.parts.notes.compact import packed, unpacked
from pages.parts.notes.edits import Edit
from pages.parts.notes.examples import example
from pages.parts.notes.takeaway import project
from pages.parts.session.notes import Form, Order, Sketch, Stand, Task, fits_link, write
from pages.parts.session.notes import read as read_link
from tests.pages.notes.common import JIG, Laid, chance_model, finished, lying, opened, order_of, results, stand
from tests.pages.opening import opened_page

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
    return finished(opened_page("notes", app.query_params))


def controls(app: AppTest) -> dict[str, object]:
    """What every control of the page shows, by its key."""
    kinds = (app.number_input, app.slider, app.toggle, app.selectbox, app.segmented_control)
    return {str(each.key): each.value for kind in kinds for each in kind}


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


def test_undo_says_where_what_it_shows_came_from(desk: Laid) -> None:
    """An opening that was brought by a file gives way to the example, and the control says so."""
    brought = unpacked(packed(read(JIG)))
    desk.value = replace(Stand(), source="file", brought=brought).with_sketch(Sketch(brought))
    roll.apply({"type": "undo"})
    assert (desk.value.source, desk.value.form, desk.value.sketch) == ("example", "melody", Sketch(example("melody")))
    roll.apply({"type": "redo"})
    assert (desk.value.source, desk.value.brought) == ("file", brought)


def test_undo_of_a_harmony_leaves_the_form_that_was_chosen(desk: Laid) -> None:
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
    desk = Laid(stand(app))
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
    monkeypatch.setattr("pages.parts.notes.takeaway.DESK", Laid(told))
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


def test_undo_brings_back_the_settings_of_what_it_shows(desk: Laid) -> None:
    first = Order("melody", "continue", NoteWish(bars=4, rng_seed=1), example("melody"))
    second = Order("chorale", "continue", NoteWish(bars=9, rng_seed=2), example("chorale"))
    desk.value = Stand("chorale", wish=second.wish).with_sketch(Sketch(first.opening, first))
    desk.value = desk.value.with_sketch(Sketch(second.opening, second))
    roll.apply({"type": "undo"})
    assert (desk.value.form, desk.value.wish) == ("melody", first.wish)
