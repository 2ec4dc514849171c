"""The training loop: one-cycle schedule, clipped gradients, averaged weights, early stopping, resume.

The weights kept are a running mean over the steps (Polyak & Juditsky, 1992). Every random source is derived from
(seed, epoch), so a run that was broken off and resumed ends with the same weights as one that was not.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.corpus import Corpus, Song
from engine.evaluate.scores import window_scores
from engine.networks import ChordLSTM, initialised
from engine.train.batches import IGNORED, Batch, Crop, SoftTargets, batch_of, batched, crops_of, with_unknowns
from engine.train.curves import Curves, Epoch
from engine.train.plan import Plan
from engine.vocab import Vocabulary, vocabulary_of

Report = Callable[[str], None]

VALIDATION_STRIDE = 3  # the epoch is chosen by every third position, to save time; cards report all of them


@dataclass
class Run:
    """What changes during training. `mean` is the network whose weights are kept."""

    network: ChordLSTM
    mean: ChordLSTM
    optimizer: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler
    steps: int = 0

    def state(self) -> dict[str, Any]:
        return {
            "steps": self.steps,
            "network": self.network.state_dict(),
            "mean": self.mean.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.steps = state["steps"]
        self.network.load_state_dict(state["network"])
        self.mean.load_state_dict(state["mean"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])


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
    epochs = _resumed(run, folder, curves, plan)
    for epoch in range(len(epochs), plan.epochs):
        if _is_exhausted(epochs, plan.patience):
            report(f"stopped: no better validation loss in {plan.patience} epochs\n")
            break
        epochs = (*epochs, _epoch(run, lessons, plan, epoch, report))
        _keep(run, folder, curves, epochs, plan)
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


def _started(plan: Plan, lessons: Lessons, device: str) -> Run:
    network = initialised(plan.architecture(len(lessons.vocabulary)), plan.rng_seed).to(device)
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=plan.peak_rate, weight_decay=plan.weight_decay, betas=(0.9, 0.98)
    )
    steps = sum(len(lessons.batches(plan, epoch)) for epoch in range(plan.epochs)) + 1
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, plan.peak_rate, total_steps=steps, pct_start=0.2, final_div_factor=100
    )
    return Run(network, copy.deepcopy(network).eval(), optimizer, schedule)


def _epoch(run: Run, lessons: Lessons, plan: Plan, epoch: int, report: Report) -> Epoch:
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


def _step(run: Run, batch: Batch, plan: Plan) -> tuple[float, int, int]:
    """One step down the gradient: its loss, how many targets were foretold, how many there were."""
    device = next(run.network.parameters()).device
    soft = None if batch.soft is None else batch.soft.to(device)
    batch = Batch(batch.ids.to(device), batch.targets.to(device), soft)
    run.network.train()
    loss, logits = loss_of(run.network, batch, plan)
    run.optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(run.network.parameters(), plan.clip)
    run.optimizer.step()
    run.schedule.step()
    run.steps += 1
    _average(run, plan.averaging)
    return float(loss.detach()), int((logits.argmax(-1) == batch.targets).sum()), int((batch.targets != IGNORED).sum())


def _average(run: Run, kept: float) -> None:
    """The running mean, quicker at first so that the random start is soon forgotten."""
    share = 1 - min(kept, (1 + run.steps) / (10 + run.steps))
    with torch.no_grad():
        for mean, weight in zip(run.mean.parameters(), run.network.parameters(), strict=True):
            mean.lerp_(weight, share)


def _seed(plan: Plan, epoch: int) -> int:
    return plan.rng_seed * 1000 + epoch


def _is_exhausted(epochs: tuple[Epoch, ...], patience: int) -> bool:
    losses = [epoch.validation_loss for epoch in epochs]
    return len(losses) - losses.index(min(losses)) > patience if losses else False


def _keep(run: Run, folder: Path, curves: Curves, epochs: tuple[Epoch, ...], plan: Plan) -> None:
    curves.write(epochs)
    if epochs[-1].validation_loss == min(epoch.validation_loss for epoch in epochs):
        torch.save(run.mean.state_dict(), folder / "best.pt")
    torch.save({"plan": asdict(plan), "epochs": len(epochs)} | run.state(), folder / "last.pt")


def _resumed(run: Run, folder: Path, curves: Curves, plan: Plan) -> tuple[Epoch, ...]:
    """Takes up a run of the same plan where it was left; any other run in the folder begins anew."""
    if not (folder / "last.pt").is_file():
        return ()
    saved = torch.load(folder / "last.pt", map_location="cpu", weights_only=True)
    if saved["plan"] != asdict(plan):
        return ()
    run.restore(saved)
    return curves.read()[: saved["epochs"]]


def _best(plan: Plan, vocabulary: Vocabulary, folder: Path) -> ChordLSTM:
    network = ChordLSTM(plan.architecture(len(vocabulary)))
    network.load_state_dict(torch.load(folder / "best.pt", map_location="cpu", weights_only=True))
    return network.eval()
