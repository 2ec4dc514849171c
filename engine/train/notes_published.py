"""The published note network with its published input: a token goes in as its index scaled to 0–1, nothing is embedded.

Its authors name that a limit, for it puts tokens that have nothing in common side by side; here it can be seen. The
scaled index is an embedding of width 1 that is never learned, so all else is the network of `engine.recurrent`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from engine.recurrent.batches import batch_of, layout, texts_of
from engine.recurrent.curves import Curves, Epoch
from engine.recurrent.evaluation import evaluate
from engine.recurrent.network import TokenRNN, initialised
from engine.recurrent.plan import Lesson, Plan
from engine.recurrent.training import loss_of

Say = Callable[[str], None]


def train_published(  # noqa: PLR0917
    lessons: Sequence[Lesson], validation: Sequence[Lesson], plan: Plan, vocab_size: int, folder: Path, tell: Say
) -> TokenRNN:
    """Trains it; the best network by validation, reloaded from `best.pt` in `folder`, with the curves beside it."""
    network = scaled(plan, vocab_size)
    learned = [weight for weight in network.parameters() if weight.requires_grad]
    optimizer = torch.optim.Adam(learned, lr=plan.peak_rate)
    curves, epochs = Curves(folder), []
    for number in range(plan.epochs):
        began = time.perf_counter()
        loss, accuracy, tokens = _lesson_time(network, optimizer, lessons, plan, number)
        learned_for = time.perf_counter() - began
        judged = evaluate(network, validation)
        tell(f"epoch {number + 1}/{plan.epochs} loss {loss:.4f} validation {judged.loss:.4f}, {judged.accuracy:.4f}\n")
        seconds, speed = round(time.perf_counter() - began, 1), round(tokens / learned_for, 1)
        told = (loss, accuracy, judged.loss, judged.accuracy, plan.peak_rate, seconds, speed)
        epochs.append(Epoch(number + 1, *told))
        curves.write(tuple(epochs))
        if judged.loss == min(epoch.validation_loss for epoch in epochs):
            torch.save(network.state_dict(), folder / "best.pt")
    network.load_state_dict(torch.load(folder / "best.pt", map_location="cpu", weights_only=True))
    return network.eval()


def scaled(plan: Plan, vocab_size: int) -> TokenRNN:
    """A fresh network whose tokens go in as index / vocabulary size."""
    network = initialised(replace(plan, embedding_dim=1).sizes(vocab_size), plan.rng_seed)
    assert network.emb is not None
    network.emb.weight.requires_grad_(False).copy_(torch.arange(vocab_size)[:, None] / vocab_size)
    return network


def _lesson_time(network: TokenRNN, optimizer: torch.optim.Optimizer, lessons: Sequence[Lesson], plan: Plan,
                 number: int) -> tuple[float, float, int]:  # fmt: skip
    """One epoch: mean loss in nats, share foretold, tokens."""
    network.train()
    texts, random = texts_of(lessons, plan), np.random.default_rng([plan.rng_seed, number])
    loss, hits, tokens = 0.0, 0, 0
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(plan.rng_seed * 1000 + number)
        for spans in layout(texts, plan, random):
            cost, right, _ = loss_of(network, batch_of(spans, texts, only_last=plan.only_last), None)
            optimizer.zero_grad(set_to_none=True)
            cost.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), plan.clip)
            optimizer.step()
            loss, hits, tokens = loss + float(cost.detach()) * len(right), hits + int(right.sum()), tokens + len(right)
    return loss / tokens, hits / tokens, tokens
