"""Training of the remembering network: network and memory together, on whole songs.

The best epoch by the validation part; a run that was broken off goes on where it was. Strong dropout does a second
service here: what the memory is shown of the network's belief about a training song is as unsure as it will be about a
new one.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from engine.architecture import Architecture
from engine.evaluate.scores import Scores, scores_of
from engine.memory.sizes import VERSION
from engine.train.lessons import Piece, batches, lesson_of
from engine.train.mixture import Lesson, RememberingLSTM
from engine.train.running import BEST_FILE, Run, started
from engine.vocab import Vocabulary

Report = Callable[[str], None]
Soft = Sequence[npt.NDArray[np.float32]]  # per piece (chords, vocab)

EARLY = 4  # chords
CURVES_FILE = "curves.jsonl"


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """Everything that decides a run. Shares from 0 to 1."""

    embedding_dim: int = 160
    hidden_size: int = 320
    num_layers: int = 2
    dropout: float = 0.5
    seq_len: int = 16
    epochs: int = 12
    places: int = 800  # predicted in one step, about
    input_dropout: float = 0.2
    unknown_share: float = 0.05  # input tokens hidden behind <unk>
    absent: float = 0.3  # share of songs without their mode, and of songs without their style
    restarts: int = 0  # of each song: it is learned from as if it began where its first chord comes back
    early: float = 1.0  # weight of the first four chords of a song, the others' being 1
    alone: float = 0.3  # weight of the loss of the network without its memory
    teaching: float = 0.6  # share of the loss that follows the teachers, when there are any
    peak_rate: float = 0.004
    weight_decay: float = 0.03
    clip: float = 1.0
    averaging: float = 0.998
    rng_seed: int = 1

    def architecture(self, vocab_size: int) -> Architecture:
        return Architecture(vocab_size, self.embedding_dim, self.hidden_size, self.num_layers, self.dropout,
                            self.seq_len, tie_weights=True, memory=VERSION)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Material:
    """What is learned from and what chooses the epoch. `first` is the earliest place counted in validation."""

    pieces: Sequence[Piece]
    validation: Sequence[Piece]
    vocabulary: Vocabulary
    soft: Soft | None = None
    first: int = 0


def train(
    material: Material, plan: MemoryPlan, folder: Path, report: Report, start: RememberingLSTM | None = None
) -> RememberingLSTM:
    """The network of the best epoch, in evaluation mode. Leaves `curves.jsonl`, `best.pt` (weights) and `last.pt` (to
    go on from) in `folder`.

    With `start`, a trained network learns on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(plan.rng_seed)
    run, marks = _started(material, plan, start), _marks(material, plan, start)
    done = run.resume(folder, marks)
    lines = _read(folder / CURVES_FILE)[:done] if done else []
    for epoch in range(len(lines), plan.epochs):
        began = time.perf_counter()
        trained = _epoch(run, material, plan, epoch)
        scores = validated(run.mean, material)
        line = {"epoch": epoch, "train_loss": trained, "seconds": time.perf_counter() - began} | scores.named()
        report(json.dumps(line) + "\n")
        lines.append(line if epoch else line | {"plan": asdict(plan)})
        _write(folder / CURVES_FILE, lines)
        run.keep(folder, marks, len(lines), scores.loss == min(line["loss"] for line in lines))
    run.mean.load_state_dict(torch.load(folder / BEST_FILE, weights_only=True))
    return run.mean.eval()


def _marks(material: Material, plan: MemoryPlan, start: RememberingLSTM | None) -> dict[str, object]:
    """What a run has to have in common with one that it goes on with."""
    learned = [len(material.vocabulary), len(material.pieces), sum(len(piece.chords) for piece in material.pieces)]
    return {"plan": asdict(plan), "material": learned, "taught": material.soft is not None, "begun": start is not None}


