"""What the song itself has done before: the longest run of its last chords that stood earlier, and what came then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.music import Chord, Progression

SHORTEST = 2  # chords that make a turn


@dataclass(frozen=True, slots=True)
class Turn:
    """The last `length` chords stood before, beginning in bar `bar` (the first is 1), and `chord` followed them."""

    chord: Chord
    length: int
    bar: int


def turns(
    progression: Progression, at: int, beats_per_bar: float, heard: Callable[[Chord], Chord]
) -> dict[Chord, Turn]:
    """For each sound that has followed the last two or more chords before slot `at`: its longest turn, the latest wins.

    Chords are compared as `heard`; rests are skipped and repeats are one chord.
    """
    sounds, onsets = _merged(progression, at, heard)
    found: dict[Chord, Turn] = {}
    for end in range(SHORTEST, len(sounds)):  # sounds[end] is what followed
        length = _shared_end(sounds[:end], sounds)
        chord = sounds[end]
        if length >= max(SHORTEST, found[chord].length if chord in found else 0):
            found[chord] = Turn(chord, length, int(onsets[end - length] // beats_per_bar) + 1)
    return found


def _merged(
    progression: Progression, at: int, heard: Callable[[Chord], Chord]
) -> tuple[Sequence[Chord], Sequence[float]]:
    sounds: list[Chord] = []
    onsets: list[float] = []
    for slot, onset in zip(progression.slots[:at], progression.onsets, strict=False):
        if not slot.chord.is_silent and sounds[-1:] != [heard(slot.chord)]:
            sounds.append(heard(slot.chord))
            onsets.append(onset)
    return sounds, onsets


def _shared_end(earlier: Sequence[Chord], now: Sequence[Chord]) -> int:
    """How many chords at the end are the same."""
    length = 0
    for one, other in zip(reversed(earlier), reversed(now), strict=False):
        if one != other:
            break
        length += 1
    return length
