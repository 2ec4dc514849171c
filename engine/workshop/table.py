"""Runs side by side: one row each, the best marked among those that can be compared."""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.workshop.choices import Run, View

LARGEST_LOSS = 50.0  # nats: an exponential of more says nothing


def run_of(view: View) -> Run | None:
    """The row of a training, at its best epoch; None before the first is over."""
    progress = view.progress
    if progress.best is None:
        return None
    best = progress.epochs[progress.best - 1]
    return Run(
        view.ticket,
        view.kind,
        view.material,
        view.tokens,
        view.choice,
        view.estimate.parameters,
        len(progress.epochs),
        best.check_loss,
        best.accuracy,
        math.exp(min(best.check_loss, LARGEST_LOSS)),
        progress.seconds,
        progress.state == "done",
    )


def best_of(runs: Sequence[Run]) -> Run | None:
    """The run with the lowest loss among those that learned from the same as the latest; others do not compare."""
    rivals = [run for run in runs if run.learned_from == runs[-1].learned_from]
    return min(rivals, key=lambda run: run.loss, default=None)
