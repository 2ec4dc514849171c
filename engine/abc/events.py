"""What reading finds before it becomes tokens: faults, events, and how bars and lengths are written canonically."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from engine.abc.tokens import LENGTHS
from engine.words import Sentence, say

_LENGTH = re.compile(r"([0-9]{0,3})(/{0,4})([0-9]{0,3})")

# What is left out, by the scanner's word for it.
LEFT_OUT = {
    "grace": say("Grace notes are left out."),
    "ornament": say("Ornaments are left out."),
    "decoration": say("Ornaments are left out."),
    "quoted": say("Chord symbols and annotations are left out."),
    "slur": say("Slurs are left out."),
    "tie": say("A tie between different notes is a slur, and is left out."),
    "spacer": say("Spaces of an engraver are left out."),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something at `position` (index into the text). A serious one means that the tune is not what was written."""

    sentence: Sentence
    position: int
    serious: bool = True


@dataclass(slots=True)
class Event:
    """A note, chord, rest, bar, ending or tuplet, before it becomes tokens; `length` in eighths."""

    kind: str
    tokens: tuple[str, ...]
    position: int
    length: Fraction = Fraction(1)
    steps: frozenset[int] = frozenset()
    tied: bool = False


def bar_of(text: str) -> str:
    """The canonical bar that a written one is: `:||:` is `::`, `[|` is `|]`."""
    plain = text.lstrip(".")
    return _bar(plain.startswith(":"), plain.endswith(":"), "[" in plain or "]" in plain, "||" in plain)


def together(first: str, second: str) -> str:
    """Two bars without a note between them are one, as at the ends of lines."""
    both = first + second
    closes, opens = (
        any(bar in (":|", "::") for bar in (first, second)),
        any(bar in ("|:", "::") for bar in (first, second)),
    )
    return _bar(closes, opens, "|]" in both, "||" in (first, second))


def _bar(closes: bool, opens: bool, final: bool, double: bool) -> str:
    if closes or opens:
        return "::" if closes and opens else ":|" if closes else "|:"
    return "|]" if final else "||" if double else "|"


def length_token(length: Fraction) -> str | None:
    """The token of a length in eighths: "" for one, None when it has none.

    >>> length_token(Fraction(3, 2)), length_token(Fraction(1)), length_token(Fraction(7, 9))
    ('3/2', '', None)
    """
    over = "" if length.numerator == 1 else str(length.numerator)
    text = over + (f"/{length.denominator}" if length.denominator > 1 else "")
    return text if text in LENGTHS or not text else None


def next_steps(events: Sequence[Event]) -> list[frozenset[int]]:
    """For every event the pitches of the note that follows it, none at the end and before rests."""
    following: list[frozenset[int]] = []
    steps: frozenset[int] = frozenset()
    for event in reversed(events):
        following.append(steps)
        steps = event.steps if event.kind == "note" else steps
    return following[::-1]


def length_at(text: str, at: int, stop: int) -> tuple[Fraction, int]:
    """The length written at `at` as a multiple of the unit, and where it ends."""
    found = _LENGTH.match(text, at, stop)
    if found is None or found.end() == at:
        return Fraction(1), at
    if not found[2] and found[3]:  # more digits than a length has
        return Fraction(int(found[1])), found.end()
    under = int(found[3] or 2 ** len(found[2]))
    return Fraction(int(found[1] or 1), under) if under else Fraction(0), found.end()
