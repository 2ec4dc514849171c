"""How long things last in a bar, in exact whole numbers, and which remainders can still be filled.

Conventions: a length is a count of TICKS of an eighth note. 5,040 of them make an eighth, so every written length down
to a sixteenth of an eighth and every tuplet of 2 to 9 notes is a whole number of ticks and nothing is ever rounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

EIGHTH = 5040  # ticks: 16 * 9 * 5 * 7
COMPOUND = frozenset({(6, 8), (9, 8), (12, 8)})  # the meters in which ABC 2.1 counts three eighths as a beat

_LENGTH = re.compile(r"(\d{0,3})(?:/(\d{1,3}))?")
_TWO_OR_THREE = frozenset({5, 7, 9})  # notes of a tuplet that go in the time of 3 in compound meter, else of 2
_IN_TIME_OF = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}


def ticks_of(length: str) -> int:
    """A written length in ticks: nothing is an eighth. 0 when it is no length or too fine to be counted.

    >>> ticks_of(""), ticks_of("2"), ticks_of("/2"), ticks_of("3/2"), ticks_of("/0")
    (5040, 10080, 2520, 7560, 0)
    """
    match = _LENGTH.fullmatch(length)
    if match is None or (match[2] is not None and not int(match[2])):
        return 0
    ticks, rest = divmod(EIGHTH * int(match[1] or 1), int(match[2] or 1))
    return 0 if rest else ticks


def in_time_of(notes: int, meter: tuple[int, int]) -> int:
    """How many notes' time a tuplet of `notes` takes (ABC 2.1, section 4.13); 0 where there is no such tuplet.

    >>> in_time_of(3, (4, 4)), in_time_of(2, (6, 8)), in_time_of(5, (6, 8)), in_time_of(5, (2, 4))
    (2, 3, 3, 2)
    """
    if notes in _TWO_OR_THREE:
        return 3 if meter in COMPOUND else 2
    return _IN_TIME_OF.get(notes, 0)


def meter_numbers(text: str) -> tuple[int, int]:
    """The two numbers of a meter as a tune says it.

    >>> meter_numbers("6/8")
    (6, 8)
    """
    top, bottom = (int(number) for number in text.split("/"))
    return top, bottom


def bar_ticks(meter: tuple[int, int]) -> int:
    """A full bar of a meter in ticks.

    >>> bar_ticks((6, 8)) // EIGHTH, bar_ticks((3, 4)) // EIGHTH
    (6, 6)
    """
    return meter[0] * 8 * EIGHTH // meter[1]


class Filling:
    """Which remainders of a bar can be filled exactly with the lengths that may be written.

    `lengths` are ticks of single notes. A tuplet has to fill a multiple of the shortest of them: a group of three whose
    end lies between all beats is never closed by what a player would write next.
    """

    def __init__(self, lengths: Iterable[int], meter: tuple[int, int]) -> None:
        self.lengths = tuple(sorted(set(lengths)))
        self.grid = self.lengths[0]
        self._meter = meter
        self._fills = {0: True}  # by ticks, multiples of the grid
        self._tuplets: dict[tuple[int, int, int, int], bool] = {}

    def fills(self, rest: int) -> bool:
        """Whether notes can fill exactly `rest` ticks; none is filled by nothing."""
        if rest in self._fills:
            return self._fills[rest]
        if rest < 0 or rest % self.grid:
            return False
        for step in range(self.grid, rest + 1, self.grid):  # from below, so that nothing recurs deeply
            if step not in self._fills:
                self._fills[step] = any(self._fills.get(step - length, False) for length in self.lengths)
        return self._fills[rest]

    def tuplet(self, notes: int, left: int, spent: int, rest: int) -> bool:
        """Whether a tuplet of `notes` can end within `rest` ticks of the bar at its start so that what then remains can
        be filled, when `left` notes are to come and those before are written as `spent` ticks."""
        if left == 0:
            taken = self.taken(notes, spent)
            return taken > 0 and self.fills(rest - taken)
        key = (notes, left, spent, rest)
        if key not in self._tuplets:
            share = in_time_of(notes, self._meter)
            room = rest * notes - spent * share  # in ticks / notes: what cannot fit is not looked at further
            self._tuplets[key] = any(
                self.tuplet(notes, left - 1, spent + length, rest) for length in self.lengths if length * share <= room
            )
        return self._tuplets[key]

    def taken(self, notes: int, spent: int) -> int:
        """The ticks a finished tuplet takes in the bar, 0 when they end off the grid."""
        ticks, rest = divmod(spent * in_time_of(notes, self._meter), notes)
        return 0 if rest or ticks % self.grid else ticks
