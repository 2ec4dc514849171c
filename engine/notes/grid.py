"""The grid of a piece, measured from its onsets: sixteenths, triplets, finer values, or both side by side.

A file written by a notation program lies on its grid to within a tick or so: there each beat takes the coarsest
division that holds all its onsets. A file that somebody played lies beside any grid: there the piece has sixteenths,
unless triplets fit twice as well, and so has each beat, unless the other kind fits it twice as well. Ends follow the
grid of the beat they fall in.
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
_EXACT_SHARE = 0.8  # of onsets on some grid; evenly strewn ones are there in a quarter of all cases
_CLEARLY = 0.5  # how much better the less usual kind has to fit a played beat

Places = Mapping[int, Sequence[float]]  # beat -> where in it something happens, 0 to 1


def measure(onsets: Sequence[int], ticks_per_beat: int, ends: Sequence[int] = ()) -> Grid:
    """The grid of onsets given in ticks from the start; beats where nothing happens have the commonest division.

    Ends of notes count too where they are written exactly: a triplet may end where none begins.

    >>> measure([0, 120, 240, 480, 640, 800], 480).divisions
    (4, 6)
    """
    beats = _by_beat(onsets, ticks_per_beat)
    chosen = _chosen(beats, _by_beat(ends, ticks_per_beat), min(max(_CLOSE, 1.01 / ticks_per_beat), _CLOSEST_ALLOWED))
    usual = Counter(chosen.values()).most_common(1)[0][0] if chosen else STRAIGHT
    divisions = tuple(chosen.get(beat, usual) for beat in range(max(chosen, default=-1) + 1))
    off = [_off(place, chosen[beat]) for beat, places in beats.items() for place in places]
    return Grid(divisions, _feel(chosen, beats), sum(off) / max(1, len(off)), max(off, default=0.0))


def _chosen(beats: Places, ends: Places, close: float) -> dict[int, int]:
    """The division of each beat in which something happens."""
    kind = _played([place for places in beats.values() for place in places], STRAIGHT)
    if not _looks_exact(beats.values(), close):
        return {beat: _played(places, kind) for beat, places in beats.items()}
    if not _looks_exact(ends.values(), close):
        ends = {}
    every = {beat: [*beats.get(beat, ()), *ends.get(beat, ())] for beat in {**beats, **ends}}
    return {beat: _written(places, close) or _played(places, kind) for beat, places in every.items()}


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


def _looks_exact(beats: Iterable[Sequence[float]], close: float) -> bool:
    places = [place for beat in beats for place in beat]
    near = sum(any(_off(place, division) <= close for division in (8, 12)) for place in places)
    return near >= _EXACT_SHARE * len(places)


def _written(places: Sequence[float], close: float) -> int:
    """The coarsest division of a beat that holds all its onsets; 0 where none does."""
    return next((parts for parts in FINER if all(_off(place, parts) <= close for place in places)), 0)


def _played(places: Sequence[float], usual: int) -> int:
    """Sixteenths or triplets: the usual one of them unless the other fits clearly better."""
    other = STRAIGHT + TRIPLET - usual
    here, there = (sum(_off(place, division) for place in places) for division in (usual, other))
    return other if there < _CLEARLY * here else usual


def _feel(chosen: Mapping[int, int], beats: Places) -> Feel:
    """Of the beats that have more than their first place: those divided by three, the others, or some of each."""
    divided = [
        chosen[beat] for beat, places in beats.items() if any(_off(place, 1) > 0.5 / chosen[beat] for place in places)
    ]
    threes = sum(division in (3, 6, 12, 24) for division in divided)
    if not threes:
        return "straight"
    return "triplet" if threes == len(divided) else "both"
