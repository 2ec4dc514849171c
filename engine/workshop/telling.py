"""What a training's child tells while it works: how far it is, how fast, its curves and its samples."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from engine.words import Sentence, say
from engine.workshop.choices import LONGEST_TRAINING, Epoch, Progress, Sample, State
from engine.workshop.folder import SAMPLES_KEPT, Order, write_progress

TELL_SECONDS = 0.4  # between two words: the page looks twice a second
PATIENCE = 1.5  # times the longest training that may be chosen, for estimates are estimates


class Teller:
    """Counts steps and epochs and writes them down. `asked_to_stop` is asked after every step."""

    def __init__(self, folder: Path, order: Order, before: Progress, asked_to_stop: Callable[[], bool]) -> None:
        self._folder = folder
        self.order = order
        self._asked = asked_to_stop
        self.progress = replace(before, state="starting", why=None)
        self._before = before.seconds  # of earlier sittings
        self._began = self._told = time.monotonic()
        self._steps = 0  # in this epoch
        self._steps_in_epoch = 1
        self._tokens_in_epoch = 1
        self._epochs = 0  # of this sitting

    def begin(self, steps_in_epoch: int, tokens_in_epoch: int) -> None:
        """Training begins: torch is there, the lessons are laid out."""
        self._steps_in_epoch, self._tokens_in_epoch = steps_in_epoch, tokens_in_epoch
        self._began = time.monotonic()
        self.progress = replace(self.progress, state="training")
        write_progress(self._folder, self.progress)

    def step(self) -> bool:
        """After every step; whether to stop now."""
        self._steps += 1
        now = time.monotonic()
        if now - self._told > TELL_SECONDS:
            self._told = now
            self._tell(now)
        return self._asked() or self._is_over_time

    def epoch(self, epochs: tuple[Epoch, ...], sample: Sample) -> None:
        """After every epoch: all of them so far, and what the network wrote."""
        samples = tuple(old for old in self.progress.samples if old.epoch < sample.epoch)
        kept = (*samples, sample)[-SAMPLES_KEPT:]
        self.progress = replace(self.progress, epochs=epochs, samples=kept)
        self._steps, self._epochs = 0, self._epochs + 1
        self._tell(time.monotonic())

    def end(self, state: State, why: Sentence | None = None) -> None:
        seconds = self._before + time.monotonic() - self._began
        fraction = 1.0 if state == "done" else self.progress.fraction
        why = why or (_out_of_time() if state == "stopped" and self._is_over_time else None)
        self.progress = replace(self.progress, state=state, why=why, seconds=seconds, left=0.0, fraction=fraction)
        write_progress(self._folder, self.progress)

    @property
    def _is_over_time(self) -> bool:
        return self._before + time.monotonic() - self._began > LONGEST_TRAINING * PATIENCE

    def _tell(self, now: float) -> None:
        within = min(1.0, self._steps / self._steps_in_epoch)
        fraction = (len(self.progress.epochs) + within) / self.order.choice.epochs
        learned = self._tokens_in_epoch * (self._epochs + within)
        speed = learned / max(now - self._began, TELL_SECONDS)
        seconds = self._before + now - self._began
        left = seconds * (1 - fraction) / fraction if fraction else 0.0
        self.progress = replace(self.progress, fraction=fraction, speed=speed, seconds=seconds, left=left)
        write_progress(self._folder, self.progress)


def _out_of_time() -> Sentence:
    return say(
        "A training may take {minutes} minutes here and this one took longer. Its best is kept.",
        minutes=round(LONGEST_TRAINING * PATIENCE / 60),
    )
