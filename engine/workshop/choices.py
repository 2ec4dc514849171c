"""What a visitor chooses of the network, what that costs, and what came of it: frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from engine.words import Sentence, say
from engine.workshop.line import WorkshopError
from engine.workshop.material import Kind

Cell = Literal["rnn", "lstm", "gru"]
CELLS: tuple[Cell, ...] = ("rnn", "gru", "lstm")
GATES: Mapping[str, int] = MappingProxyType({"rnn": 1, "gru": 3, "lstm": 4})  # blocks of rows in a cell's weights
WIDTHS = (16, 32, 64, 128, 192, 256)
LAYERS = (1, 2, 3)
MOST_EPOCHS = 60
MOST_SEED = 9_999
LONGEST_TRAINING = 900.0  # seconds: two of these are a lesson; whoever waits behind them waits no longer


@dataclass(frozen=True, slots=True)
class Choice:
    """A network and how long it learns. `width` is that of the embedding and of every layer."""

    cell: Cell = "lstm"
    width: int = 64
    layers: int = 1
    epochs: int = 20
    rng_seed: int = 1

    def checked(self) -> Choice:
        """Itself; raises WorkshopError for what the page does not offer."""
        fits = (
            self.cell in CELLS
            and self.width in WIDTHS
            and self.layers in LAYERS
            and 1 <= self.epochs <= MOST_EPOCHS
            and 0 <= self.rng_seed <= MOST_SEED
        )
        if not fits:
            raise WorkshopError(
                say(
                    "There is no such network here: a width up to {width}, {layers} layers and {epochs} epochs at most.",
                    width=WIDTHS[-1],
                    layers=LAYERS[-1],
                    epochs=MOST_EPOCHS,
                )
            )
        return self

    def parameters(self, vocab_size: int) -> int:
        """Numbers that are learned: embedding, cells with two biases, output of its own weights.

        >>> Choice("lstm", width=16, layers=1).parameters(10)
        2506
        """
        cell = GATES[self.cell] * self.width * (2 * self.width + 2)
        return vocab_size * self.width + self.layers * cell + (self.width + 1) * vocab_size


@dataclass(frozen=True, slots=True)
class Estimate:
    """Before starting: seconds of training, megabytes of memory while it lasts, learned numbers."""

    seconds: float
    megabytes: float
    parameters: int
    measured: bool  # on this machine, or else reckoned from another one's speed


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch: losses in nats a token, accuracy 0 to 1, both of the held out part, seconds since the start."""

    train_loss: float
    check_loss: float
    accuracy: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Sample:
    """What the network wrote after an epoch (1 is the first)."""

    epoch: int
    tokens: tuple[str, ...]


State = Literal["waiting", "starting", "training", "done", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class Progress:
    """A training as its child tells it. `fraction` 0 to 1 of all epochs, `speed` in tokens a second."""

    state: State = "starting"
    fraction: float = 0.0
    speed: float = 0.0
    seconds: float = 0.0  # of training so far
    left: float = 0.0  # seconds, about
    epochs: tuple[Epoch, ...] = ()
    samples: tuple[Sample, ...] = ()
    why: Sentence | None = None  # it failed

    @property
    def best(self) -> int | None:
        """The epoch (1 is the first) with the lowest loss on the held out part."""
        losses = [epoch.check_loss for epoch in self.epochs]
        return losses.index(min(losses)) + 1 if losses else None


@dataclass(frozen=True, slots=True)
class Run:
    """One training in the table: of the best epoch where it says loss, accuracy and perplexity."""

    ticket: int
    kind: Kind
    material: Sentence
    choice: Choice
    parameters: int
    epochs: int  # that were finished
    loss: float  # nats a token
    accuracy: float
    perplexity: float
    seconds: float
    finished: bool


def best_of(runs: tuple[Run, ...]) -> Run | None:
    """The run with the lowest loss among those of the last one's material; losses of others do not compare."""
    rivals = [run for run in runs if (run.kind, run.material) == (runs[-1].kind, runs[-1].material)]
    return min(rivals, key=lambda run: run.loss, default=None)
