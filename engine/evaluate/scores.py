"""How well next-token probabilities foretell what was written: top-1, top-3, top-5, mean reciprocal rank, perplexity.

Convention: the published test. `<bos>` + song, every position with `seq_len` tokens before it, state zero before each
window. A rank counts the tokens that are strictly more probable, plus one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from engine.corpus import Song
from engine.networks import ChordLSTM
from engine.vocab import BOS, Vocabulary

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares from 0 to 1, `loss` in nats per token, `perplexity` its exponential, over `positions` tokens."""

    positions: int
    top1: float
    top3: float
    top5: float
    mrr: float
    loss: float

    @property
    def perplexity(self) -> float:
        return math.exp(self.loss)

    def named(self) -> dict[str, float]:
        """By the names of the published checkpoint format."""
        shares = {"Top@1": self.top1, "Top@3": self.top3, "Top@5": self.top5, "MRR": self.mrr}
        return {"loss": self.loss, "ppl": self.perplexity, **shares, "positions": float(self.positions)}


def scores_of(log_probabilities: npt.NDArray[np.floating], targets: npt.NDArray[np.integer]) -> Scores:
    """Of (positions, vocab) natural logarithms against (positions,) ids.

    >>> half = np.log(np.array([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]]))
    >>> scores = scores_of(half, np.array([0, 2]))
    >>> scores.top1, scores.top3, round(scores.mrr, 3), round(scores.perplexity, 3)
    (0.5, 1.0, 0.667, 3.162)
    """
    own = np.take_along_axis(log_probabilities, targets[:, None], axis=1)
    ranks = (log_probabilities > own).sum(axis=1) + 1
    top1, top3, top5 = (float((ranks <= k).mean()) for k in (1, 3, 5))
    return Scores(len(targets), top1, top3, top5, float((1 / ranks).mean()), float(-own.astype(np.float64).mean()))


def windows_of(
    songs: Sequence[Song], vocabulary: Vocabulary, length: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Windows (positions, length) and the token after each (positions,), as the published test cuts them."""
    encoded = [vocabulary.encode((BOS, *song)) for song in songs]
    pairs = [(song[at - length : at], song[at]) for song in encoded for at in range(length, len(song))]
    return np.array([window for window, _ in pairs]), np.array([target for _, target in pairs])


def window_scores(network: ChordLSTM, vocabulary: Vocabulary, songs: Sequence[Song], stride: int = 1) -> Scores:
    """The published test of a network in evaluation mode; a stride of n looks at every n-th position only."""
    every, answers = windows_of(songs, vocabulary, network.architecture.seq_len)
    windows, targets = every[::stride], answers[::stride]
    device = next(network.parameters()).device
    with torch.inference_mode():
        parts = [
            network(torch.from_numpy(part).to(device)).log_softmax(-1).cpu().numpy() for part in _portions(windows)
        ]
    return scores_of(np.concatenate(parts), targets)


def song_scores(network: ChordLSTM, vocabulary: Vocabulary, songs: Sequence[Song]) -> Scores:
    """The same positions, but with the state carried from the song's beginning, as streaming does."""
    length, device = network.architecture.seq_len, next(network.parameters()).device
    logarithms, targets = [], []
    for song in songs:
        ids = vocabulary.encode((BOS, *song))
        with torch.inference_mode():
            logits, _ = network.read(torch.tensor([ids[:-1]], device=device))
        logarithms.append(logits[0, length - 1 :].log_softmax(-1).cpu().numpy())
        targets.extend(ids[length:])
    return scores_of(np.concatenate(logarithms), np.array(targets))


def _portions(windows: npt.NDArray[np.int64], size: int = 512) -> Iterator[npt.NDArray[np.int64]]:
    for at in range(0, len(windows), size):
        yield windows[at : at + size]
