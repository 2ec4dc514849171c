"""The best n-grams for notes: interpolated Kneser–Ney, its order and the share of its memory chosen on validation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.evaluate.note_courses import Course
from engine.ngrams import KneserNey, best_share, memories_of, mixed, positions_of, table_of

ORDERS = (2, 3, 4, 5, 6, 7, 8, 10, 12)  # tokens; the longer ones for forms that spend several tokens on an onset

Floats = npt.NDArray[np.float64]


class Told(NamedTuple):
    """What every token of a course cost, and which were the likeliest."""

    name: str
    nats: Floats
    right: npt.NDArray[np.bool_]


def best_ngrams(train: Course, validation: Course, test: Course) -> list[Told]:
    """The n-gram that is best on validation, and the best with a memory of the piece, both on the test part."""
    suggestible = np.ones(train.size, dtype=bool)
    suggestible[list(train.forbidden)] = False
    targets = _targets(validation)
    memories = memories_of(validation.sequences, validation.size)
    alone, helped = [], []
    for order in ORDERS:
        table = table_of(KneserNey(train.sequences, order, suggestible), validation.sequences)
        share = best_share(table, memories, targets)
        alone.append((_cost(table, targets), order))
        helped.append((_cost(mixed(table, memories, share), targets), order, share))
    order, (_, other, share) = min(alone)[1], min(helped)
    plain = table_of(KneserNey(train.sequences, order, suggestible), test.sequences)
    table = plain if order == other else table_of(KneserNey(train.sequences, other, suggestible), test.sequences)
    with_memory = mixed(table, memories_of(test.sequences, test.size), share)
    return [
        _told(f"Kneser–Ney {order}-gram", plain, test),
        _told(f"Kneser–Ney {other}-gram + memory {share:.2f}", with_memory, test),
    ]


def _told(name: str, table: Floats, course: Course) -> Told:
    targets = _targets(course)
    return Told(name, -np.log(table[np.arange(len(targets)), targets]), table.argmax(1) == targets)


def _cost(table: Floats, targets: npt.NDArray[np.int64]) -> float:
    return float(-np.log(table[np.arange(len(targets)), targets]).sum())


def _targets(course: Course) -> npt.NDArray[np.int64]:
    return np.array([song[at] for song, at in positions_of(course.sequences, 1)])
