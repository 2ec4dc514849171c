"""What could come next, for a musician: theory around a chord model.

    listening   what a model expects, as sounds in a key: the one interface everything here stands on
    colours     chords as triads, or with sevenths
    shares      arithmetic with the shares of chords: temperature, held back, renormalised
    filters     in the key, borrowed, secondary dominants and substitutes
    gaps        a chord between two others: what comes before and what comes after
    turns       what the song itself has done before
    reasons     why a chord is suggested
    advice      all of it together: suggestions with reasons

Only `listening` knows what language a model speaks; all else is chords, shares and keys.
"""

from engine.compose.advice import Advice, advise, advise_by
from engine.compose.filters import FILTERS, Filter, admits, admits_any
from engine.compose.gaps import MAX_CANDIDATES, MAX_FOLLOWING, following
from engine.compose.listening import Listener, is_live, listen, remembers, styles

__all__ = [
    "FILTERS",
    "MAX_CANDIDATES",
    "MAX_FOLLOWING",
    "Advice",
    "Filter",
    "Listener",
    "admits",
    "admits_any",
    "advise",
    "advise_by",
    "following",
    "is_live",
    "listen",
    "remembers",
    "styles",
]
