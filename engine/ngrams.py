"""The baselines a network has to beat: n-grams, and the same with a memory of the song they are in.

Smoothing: interpolated Kneser–Ney (Kneser & Ney, 1995; Chen & Goodman, 1999), one discount per order from the counts of
counts. Memory: the longest suffix (up to six tokens) of the song so far that has occurred earlier in it; what followed
there is mixed with the n-gram.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Context = tuple[int, ...]
Counts = dict[Context, Counter[int]]

ORDERS = (2, 3, 4, 5, 6)  # tokens, the predicted one included
LONGEST_SUFFIX = 6  # tokens
SHARES = tuple(step / 20 for step in range(1, 20))  # of the memory in the mixture, tried on the validation part


class KneserNey:
    """An interpolated n-gram of one order. Order 1 is the unigram, by plain counts.

    `songs` are ids, what may be predicted from index `first` on; ids before it only give context (the beginning, the
    mode, the style). `suggestible` marks what may be predicted at all.
    """

    def __init__(
        self, songs: Sequence[Sequence[int]], order: int, suggestible: npt.NDArray[np.bool_], first: int = 1
    ) -> None:
        self._order = order
        self._base: Floats = suggestible / suggestible.sum()
        self._levels: list[Counts] = [defaultdict(Counter) for _ in range(order)]
        for song in songs:
            for at in range(first, len(song)):
                length = min(at, order - 1)
                self._levels[length][tuple(song[at - length : at])][song[at]] += 1
        self._continue_downwards()
        self._discounts = [_discount(level) for level in self._levels]

    def _continue_downwards(self) -> None:
        """A shorter context counts in how many different longer ones each token followed, not how often."""
        for length in range(self._order - 1, 0, -1):
            for context, followers in self._levels[length].items():
                shorter = self._levels[length - 1][context[1:]]
                for token in followers:
                    shorter[token] += 1

    def after(self, context: Sequence[int]) -> Floats:
        """Probabilities (vocab,) of the token after a context, the shortest contexts first, each refining the last."""
        probabilities = self._base
        for length in range(min(len(context), self._order - 1) + 1):
            followers = self._levels[length].get(tuple(context[len(context) - length :]))
            if followers:
                probabilities = _refined(probabilities, followers, self._discounts[length])
        return probabilities


def _discount(level: Counts) -> float:
    """Ney, Essen & Kneser (1994): what is taken from each count, from how many counts are 1 and 2."""
    of_counts = Counter(count for followers in level.values() for count in followers.values())
    once, twice = of_counts[1], of_counts[2]
    return once / (once + 2 * twice) if once else 0.5


def _refined(shorter: Floats, followers: Counter[int], discount: float) -> Floats:
    """What a context lost to the discount goes to what the shorter context expects."""
    total = followers.total()
    refined = shorter * (discount * len(followers) / total)
    refined[list(followers)] += (np.array(list(followers.values())) - discount) / total
    return refined


def remembered(song: Sequence[int], vocab_size: int) -> Floats | None:
    """What followed the longest suffix of `song` that has occurred in it before; None when none has."""
    for length in range(min(LONGEST_SUFFIX, len(song) - 1), 0, -1):
        suffix = list(song[-length:])
        followers = [song[at + length] for at in range(len(song) - length) if list(song[at : at + length]) == suffix]
        if followers:
            shares: Floats = np.bincount(followers, minlength=vocab_size) / len(followers)
            return shares
    return None


def with_memory(probabilities: Floats, memory: Floats | None, share: float) -> Floats:
    """Mixed with what the song remembers, when it remembers anything."""
    return probabilities if memory is None else share * memory + (1 - share) * probabilities


def table_of(model: KneserNey, songs: Sequence[Sequence[int]], first: int = 1) -> Floats:
    """Probabilities (positions, vocab) at every position of every song from index `first` on."""
    return np.array([model.after(song[:at]) for song, at in positions_of(songs, first)])


def memories_of(songs: Sequence[Sequence[int]], vocab_size: int, first: int = 1) -> list[Floats | None]:
    """What each of those positions remembers; ids before `first` are no part of the song."""
    return [remembered(song[first:at], vocab_size) for song, at in positions_of(songs, first)]


def mixed(table: Floats, memories: Sequence[Floats | None], share: float) -> Floats:
    """Every row of a table with its memory."""
    return np.array([with_memory(row, memory, share) for row, memory in zip(table, memories, strict=True)])


def best_share(table: Floats, memories: Sequence[Floats | None], targets: npt.NDArray[np.int64]) -> float:
    """The share of the memory that makes the targets most probable. For the validation part, never for the test."""
    rows = np.arange(len(targets))
    has = np.array([memory is not None for memory in memories])
    own = table[rows, targets]
    recalled = np.array([0.0 if m is None else m[t] for m, t in zip(memories, targets, strict=True)])
    losses = [-np.log(np.where(has, share * recalled + (1 - share) * own, own)).sum() for share in SHARES]
    return SHARES[int(np.argmin(losses))]


def positions_of(songs: Sequence[Sequence[int]], first: int) -> Iterator[tuple[Sequence[int], int]]:
    """(song, index of the token to be predicted), in order."""
    for song in songs:
        for at in range(first, len(song)):
            yield song, at
