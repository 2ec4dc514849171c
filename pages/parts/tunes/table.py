"""The tunes on a visitor's desk: frozen values, so that undo is keeping the old ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from engine.history import History
from engine.tunewriter import Wish
from engine.words import Sentence

MOST_KEPT = 40  # tunes on the desk; more nobody compares
FIDDLE = 110  # General MIDI program, counted from 0

# To be heard before anything was written: the beginning of every first visit.
EXAMPLE = """%abc-2.1
X:1
R:jig
M:6/8
L:1/8
K:Dmaj
A|d2A FAd|f2d A2f|g2e c2e|f2d d2A|
d2A FAd|fga afd|gec Ace|f2d d2::f|
a2f d2f|g2e c2e|f2d B2d|c2A A2f|
a2f d2f|gfe dcB|A2c efg|f2d d2:|
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One tune on the desk: its ABC text as it stands, and as the model wrote it (empty when it came from elsewhere).

    `take` counts the tunes of one wish from 0. `score` is bits per note, lower better. `reason` says why it was not
    valid when it was written. `tempo` is in quarters a minute, 0: by its type.
    """

    number: int
    text: str
    written: str = ""
    wish: Wish | None = None
    take: int = 0
    score: float = 0.0
    reason: Sentence | None = None
    tempo: float = 0.0

    @property
    def is_edited(self) -> bool:
        return self.text != self.written

    @property
    def is_example(self) -> bool:
        return self.text == EXAMPLE


@dataclass(frozen=True, slots=True)
class Table:
    """The kept tunes, best first, and the number of the one that is looked at."""

    kept: tuple[Candidate, ...] = ()
    chosen: int | None = None

    @property
    def looked_at(self) -> Candidate | None:
        return next((one for one in self.kept if one.number == self.chosen), None)

    def with_one(self, new: Candidate) -> Table:
        """The table with a tune in place of the one of its number."""
        return replace(self, kept=tuple(new if one.number == new.number else one for one in self.kept))

    def without(self, number: int) -> Table:
        """The tune is gone; the next one on the list is looked at instead."""
        place = next((at for at, one in enumerate(self.kept) if one.number == number), None)
        if place is None:
            return self
        left = (*self.kept[:place], *self.kept[place + 1 :])
        if self.chosen != number:
            return replace(self, kept=left)
        return Table(left, left[min(place, len(left) - 1)].number if left else None)

    def plus(self, new: tuple[Candidate, ...]) -> Table:
        """New tunes take their places; the example has done its work."""
        kept = [one for one in self.kept if not (new and one.is_example)]
        return replace(self, kept=tuple(sorted((*kept, *new), key=_rank)))


def _rank(one: Candidate) -> tuple[bool, bool, float]:
    """Where a tune stands: written ones before those from elsewhere, valid ones before others, likely ones first."""
    return not one.written, one.reason is not None, one.score


@dataclass(frozen=True, slots=True)
class Stand:
    """`drawn` is the last wish that was written: the same one again takes the next random seed."""

    wish: Wish
    tables: History[Table] = field(default_factory=lambda: History(Table()))
    drawn: Wish | None = None
    chords: bool = False
    instrument: int = FIDDLE
    numbers: int = 1  # the number of the next tune

    @property
    def table(self) -> Table:
        return self.tables.present

    def changed(self, new: Table) -> Stand:
        return replace(self, tables=self.tables.changed(new))

    def everywhere(self, change: Callable[[Table], Table]) -> Stand:
        """Changed now and in all that undo and redo lead to: what came or was looked at is not undone."""
        now = self.tables
        past, future = (tuple(map(change, tables)) for tables in (now.past, now.future))
        return replace(self, tables=History(change(now.present), past, future))

    def amended(self, new: Table) -> Stand:
        """Changed without a step for undo of its own."""
        return replace(self, tables=replace(self.tables, present=new))

    def wishing(self, **changes: Any) -> Stand:
        return replace(self, wish=replace(self.wish, **changes))
