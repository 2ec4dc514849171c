"""Exact times of a score: what is struck together, and what sounds over one another on a staff."""

from __future__ import annotations

from fractions import Fraction

from engine.music import Note, Score

Group = tuple[Fraction, Fraction, tuple[Note, ...]]  # onset and duration in beats, notes struck together


def exact(beats: float) -> Fraction:
    """A time in beats without what floating point did to it: three thirds are a whole.

    >>> exact(4 / 3) * 3 == 4
    True
    """
    return Fraction(beats).limit_denominator(960)


def struck_together(score: Score, staff: str) -> list[Group]:
    """The notes of one hand, those struck and let go together in one group, in order of time."""
    together: dict[tuple[Fraction, Fraction], list[Note]] = {}
    for note in score.notes:
        if note.staff == staff:
            onset = exact(note.onset)
            together.setdefault((onset, exact(note.onset + note.duration) - onset), []).append(note)
    return [(onset, length, tuple(notes)) for (onset, length), notes in sorted(together.items())]


def lines_of(groups: list[Group]) -> list[list[Group]]:
    """The groups of one bar in as few lines as sound without overlapping, the higher ones first; one if none does."""
    lines: list[list[Group]] = [[]]
    for group in sorted(groups, key=lambda group: (group[0], -max(note.pitch for note in group[2]))):
        onset = group[0]
        home = next((line for line in lines if not line or line[-1][0] + line[-1][1] <= onset), None)
        if home is None:
            lines.append(home := [])
        home.append(group)
    return lines
