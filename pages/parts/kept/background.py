"""Writers behind the pages: a thread each, a few of one kind at a time, none for visitors who have left."""

from __future__ import annotations

from abc import ABC, abstractmethod
from threading import BoundedSemaphore, Event, Lock, Thread
from time import monotonic

from engine.errors import EngineError
from engine.words import Sentence

MOST_AT_ONCE = 2  # of one kind, over all visitors, so that pages stay quick on two cores
PATIENCE = 20.0  # seconds without a look after which the visitor is taken to have left


class Background(ABC):
    """One visitor's order: it waits for a place, is written, and ends; the page looks.

    However it ends, its place is free again and the page is told: `broken` is what it says where the writer failed
    without words of its own. What `write` and `sight` share is read and changed under `lock`.
    """

    def __init__(self, places: BoundedSemaphore, broken: Sentence) -> None:
        self.lock = Lock()
        self.waiting, self.over = True, False
        self.problem: Sentence | None = None
        self._places, self._broken = places, broken
        self._stop, self._ended = Event(), Event()
        self._looked = monotonic()

    def begin(self, name: str) -> None:
        Thread(target=self._run, name=name, daemon=True).start()

    def stop(self) -> None:
        """What stands so far is kept as it is."""
        self._stop.set()

    def wait(self, seconds: float) -> None:
        """Until nothing more is written, at most so long."""
        self._ended.wait(seconds)

    def stopped(self) -> bool:
        """Whether to stop: asked to, or nobody looks any more."""
        return self._stop.is_set() or monotonic() - self._looked > PATIENCE

    def looked(self) -> None:
        """Somebody still wants it; under the lock."""
        self._looked = monotonic()

    def end(self, problem: Sentence | None = None) -> None:
        with self.lock:
            self.waiting, self.over, self.problem = False, True, problem
        self._ended.set()

    @abstractmethod
    def write(self) -> None:
        """Writes until the end, or until it is stopped."""

    def _run(self) -> None:
        problem: Sentence | None = self._broken
        try:
            self._in_turn()
            problem = None
        except EngineError as error:
            problem = error.sentence
        finally:
            self.end(problem)

    def _in_turn(self) -> None:
        while not self._places.acquire(timeout=0.1):
            if self.stopped():
                return
        try:
            with self.lock:
                self.waiting = False
            self.write()
        finally:
            self._places.release()
