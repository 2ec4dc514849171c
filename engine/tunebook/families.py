"""Tune families: tunes that share a run of 20 intervals, in any key, stay on one side of the split.

A random split leaks: in common collections some 44 % of tunes share such a run with another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import pairwise

from engine.abc.melody import intervals, melody
from engine.abc.tokens import Tune
from engine.tunebook.kinship import leaders

RUN = 20  # intervals
VALIDATION, TEST = 0.05, 0.05  # shares of the families


def line_mark(tune: Tune) -> str:
    """What two printings of one tune have in common: intervals and lengths, in any key and octave."""
    sounds = melody(tune)
    text = " ".join(f"{after.pitch - before.pitch},{before.ticks}" for before, after in pairwise(sounds))
    return hashlib.sha256(text.encode()).hexdigest()


def runs_of(tune: Tune, length: int = RUN) -> set[tuple[int, ...]]:
    """Every run of `length` intervals; a shorter tune is one run as a whole."""
    line = intervals(tune)
    return {line[at : at + length] for at in range(max(1, len(line) - length + 1))}


def families(tunes: Sequence[Tune]) -> list[int]:
    """For every tune the index of its family's first tune: who shares a run is kin."""
    owner: dict[tuple[int, ...], int] = {}
    shared = ((owner.setdefault(run, at), at) for at, tune in enumerate(tunes) for run in runs_of(tune))
    return leaders(len(tunes), shared)


def part_of(mark: str) -> str:
    """The part of a family by the mark of its first tune: the same on every machine."""
    place = int(hashlib.sha256(f"split 1 {mark}".encode()).hexdigest()[:8], 16) / 0x100000000
    return "test" if place < TEST else "validation" if place < TEST + VALIDATION else "train"
