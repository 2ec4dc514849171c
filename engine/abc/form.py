"""The plan of a tune above its bars: upbeats, parts, repeats, endings, and which bar line may stand where.

The musician's rule kept here: the first bar of a part may be shorter than the meter, it is an upbeat. Every bar inside
a part is exactly full. The last bar of a part is full, or it is short by just the upbeat that is played after it: its
own part's upbeat when a repeat sign leads back, the next part's upbeat otherwise, the tune's first upbeat at the end of
the tune. A first ending is closed by a repeat sign and followed by the second; a tune that is written here gives it
four bars at most, and the second as many.

Conventions: lengths in ticks (`lengths`); an upbeat does not count as a bar, a short last bar does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, NamedTuple

from engine.abc.tokens import END
from engine.errors import EngineError
from engine.words import say

MOST_BARS = 64  # written bars of a tune whose length is left open: longer ones are sets of tunes
MOST_PARTS = 8
LONGEST_ENDING = 4  # bars
ANY = -1

Due = Literal["start", "opened", "bar", "part", "second", "notes"]


class UnplayableForm(EngineError):
    """A form or a number of bars that no tune can have."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is wished: bars in each part (0: open) and how often each part is played (none: open)."""

    bars: int = 0
    plays: tuple[int, ...] = ()

    @classmethod
    def of(cls, form: str = "", bars: int = 0) -> Plan:
        """From a form such as "AABB", "AAB" or "A"; raises UnplayableForm.

        >>> Plan.of("AABBC", 8).plays
        (2, 2, 1)
        """
        runs = [(letter, len(list(same))) for letter, same in groupby(form)]
        in_order = "".join(letter for letter, _ in runs) == "ABCDEFGH"[: len(runs)]
        if not in_order or any(plays > 2 for _, plays in runs):
            raise UnplayableForm(
                say("The form {form} cannot be kept: write each part once or twice in a row, as in AABB.", form=form)
            )
        if not 0 <= bars <= MOST_BARS // max(1, len(runs)):
            raise UnplayableForm(
                say("{bars} bars in each of {parts} parts are too many.", bars=bars, parts=max(1, len(runs)))
            )
        return cls(bars, tuple(plays for _, plays in runs))


class Place(NamedTuple):
    """Where in the plan a bar stands."""

    due: Due = "start"  # what was written just before the bar
    part: int = 0
    bars: int = 0  # counted in this part before this bar
    written: int = 0  # counted in the tune before this bar
    first: bool = True  # the part's first bar: it may be an upbeat
    joined: int = ANY  # the upbeat that the bar before asks for
    upbeat: int = 0  # of this part, played again at its repeat
    lead: int = 0  # the upbeat of the tune
    opened: bool = False  # by a repeat sign
    ending: int = 0
    fork: int = 0  # bars before the first ending
    span: int = 0  # bars of the first ending, once it is closed
    may_end: bool = False

    def spanning(self) -> Place:
        """The same place where the second ending may be over with its next bar, however much longer than the first one
        it is by then."""
        return self._replace(span=max(self.span, self.bars + 1 - self.fork)) if self.ending == 2 else self


