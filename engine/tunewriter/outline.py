"""What the form of a tune still asks for, as small numbers: which marks may come before a bar, which lines after it.

Follows the rules of `engine.abc.form` through any tokens: where a tune breaks them, reading goes on as if the nearest
that is allowed had been written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from engine.abc.form import LONGEST_ENDING, Due, Form, Place, Plan
from engine.abc.lengths import EIGHTH, bar_ticks
from engine.abc.tokens import BARS, END

Meter = tuple[int, int]

MARKS = ("|:", "[1", "[2", END)
_FINEST = EIGHTH // 8  # an upbeat is a multiple of it
_DUES: tuple[Due, ...] = ("start", "opened", "bar", "part", "second", "notes")
_ANY_LENGTH = 100_000  # bars

OPENINGS = 2 ** (len(MARKS) + 1)
LINES = 2 ** len(BARS)
STANDS = len(_DUES) * 3 * 2


class Outline:
    """Follows the bars of one tune: `mark` what stands before a bar's notes, `line` what ends it."""

    def __init__(self) -> None:
        self._place = Place()
        self._meter: Meter = (4, 4)
        self._lines: Mapping[int, int] = {}
        self._opens = 0
        self._look()

    def copy(self) -> Outline:
        """An outline that goes on from here by itself."""
        other = Outline.__new__(Outline)
        other.__dict__.update(self.__dict__)
        return other

    def begin(self, meter: Meter) -> None:
        """The meter of the tune, known from its header."""
        self._meter = meter
        self._look()

    def mark(self, mark: str) -> None:
        """`|:`, `[1` or `[2` before the notes of a bar."""
        self._place = _form(self._meter).marked(self._place, mark)
        self._look()

    def line(self, line: str, ticks: int) -> None:
        """The end of a bar of so many ticks."""
        form, bit = _form(self._meter), _bits(BARS, (line,))
        fitting = [length for length, lines in self._lines.items() if lines & bit]
        length = min(fitting or self._lines or (form.full,), key=lambda length: abs(length - ticks))
        self._place = form.closed(self._place, length, line)
        self._look()

    def opens(self) -> int:
        """Of MARKS and notes, which may come before the bar; below OPENINGS."""
        return self._opens

    def lines_at(self, ticks: int) -> int:
        """Which of the bar lines may follow when the bar has so many ticks; below LINES."""
        return self._lines.get(ticks, 0)

    def stands(self) -> int:
        """What is due, in which ending, in a part opened by a sign or not; below STANDS."""
        place = self._place
        return (_DUES.index(place.due) * 3 + place.ending) * 2 + place.opened

    def _look(self) -> None:
        self._opens, self._lines = _looked(self._meter, _kin(self._place))


def _kin(place: Place) -> Place:
    """One place for all that ask the same of the next bar, so that few have to be looked at."""
    if not place.ending:
        return place._replace(part=min(place.part, 1), bars=min(place.bars, 1), fork=0, written=0)
    inside = min(place.bars - place.fork, LONGEST_ENDING)
    return place._replace(part=min(place.part, 1), bars=inside + 1, fork=1, written=0)


@lru_cache(maxsize=4096)
def _looked(meter: Meter, place: Place) -> tuple[int, Mapping[int, int]]:
    """Marks and notes that may come, as bits; for every length of the bar its lines, as bits."""
    form = _form(meter)
    marks, notes = form.opens(place)
    opens = _bits(MARKS, marks) + (notes << len(MARKS))
    ends = form.ends(place)
    return opens, {ticks: _bits(BARS, lines) for ticks, lines in ends.items()}


def _bits(names: Sequence[str], among: Collection[str]) -> int:
    """A number with a bit for each name that is there."""
    return sum(1 << at for at, name in enumerate(names) if name in among)


@lru_cache(maxsize=64)
def _form(meter: Meter) -> Form:
    full = bar_ticks(meter)
    return Form(full, range(_FINEST, full, _FINEST), Plan(), _ANY_LENGTH)
