"""Train your own: the line is fair and safe, children obey and die, materials keep their limits, models come out."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import abc, checkpoint
from engine.abc.faults import faults
from engine.music import Function
from engine.plots.curves import Curve, learning_curves
from engine.plots.maps import Place, token_map
from engine.render import to_midi
from engine.songbook import live_vocabulary
from engine.vocab import BOS, EOS, MODES
from engine.words import say
from engine.workshop import line as lines
from engine.workshop.bringing import MOST_BYTES, MOST_FILES, File, material_of_files, material_of_text
from engine.workshop.builtin import built_in, folk_tunes
from engine.workshop.choices import Choice, Epoch, Estimate, Progress, Run, Sample, View
from engine.workshop.folder import Order, read_order, read_progress, write_order, write_progress
from engine.workshop.gauge import USUAL, read_gauge
from engine.workshop.hearing import heard, melody_score
from engine.workshop.line import BENCHES, LEFT_AFTER, MOST_WAITING, Line, WorkshopError
from engine.workshop.material import (
    LONGEST_TEXT,
    MOST_TOKENS,
    Material,
    chord_material,
    collected,
    parted,
)
from engine.workshop.melody import tokens_of_tune
from engine.workshop.process import CHILD, ROOT, Training
from engine.workshop.rooms import PREFIX, private_room
from engine.workshop.shop import ABANDONED_AFTER, RUNS_KEPT, STOP_SECONDS, Workshop
from engine.workshop.songs import songs_of_turns
from engine.workshop.table import best_of, run_of
from engine.workshop.teaching import LONGEST_LESSON, lessons_of, order_of, plan_of, varied

ESTIMATE = Estimate(60.0, 400.0, 1000, True)
SONG = "| C | Am | F | G | C | Am | Dm7 | G7 |"


# --- the line -------------------------------------------------------------------------------------------------------


def test_the_first_two_work_and_the_others_wait_in_order() -> None:
    line = Line()
    tickets = [line.join(f"visitor {n}", 60.0, now=0.0) for n in range(5)]
    assert [line.next_to_work(0.0) for _ in range(3)] == [*tickets[:BENCHES], None]
    places = [line.place(ticket, 0.0) for ticket in tickets]
    assert [place.ahead for place in places if place] == [0, 0, 1, 2, 3]
    assert [place.wait for place in places if place] == [0.0, 0.0, 60.0, 60.0, 120.0]


def test_whoever_comes_is_told_the_wait_beforehand() -> None:
    line = Line(benches=1)
    assert line.wait_of_a_newcomer(0.0) == lines.Place(0, 0.0)
    first = line.join("a", 100.0, 0.0)
    line.next_to_work(0.0)
    assert line.wait_of_a_newcomer(30.0) == lines.Place(1, 70.0)
    line.expect(first, 200.0)
    assert line.wait_of_a_newcomer(30.0) == lines.Place(1, 170.0)


def test_one_entry_a_visitor() -> None:
    line = Line()
    first = line.join("a", 1.0, 0.0)
    with pytest.raises(WorkshopError, match="One training at a time"):
        line.join("a", 1.0, 0.0)
    line.leave(first)
    line.join("a", 1.0, 0.0)


def test_the_line_is_bounded() -> None:
    line = Line(benches=1)
    for number in range(MOST_WAITING):
        line.join(str(number), 1.0, 0.0)
    with pytest.raises(WorkshopError, match=str(MOST_WAITING)):
        line.join("one more", 1.0, 0.0)
    line.next_to_work(0.0)
    line.join("one more", 1.0, 0.0)


def test_who_waits_and_is_not_seen_leaves_and_who_works_stays() -> None:
    line = Line(benches=1)
    working, waiting, patient = (line.join(name, 1.0, 0.0) for name in "abc")
    line.next_to_work(0.0)
    line.seen(patient, LEFT_AFTER)
    assert line.left(LEFT_AFTER + 1) == (waiting,)
    assert line.place(waiting, 0.0) is None
    assert line.working() == (working,)
    assert line.place(patient, LEFT_AFTER + 1) is not None


def test_thirty_at_once_lose_nobody_and_never_share_a_bench() -> None:
    line, served, most = Line(), list[int](), [0]
    ready, guard = threading.Barrier(32), threading.Lock()

    def visit(number: int) -> None:
        ready.wait()
        line.join(str(number), 1.0, 0.0)

    def serve() -> None:
        ready.wait()
        while len(served) < 30:
            ticket = line.next_to_work(0.0)
            if ticket is not None:
                with guard:
                    most[0] = max(most[0], len(line.working()))
                    served.append(ticket)
                line.leave(ticket)

    threads = [threading.Thread(target=visit, args=(n,)) for n in range(30)]
    threads += [threading.Thread(target=serve) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(served) == list(range(1, 31))
    assert most[0] <= BENCHES
    assert len(line) == 0


@given(st.lists(st.floats(1, 100), min_size=1, max_size=12), st.integers(1, 3))
def test_nobody_is_told_a_longer_wait_than_those_behind(seconds: list[float], benches: int) -> None:
    line = Line(benches)
    tickets = [line.join(str(n), each, 0.0) for n, each in enumerate(seconds)]
    while line.next_to_work(0.0) is not None:
        continue
    waits = [place.wait for ticket in tickets if (place := line.place(ticket, 0.0))]
    assert waits == sorted(waits)


# --- the shop, with benches that only pretend -----------------------------------------------------------------------


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


ONE_EPOCH = (Epoch(1.0, 1.2, 0.5, 3.0),)


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


# --- runs -----------------------------------------------------------------------------------------------------------


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


# --- materials ------------------------------------------------------------------------------------------------------


def test_songs_are_lines_or_blocks() -> None:
    assert len(chord_material("\n".join([SONG] * 12)).pieces) == 12
    assert len(chord_material("\n\n".join([f"{SONG}\n{SONG}"] * 6)).pieces) == 6


def test_songs_in_any_key_and_notation_are_one_song() -> None:
    letters = chord_material("\n".join(["| D | Bm | G | A | D |"] * 20)).pieces[0]
    latin = chord_material("\n".join(["| Re | Sim | Sol | La | Re |"] * 20)).pieces[0]
    numerals = chord_material("\n".join(["| I | vi | IV | V | I |"] * 20)).pieces[0]
    assert letters == latin == numerals == (MODES["major"], "I", "vim", "IV", "V", "I", EOS)


def test_minor_numerals_are_minor() -> None:
    piece = chord_material("\n".join(["| i | iv | V7 | i |"] * 20)).pieces[0]
    assert piece[0] == MODES["minor"]


def test_what_cannot_be_read_is_named_and_the_rest_stays() -> None:
    material = chord_material("\n".join([*[SONG] * 10, "xyzzy plugh"]))
    assert len(material.pieces) == 10
    assert "Song 11" in str(material.told[0])


def test_too_little_and_too_much_are_refused_in_words() -> None:
    with pytest.raises(WorkshopError, match="Only"):
        chord_material(SONG)
    with pytest.raises(WorkshopError, match="characters"):
        chord_material("C " * LONGEST_TEXT)
    huge = collected("notes", say("huge"), [("a",) * 2000] * 200)
    assert huge.tokens <= MOST_TOKENS
    assert "first" in str(huge.told[0])


@given(st.text(alphabet="ABCDEFG m7#b|%:x3\n[]()/-", max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        material = chord_material(text)
    except WorkshopError:
        return
    known = set(live_vocabulary().tokens)
    assert all(set(piece) <= known for piece in material.pieces)


def test_nothing_to_check_with_is_learned_from() -> None:
    pieces = tuple((str(n), *"abcd") for n in range(40))
    learn, check = parted(pieces, 3)
    assert not set(learn) & set(check)
    assert set(learn) | set(check) == set(pieces)
    assert parted(pieces, 3) == (learn, check)


def test_of_one_piece_its_end_is_held_out() -> None:
    (learn,), (check,) = parted([tuple(str(n) for n in range(100))], 1)
    assert learn[-1] == check[0] == "84"
    assert check[-1] == "99"


def test_songs_of_turns_are_the_same_everywhere_and_within_the_vocabulary() -> None:
    songs = songs_of_turns()
    assert songs == songs_of_turns()
    assert {chord for _, chords in songs for chord in chords} <= set(live_vocabulary().tokens)


@pytest.mark.parametrize("change", [{"width": 17}, {"layers": 9}, {"epochs": 0}, {"cell": "x"}, {"rng_seed": -1}])
def test_networks_that_are_not_offered_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(WorkshopError, match="no such network"):
        order_of(built_in("chords"), Choice(**change))  # type: ignore[arg-type]


ABC = """X:1
T:A scale
M:4/4
L:1/8
K:D
|:DEFG ABcd|dcBA GFED:|
"""


def test_tunes_are_read_and_those_the_model_has_no_token_for_are_counted() -> None:
    odd = "X:2\nM:4/4\nL:1/8\nK:C\nC8|[K:D]D8|]\n"
    material = material_of_text("tunes", "\n".join([ABC] * 4 + [odd]))
    assert len(material.pieces) == 4
    assert material.pieces[0][:4] == ("R:other", "M:4/4", "K:Dmaj", "|:")
    assert "1 of 5" in str(material.told[0])


def test_uploads_are_counted_and_named() -> None:
    abc = File("tunes.abc", (ABC * 4).encode())
    assert len(material_of_files("tunes", [abc]).pieces) == 4
    with pytest.raises(WorkshopError, match="files"):
        material_of_files("tunes", [abc] * (MOST_FILES + 1))
    with pytest.raises(WorkshopError, match="kB"):
        material_of_files("notes", [File("large.mid", bytes(MOST_BYTES + 1))])
    with pytest.raises(WorkshopError, match=r"no\.mid was left out"):
        material_of_files("notes", [File("no.mid", b"RIFF")])
    with pytest.raises(WorkshopError, match="no ABC text"):
        material_of_files("tunes", [File("x.abc", b"\0\0")])


def test_a_melody_comes_back_from_a_midi_file_as_it_was() -> None:
    tokens = tokens_of_tune(folk_tunes()[0])
    score = melody_score(tokens)
    assert score is not None
    material = material_of_files("notes", [File("tune.mid", to_midi(score))])
    assert material.pieces[0] == tokens


@given(
    st.lists(
        st.sampled_from(["n60", "rest", "hold", "l12", "l3", "n103", "x", "<eos>", "head:0:major:4:4:0"]), max_size=30
    )
)
def test_any_tokens_can_be_heard_or_are_silence(tokens: list[str]) -> None:
    for kind in ("chords", "tunes", "notes"):
        heard(kind, tokens)


@given(st.lists(st.sampled_from(abc.VOCABULARY), max_size=40))
def test_any_tokens_of_tunes_can_be_heard_or_are_silence(tokens: list[str]) -> None:
    heard("tunes", ["R:jig", "M:6/8", "K:Dmaj", *tokens])
    heard("tunes", tokens)


def test_the_folk_tunes_are_whole() -> None:
    assert [tune.title for tune in folk_tunes() if faults(tune)] == []


# --- lessons --------------------------------------------------------------------------------------------------------


def test_every_token_is_foretold_once_however_long_the_piece() -> None:
    piece = tuple(["I", "IV"] * 400)
    order = order_of(Material("chords", say("x"), (piece,) * 6), Choice())
    foretold = sum(len(lesson.ids) - 1 for lesson in lessons_of("chords", order.learn))
    assert foretold == len(piece) * 5
    assert max(len(cut.ids) for cut in lessons_of("chords", order.learn)) == LONGEST_LESSON + 1


def test_chord_lessons_meet_short_and_late_windows() -> None:
    import numpy as np

    order = order_of(built_in("chords"), Choice())
    vary, lesson = varied(order), lessons_of("chords", order.learn)[0]
    assert vary is not None
    random = np.random.default_rng(1)
    seen = [vary(lesson, random).ids.tolist() for _ in range(60)]
    start = order.vocabulary.index(BOS)
    assert any(ids[:2] == [start, start] for ids in seen)
    assert any(ids[0] != start for ids in seen)
    assert all(ids[-3:] == lesson.ids.tolist()[-3:] for ids in seen)


def test_orders_and_progress_survive_their_files(tmp_path: Path) -> None:
    order = order_of(built_in("chords"), Choice("gru", 32, 2, 3, 7))
    write_order(tmp_path, order)
    assert read_order(tmp_path) == order
    assert read_progress(tmp_path) == Progress()
    progress = Progress("failed", 0.5, 9.0, 3.0, 2.0, ONE_EPOCH, (Sample(1, ("I", "V")),), say("No {n}.", n=3))
    write_progress(tmp_path, progress)
    assert read_progress(tmp_path) == progress


def test_more_work_is_estimated_to_take_longer() -> None:
    material = built_in("chords")
    base = USUAL.estimate(order_of(material, Choice()))
    for more in (Choice(epochs=40), Choice(width=256), Choice(layers=3)):
        other = USUAL.estimate(order_of(material, more))
        assert other.seconds > base.seconds
        assert other.megabytes >= base.megabytes


def test_a_measure_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    (tmp_path / "speed.json").write_text('{"rnn": 3}')
    assert read_gauge(tmp_path) == USUAL


# --- real children --------------------------------------------------------------------------------------------------


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


# --- figures --------------------------------------------------------------------------------------------------------


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
