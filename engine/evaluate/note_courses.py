"""Pieces as the tokens that models and n-grams are compared on, with the onset each token belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from engine.notes.events import melody_events
from engine.notewriter.chorale import ORDER
from engine.notewriter.form import lesson_of
from engine.notewriter.heading import heading_of
from engine.notewriter.vocabulary import END, SIZE, START, UNKNOWN, is_length, is_pitch
from engine.repertoire import Work

NEW_AFTER = 3  # events
LONGEST_STEP = 16  # sixteenths between two onsets; longer ones are as long
PLAIN_LOW, PLAIN_HIGH = 24, 104  # pitches of the plain tokens, signature moved to C; beyond is cut off
PLAIN_SIZE = 2 + (PLAIN_HIGH - PLAIN_LOW + 1) * LONGEST_STEP


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Sequences of ids with their start; for every token after a start, over all sequences in order, its event.

    `events` numbers onsets through all sequences, -1 for what does not count; `closing` marks tokens whose guess does
    not count for accuracy (the end); `new` is given per event.
    """

    sequences: list[list[int]]
    size: int
    forbidden: tuple[int, ...]  # ids that never come
    events: npt.NDArray[np.int64]
    closing: npt.NDArray[np.bool_]
    new: npt.NDArray[np.bool_]


def melody_course(works: Sequence[Work]) -> Course:
    """The model's own tokens of melodies: a pitch, its length, rests and the end with the onset before them."""
    sequences = [lesson_of("melody", work.piece)[0].tolist() for work in works]
    begins = [[is_pitch(token) for token in sequence[1:]] for sequence in sequences]
    return _course(sequences, begins, SIZE, (UNKNOWN, START), END)


def plain_course(works: Sequence[Work]) -> Course:
    """One token per onset: pitch and the sixteenths until the next onset (16 at most, the last note 16)."""
    sequences = [_plain(work) for work in works]
    begins = [[token > 1 for token in sequence[1:]] for sequence in sequences]
    return _course(sequences, begins, PLAIN_SIZE, (0,), 1)


def chorale_course(works: Sequence[Work], *, lower_voices: bool = False) -> Course:
    """The model's own tokens of chorales. `lower_voices`: the soprano's tokens and its onsets do not count."""
    sequences = [lesson_of("chorale", work.piece)[0].tolist() for work in works]
    begins, counts = [], []
    for sequence in sequences:
        turns = np.arange(len(sequence) - 1) % (len(ORDER) + 1)
        free = ~np.isin(turns, [0]) if lower_voices else np.ones(len(turns), dtype=bool)
        begins.append([is_pitch(token) and bool(ok) for token, ok in zip(sequence[1:], free, strict=True)])
        counts.append(free)
    course = _course(sequences, begins, SIZE, (UNKNOWN, START), END)
    return Course(
        sequences, SIZE, course.forbidden, np.where(np.concatenate(counts), course.events, -1), course.closing,
        np.zeros_like(course.new),
    )  # fmt: skip


def _plain(work: Work) -> list[int]:
    """0 is the start, 1 the end."""
    shift = heading_of(work.piece).shift
    onsets, now = [], 0
    for event in melody_events(work.piece):
        if event.pitch is not None:
            onsets.append((now, event.pitch - shift))
        now += event.duration
    steps = [after[0] - before[0] for before, after in pairwise(onsets)]
    tokens = []
    for (_, pitch), step in zip(onsets, [*steps, LONGEST_STEP], strict=True):
        row = min(max(pitch, PLAIN_LOW), PLAIN_HIGH) - PLAIN_LOW
        tokens.append(2 + row * LONGEST_STEP + min(step, LONGEST_STEP) - 1)
    return [0, *tokens, 1]


def _course(sequences: list[list[int]], begins: list[list[bool]], size: int, forbidden: tuple[int, ...],
            end: int) -> Course:  # fmt: skip
    events, closing, new, before = [], [], [], 0
    for sequence, starts in zip(sequences, begins, strict=True):
        own = np.maximum(np.cumsum(starts) - 1, 0)
        events.append(own + before)
        closing.append(np.array(sequence[1:]) == end)
        new.append(_new(sequence[1:], starts))
        before += int(own[-1]) + 1
    return Course(sequences, size, forbidden, np.concatenate(events), np.concatenate(closing), np.concatenate(new))


def _new(tokens: Sequence[int], starts: Sequence[bool]) -> npt.NDArray[np.bool_]:
    """Per event whether the three events before it have not stood together earlier."""
    marks = [i for i, begins in enumerate(starts) if begins]
    named = [tuple(t for t in tokens[i : i + 2] if is_length(t) or t == tokens[i]) for i in marks]
    seen: set[tuple[tuple[int, ...], ...]] = set()
    flags = []
    for at in range(len(named)):
        context = tuple(named[max(0, at - NEW_AFTER) : at])
        flags.append(context not in seen)
        seen.add(context)
    return np.array(flags)
