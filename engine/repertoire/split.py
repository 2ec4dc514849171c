"""Kin stay together: pieces that share a run of intervals are one family, and no family straddles two parts.

Two pieces are kin when a run of 20 intervals (21 notes) of any line stands in both, and, of chorales, when 12 intervals
of their melodies agree: other settings of one hymn tune. Transposition does not hide kinship, ornaments may.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

from engine.errors import CorpusError
from engine.repertoire.sources import Line, Repertoire, Work, read_chorales, read_melodies
from engine.tunebook.kinship import groups
from engine.words import say

RUN = 20  # intervals
MELODY_RUN = 12  # intervals, of the highest of several lines; with 10 half of the chorales would be one family
HELD_OUT = 0.1  # of the pieces, for validation and as much for the test
LARGEST_HELD_OUT = 20  # pieces; a larger family is learned from
SPLIT_SEED = 0


@dataclass(frozen=True, slots=True)
class Split:
    """Three parts of a repertoire, each in its order, and how they came about."""

    train: tuple[Work, ...]
    validation: tuple[Work, ...]
    test: tuple[Work, ...]
    report: str


def pieces_for(form: Literal["melody", "chorale"], data: Path | None) -> Split:
    """The pieces a form is learned from and judged by. Melodies need the path of their archive; of chorales `data` is a
    folder, and without it they are music21's. Raises CorpusError."""
    if form == "chorale":
        return split_of(read_chorales(data))
    if data is None:
        raise CorpusError(say("Melodies are read from an archive of MIDI files. Give its path as --data."))
    return split_of(read_melodies(data))


def split_of(repertoire: Repertoire) -> Split:
    """The same parts on every machine: families are shuffled with a fixed seed, the first go to the test."""
    works = repertoire.works
    kin = families(works)
    order = list(kin)
    random.Random(SPLIT_SEED).shuffle(order)
    room = int(HELD_OUT * len(works))
    parts: dict[str, list[int]] = {"test": [], "validation": [], "train": []}
    for family in order:
        fitting = [name for name in ("test", "validation") if len(parts[name]) + len(family) <= room]
        held_out = fitting and len(family) <= LARGEST_HELD_OUT
        parts[fitting[0] if held_out else "train"] += family
    train, validation, test = (tuple(works[i] for i in sorted(parts[p])) for p in ("train", "validation", "test"))
    counted = {"train": train, "validation": validation, "test": test}
    return Split(train, validation, test, "\n".join(_report(repertoire, kin, counted)))


def families(works: Sequence[Work]) -> list[list[int]]:
    """Indices of kin, each family ascending, families by their first member."""
    seen: dict[tuple[int, ...], int] = {}
    shared = ((seen.setdefault(run, at), at) for at, work in enumerate(works) for run in _runs(work))
    return groups(len(works), shared)


def _runs(work: Work) -> Iterator[tuple[int, ...]]:
    for line in work.lines:
        yield from _intervals(line, RUN)
    if len(work.lines) > 1:
        yield from _intervals(work.lines[0], MELODY_RUN)


def _intervals(line: Line, run: int) -> Iterator[tuple[int, ...]]:
    steps = [after - before for before, after in pairwise(line)]
    return (tuple(steps[at : at + run]) for at in range(len(steps) - run + 1))


def _report(repertoire: Repertoire, kin: list[list[int]], parts: dict[str, tuple[Work, ...]]) -> Iterator[str]:
    for name, n in repertoire.fates:
        yield f"{n:8,}  {name}"
    yield f"{len(kin):8,}  families, the largest of {max(map(len, kin))}"
    for name, works in parts.items():
        notes = sum(len(line) for work in works for line in work.lines)
        yield f"{len(works):8,}  pieces to {name}: {notes:,} notes"
