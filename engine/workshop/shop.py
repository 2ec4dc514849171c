"""The workshop: everybody's trainings, in one place. Safe between threads; no call waits for a training.

A foreman (a thread that lives while there is work) reads how far the children are, lets the next one in line begin,
and ends what was left alone. Each training has a folder of its own in a private temporary one, which goes with the
process; folders whose process is gone are swept when the next workshop opens.
"""

from __future__ import annotations

import atexit
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import RLock, Thread
from typing import Protocol

from engine.words import Sentence, say
from engine.workshop.choices import Choice, Estimate, Progress, Run, View
from engine.workshop.folder import MODEL, Order, read_progress, write_order, write_progress
from engine.workshop.line import BENCHES, Line, Place, WorkshopError
from engine.workshop.material import Kind, Material
from engine.workshop.process import Training
from engine.workshop.rooms import private_room, size_of
from engine.workshop.table import run_of

FOREMAN_SECONDS = 0.5  # between two looks: progress on the page is never older
ABANDONED_AFTER = 300.0  # seconds without a sign of the visitor after which a training ends, its best kept
STOP_SECONDS = 30.0  # that a child may take to stop before it is killed
RUNS_KEPT = 8  # of one visitor: a table that can be compared
ALL_KEPT = 120  # of all visitors
BYTES_KEPT = 600_000_000  # of all folders: a class's runs, on the small disc of a demo machine

OVER = ("done", "stopped", "failed")


class Bench(Protocol):
    """What the workshop needs of a child process."""

    @property
    def runs(self) -> bool: ...
    def stop(self) -> None: ...
    def kill(self) -> None: ...
    def forget(self) -> None: ...


@dataclass(slots=True)
class _Job:
    visitor: str
    kind: Kind
    material: Sentence
    tokens: int
    choice: Choice
    estimate: Estimate
    folder: Path
    progress: Progress
    bench: Bench | None = None
    stopping_since: float | None = None


