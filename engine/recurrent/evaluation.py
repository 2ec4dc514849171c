"""How well a network foretells lessons: nats, tokens and accuracy, dropout off, every lesson from state zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from engine.recurrent.batches import Batch, batch_of, bucketed, texts_of
from engine.recurrent.network import State, TokenRNN
from engine.recurrent.plan import Lesson, Plan

BATCH_TOKENS = 16_384  # read at once at most, padding included
CHUNK = 256  # tokens of a row between which only the state is kept, so that a long text fits into memory


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the tokens cost: `sequence_nats` and `sequence_tokens` per lesson, in the order given."""

    sequence_nats: tuple[float, ...]
    sequence_tokens: tuple[int, ...]
    accuracy: float  # share of tokens that were the likeliest

    @property
    def nats(self) -> float:
        return float(sum(self.sequence_nats))

    @property
    def tokens(self) -> int:
        return sum(self.sequence_tokens)

    @property
    def loss(self) -> float:
        """Nats per token."""
        return self.nats / self.tokens


def evaluate(network: TokenRNN, lessons: Sequence[Lesson]) -> Evaluation:
    """Reads every lesson once. The network is left in the mode it was in. Raises ValueError without lessons."""
    if not lessons:
        raise ValueError("there is nothing to evaluate")
    was_training, device = network.training, next(network.parameters()).device.type
    texts = texts_of(lessons, Plan(mode="whole"))
    lengths = [len(text) for text in texts]
    nats, hits = np.zeros(len(texts)), 0
    network.eval()
    with torch.inference_mode():
        for spans in bucketed(np.argsort(lengths, kind="stable").tolist(), lengths, BATCH_TOKENS):
            cost, right = _read(network, batch_of(spans, texts).to(device))
            nats[[span.text for span in spans]] = cost.cpu().numpy()
            hits += right
    network.train(was_training)
    return Evaluation(tuple(nats.tolist()), tuple(lengths), hits / sum(lengths))


def pieces_of(lesson: Lesson, length: int) -> list[Lesson]:
    """A long lesson in pieces that foretell `length` tokens each (the last fewer), every token once."""
    cuts = range(0, len(lesson.ids) - 1, length)
    return [
        Lesson(
            lesson.ids[at : at + length + 1],
            None if lesson.features is None else lesson.features[at : at + length + 1],
            lesson.weight,
        )
        for at in cuts
    ]


def _read(network: TokenRNN, batch: Batch) -> tuple[Tensor, int]:
    """Nats of each row, float64, and how many tokens were the likeliest."""
    nats = torch.zeros(len(batch.ids), dtype=torch.float64, device=batch.ids.device)
    state: State | None = None
    hits = 0
    for at in range(0, batch.ids.shape[1], CHUNK):
        part = slice(at, at + CHUNK)
        ids, features = batch.ids[:, part], None if batch.features is None else batch.features[:, part]
        hidden, state = network.hidden(ids, features, state)
        counts, targets = batch.weights[:, part] > 0, batch.targets[:, part]
        logits = network.score(hidden[counts], ids[counts], None if features is None else features[counts])
        cost = functional.cross_entropy(logits, targets[counts], reduction="none")
        nats.index_add_(0, counts.nonzero()[:, 0], cost.double())
        hits += int((logits.argmax(-1) == targets[counts]).sum())
    return nats, hits
