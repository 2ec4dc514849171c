"""Runs of the remembering network: from a command to a finished run.

A run's folder holds `curves.jsonl`, `best.pt` (weights), `model.pt` (a checkpoint) and `memory.json` (what it was made
of). A run on the published corpus and one on the live corpus differ in their songs alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from engine.checkpoint.writing import write_weights
from engine.corpus import read_corpus
from engine.songbook import live_vocabulary, read_live_corpus
from engine.train.lessons import piece_of, restarts_of
from engine.train.mixture import RememberingLSTM
from engine.train.record import MODEL_FILE
from engine.train.remembering import Material, MemoryPlan, Report, Soft, predicted, train
from engine.train.running import BEST_FILE
from engine.vocab import Vocabulary, vocabulary_of

MEMORY_FILE = "memory.json"
PUBLISHED_WINDOW = 16  # tokens before the first position that the published test counts


class Song(NamedTuple):
    """Ids of the chords, and of mode and style when there are such."""

    chords: Sequence[int]
    opening: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Sources:
    """The files of a run: the published table, and the songbook for a live run."""

    data: Path
    songbook: Path | None = None

    def command(self) -> str:
        book = f" --songbook {self.songbook.name}" if self.songbook else ""
        return f"--data {self.data.name}{book}"


def run_memory(
    sources: Sources, plan: MemoryPlan, folder: Path, report: Report, *, teachers: Sequence[Path] = (),
    start: Path | None = None,
) -> None:  # fmt: skip
    """Trains and leaves a finished run in `folder`. Teachers, and a start to learn on from, are finished runs."""
    material = material_of(sources, plan)
    soft = _beliefs(teachers, material)
    begun = _trained(start, len(material.vocabulary)) if start else None
    train(replace(material, soft=soft), plan, folder, report, begun)
    origin = {
        "sources": sources.command(),
        "teachers": [str(teacher) for teacher in teachers],
        "start": str(start) if start else None,
    }
    finish(folder, plan, material.vocabulary, origin)


def finish(folder: Path, plan: MemoryPlan, vocabulary: Vocabulary, origin: Mapping[str, object]) -> None:
    """Writes `memory.json` and, from `best.pt`, `model.pt`. `origin` names sources, teachers and start."""
    record = {"plan": asdict(plan)} | dict(origin)
    (folder / MEMORY_FILE).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    network = _trained(folder, len(vocabulary))
    state = {name.removeprefix("chords."): weight for name, weight in network.state_dict().items()}
    write_weights(folder / MODEL_FILE, (network.chords.architecture, state), vocabulary, asdict(plan), {})


def material_of(sources: Sources, plan: MemoryPlan) -> Material:
    """Songs with their features: training and validation parts. Restarts are learned from as songs of their own."""
    learned, held, vocabulary = _published(sources) if sources.songbook is None else _live(sources.songbook, sources)
    random = np.random.default_rng([plan.rng_seed, len(learned)])
    again = [(later, opening) for song, opening in learned for later in restarts_of(song, plan.restarts, random)]
    pieces = [piece_of(*song) for song in (*learned, *again)]
    first = PUBLISHED_WINDOW - 1 if sources.songbook is None else 0
    return Material(pieces, [piece_of(*song) for song in held], vocabulary, first=first)


def _published(sources: Sources) -> tuple[list[Song], list[Song], Vocabulary]:
    corpus = read_corpus(sources.data)
    vocabulary = vocabulary_of(corpus.train)
    learned, held = ([Song(vocabulary.encode(song)) for song in part] for part in (corpus.train, corpus.validation))
    return learned, held, vocabulary


def _live(songbook: Path, sources: Sources) -> tuple[list[Song], list[Song], Vocabulary]:
    corpus, vocabulary = read_live_corpus(songbook, sources.data), live_vocabulary()
    learned, held = (
        [Song(vocabulary.encode(song.tokens), vocabulary.encode((song.mode, song.style))) for song in part]
        for part in (corpus.train, corpus.validation)
    )
    return learned, held, vocabulary


def commands_of_memory(folder: Path) -> list[str]:
    """The commands that make a run, its teachers' first; settings at their default are left out."""
    record = json.loads((folder / MEMORY_FILE).read_text(encoding="utf-8"))
    earlier = [*record["teachers"], *([record["start"]] if record["start"] else [])]
    before = [command for run in earlier for command in commands_of_memory(Path(run))]
    changed = [e for e in fields(MemoryPlan) if record["plan"][e.name] != e.default]
    settings = [f"--{e.name.replace('_', '-')} {record['plan'][e.name]}" for e in changed]
    taught = ["--teachers", *record["teachers"]] if record["teachers"] else []
    begun = ["--start", record["start"]] if record["start"] else []
    command = ["python -m engine.train memory", record["sources"], "--out", str(folder), *settings, *taught, *begun]
    return list(dict.fromkeys([*before, " ".join(command)]))


def _trained(folder: Path, vocab_size: int) -> RememberingLSTM:
    """The best network of a finished run."""
    plan = MemoryPlan(**json.loads((folder / MEMORY_FILE).read_text(encoding="utf-8"))["plan"])
    network = RememberingLSTM(plan.architecture(vocab_size), plan.rng_seed)
    network.load_state_dict(torch.load(folder / BEST_FILE, weights_only=True))
    return network.eval()


def _beliefs(teachers: Sequence[Path], material: Material) -> Soft | None:
    """The mean of the teachers' probabilities at every place of every training song; None without teachers."""
    if not teachers:
        return None
    each = [
        [np.exp(song) for song in predicted(_trained(folder, len(material.vocabulary)), material.pieces,
                                            material.vocabulary)[0]]
        for folder in teachers
    ]  # fmt: skip
    return [np.mean(rows, axis=0, dtype=np.float32) for rows in zip(*each, strict=True)]
