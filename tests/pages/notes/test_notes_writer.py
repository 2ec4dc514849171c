"""The writer behind Notes: a thread a visitor, a few at a time, told however it ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from engine.music import Note
from engine.notes import score_of
from engine.notewriter import NoteWish, Step, Written
from engine.notewriter.wish import UnwritableNotes
from pages.parts.kept import background
from pages.parts.kept import notes as kept
from pages.parts.kept.notes import Progress, Writer
from pages.parts.notes.examples import example
from pages.parts.session.notes import Order, Sketch
from tests.pages.notes.common import PATIENCE, finished, opened, order_of, stand


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
