"""What a visitor chooses of the network, what that costs, and what came of it: frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.recurrent import Cell
from engine.words import Sentence, say
from engine.workshop.line import Place, WorkshopError
from engine.workshop.material import Kind

CELLS: tuple[Cell, ...] = ("rnn", "gru", "lstm")
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
                    "There is no such network here: width {width}, {layers} layers and {epochs} epochs are the most.",
                    width=WIDTHS[-1],
                    layers=LAYERS[-1],
                    epochs=MOST_EPOCHS,
                )
            )
        return self


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
class View:
    """A training as its visitor sees it; `place` is set while it waits."""

    ticket: int
    kind: Kind
    material: Sentence
    tokens: int  # of the material
    choice: Choice
    estimate: Estimate
    progress: Progress
    place: Place | None = None

    @property
    def is_over(self) -> bool:
        return self.progress.state in ("done", "stopped", "failed")


@dataclass(frozen=True, slots=True)
class Run:
    """One training in the table: of the best epoch where it says loss, accuracy and perplexity."""

    ticket: int
    kind: Kind
    material: Sentence
    tokens: int  # of the material
    choice: Choice
    parameters: int
    epochs: int  # that were finished
    loss: float  # nats a token
    accuracy: float
    perplexity: float
    seconds: float
    finished: bool

    @property
    def learned_from(self) -> tuple[Kind, Sentence, int]:
        """Runs compare only where this is equal."""
        return self.kind, self.material, self.tokens
