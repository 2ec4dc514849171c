"""Arithmetic with the shares of chords: what is left is made to sum to one again, and order never depends on a key.

Conventions: shares map chords to probabilities; ties keep the order in which the chords came.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from engine.errors import PredictionError
from engine.music import Chord
from engine.predict import COLDEST, HOTTEST
from engine.words import say

Shares = Mapping[Chord, float]


def normalised(shares: Shares) -> dict[Chord, float]:
    """The same proportions with sum 1; chords without a share go. Empty when nothing has one."""
    total = math.fsum(shares.values())
    return {chord: share / total for chord, share in shares.items() if share > 0} if total > 0 else {}


def ordered(shares: Shares) -> list[tuple[Chord, float]]:
    """Chords with their shares, the largest first."""
    return sorted(shares.items(), key=lambda entry: -entry[1])


def most_likely(shares: Shares, count: int) -> dict[Chord, float]:
    """The `count` largest shares, as they are."""
    return dict(ordered(shares)[:count])


def tempered(shares: Shares, temperature: float) -> dict[Chord, float]:
    """Flatter above 1, sharper below. Raises PredictionError outside 0.01 to 100."""
    if not math.isfinite(temperature) or not COLDEST <= temperature <= HOTTEST:
        raise PredictionError(
            say(
                "The temperature must be from {low} to {high}, not {given}.",
                low=COLDEST,
                high=HOTTEST,
                given=str(temperature)[:40],
            )
        )
    most = max(shares.values(), default=1.0)
    return normalised({chord: (share / most) ** (1 / temperature) for chord, share in shares.items()})


def held_back(shares: Shares, chords: Collection[Chord], repetition: float) -> dict[Chord, float]:
    """`chords` keep the part `repetition` (0 to 1) of their shares; the others gain in proportion.

    Where nothing else is there, nothing is held back. Raises PredictionError.
    """
    if not 0 <= repetition <= 1:  # false for nan as well
        raise PredictionError(say("The repetition share must be from 0 to 1, not {given}.", given=str(repetition)[:40]))
    held = {chord: share * (repetition if chord in chords else 1.0) for chord, share in shares.items()}
    return normalised(held) or normalised(shares)


def nucleus(shares: Shares, top_p: float) -> dict[Chord, float]:
    """The fewest chords that together hold at least `top_p` (above 0, up to 1), renormalised (Holtzman et al., 2020).

    >>> nucleus({Chord("C"): 0.5, Chord("G"): 0.25, Chord("B"): 0.25}, 0.5)
    {Chord(root='C', quality='', tensions=(), bass=''): 1.0}
    """
    if not 0 < top_p <= 1:
        raise PredictionError(say("top_p must be above 0 and at most 1, not {given}.", given=str(top_p)[:40]))
    kept: dict[Chord, float] = {}
    reached = 0.0
    for chord, share in ordered(normalised(shares)):
        if reached >= top_p:
            break
        kept[chord] = share
        reached += share
    return normalised(kept)
