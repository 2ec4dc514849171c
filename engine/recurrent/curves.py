"""What a run did, epoch by epoch, as JSON lines and as a table for any spreadsheet."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch: losses in nats per token (the training loss as it was minimised), accuracies as shares."""

    epoch: int  # from 1
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    learning_rate: float
    seconds: float
    tokens_per_second: float  # learned from, padding not counted


class Curves:
    """The epochs of a run so far, kept in `curves.jsonl` and `curves.csv` of its folder."""

    def __init__(self, folder: Path) -> None:
        self._lines = folder / "curves.jsonl"
        self._table = folder / "curves.csv"

    def read(self) -> tuple[Epoch, ...]:
        if not self._lines.is_file():
            return ()
        return tuple(Epoch(**json.loads(line)) for line in self._lines.read_text(encoding="utf-8").splitlines())

    def write(self, epochs: tuple[Epoch, ...]) -> None:
        """All epochs, so that a resumed run leaves no line twice."""
        self._lines.write_text("".join(json.dumps(asdict(epoch)) + "\n" for epoch in epochs), encoding="utf-8")
        with self._table.open("w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, [entry.name for entry in fields(Epoch)])
            table.writeheader()
            table.writerows(asdict(epoch) for epoch in epochs)
