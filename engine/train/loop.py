"""The training loop: one-cycle schedule, clipped gradients, averaged weights, early stopping, resume.

Every random source is derived from (seed, epoch), so a run that was broken off and resumed ends with the same weights
as one that was not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from engine.corpus import Corpus, Song
from engine.evaluate.scores import window_scores
from engine.networks import ChordLSTM, initialised
from engine.train.batches import IGNORED, Batch, Crop, SoftTargets, batch_of, batched, crops_of, with_unknowns
from engine.train.curves import Curves, Epoch
from engine.train.plan import Plan
from engine.train.running import BEST_FILE, Run, started
from engine.vocab import Vocabulary, vocabulary_of

Report = Callable[[str], None]

VALIDATION_STRIDE = 3  # the epoch is chosen by every third position, to save time; cards report all of them


@dataclass(frozen=True, slots=True)
class Lessons:
    """What is learned from: songs as ids, the vocabulary, and teachers' probabilities or None."""

    songs: Sequence[Sequence[int]]
    vocabulary: Vocabulary
    soft: SoftTargets | None
    validation: Sequence[Song]

    def batches(self, plan: Plan, epoch: int) -> list[list[Crop]]:
        random = np.random.default_rng([plan.rng_seed, epoch])
        return batched(crops_of([len(song) for song in self.songs], plan, random), plan.batch_size, random)


def train(
    corpus: Corpus, plan: Plan, folder: Path, report: Report, *, soft: SoftTargets | None = None, device: str = "cpu"
) -> ChordLSTM:
    """Trains on the training part, stops by the validation part, never looks at the test part.

    Leaves `curves.jsonl`, `curves.csv`, `best.pt` (weights) and `last.pt` (to resume from) in `folder` and returns the
    best network, on the CPU and in evaluation mode. `soft` are teachers' probabilities, per training song.
    """
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = vocabulary_of(corpus.train)
    lessons = Lessons([vocabulary.encode(song) for song in corpus.train], vocabulary, soft, corpus.validation)
    run = _started(plan, lessons, device)
    curves = Curves(folder)
    done = run.resume(folder, {"plan": asdict(plan)})
    epochs = curves.read()[:done] if done else ()
    for epoch in range(len(epochs), plan.epochs):
        if _is_exhausted(epochs, plan.patience):
            report(f"stopped: no better validation loss in {plan.patience} epochs\n")
            break
        epochs = (*epochs, _epoch(run, lessons, plan, epoch, report))
        curves.write(epochs)
        least = min(epoch.validation_loss for epoch in epochs)
        run.keep(folder, {"plan": asdict(plan)}, len(epochs), epochs[-1].validation_loss == least)
    return _best(plan, vocabulary, folder)


def loss_of(network: ChordLSTM, batch: Batch, plan: Plan) -> tuple[Tensor, Tensor]:
    """Loss in nats per token and logits (batch, time, vocab).

    Cross-entropy against the written chords; with teachers, mixed with that against their probabilities (Hinton et al.,
    2015).
    """
    embedded = functional.dropout(network.emb(batch.ids), plan.input_dropout, network.training)
    logits = network.score(network.rnn(embedded)[0])
    written = functional.cross_entropy(
        logits.flatten(0, 1), batch.targets.flatten(), ignore_index=IGNORED, label_smoothing=plan.label_smoothing
    )
    if batch.soft is None:
        return written, logits
    taught = -(batch.soft * logits.log_softmax(-1)).sum(-1)[batch.targets != IGNORED].mean()
    return (1 - plan.teaching) * written + plan.teaching * taught, logits


def _started(plan: Plan, lessons: Lessons, device: str) -> Run[ChordLSTM]:
    network = initialised(plan.architecture(len(lessons.vocabulary)), plan.rng_seed).to(device)
    return started(network, plan, sum(len(lessons.batches(plan, epoch)) for epoch in range(plan.epochs)))


def _epoch(run: Run[ChordLSTM], lessons: Lessons, plan: Plan, epoch: int, report: Report) -> Epoch:
    began = time.perf_counter()
    torch.manual_seed(_seed(plan, epoch))  # dropout draws from the global generator
    hiding = torch.Generator().manual_seed(_seed(plan, epoch))
    batches = lessons.batches(plan, epoch)
    loss = correct = counted = 0.0
    for done, crops in enumerate(batches, start=1):
        batch = batch_of(crops, lessons.songs, lessons.vocabulary, lessons.soft)
        batch = with_unknowns(batch, plan.unknown_share, lessons.vocabulary.unknown, hiding)
        step_loss, hits, tokens = _step(run, batch, plan)
        loss, correct, counted = loss + step_loss * tokens, correct + hits, counted + tokens
        report(f"\repoch {epoch + 1}/{plan.epochs}  batch {done}/{len(batches)}  loss {loss / counted:.3f} ")
    scores = window_scores(run.mean, lessons.vocabulary, lessons.validation, VALIDATION_STRIDE)
    report(f" validation ppl {scores.perplexity:.3f}  top-1 {scores.top1:.4f}\n")
    rate = float(run.schedule.get_last_lr()[0])
    seconds = round(time.perf_counter() - began, 1)
    return Epoch(epoch, loss / counted, correct / counted, scores.loss, scores.top1, rate, seconds)


def _step(run: Run[ChordLSTM], batch: Batch, plan: Plan) -> tuple[float, int, int]:
    """One step down the gradient: its loss, how many targets were foretold, how many there were."""
    device = next(run.network.parameters()).device
    soft = None if batch.soft is None else batch.soft.to(device)
    batch = Batch(batch.ids.to(device), batch.targets.to(device), soft)
    run.network.train()
    loss, logits = loss_of(run.network, batch, plan)
    run.descend(loss, plan)
    return float(loss.detach()), int((logits.argmax(-1) == batch.targets).sum()), int((batch.targets != IGNORED).sum())


def _seed(plan: Plan, epoch: int) -> int:
    return plan.rng_seed * 1000 + epoch


def _is_exhausted(epochs: tuple[Epoch, ...], patience: int) -> bool:
    losses = [epoch.validation_loss for epoch in epochs]
    return len(losses) - losses.index(min(losses)) > patience if losses else False


def _best(plan: Plan, vocabulary: Vocabulary, folder: Path) -> ChordLSTM:
    network = ChordLSTM(plan.architecture(len(vocabulary)))
    network.load_state_dict(torch.load(folder / BEST_FILE, map_location="cpu", weights_only=True))
    return network.eval()