class Workshop:
    """Trainings of all visitors. `launch` starts a child in its folder; `clock` gives seconds."""

    def __init__(
        self,
        launch: Callable[[Path], Bench] = Training,
        clock: Callable[[], float] = time.monotonic,
        benches: int = BENCHES,
        foreman: bool = True,
    ) -> None:
        self._launch, self._clock, self._has_foreman = launch, clock, foreman
        self._line = Line(benches)
        self._jobs: dict[int, _Job] = {}  # in the order of coming
        self._room = private_room()
        self._lock = RLock()
        self._foreman: Thread | None = None
        atexit.register(self.close)

    def enter(self, visitor: str, material: Material, order: Order, estimate: Estimate) -> int:
        """A ticket for a new training. Raises WorkshopError: one at a time, the line is full."""
        with self._lock:
            ticket = self._line.join(visitor, estimate.seconds, self._clock())
            folder = self._room / str(ticket)
            folder.mkdir()
            write_order(folder, order)
            self._jobs[ticket] = _Job(
                visitor, material.kind, material.name, material.tokens, order.choice, estimate, folder,
                Progress("waiting"),
            )  # fmt: skip
            self._make_room()
            self._call_foreman()
        return ticket

    def resume(self, visitor: str, ticket: int) -> None:
        """Lets a stopped training join the line again; it goes on where it was."""
        with self._lock:
            job = self._own(visitor, ticket)
            if job.progress.state not in ("stopped", "failed"):
                raise WorkshopError(say("This training is not stopped."))
            left = job.estimate.seconds * (1 - job.progress.fraction)
            fresh = self._line.join(visitor, left, self._clock())
            self._jobs[fresh] = replace(job, progress=replace(job.progress, state="waiting", why=None), bench=None)
            del self._jobs[ticket]
            self._call_foreman()

    def stop(self, visitor: str, ticket: int) -> None:
        """Ends a training, its best kept; one that waits leaves the line."""
        with self._lock:
            self._end(ticket, self._own(visitor, ticket))

    def forget(self, visitor: str, ticket: int) -> None:
        """Takes a run off the table, its files with it."""
        with self._lock:
            self._own(visitor, ticket)
            self._drop(ticket)

    def look(self, visitor: str) -> View | None:
        """The visitor's latest training, counted as a sign of life."""
        with self._lock:
            own = [ticket for ticket, job in self._jobs.items() if job.visitor == visitor]
            if not own:
                return None
            now, job = self._clock(), self._jobs[own[-1]]
            self._line.seen(own[-1], now)
            return self._view(own[-1], job, now)

    def runs(self, visitor: str) -> tuple[Run, ...]:
        """The visitor's trainings with at least one finished epoch, the latest last."""
        with self._lock:
            now = self._clock()
            views = [self._view(ticket, job, now) for ticket, job in self._jobs.items() if job.visitor == visitor]
            return tuple(run for view in views if (run := run_of(view)))

    def progress(self, visitor: str, ticket: int) -> Progress:
        with self._lock:
            return self._own(visitor, ticket).progress

    def checkpoint(self, visitor: str, ticket: int) -> bytes:
        """The best network of a training, in the published format."""
        with self._lock:
            path = self._own(visitor, ticket).folder / MODEL
        try:
            return path.read_bytes()
        except OSError as problem:
            raise WorkshopError(say("Nothing is kept of this training yet: its first epoch is not over.")) from problem

    def newcomer(self) -> Place:
        """Where one would stand who came now."""
        return self._line.wait_of_a_newcomer(self._clock())

    def tick(self) -> None:
        """One look of the foreman."""
        with self._lock:
            now = self._clock()
            for ticket in self._line.left(now):
                away = say("You were away for a while, so your place in the line went to the next.")
                self._say(ticket, "stopped", away)
            for ticket in self._line.working():
                self._look_after(ticket, self._jobs[ticket], now)
            while (ticket_or_none := self._line.next_to_work(now)) is not None:
                self._begin(self._jobs[ticket_or_none])

    def close(self) -> None:
        """Ends everything and removes the folder."""
        with self._lock:
            for job in self._jobs.values():
                if job.bench is not None:
                    job.bench.kill()
            for ticket in self._line.working():
                self._line.leave(ticket)
            self._jobs.clear()
            shutil.rmtree(self._room, ignore_errors=True)
        atexit.unregister(self.close)

    def _view(self, ticket: int, job: _Job, now: float) -> View:
        place = self._line.place(ticket, now) if job.progress.state == "waiting" else None
        return View(ticket, job.kind, job.material, job.tokens, job.choice, job.estimate, job.progress, place)

    def _begin(self, job: _Job) -> None:
        job.progress = replace(job.progress, state="starting")
        write_progress(job.folder, job.progress)  # the child goes on from these words when it resumes
        job.bench, job.stopping_since = self._launch(job.folder), None

    def _look_after(self, ticket: int, job: _Job, now: float) -> None:
        assert job.bench is not None
        ended = not job.bench.runs  # asked before its words are read: the last ones count
        told = read_progress(job.folder)
        closing = not ended and told.state in OVER  # its last words are written, its bench is not free yet
        job.progress = replace(told, state="training") if closing else told
        if ended:
            self._ended(ticket, job)
            return
        self._line.expect(ticket, told.seconds + told.left if told.left else job.estimate.seconds)
        if job.stopping_since is None and self._line.unseen(ticket, now) > ABANDONED_AFTER:
            self._end(ticket, job)
        elif job.stopping_since is not None and now - job.stopping_since > STOP_SECONDS:
            job.bench.kill()

    def _ended(self, ticket: int, job: _Job) -> None:
        assert job.bench is not None
        job.bench.forget()
        job.bench = None
        self._line.leave(ticket)
        if job.progress.state not in OVER:
            stopped = job.stopping_since is not None
            self._say(ticket, "stopped" if stopped else "failed", None if stopped else _broken())

    def _end(self, ticket: int, job: _Job) -> None:
        if job.bench is not None:
            job.bench.stop()
            job.stopping_since = job.stopping_since or self._clock()
        elif job.progress.state == "waiting":
            self._line.leave(ticket)
            self._say(ticket, "stopped", None)

    def _say(self, ticket: int, state: str, why: Sentence | None) -> None:
        job = self._jobs[ticket]
        job.progress = replace(job.progress, state=state, why=why)  # type: ignore[arg-type]

    def _own(self, visitor: str, ticket: int) -> _Job:
        job = self._jobs.get(ticket)
        if job is None or job.visitor != visitor:
            raise WorkshopError(say("This training is not kept any more. Start a new one."))
        return job

    def _drop(self, ticket: int) -> None:
        job = self._jobs.pop(ticket)
        self._line.leave(ticket)
        if job.bench is not None:
            job.bench.kill()
        shutil.rmtree(job.folder, ignore_errors=True)

    def _make_room(self) -> None:
        """The oldest runs go: of the visitor who has too many, of all when there are too many or too large."""
        latest = next(reversed(self._jobs.values())).visitor
        while (over := self._over(latest)) is not None:
            self._drop(over)

    def _over(self, visitor: str) -> int | None:
        idle = [ticket for ticket, job in self._jobs.items() if job.progress.state in OVER]
        own = [ticket for ticket, job in self._jobs.items() if job.visitor == visitor]
        if len(own) > RUNS_KEPT:
            return next((ticket for ticket in idle if ticket in own), None)
        if len(self._jobs) > ALL_KEPT or size_of(self._room) > BYTES_KEPT:
            return next(iter(idle), None)
        return None

    def _call_foreman(self) -> None:
        if self._has_foreman and (self._foreman is None or not self._foreman.is_alive()):
            self._foreman = Thread(target=self._oversee, name="workshop-foreman", daemon=True)
            self._foreman.start()

    def _oversee(self) -> None:
        while True:
            with self._lock:
                self.tick()
                if not len(self._line):
                    self._foreman = None
                    return
            time.sleep(FOREMAN_SECONDS)


def _broken() -> Sentence:
    return say(
        "The training broke off: it took more memory or time than a training here may. Choose a smaller network."
    )
