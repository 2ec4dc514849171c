"""The baselines of the chord tables: which of them a model is compared with is chosen without the test part."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from engine.evaluate.contest import Course, _tuned, rivals
from engine.ngrams import ORDERS
from engine.songbook import live_vocabulary

CHOSEN = ", best on validation"
VOCABULARY = live_vocabulary()
FEW = VOCABULARY.encode(["I", "IV", "V", "vim"])


def song(rng: random.Random, length: int = 24) -> list[int]:
    """Chords that follow each other as a chain of order one would have it: the next in a circle, or any."""
    chords = [rng.choice(FEW)]
    while len(chords) < length:
        step = FEW[(FEW.index(chords[-1]) + 1) % len(FEW)]
        chords.append(step if rng.random() < 0.8 else rng.choice(FEW))
    return [VOCABULARY.start, *chords]


def course(train: int = 30) -> Course:
    rng = random.Random(7)
    learned, validation, test = ([song(rng) for _ in range(count)] for count in (train, 6, 6))
    return Course(learned, validation, test, VOCABULARY, first=1)


def test_every_order_is_there_alone_and_with_memory_and_sums_to_one() -> None:
    names, tables = zip(*rivals(course()), strict=True)
    assert len(names) == 2 * (1 + len(ORDERS)) == len(set(names))
    for table in tables:
        assert table.sum(axis=1) == pytest.approx(np.ones(len(table)))


def test_the_one_to_compare_with_costs_least_on_validation() -> None:
    known = course()
    marked = [name for name, _ in rivals(known) if name.endswith(CHOSEN)]
    cheapest = min(_tuned(known), key=lambda one: one.nats)
    assert marked == [cheapest.name_with_memory(chosen=True)]
    assert cheapest.order > 1  # a chain has more to tell than how frequent its chords are


def test_what_the_test_part_holds_changes_no_choice() -> None:
    known = course()
    names = [name for name, _ in rivals(known)]
    backwards = [[each[0], *reversed(each[1:])] for each in known.test]
    assert [name for name, _ in rivals(replace(known, test=backwards))] == names


def test_what_validation_holds_does() -> None:
    """Songs of one chord, again and again: what a song remembers is then worth more than where chords go elsewhere."""
    known = course()
    steady = [[each[0], *[FEW[0]] * 23] for each in known.validation]
    shares = [[one.share for one in _tuned(replace(known, validation=part))] for part in (known.validation, steady)]
    assert all(after > before for before, after in zip(*shares, strict=True))
