"""Whole continuations: bars drawn or searched for, to a cadence, around chords that stay.

    plans       the slots to fill, their lengths, and what is fixed
    cadences    how a phrase can end, as demands on its last two chords
    search      drawing chord by chord, or the best of many paths

Chance comes from `rng_seed` alone: the same seed and the same wish give the same music, in every key.
"""

from engine.generate.cadences import CADENCES, Cadence
from engine.generate.plans import MAX_BARS, Continuation, Search, Wish
from engine.generate.search import continued, redrawn

__all__ = ["CADENCES", "MAX_BARS", "Cadence", "Continuation", "Search", "Wish", "continued", "redrawn"]
