"""What a run was made of, so that its card can name the commands that make it again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from engine.train.plan import Plan

MODEL_FILE = "model.pt"
RECORD_FILE = "run.json"


@dataclass(frozen=True, slots=True)
class Record:
    """A finished run: its folder, its plan, and the folders of its teachers."""

    folder: Path
    plan: Plan
    teachers: tuple[Path, ...]


def write_record(folder: Path, plan: Plan, teachers: Sequence[Path]) -> None:
    record = {"plan": asdict(plan), "teachers": [str(teacher.parent) for teacher in teachers]}
    (folder / RECORD_FILE).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def read_record(folder: Path) -> Record:
    record = json.loads((folder / RECORD_FILE).read_text(encoding="utf-8"))
    return Record(folder, Plan(**record["plan"]), tuple(Path(teacher) for teacher in record["teachers"]))


def commands_of(record: Record, data: str) -> list[str]:
    """The commands in order, teachers first, each once; settings at their default are left out."""
    before = [command for teacher in record.teachers for command in commands_of(read_record(teacher), data)]
    return list(dict.fromkeys([*before, _command(record, data)]))


def _command(record: Record, data: str) -> str:
    changed = [entry.name for entry in fields(Plan) if getattr(record.plan, entry.name) != entry.default]
    settings = [_option(name, getattr(record.plan, name)) for name in changed]
    taught = ["--teachers", *(str(teacher / MODEL_FILE) for teacher in record.teachers)] if record.teachers else []
    return " ".join(["python -m engine.train chords --data", data, "--out", str(record.folder), *settings, *taught])


def _option(name: str, value: float | bool) -> str:
    written = name.replace("_", "-")
    if isinstance(value, bool):
        return f"--{written}" if value else f"--no-{written}"
    return f"--{written} {value}"