def _read(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _write(file: Path, lines: Sequence[Mapping[str, Any]]) -> None:
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def validated(network: RememberingLSTM, material: Material) -> Scores:
    """Of the validation part, places from `first` on."""
    logarithms, targets = predicted(network.eval(), material.validation, material.vocabulary)
    counted = np.concatenate([np.arange(len(piece.chords)) >= material.first for piece in material.validation])
    return scores_of(np.concatenate(logarithms)[counted], np.concatenate(targets)[counted])


def predicted(
    network: RememberingLSTM, pieces: Sequence[Piece], vocabulary: Vocabulary
) -> tuple[list[npt.NDArray[np.float32]], list[npt.NDArray[np.int64]]]:
    """Logarithms (chords, vocab) and targets (chords,) of every piece, in their order."""
    order = np.argsort([len(piece.chords) for piece in pieces], kind="stable")
    logarithms: dict[int, npt.NDArray[np.float32]] = {}
    with torch.inference_mode():
        for at in range(0, len(order), 16):
            group = [int(i) for i in order[at : at + 16]]
            together = network(lesson_of([pieces[i] for i in group], vocabulary.start))[0].numpy()
            ends = np.cumsum([len(pieces[i].chords) for i in group])[:-1]
            logarithms.update(zip(group, np.split(together, ends), strict=True))
    return [logarithms[i] for i in range(len(pieces))], [piece.chords for piece in pieces]


def _started(material: Material, plan: MemoryPlan, start: RememberingLSTM | None) -> Run[RememberingLSTM]:
    network = RememberingLSTM(plan.architecture(len(material.vocabulary)), plan.rng_seed)
    if start is not None:
        network.load_state_dict(start.state_dict())
    return started(network, plan, sum(len(_batches(material, plan, epoch)) for epoch in range(plan.epochs)))


def _batches(material: Material, plan: MemoryPlan, epoch: int) -> list[list[int]]:
    return batches(material.pieces, plan.places, np.random.default_rng([plan.rng_seed, epoch]))


def _epoch(run: Run[RememberingLSTM], material: Material, plan: MemoryPlan, epoch: int) -> float:
    """One pass; the mean loss of the mixture in nats per token."""
    run.network.train()
    random = np.random.default_rng([plan.rng_seed, epoch, 1])
    total = counted = 0.0
    for group in _batches(material, plan, epoch):
        soft = None if material.soft is None else [material.soft[i] for i in group]
        pieces = [material.pieces[i] for i in group]
        lesson = lesson_of(pieces, material.vocabulary.start, random, plan.absent, soft)
        loss = _step(run, _with_unknowns(lesson, plan, material.vocabulary), plan)
        total, counted = total + loss * len(lesson.targets), counted + len(lesson.targets)
    return total / counted


def loss_of(network: RememberingLSTM, lesson: Lesson, plan: MemoryPlan) -> tuple[Tensor, Tensor]:
    """(what is learned from, the mixture's loss against the written chords), in nats per token."""
    mixed, alone = network(lesson, plan.input_dropout)
    heard = torch.bincount(lesson.now, minlength=len(lesson.targets))  # chords before each place
    weights = torch.where(heard < EARLY, plan.early, 1.0)
    weights = weights / weights.mean()
    written = _mean_loss(mixed, lesson.targets, weights)
    taught = _taught(mixed, written, lesson.soft, plan.teaching)
    return taught + plan.alone * _mean_loss(alone, lesson.targets, weights), written


def _step(run: Run[RememberingLSTM], lesson: Lesson, plan: MemoryPlan) -> float:
    loss, written = loss_of(run.network, lesson, plan)
    run.descend(loss, plan)
    return float(written.detach())


def _mean_loss(logarithms: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    return (functional.nll_loss(logarithms, targets, reduction="none") * weights).mean()


def _taught(mixed: Tensor, written: Tensor, soft: Tensor | None, teaching: float) -> Tensor:
    """With teachers, the loss is mixed with that against their probabilities (Hinton et al., 2015)."""
    return written if soft is None else (1 - teaching) * written - teaching * (soft * mixed).sum(-1).mean()


def _with_unknowns(lesson: Lesson, plan: MemoryPlan, vocabulary: Vocabulary) -> Lesson:
    """A share of the heard chords hidden behind `<unk>`; the memory and the targets see them."""
    hidden = (torch.rand(lesson.ids.shape) < plan.unknown_share) & (lesson.ids != vocabulary.start)
    ids = torch.where(hidden, vocabulary.unknown, lesson.ids)
    return Lesson(ids, lesson.places, lesson.targets, lesson.song, lesson.pairs, lesson.now, lesson.then,
                  lesson.followers, lesson.soft)  # fmt: skip
