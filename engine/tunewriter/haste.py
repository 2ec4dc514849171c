"""The way to the end of a tune that has had room enough: of what may follow, what closes something, else the longest
note.

What is open comes first: the tune itself, a chord, the bar. A bar that is filled with the longest note that fits, then
the longest that fits in what is left, has three notes at most in every meter: six tokens, a mark before, a line after.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from engine.abc import END, LENGTHS, VOCABULARY
from engine.abc.lengths import EIGHTH, ticks_of
from engine.abc.tokens import BARS, CLOSE, pitch_of

Mask = npt.NDArray[np.bool_]

MOST_IN_BAR = 8  # tokens of a bar that is begun and ended in haste


def _ranks() -> tuple[Mask, ...]:
    """What is wanted most comes first. A note without a length token lasts an eighth, so that the next note is wanted
    less than the longer lengths and more than the shorter ones."""
    falling = sorted(LENGTHS, key=ticks_of, reverse=True)
    longer = [{word} for word in falling if ticks_of(word) > EIGHTH]
    pitches = {word for word in VOCABULARY if pitch_of(word)}
    wanted: tuple[Collection[str], ...] = ({END}, {CLOSE}, BARS, *longer, pitches)
    wanted += tuple({word} for word in falling if ticks_of(word) < EIGHTH)
    return tuple(np.array([word in rank for word in VOCABULARY]) for rank in wanted)


_RANKS = _ranks()


def soonest(allowed: Mask) -> Mask:
    """Of the tokens that may follow those that lead to the end soonest: some wherever some may follow."""
    return next((found for rank in _RANKS if (found := allowed & rank).any()), allowed)
