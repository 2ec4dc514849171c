"""What a run did, epoch by epoch, as JSON lines and as a table for any spreadsheet."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Generic, TypeVar


@dataclass(frozen=True, slots=True)
class Passed:
    """What every trainer tells of an epoch: losses in nats per token, accuracies as shares."""

    epoch: int  # from 1
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    learning_rate: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Epoch(Passed):
    """One epoch of a token network; the training loss as it was minimised."""

    tokens_per_second: float  # learned from, padding not counted


Line = TypeVar("Line", bound=Passed)


class CurvesOf(Generic[Line]):
    """The epochs of a run so far, kept in `curves.jsonl` and `curves.csv` of its folder; each trainer's own `line`."""

    line: type[Line]

    def __init__(self, folder: Path) -> None:
        self._lines = folder / "curves.jsonl"
        self._table = folder / "curves.csv"

    def read(self) -> tuple[Line, ...]:
        if not self._lines.is_file():
            return ()
        return tuple(self.line(**json.loads(line)) for line in self._lines.read_text(encoding="utf-8").splitlines())

    def write(self, epochs: tuple[Line, ...]) -> None:
        """All epochs, so that a resumed run leaves no line twice."""
        self._lines.write_text("".join(json.dumps(asdict(epoch)) + "\n" for epoch in epochs), encoding="utf-8")
        with self._table.open("w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, [entry.name for entry in fields(self.line)])
            table.writeheader()
            table.writerows(asdict(epoch) for epoch in epochs)


class Curves(CurvesOf[Epoch]):
    """Of the token networks."""

    line = Epoch
