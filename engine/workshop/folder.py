"""What the page's process and a training's child tell each other: plain JSON in the training's own folder.

order.json      what to train, written once before the child starts
progress.json   how far it is, written whole by the child and put in place at once, so it is never half read
model.pt        the best network so far, in the published format
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine.words import Sentence
from engine.workshop.choices import Choice, Epoch, Progress, Sample
from engine.workshop.material import Kind, Piece

ORDER, PROGRESS, MODEL, LOG = "order.json", "progress.json", "model.pt", "log.txt"
SAMPLES_KEPT = 6  # of the last epochs: more nobody compares by ear


@dataclass(frozen=True, slots=True)
class Order:
    """What a child is to train: pieces of tokens of `vocabulary`, to learn from and to check with."""

    kind: Kind
    choice: Choice
    vocabulary: tuple[str, ...]
    learn: tuple[Piece, ...]
    check: tuple[Piece, ...]


def write_order(folder: Path, order: Order) -> None:
    (folder / ORDER).write_text(json.dumps(asdict(order)), encoding="utf-8")


def read_order(folder: Path) -> Order:
    raw = json.loads((folder / ORDER).read_text(encoding="utf-8"))
    learn, check = (tuple(tuple(piece) for piece in raw[part]) for part in ("learn", "check"))
    return Order(raw["kind"], Choice(**raw["choice"]), tuple(raw["vocabulary"]), learn, check)


def write_progress(folder: Path, progress: Progress) -> None:
    """In place at once: a reader sees the old file or the new one."""
    own = asdict(progress) | {"why": _plain(progress.why), "samples": [asdict(s) for s in progress.samples]}
    fresh = folder / f"{PROGRESS}.new"
    fresh.write_text(json.dumps(own), encoding="utf-8")
    fresh.replace(folder / PROGRESS)


def read_progress(folder: Path) -> Progress:
    """What the child told last; the beginning, when it told nothing yet."""
    try:
        raw: dict[str, Any] = json.loads((folder / PROGRESS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Progress()
    raw["epochs"] = tuple(Epoch(**epoch) for epoch in raw["epochs"])
    raw["samples"] = tuple(Sample(sample["epoch"], tuple(sample["tokens"])) for sample in raw["samples"])
    raw["why"] = _sentence(raw["why"])
    return Progress(**raw)


def _plain(sentence: Sentence | None) -> Mapping[str, object] | None:
    return None if sentence is None else {"template": sentence.template, "fields": dict(sentence.fields)}


def _sentence(plain: Mapping[str, Any] | None) -> Sentence | None:
    return None if plain is None else Sentence(plain["template"], tuple(plain["fields"].items()))
