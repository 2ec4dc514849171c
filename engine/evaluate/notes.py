"""How well a note model foretells held-out pieces, beside n-grams, and whether what it writes goes round in circles.

    python -m engine.evaluate notes melody --data ceol_rince.zip
    python -m engine.evaluate notes chorale

Figures are nats per onset: everything a piece costs, rests, lengths and its end included, divided by its onsets. An
event, an onset with all tokens up to the next one, is right when each of them was the likeliest. "New" are the events
before which the last three events of the piece have not stood together earlier in it. Signature, mode, meter and pickup
are known to the model.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.errors import EngineError
from engine.evaluate.note_courses import Course, chorale_course, melody_course, plain_course
from engine.evaluate.note_ngrams import best_ngrams
from engine.notewriter.form import lesson_of
from engine.notewriter.models import NoteModel, load
from engine.notewriter.repeats import repeated_bars
from engine.notewriter.wish import NoteWish
from engine.notewriter.writing import write
from engine.repertoire import Split, Work, pieces_for

WRITTEN = 24  # pieces that are written to see whether they go round in circles
WRITTEN_AT_ONCE = 8
GIVEN = "soprano given"

Floats = npt.NDArray[np.float64]


class Row(NamedTuple):
    """Nats per onset and share of events right, of all events and of the new ones; share of tokens right."""

    name: str
    nats: float
    accuracy: float
    tokens_right: float
    new_nats: float
    new_accuracy: float

    def __str__(self) -> str:
        figures = (self.nats, self.accuracy, self.tokens_right, self.new_nats, self.new_accuracy)
        return f"{self.name:64}" + "".join(f"{value:9.3f}" for value in figures)


@dataclass(frozen=True, slots=True)
class NoteReport:
    """Rows of the table with the model's first, the repetition of bars, and the report of the pieces."""

    pieces: str
    rows: tuple[Row, ...]
    repeated: tuple[tuple[str, float], ...]

    @property
    def model(self) -> Row:
        return self.rows[0]

    def __str__(self) -> str:
        head = f"{'held-out pieces':64}" + "".join(f"{name:>9}" for name in ("nats", "right", "tokens", "new", "right"))
        bars = [f"{name:64}{share:9.3f}" for name, share in self.repeated]
        gains = [
            f"{self.model.nats / row.nats - 1:+.1%} beside {row.name}"
            for row in self.rows[1:]
            if "given" not in row.name
        ]
        return "\n".join([self.pieces, "", head, *map(str, self.rows), *gains, "", "bars as the bar before", *bars])


def note_report(model: NoteModel, data: Path | None) -> NoteReport:
    """Judges a model on the test part of the pieces its form is learned from. Raises CorpusError."""
    split = pieces_for(model.form, data)
    rows = melody_rows(model, split) if model.form == "melody" else chorale_rows(model, split)
    return NoteReport(split.report, tuple(rows), tuple(repetition(model, split.test).items()))


def melody_rows(model: NoteModel, split: Split) -> list[Row]:
    course = melody_course(split.test)
    rows = [row_of("model", course, *told(model, split.test))]
    for name, make in (("sixteenths, a token an onset", plain_course), ("the model's tokens", melody_course)):
        parts = [make(part) for part in (split.train, split.validation, split.test)]
        rows += [row_of(f"{each.name}, {name}", parts[2], each.nats, each.right) for each in best_ngrams(*parts)]
    return rows


def chorale_rows(model: NoteModel, split: Split) -> list[Row]:
    parts = [chorale_course(part) for part in (split.train, split.validation, split.test)]
    rows = [row_of("model", parts[2], *told(model, split.test))]
    rows += [
        row_of(f"{each.name}, the model's tokens", parts[2], each.nats, each.right) for each in best_ngrams(*parts)
    ]
    lower = chorale_course(split.test, lower_voices=True)
    rows.append(row_of(f"model, {GIVEN}: alto, tenor, bass", lower, *told(model, split.test, given=True)))
    return rows


def told(model: NoteModel, works: Sequence[Work], *, given: bool = False) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Nats of every token of all pieces in order, and which were the likeliest."""
    nats, right = [], []
    for work in works:
        ids, rows = lesson_of(model.form, work.piece, given=given)
        logits = model.steps.read(ids[:-1], rows[:-1])[0].astype(np.float64)
        nats.append(_nats(logits, ids[1:]))
        right.append(logits.argmax(1) == ids[1:])
    return np.concatenate(nats), np.concatenate(right)


def _nats(logits: Floats, targets: npt.NDArray[np.integer]) -> Floats:
    top = logits.max(1, keepdims=True)
    sums: Floats = (top + np.log(np.exp(logits - top).sum(1, keepdims=True)))[:, 0]
    cost: Floats = sums - logits[np.arange(len(targets)), targets]
    return cost


def row_of(name: str, course: Course, nats: Floats, right: npt.NDArray[np.bool_]) -> Row:
    """Tokens gathered into events; a token of event -1 does not count."""
    counts = course.events >= 0
    events = int(course.events.max()) + 1
    by_event = np.bincount(course.events[counts], nats[counts], minlength=events)
    wrong = np.bincount(course.events[counts], ~right[counts] & ~course.closing[counts], minlength=events)
    hits, new = wrong == 0, course.new
    return Row(
        name,
        float(by_event.sum() / events),
        float(hits.mean()),
        float(right[counts].mean()),
        float(by_event[new].mean()) if new.any() else float("nan"),
        float(hits[new].mean()) if new.any() else float("nan"),
    )


def repetition(model: NoteModel, works: Sequence[Work]) -> dict[str, float]:
    """The share of bars that are as the bar before: in held-out pieces, and in what the model writes in their
    meters."""
    real = [share for work in works if (share := repeated_bars(work.piece)) is not None]
    shares = {"held-out pieces": float(np.mean(real))}
    for temperature in (1.0, 0.7):
        written = []
        for first in range(0, WRITTEN, WRITTEN_AT_ONCE):
            meter = works[first % len(works)].piece.meter
            wish = NoteWish(
                bars=32, temperature=temperature, rng_seed=first, variations=WRITTEN_AT_ONCE,
                meter=(meter.count, meter.unit),
            )  # fmt: skip
            written += [each.repeated_bars for each in write(model, wish) if each.repeated_bars is not None]
        shares[f"written from nothing at temperature {temperature}"] = float(np.mean(written))
    return shares


def main(arguments: Sequence[str]) -> int:
    """The command `python -m engine.evaluate notes MODEL [--data ARCHIVE]`."""
    parser = argparse.ArgumentParser(prog="python -m engine.evaluate notes", description="Judges a note model.")
    parser.add_argument("model", help="melody, chorale or the path of a .pt file")
    parser.add_argument("--data", type=Path, help="archive of melodies; a folder of chorales (music21's if absent)")
    options = parser.parse_args(arguments)
    try:
        sys.stdout.write(f"{note_report(load(options.model), options.data)}\n")
    except EngineError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0
