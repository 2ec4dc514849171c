"""The published corpus of chord tokens and its published split, read from the CSV that defines them.

Source: antoniotrapote/chord-prediction-tfm, `songdb_funcional_v4.csv` (MIT, 2025), column `funcional_prog`. Songs of at
least 8 tokens in file order; `train_test_split(test_size=0.2, random_state=42)`, its second part again with
`test_size=0.5, random_state=42`. Consecutive repeats of a chord are kept.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.errors import CorpusError
from engine.words import say

COLUMN = "funcional_prog"
SHORTEST_SONG = 8  # tokens
SPLIT_SEED = 42

Song = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Songs as token sequences, in three parts that share no song."""

    train: tuple[Song, ...]
    validation: tuple[Song, ...]
    test: tuple[Song, ...]


def held_out(count: int, share: float, rng_seed: int = SPLIT_SEED) -> tuple[list[int], list[int]]:
    """(kept, held out) indices as scikit-learn's `train_test_split` gives them, without needing scikit-learn.

    >>> [len(part) for part in held_out(2612, 0.2)]
    [2089, 523]
    """
    order = np.random.RandomState(rng_seed).permutation(count)  # the generator that scikit-learn uses
    held = math.ceil(share * count)
    return [int(i) for i in order[held:]], [int(i) for i in order[:held]]


def read_songs(path: Path | str) -> tuple[Song, ...]:
    """Every song of at least 8 tokens, in file order. Raises CorpusError when the file is not this corpus."""
    songs = tuple(song for song in _rows(Path(path)) if len(song) >= SHORTEST_SONG)
    if not songs:
        raise CorpusError(
            say(
                "{path} holds no song of {shortest} chords or more in a column named {column}. "
                "Give the CSV file of the published corpus.",
                path=str(path),
                shortest=SHORTEST_SONG,
                column=COLUMN,
            )
        )
    return songs


def _rows(path: Path) -> list[Song]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return [tuple((row.get(COLUMN) or "").split()) for row in csv.DictReader(file)]
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise CorpusError(
            say(
                "{path} cannot be read as a table of songs ({problem}). Give the CSV file of the published corpus.",
                path=str(path),
                problem=str(problem),
            )
        ) from problem


def split(songs: Sequence[Song]) -> Corpus:
    """The published split: eight tenths to train on, one to validate, one to test."""
    train, rest = held_out(len(songs), 0.2)
    validation, test = held_out(len(rest), 0.5)
    return Corpus(
        tuple(songs[i] for i in train),
        tuple(songs[rest[i]] for i in validation),
        tuple(songs[rest[i]] for i in test),
    )


def read_corpus(path: Path | str) -> Corpus:
    """The published corpus in its three parts."""
    return split(read_songs(path))
