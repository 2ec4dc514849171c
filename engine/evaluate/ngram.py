"""The baselines a network has to beat: an interpolated n-gram and the same with a memory of the song it is in.

Smoothing: Witten & Bell (1991). Memory: the longest suffix (up to six tokens) of the song so far that has occurred
earlier in it; what followed there is mixed with the n-gram.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from engine.corpus import Song
from engine.evaluate.scores import Scores, scores_of
from engine.vocab import BOS, SPECIAL_TOKENS, Vocabulary

Floats = npt.NDArray[np.float64]
Context = tuple[int, ...]

ORDER = 5  # tokens, the predicted one included
LONGEST_SUFFIX = 6  # tokens
CACHE_SHARE = 0.6  # of the mixture, when the suffix has occurred


class Ngram:
    """Counts of what followed each context of up to `order` - 1 tokens."""

    def __init__(self, songs: Sequence[Sequence[int]], vocab_size: int, suggestible: npt.NDArray[np.bool_]) -> None:
        self._base = suggestible / suggestible.sum()
        self._size = vocab_size
        self._counts: dict[Context, Counter[int]] = defaultdict(Counter)
        for song in songs:
            for at in range(1, len(song)):
                for length in range(min(at, ORDER - 1) + 1):
                    self._counts[tuple(song[at - length : at])][song[at]] += 1

    def after(self, context: Sequence[int]) -> Floats:
        """Probabilities (vocab,) of the token after a context, the shortest contexts first, each refining the last."""
        probabilities: Floats = self._base
        for length in range(min(len(context), ORDER - 1) + 1):
            followers = self._counts.get(tuple(context[len(context) - length :]))
            if followers:
                probabilities = _refined(probabilities, followers)
        return probabilities


def _refined(shorter: Floats, followers: Counter[int]) -> Floats:
    """Witten–Bell: a context with many different followers trusts the shorter context more."""
    kinds, total = len(followers), followers.total()
    refined = shorter * (kinds / (kinds + total))
    refined[list(followers)] += np.array(list(followers.values())) / (kinds + total)
    return refined


def with_memory(probabilities: Floats, song: Sequence[int]) -> Floats:
    """Mixed with what followed the longest suffix of `song` that has occurred in it before."""
    for length in range(min(LONGEST_SUFFIX, len(song) - 1), 0, -1):
        suffix = list(song[-length:])
        followers = [song[at + length] for at in range(len(song) - length) if list(song[at : at + length]) == suffix]
        if followers:
            remembered = np.bincount(followers, minlength=len(probabilities)) / len(followers)
            return CACHE_SHARE * remembered + (1 - CACHE_SHARE) * probabilities
    return probabilities


def baselines(train: Sequence[Song], test: Sequence[Song], vocabulary: Vocabulary, window: int) -> dict[str, Scores]:
    """Scores of both baselines on the positions of the published test."""
    suggestible = np.array([token not in SPECIAL_TOKENS for token in vocabulary.tokens])
    ngram = Ngram([vocabulary.encode((BOS, *song)) for song in train], len(vocabulary), suggestible)
    encoded = [vocabulary.encode((BOS, *song)) for song in test]
    targets = np.array([song[at] for song in encoded for at in range(window, len(song))])
    plain = np.array([ngram.after(past) for past in _pasts(encoded, window)])
    pairs = zip(plain, _pasts(encoded, window), strict=True)
    remembering = np.array([with_memory(row, past[1:]) for row, past in pairs])
    return {
        f"Witten–Bell {ORDER}-gram": scores_of(_logarithms(plain), targets),
        f"the same {ORDER}-gram + in-song memory": scores_of(_logarithms(remembering), targets),
    }


def _pasts(songs: Sequence[Sequence[int]], window: int) -> Iterator[Sequence[int]]:
    for song in songs:
        for at in range(window, len(song)):
            yield song[:at]


def _logarithms(probabilities: Floats) -> Floats:
    return np.log(np.maximum(probabilities, 1e-12))  # special tokens have none
