"""What a chord model is like: its embeddings as a map, its two ways of listening side by side, its scores on songs.

Everything runs on the NumPy stepper; nothing here needs torch.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from engine.checkpoint import Model
from engine.compose import is_live
from engine.errors import TheoryError
from engine.music import Chord, Function, Key, Mode, TokenProbability
from engine.predict import Stream, predict_next
from engine.theory import all_numerals, chord_of, chord_of_published, function_of, published_tokens
from engine.vocab import MODES, Vocabulary, is_special
from engine.workshop.songs import songs_of_turns

SONGS = 6  # of the house's own set: some 300 positions, a second or two
LISTED = 8  # tokens of each list side by side


@dataclass(frozen=True, slots=True)
class Point:
    """A token on the map of embeddings."""

    token: str
    x: float
    y: float
    function: Function


@dataclass(frozen=True, slots=True)
class Map:
    """Tokens by the two directions in which their embeddings differ most, and what share of all difference each has."""

    points: tuple[Point, ...]
    shares: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Heard:
    """What both ways of listening expect after the same chords, and how far apart they are (half the sum of absolute
    differences over the listed tokens, 0 to 1)."""

    window: tuple[TokenProbability, ...]
    stream: tuple[TokenProbability, ...]
    apart: float


@dataclass(frozen=True, slots=True)
class Judged:
    """Shares from 0 to 1 over `positions`; `unknown` is the share of chords the vocabulary lacks."""

    positions: int
    top1: float
    top3: float
    top5: float
    mrr: float
    perplexity: float
    unknown: float


def embedding_map(model: Model, mode: Mode = "major") -> Map:
    """Principal components (Pearson, 1901) of the embedding of every chord token, functions in C major or A minor."""
    tokens = [token for token in model.vocabulary.tokens if not is_special(token)]
    rows = model.contents.weights["emb.weight"][model.vocabulary.encode(tokens)]
    places, shares = principal(rows)
    functions = (function_of_token(token, mode) for token in tokens)
    points = zip(tokens, places.tolist(), functions, strict=True)
    return Map(tuple(Point(token, x, y, function) for token, (x, y), function in points), shares)


def principal(rows: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float64], tuple[float, float]]:
    """(n, 2) places along the two widest directions, the heavier end of each positive, and the shares of variance.

    >>> places, shares = principal(np.array([[0, 0], [3, 0], [9, 1e-9]], dtype=np.float32))
    >>> shares[0] > 0.999, places.shape
    (True, (3, 2))
    """
    centred = rows.astype(np.float64) - rows.mean(axis=0)
    wide = np.zeros((len(rows), max(2, rows.shape[1])))
    wide[:, : rows.shape[1]] = centred
    left, sizes, _ = np.linalg.svd(wide, full_matrices=False)
    kept = min(2, len(sizes))
    places = np.zeros((len(rows), 2))
    places[:, :kept] = left[:, :kept] * sizes[:kept]
    places *= np.where((places**3).sum(axis=0) < 0, -1.0, 1.0)  # a direction has no sign of its own
    total = float((sizes**2).sum()) or 1.0
    first, second = (float(sizes[n] ** 2) / total if n < kept else 0.0 for n in range(2))
    return places, (first, second)


@lru_cache(maxsize=2048)
def function_of_token(token: str, mode: Mode) -> Function:
    """What a token of either language does in C major or A minor; tokens of other languages do nothing known."""
    chord = chord_of_token(token, mode)
    return "other" if chord is None or chord.is_silent else function_of(chord, _key(mode))


@lru_cache(maxsize=2048)
def chord_of_token(token: str, mode: Mode) -> Chord | None:
    """The chord of a live or a published token; None for anything else."""
    if token in _numerals():
        return chord_of(token, _key(mode))
    try:
        return chord_of_published(token, _key(mode), "sevenths")
    except TheoryError:
        return None


def side_by_side(model: Model, context: Sequence[str]) -> Heard:
    """The likeliest tokens after a context, through the window and with the state carried along from its start."""
    every = len(model.vocabulary)
    window = predict_next(model, context, k=every)
    stream = Stream(model).suggest(context, k=every)
    streamed = {item.token: item.probability for item in stream}
    apart = sum(abs(item.probability - streamed[item.token]) for item in window) / 2
    return Heard(window[:LISTED], stream[:LISTED], apart)


def judged(model: Model, songs: int = SONGS) -> Judged:
    """Every chord of the first of the house's songs, foretold from all before it, in the model's own language."""
    ranks, nats, unknown = list[int](), list[float](), 0
    for mode, numerals in songs_of_turns()[:songs]:
        tokens = tokens_for(model.vocabulary, mode, numerals)
        stream = Stream(model)
        told = stream.next(len(model.vocabulary))
        for token in tokens:
            if not is_special(token):
                unknown += token not in model.vocabulary
                rank, share = _place(told, token)
                ranks.append(rank)
                nats.append(-math.log(max(share, 1e-12)))
            told = stream.add(token, len(model.vocabulary))
    count = len(ranks)
    top1, top3, top5 = (sum(rank <= k for rank in ranks) / count for k in (1, 3, 5))
    mrr = sum(1 / rank for rank in ranks) / count
    return Judged(count, top1, top3, top5, mrr, math.exp(sum(nats) / count), unknown / count)


def tokens_for(vocabulary: Vocabulary, mode: str, numerals: Sequence[str]) -> tuple[str, ...]:
    """A song in live or published tokens, repeats merged; the live language begins with its mode."""
    plain = tuple(each for n, each in enumerate(numerals) if n == 0 or numerals[n - 1] != each)
    if is_live(vocabulary):
        return (MODES[mode], *plain) if MODES[mode] in vocabulary else plain
    key = Key("C", "minor" if mode == "minor" else "major")
    return tuple(published_tokens(tuple(chord_of(each, key) for each in plain), key))


def _place(told: Sequence[TokenProbability], token: str) -> tuple[int, float]:
    """Rank from 1 and probability of a token; what the vocabulary lacks comes after all others."""
    for rank, item in enumerate(told, start=1):
        if item.token == token:
            return rank, item.probability
    return len(told) + 1, 0.0


def _key(mode: Mode) -> Key:
    return Key("C") if mode == "major" else Key("A", "minor")


@lru_cache(maxsize=1)
def _numerals() -> frozenset[str]:
    return frozenset(all_numerals())
