"""What may be drawn next: temperature, the grammar's mask, top k and top p, all rows at once.

Conventions: logits (n, vocab) float32; probabilities (n, vocab) float64, rows summing to 1. The mask comes first, so
that top k counts tokens that may stand here and something is always left.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]


class Chances(NamedTuple):
    """What is drawn from, and what the model itself believes at temperature 1: its probabilities, and the share of them
    that the mask leaves (None without a mask: all of them)."""

    drawn: Floats  # (n, vocab)
    believed: Floats  # (n, vocab)
    left: Floats | None  # (n,)


def chances(
    logits: npt.NDArray[np.float32],
    masks: Masks | None,
    temperature: float,
    top_k: int,
    top_p: float,
    *,
    leanings: Floats | None = None,
) -> Chances:
    """From logits to what is drawn from. `top_k` 0 and `top_p` 1 keep everything.

    `leanings`: what each token's chance is multiplied with before that, (n, vocab).
    """
    scores = logits.astype(np.float64)
    scores -= np.maximum.reduce(scores, axis=1, keepdims=True)
    believed = np.exp(scores)
    believed /= np.add.reduce(believed, axis=1, keepdims=True)
    left = None if masks is None else (believed * masks).sum(axis=1)
    drawn = believed
    if masks is not None or temperature != 1.0:
        scores = scores if masks is None else np.where(masks, scores, -np.inf)
        drawn = np.exp((scores - scores.max(axis=1, keepdims=True)) / temperature)
    if leanings is not None:
        drawn = drawn * leanings
    if top_k:
        drawn = _top_k(drawn, top_k)
    if drawn is not believed:
        drawn = drawn / drawn.sum(axis=1, keepdims=True)
    if top_p < 1:
        drawn = _top_p(drawn, top_p)
    return Chances(drawn, believed, left)


def drawn(probabilities: Floats, chance: Sequence[float]) -> list[int]:
    """One id of each row for numbers `chance` from 0 up to, not including, 1."""
    sums = np.add.accumulate(probabilities, axis=1)
    return [int(row.searchsorted(number * row[-1], side="right")) for row, number in zip(sums, chance, strict=True)]


def _top_k(weights: Floats, k: int) -> Floats:
    """The k heaviest of each row; equal ones at the border stay."""
    if k >= weights.shape[1]:
        return weights
    border = np.partition(weights, -k, axis=1)[:, -k, None]
    return np.where(weights >= np.maximum(border, np.finfo(np.float64).tiny), weights, 0.0)


def _top_p(probabilities: Floats, share: float) -> Floats:
    """The smallest set of likeliest tokens that holds `share` (Holtzman et al., 2020), summing to 1 again."""
    order = np.argsort(-probabilities, axis=1, kind="stable")
    descending = np.take_along_axis(probabilities, order, axis=1)
    before = descending.cumsum(axis=1) - descending
    kept = np.zeros_like(probabilities)
    np.put_along_axis(kept, order, np.where(before < share, descending, 0.0), axis=1)
    return np.asarray(kept / kept.sum(axis=1, keepdims=True))
