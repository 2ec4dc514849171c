"""Drawing a token: logits, what may come, what is leant towards, then temperature, top-k, top-p and chance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.notewriter.wish import NoteWish

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def shares(logits: npt.NDArray[np.floating], allowed: Mask, leaning: Floats, wish: NoteWish) -> Floats:
    """Probabilities (vocab,) to draw from: zero where not allowed, the kept ones renormalised."""
    scores = np.where(allowed, logits.astype(np.float64) + leaning, -np.inf)
    scores = (scores - scores.max()) / wish.temperature
    probabilities = np.exp(scores)
    if wish.top_k:
        lowest = np.partition(probabilities, -wish.top_k)[-wish.top_k]
        probabilities[probabilities < lowest] = 0.0
    probabilities /= probabilities.sum()
    return nucleus(probabilities, wish.top_p) if wish.top_p < 1 else probabilities


def nucleus(probabilities: Floats, top_p: float) -> Floats:
    """The likeliest tokens that together reach `top_p`, renormalised (Holtzman et al., 2020).

    >>> nucleus(np.array([0.5, 0.3, 0.2]), 0.6).round(3).tolist()
    [0.625, 0.375, 0.0]
    """
    order = np.argsort(-probabilities, kind="stable")
    before = np.cumsum(probabilities[order]) - probabilities[order]
    kept = np.zeros_like(probabilities)
    kept[order[before < top_p]] = probabilities[order[before < top_p]]
    kept /= kept.sum()
    return kept


def draw(probabilities: Floats, random: np.random.Generator) -> int:
    """One id by its share, never one of probability zero."""
    sums = np.cumsum(probabilities)
    return int(np.searchsorted(sums, random.random() * sums[-1], side="right"))


def nats_of(logits: npt.NDArray[np.floating], token: int, allowed: Mask) -> float:
    """What a token costs the model itself among what may come, before any wish."""
    scores = np.where(allowed, logits.astype(np.float64), -np.inf)
    top = scores.max()
    return float(top + np.log(np.exp(scores - top).sum()) - scores[token])
