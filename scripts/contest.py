"""The classroom's comparison over several seeds: mean and spread of each network's figures on the ten lines.

.venv/bin/python -m scripts.contest          # seeds 0 to 9, as in checkpoints/LOG.md
.venv/bin/python -m scripts.contest 3 8      # three seeds, eight windows in a batch
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from statistics import mean, stdev

import torch

from engine.classroom import Contest, LessonRefused, Score
from engine.classroom.training import Class
from engine.recurrent import Cell

CELLS: tuple[Cell, ...] = ("rnn", "lstm", "gru")
DEFAULTS = 10, Contest().batch


def scores(cell: Cell, seeds: int, batch: int) -> list[Score]:
    """How well the text is known after the last epoch, for each seed."""
    found = []
    for seed in range(seeds):
        *_, last = Class(Contest(cells=(cell,), rng_seed=seed, batch=batch)).learn()
        if last.learnt:
            found.append(last.learnt)
    return found


def spread(values: Sequence[float], digits: int) -> str:
    """Mean, standard deviation and range; one value alone has no spread.

    >>> spread([95.0, 97.0], 1), spread([95.0], 1)
    ('96.0 ± 1.4 (95.0 to 97.0)', '95.0 (one seed: spread unknown)')
    """
    if len(values) == 1:
        return f"{values[0]:.{digits}f} (one seed: spread unknown)"
    lowest, highest = min(values), max(values)
    return f"{mean(values):.{digits}f} ± {stdev(values):.{digits}f} ({lowest:.{digits}f} to {highest:.{digits}f})"


def asked(words: Sequence[str]) -> tuple[int, int]:
    """How many seeds, and windows in a batch. Ends the program with a sentence for what cannot be meant."""
    if len(words) > 2 or not all(word.isdecimal() and int(word) for word in words):
        raise SystemExit(f"Expected a number of seeds and of windows in a batch, from 1 on, not “{' '.join(words)}”.")
    seeds, batch = (*map(int, words), *DEFAULTS[len(words) :])
    try:
        Contest(rng_seed=seeds - 1, batch=batch)
    except LessonRefused as refusal:
        raise SystemExit(str(refusal)) from refusal
    return seeds, batch


def main(seeds: int, batch: int) -> None:
    """Prints a line a network."""
    torch.set_num_threads(1)
    for cell in CELLS:
        found = scores(cell, seeds, batch)
        right, perplexity = [100 * score.accuracy for score in found], [score.perplexity for score in found]
        print(f"{cell:5} right, in %: {spread(right, 1)}   perplexity: {spread(perplexity, 3)}", flush=True)


if __name__ == "__main__":
    main(*asked(sys.argv[1:]))
