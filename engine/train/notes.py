"""Trains the note models: the melody and the chorale network that ship, the three-layer GRU of the published kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Literal

import numpy as np

from engine.notewriter import chorale, melody
from engine.notewriter.form import STREAMS, Form, lesson_of
from engine.notewriter.heading import UNKNOWN_MODE, UNKNOWN_SIGNATURE
from engine.notewriter.vocabulary import SIZE, TOKENS
from engine.recurrent.network import TokenRNN
from engine.recurrent.plan import Lesson, Plan
from engine.recurrent.training import train
from engine.repertoire import Split, Work, read_chorales, read_melodies, split_of

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


@dataclass(frozen=True, slots=True)
class Task:
    """What is trained, on what: the kind of model, the archive of melodies (none for chorales), the plan."""

    kind: Kind
    data: Path | None
    plan: Plan


def repertoire_of(form: Form, data: Path | None) -> Split:
    """The pieces a form is trained on, in their three parts. Melodies need an archive."""
    if form == "chorale":
        return split_of(read_chorales(data))
    if data is None:
        raise ValueError("melodies are read from an archive: give --data")
    return split_of(read_melodies(data))


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


def train_notes(task: Task, folder: Path, report: Callable[[str], None]) -> TokenRNN:
    """Trains one of the two forms; the folder then holds weights, curves and the record of the run."""
    form: Form = "chorale" if task.kind == "chorale" else "melody"
    split = repertoire_of(form, task.data)
    report(f"{split.report}\n")
    lessons = lessons_of(form, split.train, given=True)
    validation = lessons_of(form, split.validation)
    folder.mkdir(parents=True, exist_ok=True)
    write_task(task, folder)
    return train(lessons, validation, task.plan, SIZE, folder, report, augment=augment(form))


def write_task(task: Task, folder: Path) -> None:
    what = {"kind": task.kind, "data": None if task.data is None else task.data.name, "plan": asdict(task.plan)}
    (folder / RECORD).write_text(json.dumps(what, indent=1), encoding="utf-8")


def read_plan(folder: Path) -> tuple[Kind, Plan]:
    """What a folder's run was."""
    what = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    settings = {name: tuple(value) if isinstance(value, list) else value for name, value in what["plan"].items()}
    return what["kind"], Plan(**settings)


def command_of(folder: Path) -> str:
    """The command that makes the run again; settings as the kind's plan has them are left out."""
    kind, plan = read_plan(folder)
    data = "" if kind == "chorale" else " --data ceol_rince.zip"
    usual = PLANS[kind]
    changed = [entry.name for entry in fields(Plan) if getattr(plan, entry.name) != getattr(usual, entry.name)]
    options = "".join(f" --{name.replace('_', '-')} {getattr(plan, name)}" for name in changed)
    return f"python -m engine.train notes --plan {kind}{data} --out {folder}{options}"


__all__ = [
    "PLANS", "TOKENS", "Kind", "Task", "augment", "command_of", "lessons_of", "read_plan", "repertoire_of",
    "train_notes",
]  # fmt: skip
