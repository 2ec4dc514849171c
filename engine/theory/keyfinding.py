"""Finding the key of a progression, with an honest share of belief.

A log-linear model over the 24 keys: each chord votes by its degree and kind, and so do the first chord, the last one
and every fall of a fifth. Votes are divided by n**0.7, so that belief grows with the number of chords n but not as if
they were independent; the softmax of the sums is the belief. The weights come from scripts/fit_key_weights.py.

On 300 held-out songs the best key is right for 89 % of whole songs (mean belief 86 %), 81 % of the first eight chords
(75 %), 76 % of the first four (74 %); over all lengths belief and truth lie 3 % apart (expected calibration error).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from engine.music import Chord, Key, KeyEstimate
from engine.theory.key_weights import BIAS, WEIGHTS
from engine.theory.keys import ALL_KEYS

DAMPING = 0.7

_KINDS = {"": "M", "maj7": "M7", "6": "M7", "m6": "m6", "mM7": "m6", "7sus": "7"}
_FAMILIES = {"m": "m", "m7": "m", "m6": "m", "mM7": "m", "7": "7", "7sus": "7", "m7b5": "o", "dim": "o", "dim7": "o"}

KINDS = ("M", "m", "7", "M7", "m7", "m6", "m7b5", "dim", "dim7", "aug", "sus", "5")
FAMILIES = ("M", "m", "7", "o")
FEATURES = (
    *KINDS,
    *(f"first {family}" for family in FAMILIES),
    *(f"last {family}" for family in FAMILIES),
    *(f"fall {one}-{other}" for one in FAMILIES for other in FAMILIES),
)

NO_EVIDENCE = KeyEstimate(Key("C"), 0.0)


def key_evidence(chords: Sequence[Chord]) -> dict[tuple[int, str], float]:
    """What speaks for keys: (pitch class, feature) to its weight. Repeats and silence are dropped first."""
    sounding = _merged(chords)
    evidence: dict[tuple[int, str], float] = {}
    if not sounding:
        return evidence

    def add(pitch_class: int, feature: str, weight: float) -> None:
        evidence[pitch_class, feature] = evidence.get((pitch_class, feature), 0.0) + weight

    one = len(sounding) ** -DAMPING
    for pitch_class, quality in sounding:
        add(pitch_class, _KINDS.get(quality, quality), one)
    for (before, quality), (pitch_class, after) in pairwise(sounding):
        if (before - pitch_class) % 12 == 7:
            add(pitch_class, f"fall {_family(quality)}-{_family(after)}", one)
    add(sounding[0][0], f"first {_family(sounding[0][1])}", 1.0)
    add(sounding[-1][0], f"last {_family(sounding[-1][1])}", 1.0)
    return evidence


def _merged(chords: Sequence[Chord]) -> list[tuple[int, str]]:
    merged: list[tuple[int, str]] = []
    for chord in chords:
        if not chord.is_silent and merged[-1:] != [(chord.pitch_class, chord.quality)]:
            merged.append((chord.pitch_class, chord.quality))
    return merged


def _family(quality: str) -> str:
    return _FAMILIES.get(quality, "M")


def find_key(chords: Sequence[Chord]) -> KeyEstimate:
    """The key of some chords, its share of belief (0 to 1), and all 24 keys ranked.

    F# major is called Gb major where roots are written with more flats than sharps. Without a sounding chord: C major
    with confidence 0 and no ranking.

    >>> find_key((Chord("D", "m7"), Chord("G", "7"), Chord("C", "maj7"))).key
    Key(tonic='C', mode='major')
    """
    return _find(tuple(chords))


@lru_cache(maxsize=512)
def _find(chords: tuple[Chord, ...]) -> KeyEstimate:
    evidence = key_evidence(chords)
    if not evidence:
        return NO_EVIDENCE
    scores = [_score(evidence, key) for key in ALL_KEYS]
    most = max(scores)
    shares = [math.exp(score - most) for score in scores]
    total = sum(shares)
    names = [Key("Gb") if key == Key("F#") and _prefers_flats(chords) else key for key in ALL_KEYS]
    ranking = sorted(
        ((key, share / total) for key, share in zip(names, shares, strict=True)), key=lambda pair: -pair[1]
    )
    return KeyEstimate(ranking[0][0], ranking[0][1], tuple(ranking))


def _prefers_flats(chords: Sequence[Chord]) -> bool:
    return sum(chord.root.count("b") - chord.root.count("#") for chord in chords) > 0


def _score(evidence: dict[tuple[int, str], float], key: Key) -> float:
    weights, tonic = WEIGHTS[key.mode], key.pitch_class
    votes = sum(weight * weights[feature][(place - tonic) % 12] for (place, feature), weight in evidence.items())
    return (votes + BIAS[key.mode]) / 100
