"""The line before the workbenches: who trains, who waits, how long. Shared by all visitors, safe between threads.

Conventions: times are seconds of one clock that the caller reads and passes in as `now`; nothing here looks at a clock,
so nothing depends on one. A ticket is a number; a visitor is any text that is his alone.

Fair: one entry a visitor, first come, first served. A waiting visitor who is not seen any more leaves the line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from engine.errors import EngineError
from engine.words import say

BENCHES = 2  # trainings at once: one core each, niced; more would share the same two cores and all take longer
MOST_WAITING = 40  # a class of thirty and some guests; beyond that the wait is longer than a lesson
LEFT_AFTER = 90.0  # seconds without a sign of life after which a waiting visitor has left (pages ask every 2 or 3)


class WorkshopError(EngineError):
    """A training that cannot be: no place, too much, too little to learn from."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ticket stands: `ahead` counts those before it, 0 at a bench; `wait` is in seconds, about."""

    ahead: int
    wait: float

    @property
    def works(self) -> bool:
        return self.ahead == 0 and self.wait == 0.0


@dataclass(slots=True)
class _Entry:
    ticket: int
    visitor: str
    seconds: float  # that its training is expected to take
    seen: float
    began: float | None = None  # when it came to a bench


class Line:
    """First come, first served, at `benches` places at once."""

    def __init__(self, benches: int = BENCHES) -> None:
        self._benches = benches
        self._entries: dict[int, _Entry] = {}  # in the order of coming
        self._next = 1
        self._lock = Lock()

    def join(self, visitor: str, seconds: float, now: float) -> int:
        """A ticket at the end of the line. Raises WorkshopError when the visitor has one, or the line is full."""
        with self._lock:
            if any(entry.visitor == visitor for entry in self._entries.values()):
                raise WorkshopError(
                    say("One training at a time for each visitor. Stop yours first, or wait until it is done.")
                )
            waiting = sum(entry.began is None for entry in self._entries.values())
            if waiting >= MOST_WAITING:
                raise WorkshopError(
                    say("{count} trainings are waiting already. Try again in some minutes.", count=waiting)
                )
            ticket, self._next = self._next, self._next + 1
            self._entries[ticket] = _Entry(ticket, visitor, seconds, now)
            return ticket

    def leave(self, ticket: int) -> None:
        """Done, stopped, or gone; a ticket that is not in the line is no matter."""
        with self._lock:
            self._entries.pop(ticket, None)

    def seen(self, ticket: int, now: float) -> None:
        """A sign of life."""
        with self._lock:
            if ticket in self._entries:
                self._entries[ticket].seen = now

    def expect(self, ticket: int, seconds: float) -> None:
        """What a training is now expected to take, from its beginning."""
        with self._lock:
            if ticket in self._entries:
                self._entries[ticket].seconds = seconds

    def next_to_work(self, now: float) -> int | None:
        """The ticket that comes to a bench now, if one is free; it is counted as working from here on."""
        with self._lock:
            working = sum(entry.began is not None for entry in self._entries.values())
            waiting = [entry for entry in self._entries.values() if entry.began is None]
            if working >= self._benches or not waiting:
                return None
            waiting[0].began = now
            return waiting[0].ticket

    def left(self, now: float) -> tuple[int, ...]:
        """Tickets of waiting visitors who have gone, taken out of the line by this."""
        with self._lock:
            return self._without(lambda entry: entry.began is None and now - entry.seen > LEFT_AFTER)

    def working(self) -> tuple[int, ...]:
        with self._lock:
            return tuple(entry.ticket for entry in self._entries.values() if entry.began is not None)

    def unseen(self, ticket: int, now: float) -> float:
        """Seconds since a ticket's visitor was last seen; 0 when it is not in the line."""
        with self._lock:
            return now - self._entries[ticket].seen if ticket in self._entries else 0.0

    def place(self, ticket: int, now: float) -> Place | None:
        """Where a ticket stands; None when it is not in the line."""
        with self._lock:
            mine = self._entries.get(ticket)
            if mine is None:
                return None
            if mine.began is not None:
                return Place(0, 0.0)
            before = [entry for entry in self._entries.values() if entry.began is None and entry.ticket < ticket]
            return Place(len(before) + 1, max(1.0, self._wait(before, now)))

    def wait_of_a_newcomer(self, now: float) -> Place:
        """Where one would stand who came now."""
        with self._lock:
            waiting = [entry for entry in self._entries.values() if entry.began is None]
            busy = sum(entry.began is not None for entry in self._entries.values())
            if not waiting and busy < self._benches:
                return Place(0, 0.0)
            return Place(len(waiting) + 1, max(1.0, self._wait(waiting, now)))

    def __len__(self) -> int:
        with self._lock:
            return len(self._entries)

    def _wait(self, before: list[_Entry], now: float) -> float:
        """Until a bench is free for the one after `before`: each goes to the bench that is free first."""
        free = [
            max(0.0, entry.seconds - (now - entry.began)) for entry in self._entries.values() if entry.began is not None
        ]
        free += [0.0] * (self._benches - len(free))
        for entry in before:
            free.sort()
            free[0] += entry.seconds
        return min(free)

    def _without(self, gone: Callable[[_Entry], bool]) -> tuple[int, ...]:
        tickets = tuple(ticket for ticket, entry in self._entries.items() if gone(entry))
        for ticket in tickets:
            del self._entries[ticket]
        return tickets
