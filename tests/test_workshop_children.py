"""Trainings in real child processes: heard, stopped, resumed, limited."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine import checkpoint
from engine.songbook import live_vocabulary
from engine.words import say
from engine.workshop import line as lines
from engine.workshop.builtin import built_in
from engine.workshop.choices import Choice, Progress, View
from engine.workshop.folder import read_progress, write_order
from engine.workshop.material import Material
from engine.workshop.process import CHILD, ROOT, Training
from engine.workshop.shop import Workshop
from engine.workshop.teaching import order_of, plan_of
from tests.workshop_material import ESTIMATE


def _until(met: Callable[[], bool]) -> None:
    """Waits for what a child process will do; a machine may be slow, so only minutes count as never."""
    for _ in range(1200):
        if met():
            return
        time.sleep(0.1)
    raise AssertionError("it never came")


def _trained(material: Material, choice: Choice, shop: Workshop, visitor: str) -> View:
    shop.enter(visitor, material, order_of(material, choice), ESTIMATE)
    _until(lambda: (view := shop.look(visitor)) is not None and view.is_over)
    view = shop.look(visitor)
    assert view is not None
    return view


@pytest.fixture(scope="module")
def shop() -> Iterator[Workshop]:
    made = Workshop()
    yield made
    made.close()


FEW = Material("chords", say("A few songs"), built_in("chords").pieces[:16])


def test_a_chord_model_is_trained_heard_and_used(shop: Workshop) -> None:
    view = _trained(FEW, Choice("lstm", 32, 1, 6), shop, "chords")
    assert view.progress.state == "done", view.progress.why
    epochs = view.progress.epochs
    assert len(epochs) == 6
    assert epochs[-1].check_loss < epochs[0].check_loss
    assert [sample.epoch for sample in view.progress.samples] == [1, 2, 3, 4, 5, 6]
    model = checkpoint.load_bytes(shop.checkpoint("chords", view.ticket))
    assert model.vocabulary == live_vocabulary()
    assert model.config.hidden_size == 32
    assert model.contents.metrics["loss"] == pytest.approx(min(epoch.check_loss for epoch in epochs))


def test_stop_keeps_what_there_is_and_resume_goes_on_to_the_same_end(shop: Workshop) -> None:
    material, choice = FEW, Choice("rnn", 64, 2, 6)
    ticket = shop.enter("stops", material, order_of(material, choice), ESTIMATE)
    _until(lambda: len(shop.progress("stops", ticket).epochs) >= 1)
    shop.stop("stops", ticket)
    _until(lambda: (view := shop.look("stops")) is not None and view.is_over)
    stopped = shop.progress("stops", ticket)
    if stopped.state == "stopped":  # a fast machine may have been done before it was asked
        shop.resume("stops", ticket)
        _until(lambda: (view := shop.look("stops")) is not None and view.is_over)
    view = shop.look("stops")
    assert view is not None and view.progress.state == "done"
    assert view.progress.epochs[: len(stopped.epochs)] == stopped.epochs
    assert len(view.progress.epochs) == 6
    straight = _trained(material, choice, shop, "straight")
    assert [e.check_loss for e in straight.progress.epochs] == [e.check_loss for e in view.progress.epochs]


PARENT = """
import sys, time
from pathlib import Path
from engine.workshop.melody import tokens_of_tune
from engine.workshop.process import Training
child = Training(Path(sys.argv[1]))
print(child._process.pid, flush=True)
time.sleep(600)
"""


def test_a_child_dies_with_its_parent_however_that_goes(tmp_path: Path) -> None:
    write_order(tmp_path, order_of(built_in("chords"), Choice("lstm", 256, 3, 60)))
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    _until(lambda: read_progress(tmp_path).state == "training")
    parent.kill()
    parent.wait()
    parent.stdout.close()
    _until(lambda: not Path(f"/proc/{child}").exists() or "Z (zombie)" in Path(f"/proc/{child}/status").read_text())
    assert CHILD == "engine.workshop.child"


def test_a_child_works_behind_everybody(tmp_path: Path) -> None:
    write_order(tmp_path, order_of(built_in("chords"), Choice("lstm", 256, 3, 60)))
    child = Training(tmp_path)
    try:
        _until(lambda: read_progress(tmp_path).state == "training")
        if hasattr(os, "getpriority"):
            assert os.getpriority(os.PRIO_PROCESS, child._process.pid) >= 10
    finally:
        child.kill()


def test_a_training_over_its_time_ends_with_what_it_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.workshop import telling

    monkeypatch.setattr(telling, "LONGEST_TRAINING", 0.0)
    teller = telling.Teller(tmp_path, order_of(built_in("chords"), Choice()), Progress(), lambda: False)
    teller.begin(10, 100)
    assert teller.step()
    teller.end("stopped")
    assert "minutes" in str(read_progress(tmp_path).why)


def test_the_line_knows_no_clock() -> None:
    assert "time" not in vars(lines)
    assert plan_of(order_of(built_in("chords"), Choice())).patience == Choice().epochs
