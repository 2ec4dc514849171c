"""Notes counted from their bar lines, as scores write them, and how they come to stand in one line of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def joined(voices: Mapping[str, Sequence[Placed]], starts: Sequence[int]) -> list[list[RawNote]]:
    """The notes of each voice of a part in ticks from the start, those that are tied made one.

    A tie may lead into another voice, for programs number the voices of each bar anew; its own voice comes first.
    """
    lines: dict[str, list[RawNote]] = {voice: [] for voice in voices}
    waiting: dict[tuple[int, int], list[tuple[str, int]]] = {}  # (pitch, end) -> voice and index of notes that tie on
    for onset, voice, placed in _in_time(voices, starts):
        home = _before(waiting.get((placed.pitch, onset), []), voice) if placed.tied else None
        if home is None:
            home = voice, len(lines[voice])
            lines[voice].append(RawNote(onset, placed.ticks, placed.pitch, spelling=placed.spelling))
        else:
            before = lines[home[0]][home[1]]
            lines[home[0]][home[1]] = before._replace(ticks=before.ticks + placed.ticks)
        if placed.ties:
            waiting.setdefault((placed.pitch, onset + placed.ticks), []).append(home)
    return [line for line in lines.values() if line]


def _in_time(voices: Mapping[str, Sequence[Placed]], starts: Sequence[int]) -> list[tuple[int, str, Placed]]:
    placed = [(starts[note.bar] + note.offset, voice, note) for voice, notes in voices.items() for note in notes]
    return sorted(placed, key=lambda found: found[0])


def _before(candidates: list[tuple[str, int]], voice: str) -> tuple[str, int] | None:
    """The waiting note that a tie goes on from, taken off the list."""
    if not candidates:
        return None
    own = next((place for place, (home, _) in enumerate(candidates) if home == voice), 0)
    return candidates.pop(own)


def number(text: str | None, otherwise: Fraction) -> Fraction:
    """A plain number of at most twelve characters; `otherwise` for anything else.

    >>> number("0.5", Fraction(1)), number("1e9", Fraction(1))
    (Fraction(1, 2), Fraction(1, 1))
    """
    short = (text or "").strip()
    if len(short) > 12 or not short.replace(".", "", 1).removeprefix("-").isdigit() or not short.isascii():
        return otherwise
    return Fraction(short)
