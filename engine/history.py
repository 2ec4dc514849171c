"""Undo and redo over frozen values: keeping the old one is all there is to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

MAX_STEPS = 200

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class History(Generic[T]):
    """What was, what is, and what an undo took back. At most MAX_STEPS old values are kept."""

    present: T
    past: tuple[T, ...] = ()
    future: tuple[T, ...] = ()

    def changed(self, new: T) -> History[T]:
        """A new present; the same value again is no change. What had been undone is forgotten."""
        if new == self.present:
            return self
        return History(new, (*self.past, self.present)[-MAX_STEPS:])

    def undone(self) -> History[T]:
        """One step back, or itself when there is none."""
        if not self.past:
            return self
        return History(self.past[-1], self.past[:-1], (self.present, *self.future))

    def redone(self) -> History[T]:
        """One step forward again, or itself when there is none."""
        if not self.future:
            return self
        return History(self.future[0], (*self.past, self.present), self.future[1:])
