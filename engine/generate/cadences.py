"""How a phrase can end: demands on its last two chords, after the usual teaching (Caplin, 2004).

authentic   V to the tonic               plagal      IV or iv to the tonic
half        anything but V to V          deceptive   V to vi or bVI
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from engine.music import Chord, Key, Mode
from engine.words import Sentence, say

Cadence = Literal["none", "authentic", "plagal", "half", "deceptive"]
CADENCES: tuple[Cadence, ...] = get_args(Cadence)

Demand = frozenset[tuple[int, str]]  # (semitones above the tonic, quality) of the chords that will do

_ALL_QUALITIES = ("", "m", "7", "maj7", "m7", "6", "m6", "mM7", "m7b5", "dim", "dim7", "aug", "sus", "7sus", "5")


def _on(place: int, *qualities: str) -> Demand:
    return frozenset((place, quality) for quality in qualities)


_DOMINANT = _on(7, "", "7", "aug")
_TONIC: dict[Mode, Demand] = {"major": _on(0, "", "maj7", "6"), "minor": _on(0, "m", "m7", "m6", "mM7")}
_SUBDOMINANT = _on(5, "", "maj7", "6", "7", "m", "m7", "m6")
_SUBMEDIANT: dict[Mode, Demand] = {
    "major": _on(9, "m", "m7") | _on(8, "", "maj7"),
    "minor": _on(8, "", "maj7"),
}
_NOT_DOMINANT = frozenset((place, quality) for place in range(12) if place != 7 for quality in _ALL_QUALITIES)

NAMES: Mapping[Cadence, Sentence] = {
    "authentic": say("an authentic cadence"),
    "plagal": say("a plagal cadence"),
    "half": say("a half cadence"),
    "deceptive": say("a deceptive cadence"),
}


def demands(cadence: Cadence, mode: Mode) -> tuple[Demand, ...]:
    """What the last chords must be, in order: two demands, none for "none"."""
    last_two: dict[Cadence, tuple[Demand, ...]] = {
        "none": (),
        "authentic": (_DOMINANT, _TONIC[mode]),
        "plagal": (_SUBDOMINANT, _TONIC[mode]),
        "half": (_NOT_DOMINANT, _on(7, "", "7")),
        "deceptive": (_DOMINANT, _SUBMEDIANT[mode]),
    }
    return last_two[cadence]


def meets(chord: Chord, demand: Demand | None, key: Key) -> bool:
    """Whether a chord will do; without a demand every chord does, with one silence never.

    >>> dominant, tonic = demands("authentic", "major")
    >>> meets(Chord("D", "7"), dominant, Key("G")), meets(Chord("D", "7"), tonic, Key("G"))
    (True, False)
    """
    if demand is None:
        return True
    return not chord.is_silent and ((chord.pitch_class - key.pitch_class) % 12, chord.quality) in demand
