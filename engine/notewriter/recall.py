"""What a melody has already said: what followed when it last went like this, and what stood some bars ago.

Both are hints for the network, from the past alone. They are what lets a small network carry a form such as AABB
(cf. Wu et al. 2020 and the pointers of Merity et al. 2016, which learn such places; here they are looked up).
"""

from __future__ import annotations

from collections import deque

from engine.notewriter.vocabulary import NOTHING, WITHIN

Event = tuple[int, int]  # pitch token (or rest) and length token

SUFFIXES = (12, 10, 8, 6, 5, 4, 3, 2, 1)  # events that must agree, tried from the longest
LAGS = (1, 2, 4, 8, 16)  # bars
COUNTED_LAGS = (4, 8, 16)  # of which agreement is told: the lengths of phrases, halves and parts
AGREED_OVER = 8  # events over which a lag's agreement is counted


class Recall:
    """The events of one melody so far, indexed as they come."""

    def __init__(self, bar: int) -> None:
        self._bar = bar
        self._events: list[Event] = []
        self._at: dict[int, Event] = {}
        self._after: dict[tuple[Event, ...], int] = {}  # the events before -> index of what last followed
        self._circling_from: int | None = None
        self._agreed: deque[tuple[bool, ...]] = deque(maxlen=AGREED_OVER)

    def heard(self, event: Event, now: int) -> None:
        """An event that began at `now` (ticks)."""
        here = len(self._events)
        self._agreed.append(tuple(self._at.get(now - lag * self._bar) == event for lag in COUNTED_LAGS))
        if self._at.get(now - self._bar) != event:
            self._circling_from = None
        elif self._circling_from is None:
            self._circling_from = now
        self._at[now] = event
        for length in SUFFIXES:
            if here >= length:
                self._after[tuple(self._events[-length:])] = here
        self._events.append(event)

    def followed(self) -> tuple[Event | None, int]:
        """The event that followed the longest suffix heard before, and how long that was: 0 for none, up to 9."""
        for rank, length in enumerate(SUFFIXES):
            if len(self._events) >= length:
                found = self._after.get(tuple(self._events[-length:]))
                if found is not None:
                    return self._events[found], len(SUFFIXES) - rank
        return None, 0

    def pitches_ago(self, now: int) -> list[int]:
        """Per lag the pitch token that began there."""
        return [self._hint(now - lag * self._bar, None) for lag in LAGS]

    def lengths_ago(self, now: int, pitch: int) -> list[int]:
        """Per lag the length token of what began there, where it was the same pitch."""
        return [self._hint(now - lag * self._bar, pitch) for lag in LAGS]

    def circling(self, now: int) -> int:
        """For how many ticks up to now all has been as it was a bar before."""
        return 0 if self._circling_from is None else now - self._circling_from

    def agreement(self) -> list[int]:
        """Per counted lag how many of the last events were as that many bars ago, 0 to 8."""
        return [sum(one) for one in zip(*self._agreed, strict=True)] if self._agreed else [0] * len(COUNTED_LAGS)

    def _hint(self, time: int, pitch: int | None) -> int:
        event = self._at.get(time)
        if event is None:
            return WITHIN if time >= 0 and pitch is None else NOTHING
        if pitch is None:
            return event[0]
        return event[1] if event[0] == pitch else WITHIN
