"""Notes counted from their bar lines, as scores write them, and how they come to stand in one line of time."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from engine.notes.raw import RawNote


class Placed(NamedTuple):
    """A note in its bar (counted from 0), with the ties it has before and after."""

    bar: int
    offset: int  # ticks from the bar line
    ticks: int
    pitch: int
    spelling: str
    tied: bool  # to a note before
    ties: bool  # to a note after


def bar_starts(lengths: Sequence[int], full: Sequence[int]) -> list[int]:
    """Where each bar begins and the last one ends, in ticks; an empty bar is as long as its meter asks for.

    >>> bar_starts([1, 0, 4], [4, 4, 4])
    [0, 1, 5, 9]
    """
    starts = [0]
    for length, wanted in zip(lengths, full, strict=True):
        starts.append(starts[-1] + (length or wanted))
    return starts


def joined(voice: list[Placed], starts: list[int]) -> list[RawNote]:
    """The notes of a voice in ticks from the start, those that are tied made one."""
    notes: list[RawNote] = []
    waiting: dict[tuple[int, int], int] = {}  # (pitch, end) -> index of a note that ties on
    for placed in voice:
        onset = starts[placed.bar] + placed.offset
        before = waiting.pop((placed.pitch, onset), None) if placed.tied else None
        if before is None:
            before = len(notes)
            notes.append(RawNote(onset, placed.ticks, placed.pitch, spelling=placed.spelling))
        else:
            notes[before] = notes[before]._replace(ticks=notes[before].ticks + placed.ticks)
        if placed.ties:
            waiting[placed.pitch, onset + placed.ticks] = before
    return notes


def number(text: str | None, otherwise: Fraction) -> Fraction:
    """A plain number of at most twelve characters; `otherwise` for anything else.

    >>> number("0.5", Fraction(1)), number("1e9", Fraction(1))
    (Fraction(1, 2), Fraction(1, 1))
    """
    short = (text or "").strip()
    if len(short) > 12 or not short.replace(".", "", 1).removeprefix("-").isdigit() or not short.isascii():
        return otherwise
    return Fraction(short)
