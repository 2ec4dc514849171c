"""The gradient check: do the gradients that were worked out backwards agree with what happens when a weight moves?

For every weight w the loss is measured at w + ε and at w - ε; (L₊ - L₋) / 2ε is its slope (central differences). Both
ways are compared for each array by

    relative error = ‖by hand - measured‖ / (‖by hand‖ + ‖measured‖)

with Euclidean norms, 0 where both are zero. In float64 a right gradient gives less than 1e-6, a wrong one about 1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.classroom import course
from engine.classroom.bptt import SYMBOLS, Array, Parameters, backward, forward
from engine.classroom.lesson import Window

NUDGE = 1e-5  # ε: near the cube root of float64's precision, where rounding and curvature disturb least
AGREED = 1e-6  # relative error below which both ways agree
TINY = 1e-12  # a norm below this is nothing but rounding


@dataclass(frozen=True, eq=False)
class Comparison:
    """One array's gradient by hand and as measured, and their relative error."""

    symbol: str
    by_hand: Array
    measured: Array

    @property
    def lengths(self) -> tuple[float, float]:
        """Euclidean norms: by hand, as measured."""
        return float(np.linalg.norm(self.by_hand)), float(np.linalg.norm(self.measured))

    @property
    def relative_error(self) -> float:
        both = sum(self.lengths)
        return 0.0 if both < TINY else float(np.linalg.norm(self.by_hand - self.measured)) / both

    @property
    def agrees(self) -> bool:
        return self.relative_error <= AGREED


def numeric_check(weights: Parameters, window: Window) -> tuple[Comparison, ...]:
    """Both ways for U, W, V, b and c."""
    gradients = backward(forward(weights, window)).total
    return tuple(
        Comparison(symbol, getattr(gradients, symbol), measured(weights, window, symbol)) for symbol in SYMBOLS
    )


def measured(weights: Parameters, window: Window, symbol: str) -> Array:
    """The slope of the loss for every entry of one array, by moving it."""
    array = np.array(getattr(weights, symbol))
    moved = replace(weights, **{symbol: array})
    slopes = np.zeros_like(array)
    for place in np.ndindex(array.shape):
        kept = array[place]
        array[place] = kept + NUDGE
        above = course.loss(moved, window)
        array[place] = kept - NUDGE
        slopes[place] = (above - course.loss(moved, window)) / (2 * NUDGE)
        array[place] = kept
    return slopes
