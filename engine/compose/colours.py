"""Chords in fewer colours: all as triads, or with the sevenths that jazz harmony gives each degree.

Dominant sevenths keep their seventh in both, but for the key's own dominant among triads: the seventh is what tells a
secondary dominant from the key's own chords. What has no simpler form (sus, aug, dim7, 5) stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from engine.music import Chord, Key, Mode
from engine.theory import Colour, chord_of, numeral_of

DOMINANT, SUBTONIC = 7, 10  # semitones above the tonic

_TRIADS: Mapping[str, str] = {"maj7": "", "6": "", "m7": "m", "m6": "m", "mM7": "m", "7sus": "sus"}
_SEVENTHS: Mapping[str, str] = {"6": "maj7", "m": "m7", "m6": "m7"}
_ON_DOMINANT: Mapping[Colour, Mapping[str, str]] = {
    "triads": {**_TRIADS, "7": ""},
    "sevenths": {**_SEVENTHS, "": "7", "maj7": "7", "6": "7", "sus": "7sus"},
}

# Where a major triad has a major seventh: I bII bIII IV bVI, in minor without I and IV. On bVII it is a minor one.
_MAJOR_SEVENTHS: Mapping[Mode, frozenset[int]] = {
    "major": frozenset({0, 1, 3, 5, 8}),
    "minor": frozenset({1, 3, 8}),
}
# Where a diminished triad is half of a ii–V or the leading note's: ii and vii.
_HALF_DIMINISHED = frozenset({2, 11})


@lru_cache(maxsize=8192)
def in_colour(chord: Chord, key: Key, colour: Colour | None) -> Chord:
    """The chord in that colour; None leaves it.

    >>> [in_colour(Chord("G", quality), Key("C"), "triads").quality for quality in ("7", "m7", "sus")]
    ['', 'm', 'sus']
    >>> [in_colour(Chord(root), Key("C"), "sevenths").quality for root in ("C", "G", "D")]
    ['maj7', '7', '']
    """
    if colour is None or chord.is_silent:
        return chord
    place = (chord.pitch_class - key.pitch_class) % 12
    qualities = _qualities_on(place, key.mode, colour)
    return _spelled(replace(chord, quality=qualities.get(chord.quality, chord.quality)), key)


def _spelled(chord: Chord, key: Key) -> Chord:
    """With the root the key gives that quality: Db major writes Cb but B7, and one sound has one name."""
    return replace(chord, root=chord_of(numeral_of(chord, key), key).root)


def _qualities_on(place: int, mode: Mode, colour: Colour) -> Mapping[str, str]:
    if place == DOMINANT:
        return _ON_DOMINANT[colour]
    return _TRIADS if colour == "triads" else _sevenths_on(place, mode)


def _sevenths_on(place: int, mode: Mode) -> Mapping[str, str]:
    major = {"": "maj7"} if place in _MAJOR_SEVENTHS[mode] else {"": "7"} if place == SUBTONIC else {}
    diminished = {"dim": "m7b5" if place in _HALF_DIMINISHED else "dim7"}
    return {**_SEVENTHS, **major, **diminished}
