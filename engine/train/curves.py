"""What a run of the chord network did, epoch by epoch."""

from __future__ import annotations

from dataclasses import dataclass

from engine.recurrent.curves import CurvesOf, Passed


@dataclass(frozen=True, slots=True)
class Epoch(Passed):
    """One epoch; validation by windows, on the averaged weights."""


class Curves(CurvesOf[Epoch]):
    """Of the chord network."""

    line = Epoch
