"""Finding the key of a progression, with an honest share of belief."""

from __future__ import annotations

from collections.abc import Sequence

from engine.music import Chord, Key, KeyEstimate
from engine.theory.functions import function_of
from engine.theory.keys import ALL_KEYS


def find_key(chords: Sequence[Chord]) -> KeyEstimate:
    points = [(sum(function_of(c, k) in ("tonic", "subdominant", "dominant") for c in chords), k) for k in ALL_KEYS]
    best = max(points, key=lambda p: p[0])[1] if chords else Key("C")
    return KeyEstimate(best, 0.0)
