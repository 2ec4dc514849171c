"""The classroom's comparison over several seeds: mean and spread of each network's figures on the ten lines.

.venv/bin/python -m scripts.contest          # seeds 0 to 9, as in checkpoints/LOG.md
.venv/bin/python -m scripts.contest 3 8      # three seeds, eight windows in a batch
"""

from __future__ import annotations

import sys
from statistics import mean, stdev

import torch

from engine.classroom import Contest, Score
from engine.classroom.training import Class
from engine.recurrent import Cell

CELLS: tuple[Cell, ...] = ("rnn", "lstm", "gru")


def scores(cell: Cell, seeds: int, batch: int) -> list[Score]:
    """How well the text is known after the last epoch, for each seed."""
    found = []
    for seed in range(seeds):
        *_, last = Class(Contest(cells=(cell,), rng_seed=seed, batch=batch)).learn()
        if last.learnt:
            found.append(last.learnt)
    return found


def main(seeds: int = 10, batch: int = Contest().batch) -> None:
    """Prints a line a network."""
    torch.set_num_threads(1)
    for cell in CELLS:
        found = scores(cell, seeds, batch)
        right, perplexity = [100 * score.accuracy for score in found], [score.perplexity for score in found]
        print(
            f"{cell:5} {mean(right):.1f} ± {stdev(right):.1f} % ({min(right):.1f} to {max(right):.1f})   "
            f"perplexity {mean(perplexity):.3f} ± {stdev(perplexity):.3f} "
            f"({min(perplexity):.3f} to {max(perplexity):.3f})",
            flush=True,
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
