"""The grid of a piece, measured from its onsets: sixteenths, triplets, finer values, or both side by side.

A file written by a notation program lies on its grid to within a tick or so: there each beat takes the coarsest
division that holds all its onsets. A file that somebody played lies beside any grid: there a beat has sixteenths unless
triplets fit its onsets twice as well. Ends follow the grid of the beat they fall in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

from engine.notes.nouns import Feel, Grid

STRAIGHT, TRIPLET = 4, 6
FINER = (STRAIGHT, TRIPLET, 8, 12, 5, 7, 16, 24)  # parts of a beat, in the order they are tried
_CLOSE = 1 / 120  # of a beat: as far as rounding and a shift by a tick take an exact note
_CLOSEST_ALLOWED = 1 / 60  # where a tick is longer than that
_EXACT_SHARE = 0.8  # of onsets on some grid; evenly strewn ones are there in a fifth of all cases
_CLEARLY = 0.5  # how much better triplets have to fit a played beat


def measure(onsets: Sequence[int], ticks_per_beat: int) -> Grid:
    """The grid of onsets given in ticks from the start; beats without onsets have the commonest division.

    >>> measure([0, 120, 240, 480, 640, 800], 480).divisions
    (4, 6)
    """
    beats = _by_beat(onsets, ticks_per_beat)
    close = min(max(_CLOSE, 1.01 / ticks_per_beat), _CLOSEST_ALLOWED)
    exact = _looks_exact(beats.values(), close)
    chosen = {beat: _division(places, close if exact else 0.0) for beat, places in beats.items()}
    usual = Counter(chosen.values()).most_common(1)[0][0] if chosen else STRAIGHT
    divisions = tuple(chosen.get(beat, usual) for beat in range(max(beats, default=-1) + 1))
    off = [_off(place, chosen[beat]) for beat, places in beats.items() for place in places]
    return Grid(divisions, _feel(chosen, beats), sum(off) / max(1, len(off)), max(off, default=0.0))


def snap(tick: int, ticks_per_beat: int, grid: Grid) -> Fraction:
    """A time in ticks moved to the nearest place of the grid, in beats.

    >>> snap(241, 480, Grid((4,)))
    Fraction(1, 2)
    """
    beat, rest = divmod(tick, ticks_per_beat)
    division = division_at(beat, grid)
    return _place(beat * division + (2 * rest * division + ticks_per_beat) // (2 * ticks_per_beat), division)


def division_at(beat: int, grid: Grid) -> int:
    """Into how many parts a beat is divided; after the last onset as in the last beat that has one."""
    if not grid.divisions:
        return STRAIGHT
    return grid.divisions[min(beat, len(grid.divisions) - 1)]


@lru_cache(maxsize=65_536)
def _place(count: int, division: int) -> Fraction:
    return Fraction(count, division)


def _by_beat(onsets: Iterable[int], ticks_per_beat: int) -> dict[int, list[float]]:
    """The places (0 to 1) of the onsets within each beat that has some."""
    beats: dict[int, list[float]] = {}
    for tick in onsets:
        beat, rest = divmod(tick, ticks_per_beat)
        beats.setdefault(beat, []).append(rest / ticks_per_beat)
    return beats


def _off(place: float, division: int) -> float:
    """Distance in beats from the nearest of `division` parts."""
    scaled = place * division
    return abs(scaled - round(scaled)) / division


def _looks_exact(beats: Iterable[list[float]], close: float) -> bool:
    places = [place for beat in beats for place in beat]
    near = sum(any(_off(place, division) <= close for division in (6, 8)) for place in places)
    return near >= _EXACT_SHARE * len(places)


def _division(places: Sequence[float], close: float) -> int:
    """The division of one beat; `close` is 0 for a piece that was played."""
    if close:
        for division in FINER:
            if all(_off(place, division) <= close for place in places):
                return division
    straight, triplet = (sum(_off(place, division) for place in places) for division in (STRAIGHT, TRIPLET))
    return TRIPLET if triplet < _CLEARLY * straight else STRAIGHT


def _feel(chosen: Mapping[int, int], beats: Mapping[int, Sequence[float]]) -> Feel:
    """Of the beats that have more than their first place: those divided by three, the others, or some of each."""
    divided = [
        division for beat, division in chosen.items() if any(_off(place, 1) > 0.5 / division for place in beats[beat])
    ]
    threes = sum(division in (3, 6, 12, 24) for division in divided)
    if not threes:
        return "straight"
    return "triplet" if threes == len(divided) else "both"
