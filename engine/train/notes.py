"""Trains note models: the melody and the chorale network that ship, and the three-layer GRU of the published task.

Ours read pitches and lengths apart, with what `engine.notewriter` says of the past, whole pieces from state zero. The
published one ("spec") reads the plain form, pitch names without lengths, in windows of 20 that never cross pieces.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from engine.notes import plain_tokens
from engine.notewriter import chorale, melody
from engine.notewriter.form import STREAMS, Form, lesson_of
from engine.notewriter.heading import UNKNOWN_MODE, UNKNOWN_SIGNATURE
from engine.notewriter.vocabulary import TOKENS
from engine.recurrent.network import TokenRNN
from engine.recurrent.plan import Lesson, Plan
from engine.recurrent.training import train
from engine.recurrent.vocabulary import UNKNOWN, Vocabulary
from engine.repertoire import Work, pieces_for
from engine.train.notes_published import train_published

Kind = Literal["melody", "chorale", "spec"]

RECORD = "notes.json"
KEY_HIDDEN = 0.2  # of the lessons of an epoch: the network also writes where no key is known
SOPRANO_HIDDEN = 0.5  # of the chorales of an epoch: continued, not harmonised

MELODY = Plan(
    embedding_dim=64, hidden_size=320, dropout=0.45, input_dropout=0.1, features=STREAMS["melody"], feature_dim=16,
    batch_tokens=4096, epochs=20, peak_rate=0.004, weight_decay=0.02, averaging=0.995, patience=4,
)  # fmt: skip
CHORALE = replace(MELODY, features=STREAMS["chorale"], dropout=0.5, input_dropout=0.15, epochs=32)
SPEC = Plan(
    cell="gru", embedding_dim=128, hidden_size=128, num_layers=3, dropout=0.2, mode="windows", window=20, stride=1,
    batch_size=64, only_last=True, epochs=10, peak_rate=0.001, schedule="constant", weight_decay=0.0, clip=5.0,
)  # fmt: skip
PLANS: dict[Kind, Plan] = {"melody": MELODY, "chorale": CHORALE, "spec": SPEC}
SETTABLE = tuple(entry.name for entry in fields(Plan) if entry.name not in ("features", "only_last"))

Say = Callable[[str], None]


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`notes` trains, `ship-notes` evaluates a run and writes checkpoint and card."""
    notes = commands.add_parser("notes", help="train a model that writes melodies or chorales")
    notes.add_argument("--plan", choices=sorted(PLANS), required=True)
    notes.add_argument("--data", type=Path, help="archive of MIDI melodies; a folder of chorales (music21's if absent)")
    notes.add_argument("--out", type=Path, required=True, help="folder of the run; an unfinished run is resumed")
    notes.add_argument("--published", action="store_true", help="spec: tokens go in as their index scaled to 0-1")
    notes.add_argument("--threads", type=int, default=1, help="of torch")
    for name in SETTABLE:
        notes.add_argument(f"--{name.replace('_', '-')}", type=type(getattr(MELODY, name)), default=None)
    shipping = commands.add_parser("ship-notes", help="evaluate such a run and write checkpoint and card")
    shipping.add_argument("--data", type=Path)
    shipping.add_argument("--run", type=Path, required=True)
    shipping.add_argument("--name", default="", help="melody or chorale, as the run is, unless another is given")


def run_notes(options: argparse.Namespace, tell: Say) -> None:
    """The command `notes`."""
    torch.set_num_threads(options.threads)
    asked = {name: getattr(options, name) for name in SETTABLE if getattr(options, name) is not None}
    plan = replace(PLANS[options.plan], **asked)
    options.out.mkdir(parents=True, exist_ok=True)
    record = {"plan": options.plan, "asked": asked, "settings": asdict(plan), "published": options.published}
    (options.out / RECORD).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    if options.plan == "spec":
        train_plain(options.data, plan, options.out, tell, published=options.published)
    else:
        train_form(options.plan, options.data, plan, options.out, tell)


def train_form(form: Form, data: Path | None, plan: Plan, folder: Path, tell: Say) -> TokenRNN:
    """Trains one of the two forms; the folder then holds weights and curves."""
    split = pieces_for(form, data)
    tell(f"{split.report}\n")
    lessons, watched = lessons_of(form, split.train, given=True), lessons_of(form, split.validation)
    return train(lessons, watched, plan, len(TOKENS), folder, tell, augment=augment(form))


def train_plain(data: Path | None, plan: Plan, folder: Path, tell: Say, *, published: bool = False) -> TokenRNN:
    """Trains on the plain form of melodies: pitch names, `EOS`. `published`: without an embedding."""
    split = pieces_for("melody", data)
    tell(f"{split.report}\n")
    texts = [[plain_tokens(work.piece) for work in part] for part in (split.train, split.validation)]
    vocabulary = Vocabulary((UNKNOWN, *sorted({token for text in texts[0] for token in text})))
    lessons, watched = ([Lesson(np.array(vocabulary.encode(text))) for text in part] for part in texts)
    return (train_published if published else train)(lessons, watched, plan, len(vocabulary), folder, tell)


def lessons_of(form: Form, works: Sequence[Work], *, given: bool = False) -> list[Lesson]:
    """A lesson per piece. `given`: chorales are told their soprano."""
    return [Lesson(*lesson_of(form, work.piece, given=given)) for work in works]


def augment(form: Form) -> Callable[[Lesson, np.random.Generator], Lesson]:
    """Leaves out, now and then, what is not always known: the key, a chorale's soprano."""

    def changed(lesson: Lesson, random: np.random.Generator) -> Lesson:
        assert lesson.features is not None
        rows = lesson.features.copy()
        if random.random() < KEY_HIDDEN:
            rows[:, melody.KEY_STREAMS] = UNKNOWN_SIGNATURE, UNKNOWN_MODE
        if form == "chorale" and random.random() < SOPRANO_HIDDEN:
            rows[:, chorale.SOPRANO_STREAMS] = chorale.HIDDEN_SOPRANO
        return Lesson(lesson.ids, rows, lesson.weight)

    return changed


def read_record(run: Path) -> tuple[str, dict[str, Any], Plan]:
    """Which plan a run had, what was asked beside it, all its settings."""
    record = json.loads((run / RECORD).read_text(encoding="utf-8"))
    settings = {name: tuple(value) if isinstance(value, list) else value for name, value in record["settings"].items()}
    return record["plan"], record["asked"], Plan(**settings)  # type: ignore[arg-type]
