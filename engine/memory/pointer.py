"""The mixture of a network's belief with what the song remembers, for one place in one song, in NumPy.

A pointer with a sentinel (Merity et al., 2016): every earlier place is a candidate with a score, the network's own
distribution stands among them with a score of its own, and one softmax shares out belief among all. Unlike there,
a score sees how long and how well the song has run like then, not the network's state alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.cells import Array
from engine.memory.recall import Row
from engine.memory.sizes import HEAD_SIZE, HEADS

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Dense:
    """A layer: values @ weight.T + bias."""

    weight: Array
    bias: Array

    def __call__(self, values: Array) -> Array:
        result: Array = values @ self.weight.T + self.bias
        return result


@dataclass(frozen=True, slots=True)
class Pointer:
    """The memory's frozen weights."""

    pair: Array  # (hidden, pair features): without bias, that of `song` serves
    summary: Dense
    query: Dense
    key: Dense
    song: Dense
    inner: Dense
    score: Dense
    gate: Dense
    opening: Dense

    def mixed(self, logits: Array, hidden: Array, keys: Array, row: Row, share: float = 1.0) -> Floats:
        """Probabilities (vocab,) of the next chord.

        `logits` (vocab,) and `hidden` (hidden size,) are the network's after the last chord, `keys` (candidates,
        heads * head size) what `key` made of its hidden state at every earlier place. `share` from 0 to 1 weighs the
        memory: 0 is the network alone, 1 the mixture as learned.
        """
        own = _log_softmax(logits)
        believed = np.exp(own)
        top = own.max()
        now = np.concatenate([row.song, [-(believed * own).sum(), top], np.tanh(self.summary(hidden))])
        now = now.astype(np.float32)
        opening = float(self.opening(_relu(self.gate(now)))[0])
        if not len(row.followers) or share <= 0:
            return believed
        scores = self._scores(own, hidden, keys, row, now)
        highest = max(opening + float(top), float(scores.max()))
        weights = share * np.exp(scores.astype(np.float64) - highest)
        mass = np.bincount(row.followers, weights=weights, minlength=len(own))
        mass += np.exp(opening - highest) * believed
        mixed: Floats = mass / mass.sum()
        return mixed

    def _scores(self, own: Floats, hidden: Array, keys: Array, row: Row, now: Array) -> Array:
        """How much each candidate deserves to be followed, (candidates,)."""
        likeness = np.einsum("jhd,hd->jh", keys.reshape(-1, HEADS, HEAD_SIZE), self.query(hidden).reshape(HEADS, -1))
        belief = own[row.followers]
        inputs = np.column_stack([row.pairs, belief, belief - own.max(), likeness / np.float32(HEAD_SIZE**0.5)])
        layer = _relu(inputs.astype(np.float32) @ self.pair.T + self.song(now))
        scores: Array = self.score(_relu(self.inner(layer)))[:, 0]
        return scores


def pointer_of(weights: Mapping[str, Array]) -> Pointer | None:
    """Lays out the `memory.` weights of a state dict; None when there are none."""
    if "memory.pair.weight" not in weights:
        return None

    def dense(name: str) -> Dense:
        return Dense(weights[f"memory.{name}.weight"], weights[f"memory.{name}.bias"])

    names = ("summary", "query", "key", "song", "inner", "score", "gate", "opening")
    return Pointer(weights["memory.pair.weight"], *(dense(name) for name in names))


def _log_softmax(logits: Array) -> Floats:
    shifted = logits.astype(np.float64) - float(logits.max())
    result: Floats = shifted - np.log(np.exp(shifted).sum())
    return result


def _relu(values: Array) -> Array:
    return np.maximum(values, np.float32(0))
