"""The training itself, in the child: the house's trainer on a visitor's lessons, and the model file it leaves."""

from __future__ import annotations

import math
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from engine.architecture import Architecture
from engine.checkpoint.writing import write_weights
from engine.recurrent import Lesson, Plan, steps_of
from engine.recurrent import curves as kept_curves
from engine.recurrent.checkpoint import write
from engine.recurrent.network import TokenRNN
from engine.recurrent.training import train
from engine.vocab import Vocabulary
from engine.workshop.choices import Epoch, Sample
from engine.workshop.folder import MODEL, Order
from engine.workshop.gauge import KINDS, LENGTH, ROWS
from engine.workshop.sampling import written
from engine.workshop.table import LARGEST_LOSS
from engine.workshop.teaching import DROPOUT, LANGUAGES, WINDOW, lessons_of, plan_of, steps_in_epoch, varied
from engine.workshop.telling import Teller


def run(folder: Path, teller: Teller) -> None:
    """Trains, or goes on, until all epochs are done or the teller says stop."""
    torch.set_num_threads(1)
    order = teller.order
    plan, learn, check = plan_of(order), lessons_of(order.kind, order.learn), lessons_of(order.kind, order.check)
    teller.begin(steps_in_epoch(plan, learn), sum(len(lesson.ids) - 1 for lesson in learn))

    def after_epoch(epoch: kept_curves.Epoch) -> None:
        epochs = _epochs(folder)
        if epochs[-1].check_loss == min(each.check_loss for each in epochs):
            write_model(folder, order, plan)
        teller.epoch(epochs, Sample(epoch.epoch, _sample(folder, order, plan, epoch.epoch)))

    train(
        learn, check, plan, len(order.vocabulary), folder, _silent,
        on_epoch=after_epoch, should_stop=teller.step, augment=varied(order),
    )  # fmt: skip
    done = len(_epochs(folder)) >= plan.epochs
    teller.end("done" if done else "stopped")


def write_model(folder: Path, order: Order, plan: Plan) -> None:
    """The best network so far in the published format: chords and LSTM as Compose hears them, others as token models.

    Its measures are of the held out part, which chose the epoch.
    """
    epochs = _epochs(folder)
    best = min(epochs, key=lambda epoch: epoch.check_loss)
    state = torch.load(folder / "best.pt", map_location="cpu", weights_only=True)
    settings = {
        "epochs": len(epochs),
        "rng_seed": plan.rng_seed,
        "trained_by": "Cadencia, Train your own",
        "measured_on": "the part held out to choose the epoch",
    }
    metrics = {"loss": best.check_loss, "ppl": math.exp(min(best.check_loss, LARGEST_LOSS)), "Top@1": best.accuracy}
    fresh = folder / f"{MODEL}.new"
    if order.kind == "chords" and plan.cell == "lstm":
        sizes = Architecture(
            len(order.vocabulary), plan.embedding_dim, plan.hidden_size, plan.num_layers, DROPOUT, WINDOW, True
        )
        write_weights(fresh, (sizes, state), Vocabulary(order.vocabulary), settings, metrics)
    else:
        network = TokenRNN(plan.sizes(len(order.vocabulary)))
        network.load_state_dict(state)
        write(fresh, network, order.vocabulary, LANGUAGES[order.kind], settings, metrics)
    fresh.replace(folder / MODEL)


def seconds_per_token(plan: Plan, steps: int) -> float:
    """Of a few steps on lessons drawn by chance, after one that warms up."""
    torch.set_num_threads(1)
    random = np.random.default_rng(0)
    rows = [Lesson(random.integers(0, KINDS, LENGTH + 1)) for _ in range(ROWS)]
    with TemporaryDirectory() as scratch:
        noted: list[float] = []
        for lessons in (rows, rows * steps):
            train(
                lessons, rows[:1], plan, KINDS, Path(scratch) / str(len(lessons)), _silent,
                on_epoch=lambda epoch: noted.append(epoch.tokens_per_second),
            )  # fmt: skip
    return 1 / noted[-1]


def _epochs(folder: Path) -> tuple[Epoch, ...]:
    """What the trainer noted, as the page shows it."""
    spent, epochs = 0.0, []
    for noted in kept_curves.Curves(folder).read():
        spent += noted.seconds
        epochs.append(Epoch(noted.train_loss, noted.validation_loss, noted.validation_accuracy, spent))
    return tuple(epochs)


def _sample(folder: Path, order: Order, plan: Plan, epoch: int) -> tuple[str, ...]:
    """What the network of this epoch, not the best one, writes."""
    last = torch.load(folder / "last.pt", map_location="cpu", weights_only=True)
    weights = {name: tensor.numpy() for name, tensor in last["network"].items()}
    steps = steps_of(plan.sizes(len(order.vocabulary)), weights)
    return written(steps, order.vocabulary, order.kind, (plan.rng_seed, epoch))


def _silent(_: str) -> None:
    """The trainer's lines are for a terminal."""
