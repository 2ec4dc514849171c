"""A chord between others: by Bayes' rule its share is what comes before times how well it leads to what comes after."""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.compose.listening import Listener
from engine.compose.shares import Shares, most_likely, normalised
from engine.music import Chord, Progression

MAX_CANDIDATES = 24  # chords that are tried in a gap
MAX_FOLLOWING = 4  # chords after the gap that count; what comes later hardly changes the order
NEVER = 1e-12  # the least belief in a chord that is there all the same


def following(progression: Progression, at: int, inserting: bool = False) -> tuple[Chord, ...]:
    """The sounding chords, four at most, that will come after slot `at` is replaced, or after a new slot before it."""
    later = progression.chords[at if inserting else at + 1 :]
    return tuple(chord for chord in later if not chord.is_silent)[:MAX_FOLLOWING]


def leading_on(
    listener: Listener, before: tuple[Chord, ...], shares: Shares, after: Sequence[Chord]
) -> dict[Chord, float]:
    """P(chord | before, after) over the 24 likeliest candidates of `shares`, exact among them; sums to 1.

    Costs one expectation for each candidate and each of the first four chords of `after`.
    """
    candidates = most_likely(shares, MAX_CANDIDATES)
    beliefs = {chord: log_belief(listener, (*before, chord), after) for chord in candidates}
    most = max(beliefs.values(), default=0.0)
    return normalised({chord: share * math.exp(beliefs[chord] - most) for chord, share in candidates.items()})


def log_belief(listener: Listener, before: tuple[Chord, ...], after: Sequence[Chord]) -> float:
    """The natural logarithm of P(the first four of `after` | before)."""
    total = 0.0
    for chord in after[:MAX_FOLLOWING]:
        total += math.log(max(NEVER, listener.expect(before).get(listener.heard(chord), 0.0)))
        before = (*before, chord)
    return total
