"""The workshop with benches that only pretend; its runs and figures."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.music import Function
from engine.plots.curves import Curve, learning_curves
from engine.plots.maps import Place, token_map
from engine.vocab import BOS
from engine.words import say
from engine.workshop import line as lines
from engine.workshop.builtin import built_in
from engine.workshop.choices import Choice, Epoch, Progress, Run, View
from engine.workshop.folder import Order, write_progress
from engine.workshop.line import LEFT_AFTER, WorkshopError
from engine.workshop.rooms import PREFIX, private_room
from engine.workshop.shop import ABANDONED_AFTER, RUNS_KEPT, STOP_SECONDS, Workshop
from engine.workshop.table import best_of, run_of
from tests.workshop_material import ESTIMATE, ONE_EPOCH


class Pretender:
    """A child that runs until it is told otherwise."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs, self.asked, self.killed = True, False, False

    def stop(self) -> None:
        self.asked = True

    def kill(self) -> None:
        self.killed, self.runs = True, False

    def forget(self) -> None:
        self.runs = False

    def says(self, progress: Progress, *, ends: bool = False) -> None:
        write_progress(self.folder, progress)
        self.runs = not ends


class House:
    """A workshop with a clock of ours, and the benches it started."""

    def __init__(self) -> None:
        self.now, self.benches = 0.0, list[Pretender]()
        self.shop = Workshop(self._launch, lambda: self.now, foreman=False)
        self.material = built_in("chords")
        self.order = Order("chords", Choice(epochs=2), (BOS, "I"), (("I", "I"),), (("I", "I"),))

    def _launch(self, folder: Path) -> Pretender:
        self.benches.append(Pretender(folder))
        return self.benches[-1]

    def enter(self, visitor: str) -> int:
        return self.shop.enter(visitor, self.material, self.order, ESTIMATE)

    def look(self, visitor: str) -> View:
        view = self.shop.look(visitor)
        assert view is not None
        return view


@pytest.fixture
def house() -> Iterator[House]:
    made = House()
    yield made
    made.shop.close()


def test_two_train_the_third_waits_and_follows(house: House) -> None:
    for visitor in "abc":
        house.enter(visitor)
    house.shop.tick()
    assert [house.look(v).progress.state for v in "abc"] == ["starting", "starting", "waiting"]
    assert house.look("c").place == lines.Place(1, 60.0)
    house.benches[0].says(Progress("done", 1.0, epochs=ONE_EPOCH, seconds=3.0), ends=True)
    house.shop.tick()
    assert [house.look(v).progress.state for v in "abc"] == ["done", "starting", "starting"]


def test_the_wait_follows_what_the_children_tell(house: House) -> None:
    for visitor in "abc":
        house.enter(visitor)
    house.shop.tick()
    for bench in house.benches:
        bench.says(Progress("training", 0.5, seconds=100.0, left=100.0))
    house.shop.tick()
    assert house.look("c").place == lines.Place(1, 200.0)


def test_stop_asks_and_then_insists(house: House) -> None:
    ticket = house.enter("a")
    house.shop.tick()
    house.shop.stop("a", ticket)
    assert house.benches[0].asked
    house.now = STOP_SECONDS + 1
    house.shop.tick()
    assert house.benches[0].killed
    house.shop.tick()
    assert house.look("a").progress.state == "stopped"


def test_who_waits_can_leave_the_line_and_come_again(house: House) -> None:
    for visitor in "abc":
        ticket = house.enter(visitor)
    house.shop.tick()
    house.shop.stop("c", ticket)
    assert house.look("c").progress.state == "stopped"
    house.shop.resume("c", ticket)
    assert house.look("c").progress.state == "waiting"


def test_a_stopped_training_goes_on_in_its_folder(house: House) -> None:
    ticket = house.enter("a")
    house.shop.tick()
    house.benches[0].says(Progress("stopped", 0.5, epochs=ONE_EPOCH, seconds=3.0), ends=True)
    house.shop.tick()
    house.shop.resume("a", ticket)
    house.shop.tick()
    view = house.look("a")
    assert house.benches[1].folder == house.benches[0].folder
    assert view.progress.epochs == ONE_EPOCH
    assert view.progress.state == "starting"
    with pytest.raises(WorkshopError, match="not kept"):
        house.shop.resume("a", ticket)


def test_a_child_that_dies_is_told_as_such(house: House) -> None:
    house.enter("a")
    house.shop.tick()
    house.benches[0].runs = False
    house.shop.tick()
    assert house.look("a").progress.state == "failed"
    assert house.look("a").progress.why is not None
    assert house.shop.newcomer() == lines.Place(0, 0.0)


def test_a_training_left_alone_ends_and_a_watched_one_does_not(house: House) -> None:
    house.enter("a"), house.enter("b")
    house.shop.tick()
    house.now = ABANDONED_AFTER
    house.look("b")
    house.now += 1
    house.shop.tick()
    assert [bench.asked for bench in house.benches] == [True, False]


