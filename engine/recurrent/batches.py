"""Lessons laid out as batches: rectangles of ids, padding weighing nothing.

A batch is first only spans of texts, cheap to shuffle, and becomes numbers when its turn comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.recurrent.plan import Ids, Lesson, Plan

MIXING = 0.05  # lengths are blurred by this share, so that other sequences meet in each epoch with little padding


class Span(NamedTuple):
    """Tokens `start` to `stop` of a text; empty where a row of a stream has ended."""

    text: int
    start: int
    stop: int


Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A lesson, or several joined, as it is read: all arrays are of one length."""

    inputs: Ids
    targets: Ids
    features: Ids | None  # (time, streams)
    weights: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.inputs)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """A rectangle (rows, time); `features` (rows, time, streams). A place of weight 0 does not count."""

    ids: Tensor
    targets: Tensor
    features: Tensor | None
    weights: Tensor

    def to(self, device: str) -> Batch:
        if device == "cpu":
            return self
        features = None if self.features is None else self.features.to(device)
        return Batch(self.ids.to(device), self.targets.to(device), features, self.weights.to(device))


def texts_of(lessons: Sequence[Lesson], plan: Plan) -> list[Text]:
    """A text per lesson; for a stream all of them as one. No token is foretold from another lesson's last."""
    texts = [
        Text(
            lesson.ids[:-1],
            lesson.ids[1:],
            None if lesson.features is None else lesson.features[:-1],
            np.full(len(lesson.ids) - 1, lesson.weight, dtype=np.float32),
        )
        for lesson in lessons
    ]
    return [_joined(texts)] if plan.mode == "stream" else texts


def layout(texts: Sequence[Text], plan: Plan, random: np.random.Generator) -> list[Spans]:
    """The batches of one epoch, in order."""
    if plan.mode == "stream":
        return streamed(len(texts[0]), plan.batch_size, plan.window)
    if plan.mode == "windows":
        return _windowed([len(text) for text in texts], plan, random)
    return _whole([len(text) for text in texts], plan.batch_tokens, random)


def bucketed(order: Sequence[int], lengths: Sequence[int], batch_tokens: int) -> list[Spans]:
    """Whole texts in the given order, as many a batch as fit into `batch_tokens` with padding, at least one."""
    batches: list[list[Span]] = []
    longest = 0
    for text in order:
        longest = max(longest, lengths[text])
        if not batches or longest * (len(batches[-1]) + 1) > batch_tokens:
            batches.append([])
            longest = lengths[text]
        batches[-1].append(Span(text, 0, lengths[text]))
    return [tuple(batch) for batch in batches]


def streamed(length: int, rows: int, window: int) -> list[Spans]:
    """One text in rows of equal length (the last may be shorter), chunk after chunk."""
    per_row = -(-length // rows)
    starts = [(row * per_row, min((row + 1) * per_row, length)) for row in range(rows)]
    return [
        tuple(Span(0, min(begin + at, end), min(begin + at + window, end)) for begin, end in starts)
        for at in range(0, per_row, window)
    ]


def batch_of(spans: Spans, texts: Sequence[Text], *, only_last: bool = False) -> Batch:
    """The numbers of one batch, padded at the end with id 0 of weight 0."""
    shape = len(spans), max(span.stop - span.start for span in spans)
    ids, targets = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    weights = np.zeros(shape, dtype=np.float32)
    first = texts[spans[0].text].features
    features = None if first is None else np.zeros((*shape, first.shape[1]), dtype=np.int64)
    for row, (number, start, stop) in enumerate(spans):
        text, time = texts[number], stop - start
        ids[row, :time], targets[row, :time] = text.inputs[start:stop], text.targets[start:stop]
        counted = max(0, time - 1) if only_last else 0
        weights[row, counted:time] = text.weights[start + counted : stop]
        if features is not None and text.features is not None:
            features[row, :time] = text.features[start:stop]
    beside = None if features is None else torch.from_numpy(features)
    return Batch(torch.from_numpy(ids), torch.from_numpy(targets), beside, torch.from_numpy(weights))


def _joined(texts: Sequence[Text]) -> Text:
    features = [text.features for text in texts if text.features is not None]
    return Text(
        np.concatenate([text.inputs for text in texts]),
        np.concatenate([text.targets for text in texts]),
        np.concatenate(features) if features else None,
        np.concatenate([text.weights for text in texts]),
    )


def _whole(lengths: Sequence[int], batch_tokens: int, random: np.random.Generator) -> list[Spans]:
    blurred = np.asarray(lengths) * (1 + MIXING * random.random(len(lengths)))
    batches = bucketed(np.argsort(blurred, kind="stable").tolist(), lengths, batch_tokens)
    return [batches[i] for i in random.permutation(len(batches))]


def _windowed(lengths: Sequence[int], plan: Plan, random: np.random.Generator) -> list[Spans]:
    """Every window, shuffled; a text shorter than a window is one of its own. The last one ends with its text."""
    spans = []
    for text, length in enumerate(lengths):
        last = max(0, length - plan.window)
        starts = sorted({*range(0, last + 1, plan.stride), last})
        spans += [Span(text, start, min(start + plan.window, length)) for start in starts]
    order = [spans[i] for i in random.permutation(len(spans))]
    return [tuple(order[at : at + plan.batch_size]) for at in range(0, len(order), plan.batch_size)]
