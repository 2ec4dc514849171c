"""Where a piece closes and on what: the last half bar of a continuation, the last tone of a melody with a choir."""

from __future__ import annotations

from dataclasses import dataclass

from engine.music import Chord, Key, pitch_class_of
from engine.notewriter.heading import Heading
from engine.theory import pitch_classes

Classes = frozenset[int]


@dataclass(frozen=True, slots=True)
class Close:
    """From `start` to `end`, in ticks, `chord` sounds over `root`; the beat before belongs to `before`, if to any."""

    start: int
    end: int
    chord: Classes
    root: int
    before: Classes = frozenset()
    before_root: int = 0


def at_limit(heading: Heading, key: Key, limit: int, followed: Chord | None = None) -> Close:
    """At the end of the bars that are wished for; on the chord that is followed there, where one is."""
    start = limit - closing_ticks(heading)
    if followed is not None and not followed.is_silent:
        return Close(start, limit, pitch_classes(followed), pitch_class_of(followed.root))
    return _of(key, 0, start, limit)


def under(key: Key, pitch: int, start: int, end: int) -> Close | None:
    """Under the last tone of a melody: tonic, else dominant, else subdominant, whichever has that tone."""
    for degree in (0, 7, 5):
        found = _of(key, degree, start, end)
        if pitch % 12 in found.chord:
            return found
    return None


def closing_ticks(heading: Heading) -> int:
    """Half a bar, in whole beats.

    >>> closing_ticks(Heading()), closing_ticks(Heading(count=3)), closing_ticks(Heading(count=6, unit=8))
    (24, 24, 18)
    """
    return -(-heading.bar // (2 * heading.beat)) * heading.beat


def tonic_classes(key: Key) -> Classes:
    return pitch_classes(Chord(key.tonic, "m" if key.mode == "minor" else ""))


def _of(key: Key, degree: int, start: int, end: int) -> Close:
    """On the chord `degree` semitones above the tonic: the tonic comes after its dominant seventh, others after it."""
    tonic, root = key.pitch_class, (key.pitch_class + degree) % 12
    dominant = frozenset((tonic + step) % 12 for step in (7, 11, 2, 5))
    if not degree:
        return Close(start, end, tonic_classes(key), root, dominant, (tonic + 7) % 12)
    third = 4 if degree == 7 or key.mode == "major" else 3
    chord = frozenset({root, (root + third) % 12, (root + 7) % 12})
    return Close(start, end, chord, root, tonic_classes(key), tonic)