def test_a_visitor_who_left_the_line_finds_out_why(house: House) -> None:
    for visitor in "abc":
        house.enter(visitor)
    house.shop.tick()
    house.now = LEFT_AFTER + 1
    house.shop.tick()
    assert "away" in str(house.look("c").progress.why)


def test_nobody_touches_what_is_of_others(house: House) -> None:
    ticket = house.enter("a")
    house.shop.tick()
    for touch in (house.shop.stop, house.shop.resume, house.shop.forget, house.shop.checkpoint, house.shop.progress):
        with pytest.raises(WorkshopError, match="not kept"):
            touch("b", ticket)
    assert house.shop.look("b") is None
    assert house.shop.runs("b") == ()


def test_old_runs_make_room_and_their_folders_go(house: House) -> None:
    folders = []
    for number in range(RUNS_KEPT + 2):
        house.enter("a")
        house.shop.tick()
        bench = house.benches[-1]
        folders.append(bench.folder)
        bench.says(Progress("done", 1.0, epochs=ONE_EPOCH, seconds=float(number)), ends=True)
        house.shop.tick()
    assert [run.seconds for run in house.shop.runs("a")] == [float(n) for n in range(2, RUNS_KEPT + 2)]
    assert [folder.exists() for folder in folders] == [False] * 2 + [True] * RUNS_KEPT


def test_nothing_kept_is_said_and_not_a_crash(house: House) -> None:
    ticket = house.enter("a")
    with pytest.raises(WorkshopError, match="first epoch"):
        house.shop.checkpoint("a", ticket)


def test_closing_ends_the_children_and_removes_everything(house: House) -> None:
    house.enter("a")
    house.shop.tick()
    folder = house.benches[0].folder
    house.shop.close()
    assert house.benches[0].killed
    assert not folder.parent.exists()


def test_folders_of_dead_processes_are_swept_and_those_of_living_stay(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    dead, alive, other = (tmp_path / name for name in (f"{PREFIX}{ended.pid}-x", f"{PREFIX}{os.getpid()}-y", "other"))
    for folder in (dead, alive, other):
        folder.mkdir()
    (tmp_path / f"{PREFIX}{ended.pid}-link").symlink_to(other)
    fresh = private_room(tmp_path)
    assert [folder.exists() for folder in (dead, alive, other, fresh)] == [False, True, True, True]
    assert fresh.stat().st_mode & 0o077 == 0


def _view(ticket: int, *losses: float, name: str = "x") -> View:
    epochs = tuple(Epoch(loss, loss, 0.5, 1.0) for loss in losses)
    progress = Progress("done", epochs=epochs, seconds=9.0)
    return View(ticket, "chords", say("{x}", x=name), 100, Choice(), ESTIMATE, progress)


def _run(ticket: int, *losses: float, name: str = "x") -> Run:
    run = run_of(_view(ticket, *losses, name=name))
    assert run is not None
    return run


def test_a_run_is_judged_by_its_best_epoch() -> None:
    run = _run(1, 2.0, 1.0, 1.5)
    assert (run.loss, run.epochs, round(run.perplexity, 3)) == (1.0, 3, 2.718)
    assert run_of(_view(1)) is None


def test_the_best_is_among_those_that_learned_from_the_same() -> None:
    runs = (_run(1, 1.0), _run(2, 0.1, name="another song"), _run(3, 2.0))
    best = best_of(runs)
    assert best is not None and best.ticket == 1
    assert best_of(()) is None


def test_curves_name_their_lines_and_mark_the_best_without_colour() -> None:
    curves = [Curve("learned", (3.0, 2.0, 1.0)), Curve("unseen", (3.0, 2.5, 2.8), best=2)]
    figure = learning_curves(curves, say("Loss"), 5)
    assert [list(line.y) for line in figure.data] == [[3.0, 2.0, 1.0], [3.0, 2.5, 2.8]]
    assert len({line.line.dash for line in figure.data}) == 2
    texts = [note.text for note in figure.layout.annotations]
    assert texts == ["learned", "unseen", "best: 2.500"]
    assert learning_curves([Curve("learned", ())], say("Loss"), 5).layout.annotations == ()


def test_a_map_tells_functions_by_shape_too() -> None:
    names: dict[Function, str] = {
        "tonic": "Tonic",
        "dominant": "Dominant",
        "subdominant": "S",
        "borrowed": "b",
        "other": "o",
    }
    places = [Place(0.0, 1.0, "I", "tonic", named=True), Place(1.0, 0.0, "V7", "dominant")]
    figure = token_map(places, (0.5, 0.25), names)
    assert [trace.marker.symbol for trace in figure.data] == ["circle", "diamond"]
    assert [list(trace.text) for trace in figure.data] == [["I"], [""]]
    assert "50 %" in figure.layout.xaxis.title.text