class Form:
    """The rules for one meter and one plan. `shorts` are the lengths an upbeat may have, `full` that of a bar."""

    def __init__(
        self, full: int, shorts: Iterable[int], plan: Plan, most_bars: int = MOST_BARS, strict: bool = True
    ) -> None:
        """`strict` is for writing: where a later part begins without a repeat sign, only a plain one may close it; a
        first ending has four bars at most and the second as many. Reading takes endings of any length."""
        self.full = full
        self._strict = strict
        self._shorts = tuple(shorts)
        self._most_bars = most_bars
        self._plan = plan
        self._open = not plan.plays

    # --- at the start of a bar --------------------------------------------------------------------------------------

    def opens(self, place: Place) -> tuple[frozenset[str], bool]:
        """What may stand before the notes of a bar (END for the tune's end), and whether notes may begin."""
        if place.due == "second":
            return frozenset({"[2"}), False
        if place.due == "bar":
            return self._within(place), True
        if place.due in ("start", "part"):
            return self._between(place)
        return frozenset(), True

    def _within(self, place: Place) -> frozenset[str]:
        found = set()
        if (
            place.ending == 0
            and self._says_where(place)
            and place.bars
            and self._room(place, 3)
            and self._is_late(place)
        ):
            found.add("[1")
        if place.may_end:
            found.add(END)
        return frozenset(found)

    def _between(self, place: Place) -> tuple[frozenset[str], bool]:
        """Between two parts. Only the first is opened by a sign of its own: later the line before it opens it."""
        found = {END} if place.may_end else set()
        more = place.part < (MOST_PARTS if self._open else len(self._plan.plays)) and self._room(place, 2)
        if place.due == "start" and self._plays(place, 2):
            found.add("|:")
        return frozenset(found), more

    # --- at the end of a bar ----------------------------------------------------------------------------------------

    def ends(self, place: Place) -> Mapping[int, frozenset[str]]:
        """The lengths this bar may have, each with the bar lines that may follow it."""
        found: dict[int, set[str]] = {}
        if place.first and place.joined != 0:
            lines = {"|", "|:"} if not place.opened and self._plays(place, 2) else {"|"}
            for upbeat in self._shorts if place.joined == ANY else (place.joined,):
                found[upbeat] = set(lines)
        if not place.first or place.joined <= 0:
            if self._goes_on(place):
                found.setdefault(self.full, set()).add("|")
            if self._plan.bars in (0, place.bars + 1):
                for length, line in self._closings(place):
                    found.setdefault(length, set()).add(line)
        return {length: frozenset(lines) for length, lines in found.items() if lines}

    def _closings(self, place: Place) -> Iterable[tuple[int, str]]:
        """Ways to close the part with this bar: its length and the line.

        What goes back to an upbeat is short by it, so that the repeat does not stumble; only the very last bar of a
        tune may be full all the same.
        """
        back = {self.full - place.upbeat}
        last = not self._open and place.part + 1 == len(self._plan.plays)
        if place.ending != 2 and self._plays(place, 2):
            if place.ending == 1 or not self._more(place) or self._next_plays(place, 1):
                yield from ((length, ":|") for length in back)
            if place.ending == 0 and self._says_where(place) and self._more(place) and self._next_plays(place, 2):
                yield from ((length, "::") for length in back)
        if self._ends_second(place) or (place.ending == 0 and not place.opened and self._plays(place, 1)):
            if last or self._open:
                yield from (
                    (length, line) for length in back | {self.full, self.full - place.lead} for line in ("||", "|]")
                )
            if self._more(place):
                yield from self._leading_on(place)

    def _leading_on(self, place: Place) -> Iterable[tuple[int, str]]:
        """Closings of a part that is not the last and not repeated: as short as the next upbeat will be long."""
        lengths = (self.full,) if place.first else (self.full, *(self.full - short for short in self._shorts))
        for length in lengths:
            if self._next_plays(place, 1):
                yield length, "||"
            if self._next_plays(place, 2):
                yield length, "|:"

    # --- going on ---------------------------------------------------------------------------------------------------

    def closed(self, place: Place, length: int, line: str) -> Place:
        """The place after a bar of `length` and its bar line."""
        upbeat = place.first and length < self.full and line in ("|", "|:")
        if upbeat and (place.joined == length or line == "|" or place.joined == ANY):
            return self._after_upbeat(place, length, line)
        written = place.written + 1
        if line == "|":
            second = place.ending == 2 and not self._strict
            over = self._open and (second or (place.ending == 0 and not place.opened))
            return place._replace(due="bar", bars=place.bars + 1, written=written, first=False, may_end=over)
        if place.ending == 1:
            span = place.bars + 1 - place.fork
            return place._replace(due="second", bars=place.fork, span=span, written=written, first=False)
        over = self._open or place.part + 1 == len(self._plan.plays)
        return Place(
            due="part",
            part=place.part + 1,
            written=written,
            joined=ANY if length == self.full else self.full - length,
            lead=place.lead,
            opened=line in ("::", "|:"),
            may_end=over and line in (":|", "||", "|]") and self._rounds_off(place, length),
        )

    def _after_upbeat(self, place: Place, length: int, line: str) -> Place:
        again = line == "|:"
        return place._replace(
            due="notes",
            first=False,
            upbeat=0 if again else length,
            lead=length if place.part == 0 else place.lead,
            opened=place.opened or again,
        )

    def marked(self, place: Place, mark: str) -> Place:
        """The place after `|:`, `[1` or `[2` before the notes of a bar."""
        if mark == "|:":
            return place._replace(due="opened", opened=True, may_end=False)
        if mark == "[1":
            return place._replace(due="notes", ending=1, fork=place.bars, may_end=False)
        return place._replace(due="notes", ending=2)

    # --- asked often ------------------------------------------------------------------------------------------------

    def _plays(self, place: Place, times: int) -> bool:
        """Whether this part may be played so often."""
        return self._open or self._plan.plays[min(place.part, len(self._plan.plays) - 1)] == times

    def _says_where(self, place: Place) -> bool:
        """Whether the part may be played twice and it is plain where it begins again: abc2midi asks for no less."""
        return self._plays(place, 2) and (place.opened or place.part == 0 or not self._strict)

    def _more(self, place: Place) -> bool:
        """Whether a part may follow the one that this bar closes."""
        return place.part + 1 < (MOST_PARTS if self._open else len(self._plan.plays)) and self._room(place, 3)

    def _next_plays(self, place: Place, times: int) -> bool:
        return self._open or self._plan.plays[place.part + 1] == times

    def _room(self, place: Place, bars: int) -> bool:
        """Whether so many bars more are within what may be written."""
        return not self._open or place.written + bars <= self._most_bars

    def _goes_on(self, place: Place) -> bool:
        """Whether the part may have a bar more after this one."""
        if self._plan.bars:
            return place.bars + 1 < self._plan.bars
        ended = place.bars + 1 - place.fork  # bars of the ending with this one
        if self._strict and place.ending:
            longest = place.span if place.ending == 2 else LONGEST_ENDING
            return ended < longest and (place.ending == 2 or self._room(place, ended + 3))
        return place.written + 1 < self._most_bars - (place.ending == 1)

    def _ends_second(self, place: Place) -> bool:
        """Whether the second ending may be over with this bar."""
        return place.ending == 2 and (not self._strict or place.bars + 1 - place.fork == place.span)

    def _is_late(self, place: Place) -> bool:
        """Whether an ending that begins here is short enough."""
        return not self._strict or not self._plan.bars or place.bars + LONGEST_ENDING >= self._plan.bars

    def _rounds_off(self, place: Place, length: int) -> bool:
        """Whether a last bar of this length may end the tune."""
        return length in (self.full, self.full - place.upbeat, self.full - place.lead)
