"""Fit engine/theory/key_weights.py: python -m scripts.fit_key_weights songbook.jsonl.gz

Data: the songs of the songbook whose tonic was annotated by people: LilyPond lead-sheet standards (Unlicense), McGill
Billboard (CC0), Rolling Stone 200 (CC BY 4.0, de Clercq and Temperley). One song in five, chosen by a hash of its id,
is held out. Each song gives its whole, its first 1 to 32 chords and three parts from its middle, so that belief is
honest for any length.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from engine.music import Chord, pitch_class_of
from engine.theory.keyfinding import FEATURES, key_evidence
from engine.theory.symbols import read_chord

SOURCES = ("lilypond_standards", "billboard", "rs200")
BEGINNINGS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
MIDDLES = (4, 8, 16)
L2 = 1e-4
EPOCHS = 12
TARGET = Path(__file__).parent.parent / "engine" / "theory" / "key_weights.py"


def songs(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [song for song in map(json.loads, lines) if song["source"] in SOURCES]


def is_held_out(song: dict[str, Any]) -> bool:
    return hashlib.sha256(song["id"].encode()).digest()[0] % 5 == 0


def merged(song: dict[str, Any]) -> list[Chord]:
    chords = [read_chord(symbol) for symbol in song["chords"]]
    return [c for i, c in enumerate(chords) if not c.is_silent and (i == 0 or c != chords[i - 1])]


def windows(chords: Sequence[Chord], rng: random.Random) -> Iterator[tuple[str, Sequence[Chord]]]:
    yield "whole", chords
    for size in BEGINNINGS:
        if size < len(chords):
            yield f"first {size}", chords[:size]
    for size in MIDDLES:
        if size < len(chords):
            start = rng.randrange(len(chords) - size)
            yield f"middle {size}", chords[start : start + size]


def examples(selected: Iterable[dict[str, Any]]) -> tuple[Tensor, Tensor, list[str]]:
    """(examples, 12, features), the index of the key (minor after major), and the name of each window."""
    rng = random.Random(1)
    inputs, targets, names = [], [], []
    for song in selected:
        chords = merged(song)
        for name, window in windows(chords, rng) if chords else ():
            inputs.append(grid(window))
            targets.append(pitch_class_of(song["key"]) + 12 * (song["mode"] == "minor"))
            names.append(name)
    return torch.stack(inputs), torch.tensor(targets), names


def grid(window: Sequence[Chord]) -> Tensor:
    values = torch.zeros(12, len(FEATURES))
    for (pitch_class, feature), weight in key_evidence(window).items():
        values[pitch_class, FEATURES.index(feature)] = weight
    return values


def scores(weights: Tensor, bias: Tensor, inputs: Tensor) -> Tensor:
    """(examples, 24): each key sees the grid from its own tonic."""
    seen = torch.stack([torch.roll(inputs, -tonic, 1) for tonic in range(12)], 1).flatten(2)
    return torch.cat([seen @ weights[mode] + bias[mode] for mode in range(2)], 1)


def fit(inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    weights = torch.zeros(2, 12 * len(FEATURES), requires_grad=True)
    bias = torch.zeros(2, requires_grad=True)
    optimizer = torch.optim.Adam([weights, bias], lr=0.02)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS)
    for _ in range(EPOCHS):
        order = torch.randperm(len(inputs))
        for batch in (order[start : start + 256] for start in range(0, len(order), 256)):
            loss = torch.nn.functional.cross_entropy(scores(weights, bias, inputs[batch]), targets[batch])
            loss = loss + L2 * weights.pow(2).sum()
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            optimizer.step()
        schedule.step()
    return weights.detach(), bias.detach()


def report(weights: Tensor, bias: Tensor, inputs: Tensor, targets: Tensor, names: list[str]) -> None:
    """Accuracy, mean belief and their distance in ten bins (expected calibration error), per window."""
    with torch.no_grad():
        chances = scores(weights, bias, inputs).softmax(1)
    belief, best = chances.max(1)
    right = (best == targets).float()
    tenth = (belief * 10).long().clamp(max=9)
    error = sum(float((right[tenth == t] - belief[tenth == t]).sum().abs()) for t in range(10)) / len(right)
    print(f"all windows  right {right.mean():.3f}  belief {belief.mean():.3f}  calibration error {error:.3f}")
    for name in dict.fromkeys(names):
        chosen = torch.tensor([n == name for n in names])
        print(f"{name:11}  right {right[chosen].mean():.3f}  belief {belief[chosen].mean():.3f}  n {int(chosen.sum())}")


def rows(weights: Tensor) -> Iterator[str]:
    """One line a feature: twelve whole numbers, hundredths, from the tonic up."""
    table = (weights.view(12, len(FEATURES)).T * 100).round().int().tolist()
    for feature, row in zip(FEATURES, table, strict=True):
        yield f'        "{feature}": ({", ".join(map(str, row))}),'


def write(weights: Tensor, bias: Tensor) -> None:
    lines = [
        '"""Weights of the key model, in hundredths, from the tonic up by semitones.',
        "",
        "Made by scripts/fit_key_weights.py, which names its data; not to be edited by hand.",
        '"""',
        "",
        "from engine.music import Mode",
        "",
        "BIAS: dict[Mode, int] = {",
        *(f'    "{mode}": {round(float(bias[i]) * 100)},' for i, mode in enumerate(("major", "minor"))),
        "}",
        "",
        "# fmt: off",
        "WEIGHTS: dict[Mode, dict[str, tuple[int, ...]]] = {",
        '    "major": {',
        *rows(weights[0]),
        "    },",
        '    "minor": {',
        *rows(weights[1]),
        "    },",
        "}",
        "",
    ]
    TARGET.write_text("\n".join(lines), encoding="utf-8")


def main(path: Path) -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    every = songs(path)
    weights, bias = fit(*examples(song for song in every if not is_held_out(song))[:2])
    report(weights, bias, *examples(song for song in every if is_held_out(song)))
    write(weights, bias)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
