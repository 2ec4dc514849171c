"""Songs with what their memory sees, laid into lessons for the remembering network.

A song is `<bos>`, perhaps its mode and style, then its chords. Mode and style are each left out now and then, for a
musician need not choose them. Of a long song a lesson takes a share of the places only, another share each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from engine.memory.recall import rows_of
from engine.train.mixture import Lesson

Ids = npt.NDArray[np.int64]
Halves = npt.NDArray[np.float16]

LONGEST = 240  # chords of a song in training: what comes later is a repeat of a repeat
ALWAYS = 8  # first places of a song that no lesson leaves out
CANDIDATES = 2500  # of one song in one lesson, about
SMALLEST_SHARE = 0.35  # of the places of a long song
EARLIEST, SHORTEST = 4, 8  # chords before a restart, and after its first


@dataclass(frozen=True, slots=True)
class Piece:
    """A song prepared: ids, what may stand before them, and the memory's features at every place."""

    chords: Ids
    opening: tuple[int, ...]  # mode and style, when there are such
    pairs: Halves  # (chords * (chords - 1) / 2, PAIR_FEATURES), place after place
    song: Halves  # (chords, SONG_FEATURES)


def piece_of(chords: Sequence[int], opening: Sequence[int] = ()) -> Piece:
    kept = chords[:LONGEST]
    rows = rows_of(kept)[:-1]
    pairs = np.concatenate([row.pairs for row in rows]).astype(np.float16)
    return Piece(np.array(kept), tuple(opening), pairs, np.stack([row.song for row in rows]).astype(np.float16))


def restarts_of(chords: Sequence[int], most: int, random: np.random.Generator) -> list[Sequence[int]]:
    """A song as if it began later, at up to so many of the places where its first chord comes back: a section that
    returns begins as songs do.

    >>> restarts_of([5, 1, 2, 3, 5, 4, 1, 2, 3, 4, 1, 2, 5, 1], 2, np.random.default_rng(0))
    [[5, 4, 1, 2, 3, 4, 1, 2, 5, 1]]
    """
    places = [at for at in range(EARLIEST, len(chords) - SHORTEST) if chords[at] == chords[0]]
    return [chords[at:] for at in random.permutation(places)[:most]]


def lesson_of(
    pieces: Sequence[Piece],
    start: int,
    random: np.random.Generator | None = None,
    absent: float = 0.0,
    soft: Sequence[npt.NDArray[np.float32]] | None = None,
) -> Lesson:
    """Several songs side by side. With `random`, openings are left out with probability `absent`, long songs thinned.

    `start` is the id of `<bos>`; `soft` are teachers' probabilities, per piece (chords, vocab).
    """
    before = [(start, *_opening(piece, random, absent)) for piece in pieces]
    kept = [_kept(piece, random) for piece in pieces]
    width = max(len(piece.chords) + len(first) - 1 for piece, first in zip(pieces, before, strict=True))
    ids = np.full((len(pieces), width), start)
    places, now, then, followers, pairs = [], [], [], [], []
    offset = 0
    for at, (piece, first, keep) in enumerate(zip(pieces, before, kept, strict=True)):
        ids[at, : len(first)] = first
        ids[at, len(first) : len(first) + len(piece.chords) - 1] = piece.chords[:-1]
        zero = at * width + len(first) - 1  # flat index of place 0
        i, j = np.tril_indices(len(piece.chords), -1)
        chosen = keep[i]
        places.append(np.flatnonzero(keep) + zero)
        now.append((np.cumsum(keep) - 1)[i[chosen]] + offset)
        then.append(j[chosen] + zero)
        followers.append(piece.chords[j[chosen]])
        pairs.append(piece.pairs[chosen])
        offset += int(keep.sum())
    zipped = list(zip(pieces, kept, strict=True))
    taught = None if soft is None else np.concatenate([s[k] for s, k in zip(soft, kept, strict=True)])
    return Lesson(
        torch.from_numpy(ids),
        torch.from_numpy(np.concatenate(places)),
        torch.from_numpy(np.concatenate([piece.chords[keep] for piece, keep in zipped])),
        torch.from_numpy(np.concatenate([piece.song[keep] for piece, keep in zipped]).astype(np.float32)),
        torch.from_numpy(np.concatenate(pairs).astype(np.float32)),
        torch.from_numpy(np.concatenate(now)),
        torch.from_numpy(np.concatenate(then)),
        torch.from_numpy(np.concatenate(followers)),
        None if taught is None else torch.from_numpy(taught.astype(np.float32)),
    )


def batches(pieces: Sequence[Piece], places: int, random: np.random.Generator) -> list[list[int]]:
    """Indices of songs of like length together, about `places` places each, in random order."""
    lengths = np.array([len(piece.chords) for piece in pieces])
    result: list[list[int]] = [[]]
    for i in np.argsort(lengths + 6 * random.random(len(pieces)), kind="stable"):
        if len(result[-1]) * lengths[i] >= places:
            result.append([])
        result[-1].append(int(i))
    return [result[i] for i in random.permutation(len(result))]


def _opening(piece: Piece, random: np.random.Generator | None, absent: float) -> list[int]:
    return [token for token in piece.opening if random is None or random.random() >= absent]


def _kept(piece: Piece, random: np.random.Generator | None) -> npt.NDArray[np.bool_]:
    """Which places are predicted."""
    length = len(piece.chords)
    candidates = length * (length - 1) // 2
    if random is None or candidates <= CANDIDATES:
        return np.ones(length, dtype=np.bool_)
    kept = random.random(length) < max(CANDIDATES / candidates, SMALLEST_SHARE)
    kept[:ALWAYS] = True
    return kept
