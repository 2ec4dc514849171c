"""Kinds of chords a musician may ask for, as questions about one chord in one key."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import Literal, get_args

from engine.music import Chord, Key, pitch_class_of
from engine.theory import function_of, pitch_classes, scale, target_of

Filter = Literal["anything", "in key", "borrowed", "secondary"]
FILTERS: tuple[Filter, ...] = get_args(Filter)

LEADING_TONE = 11  # semitones above the tonic, in minor too: its dominant needs it
_DIMINISHED = frozenset({"dim", "dim7", "m7b5"})


@lru_cache(maxsize=8192)
def admits(kind: Filter, chord: Chord, key: Key) -> bool:
    """Whether a chord is of that kind in that key. Silence is of no kind but "anything".

    "in key": every tone lies in the scale, a dominant in minor may take the leading tone. "borrowed": from the parallel
    mode. "secondary": a dominant of another degree, its tritone substitute or diminished seventh, and the substitute of
    the key's own dominant.

    >>> [kind for kind in FILTERS if admits(kind, Chord("A", "7"), Key("C"))]
    ['anything', 'secondary']
    """
    return kind == "anything" or (not chord.is_silent and _KINDS[kind](chord, key))


def admits_any(kinds: Collection[Filter], chord: Chord, key: Key) -> bool:
    """Whether a chord is of one of the kinds; without kinds everything is."""
    return not kinds or any(admits(kind, chord, key) for kind in kinds)


def _in_key(chord: Chord, key: Key) -> bool:
    own = {pitch_class_of(name) for name in scale(key)}
    if function_of(chord, key) == "dominant":
        own.add((key.pitch_class + LEADING_TONE) % 12)
    return pitch_classes(chord) <= own


def _borrowed(chord: Chord, key: Key) -> bool:
    return function_of(chord, key) == "borrowed"


def _secondary(chord: Chord, key: Key) -> bool:
    if function_of(chord, key) != "dominant" or _is_own_dominant(chord, key):
        return False
    return target_of(chord, key) is not None or not _in_key(chord, key)


def _is_own_dominant(chord: Chord, key: Key) -> bool:
    """V in any colour, and vii diminished."""
    place = (chord.pitch_class - key.pitch_class) % 12
    return place == (LEADING_TONE if chord.quality in _DIMINISHED else 7)


_KINDS: Mapping[str, Callable[[Chord, Key], bool]] = {
    "in key": _in_key,
    "borrowed": _borrowed,
    "secondary": _secondary,
}
