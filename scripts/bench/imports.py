"""First import of what the pages import of the engine, against importing torch and music21; fresh processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from scripts.bench.timing import Row, compare

ROOT = Path(__file__).resolve().parents[2]
ENGINE = "from engine import compose, plots, render, sheet, synth, theory, voicing"
ROUNDS = 5


def python(code: str) -> object:
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def rows() -> Iterator[Row]:
    reference = "import torch, music21"
    yield compare(
        "first import of the pages' engine", lambda: python(ENGINE), reference, lambda: python(reference), ROUNDS
    )
    yield compare("Python itself", lambda: python(""), reference, lambda: python(reference), ROUNDS)
