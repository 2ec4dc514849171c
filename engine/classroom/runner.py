"""Comparisons that learn in the background, a slice at a time, so that neither a page nor another visitor waits.

One thread for the whole house goes round all runs and gives each one slice in its turn, with a breath after each; it
ends when nothing is left to learn. It has no lower priority than the pages: it shares the interpreter's lock with them,
and who holds a lock must not be kept waiting for a turn. A run at which nobody looks pauses by itself; of many runs the
one not looked at for longest is put away. Everything is behind one lock, and each run's networks are behind a lock of
their own, so what is taken out of them is of one moment.
"""

from __future__ import annotations

import copy
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from secrets import token_hex
from threading import Condition, Lock, Thread, main_thread
from typing import Literal

import torch

from engine.classroom.comparison import Contest, Moment
from engine.classroom.lesson import LessonRefused
from engine.classroom.training import Class
from engine.recurrent import Cell
from engine.recurrent.network import TokenRNN
from engine.words import say

MOST_RUNS = 40  # kept, with their networks: a class; two megabytes each at the stated sizes, ten at the largest
UNSEEN = 20.0  # seconds after which a run nobody looks at pauses
BREATH = 0.005  # seconds between slices, in which pages go first

State = Literal["learning", "paused", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How a run stands: its moments so far, and among how many runs it takes its turn."""

    state: State
    moments: tuple[Moment, ...]
    side_by_side: int


@dataclass(eq=False)
class _Run:
    contest: Contest
    seen: float
    state: State = "learning"
    moments: list[Moment] = field(default_factory=list)
    pupils: Class | None = None
    steps: Iterator[Moment] | None = None
    changing: Lock = field(default_factory=Lock)


class Runner:
    """All runs of the house, by a number nobody can guess. Safe to call from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = MOST_RUNS) -> None:
        self._clock, self._most = clock, most
        self._runs: dict[str, _Run] = {}
        self._awake = Condition()
        self._thread: Thread | None = None

    def start(self, contest: Contest) -> str:
        """Begins to learn; gives the run's number."""
        number = token_hex(8)
        with self._awake:
            if len(self._runs) >= self._most:
                del self._runs[min(self._runs, key=lambda known: self._runs[known].seen)]
            self._runs[number] = _Run(contest, self._clock())
            self._wake()
        return number

    def look(self, number: str) -> Progress:
        """How the run stands; looking keeps it going. Refused when it was put away."""
        with self._awake:
            run = self._run(number)
            run.seen = self._clock()
            self._wake()
            return Progress(run.state, tuple(run.moments), len(self._turns()))

    def pause(self, number: str) -> None:
        self._change(number, "learning", "paused")

    def resume(self, number: str) -> None:
        self._change(number, "paused", "learning")

    def stop(self, number: str) -> None:
        """No more is learnt; what was learnt stays to be looked at."""
        with self._awake:
            run = self._run(number)
            run.state = "done"
        with run.changing:
            _graduate(run)

    def put_away(self, number: str) -> None:
        """Forgets the run, if it is still there."""
        with self._awake:
            run = self._runs.pop(number, None)
            if run:
                run.state = "done"

    def networks(self, number: str) -> dict[Cell, TokenRNN]:
        """Copies of the networks as they are now, in evaluation mode; empty before the first slice."""
        with self._awake:
            run = self._run(number)
        with run.changing:
            if run.pupils is None:
                return {}
            return {cell: _still(network) for cell, network in run.pupils.networks.items()}

    def _change(self, number: str, before: State, after: State) -> None:
        with self._awake:
            run = self._run(number)
            run.state = after if run.state == before else run.state
            run.seen = self._clock()
            self._wake()

    def _run(self, number: str) -> _Run:
        if number not in self._runs:
            raise LessonRefused(say("This run was put away to make room for others. Start it again."))
        return self._runs[number]

    def _turns(self) -> list[_Run]:
        now = self._clock()
        return [run for run in self._runs.values() if run.state == "learning" and now - run.seen < UNSEEN]

    def _wake(self) -> None:
        """A thread, if there is something to learn and none does."""
        if self._thread is None and self._turns():
            self._thread = Thread(target=self._work, name="classroom")
            self._thread.start()

    def _work(self) -> None:
        torch.set_num_threads(1)  # of arithmetic, for this thread
        while True:
            with self._awake:
                turns = self._turns()
                if not turns or not main_thread().is_alive():  # the program ends
                    self._thread = None
                    return
            for run in turns:
                self._slice(run)
                time.sleep(BREATH)

    def _slice(self, run: _Run) -> None:
        """One moment of one run. A failure ends that run alone, and never the thread."""
        with run.changing:
            try:
                if run.state != "learning":  # changed since the round began
                    return
                if run.steps is None:
                    run.pupils = Class(run.contest)
                    run.steps = run.pupils.learn()
                moment = next(run.steps, None)
                if moment is None:
                    _graduate(run)
            except Exception:
                logging.getLogger(__name__).exception("a comparison could not be taught")
                run.state = "failed"
                return
        with self._awake:
            if moment:
                run.moments.append(moment)
            elif run.state == "learning":
                run.state = "done"


def _graduate(run: _Run) -> None:
    """Keeps the networks and lets go of what only learning needs, which is three times as much."""
    if run.pupils:
        run.steps = iter(())
        run.pupils.graduate()


def _still(network: TokenRNN) -> TokenRNN:
    return copy.deepcopy(network).eval().requires_grad_(False)
