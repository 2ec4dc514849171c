"""The tunes to train on and to judge with: collections read, cleaned, without duplicates, split by tune family."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.abc.tokens import Tune
from engine.errors import CorpusError
from engine.tunebook.cleaning import canonical, reason_to_leave
from engine.tunebook.collections import COLLECTIONS, Collection, printed
from engine.tunebook.families import families, line_mark, part_of
from engine.words import say

__all__ = ["COLLECTIONS", "Tally", "Tunebook", "split", "tunebook"]

PARTS = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of one collection's tunes. `read` is 0 where it is not on this machine."""

    collection: Collection
    read: int = 0
    merged: int = 0  # printed before, in the same or an earlier collection
    left: Mapping[str, int] = field(default_factory=dict)  # why -> how many
    notices: Mapping[str, int] = field(default_factory=dict)  # what was left out of how many tunes

    @property
    def kept(self) -> int:
        return self.read - self.merged - sum(self.left.values())


@dataclass(frozen=True, slots=True)
class Tunebook:
    """Tunes in three parts that share no family."""

    train: tuple[Tune, ...]
    validation: tuple[Tune, ...]
    test: tuple[Tune, ...]
    tallies: tuple[Tally, ...] = ()
    families: tuple[int, int, int] = (0, 0, 0)  # with a tune in each part
    largest: int = 0  # tunes of the largest family


def tunebook(data: Path | None = None, only: Sequence[str] = ()) -> Tunebook:
    """All collections that this machine has (or those named), cleaned and split. Raises CorpusError when none is."""
    seen: set[str] = set()
    tunes: list[Tune] = []
    tallies = []
    for collection in COLLECTIONS:
        if not only or collection.name in only:
            kept, tally = _kept(collection, data, seen)
            tunes += kept
            tallies.append(tally)
    if not tunes:
        raise CorpusError(
            say("No tunes are on this machine. Install music21, or give a folder with ABC files by --data.")
        )
    return split(tunes, tuple(tallies))


def _kept(collection: Collection, data: Path | None, seen: set[str]) -> tuple[list[Tune], Tally]:
    printings = printed(collection, data) or ()
    left: Counter[str] = Counter()
    notices: Counter[str] = Counter()
    kept, merged = [], 0
    for printing in printings:
        tune = replace(canonical(printing.tune), source=collection.name)
        reason = reason_to_leave(printing, tune)
        mark = "" if reason else line_mark(tune)
        if reason:
            left[reason] += 1
        elif mark in seen:
            merged += 1
        else:
            seen.add(mark)
            kept.append(tune)
            notices.update(printing.left_out)
    return kept, Tally(collection, len(printings), merged, left, notices)


def split(tunes: Sequence[Tune], tallies: tuple[Tally, ...] = ()) -> Tunebook:
    """Three parts by family. Tunes of a collection that is not judged leave the parts that judge."""
    unjudged = {collection.name for collection in COLLECTIONS if not collection.judged}
    leaders = families(tunes)
    part = {leader: part_of(line_mark(tunes[leader])) for leader in set(leaders)}
    parts: dict[str, list[Tune]] = {name: [] for name in PARTS}
    known: dict[str, set[int]] = {name: set() for name in PARTS}  # leaders of the families that have a tune there
    for tune, leader in zip(tunes, leaders, strict=True):
        if part[leader] == "train" or tune.source not in unjudged:
            parts[part[leader]].append(tune)
            known[part[leader]].add(leader)
    return Tunebook(
        tuple(parts["train"]),
        tuple(parts["validation"]),
        tuple(parts["test"]),
        tallies,
        (len(known["train"]), len(known["validation"]), len(known["test"])),
        max(Counter(leaders).values(), default=0),
    )
