"""How fast this machine learns, measured once in a niced child, and the estimate of time and memory that follows.

A token costs a fixed part for each layer (the step through time, shared by the rows of a batch) and a part in
proportion to the numbers learned (the products). Two small trainings of each cell tell both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock

from engine.recurrent import Cell, Plan, parameters
from engine.workshop.choices import CELLS, Estimate
from engine.workshop.folder import Order
from engine.workshop.process import Training
from engine.workshop.rooms import private_room
from engine.workshop.teaching import LONGEST_LESSON, parameters_of, plan_of

MEASURE = "measure"  # the child's other task
SPEED = "speed.json"
WIDTHS_MEASURED = (32, 192)
ROWS, LENGTH, KINDS = 16, 64, 200  # of the measured batches: rows, tokens in a row, different tokens
STEPS_MEASURED = 6
SHARED = 1.4  # times longer than alone: two trainings and the pages share two cores
START_SECONDS = 4.0  # until torch is there and the first step is done
PROCESS_MEGABYTES = 324.0  # of a child before it learns anything: Python, NumPy, torch
COPIES = 12  # of every number: weight, gradient, two running means, best, and what is read and written each epoch
SAMPLE_SECONDS = 0.08  # per epoch: what the network writes, and the files


@dataclass(frozen=True, slots=True)
class Speed:
    """Seconds per token: `step` per layer in a batch of ROWS rows, `product` per million learned numbers."""

    step: float
    product: float


@dataclass(frozen=True, slots=True)
class Gauge:
    """The speed of each cell, and whether it was measured here."""

    speeds: Mapping[Cell, Speed]
    measured: bool

    def estimate(self, order: Order) -> Estimate:
        """Seconds and megabytes of a training, before it starts."""
        plan, speed = plan_of(order), self.speeds[order.choice.cell]
        tokens = sum(map(len, order.learn))
        lengths = [min(LONGEST_LESSON, len(piece)) for piece in order.learn]
        rows = max(1.0, min(plan.batch_tokens * len(lengths) / max(1, sum(lengths)), tokens / max([1, *lengths])))
        count = parameters_of(order)
        per_token = plan.num_layers * speed.step * ROWS / rows + speed.product * count / 1e6
        checked = sum(map(len, order.check)) / 3  # forwards alone costs a third
        epoch = per_token * (tokens + checked) + SAMPLE_SECONDS
        seconds = START_SECONDS + SHARED * plan.epochs * epoch
        width = plan.hidden_size * plan.num_layers * 12 + len(order.vocabulary) * 3
        megabytes = PROCESS_MEGABYTES + 4 * (COPIES * count + plan.batch_tokens * width) / 1e6
        return Estimate(seconds, megabytes, count, self.measured)


# Of two shared cores of an EPYC processor: until this machine's own are known.
USUAL = Gauge({"rnn": Speed(9e-6, 150e-6), "gru": Speed(20e-6, 100e-6), "lstm": Speed(17e-6, 100e-6)}, measured=False)


class Gauging:
    """Measures in the background, once; until then the usual speed is given. Safe between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._folder: Path | None = None
        self._child: Training | None = None
        self._gauge = USUAL

    def gauge(self) -> Gauge:
        """The measured speed, when the measuring is over; it begins with the first look."""
        with self._lock:
            if self._folder is None:
                self._folder = private_room()
                self._child = Training(self._folder, MEASURE)
            elif self._child is not None and not self._child.runs:
                self._child.forget()
                self._child = None
                self._gauge = read_gauge(self._folder)
            return self._gauge


def read_gauge(folder: Path) -> Gauge:
    """What a child measured; the usual speed when it could not."""
    try:
        raw = json.loads((folder / SPEED).read_text(encoding="utf-8"))
        return Gauge({cell: Speed(**raw[cell]) for cell in CELLS}, measured=True)
    except (OSError, ValueError, KeyError, TypeError):
        return USUAL


def measure(folder: Path) -> None:
    """In the child: two small trainings of each cell."""
    from engine.workshop.training import seconds_per_token

    speeds = {}
    for cell in CELLS:
        plans = [_plan(cell, width) for width in WIDTHS_MEASURED]
        speeds[cell] = asdict(fitted(plans, [seconds_per_token(plan, STEPS_MEASURED) for plan in plans]))
    (folder / SPEED).write_text(json.dumps(speeds), encoding="utf-8")


def fitted(plans: list[Plan], seconds: list[float]) -> Speed:
    """The line through two measures; neither part is below nothing, whatever disturbed them.

    >>> small, large = (_plan("rnn", width) for width in WIDTHS_MEASURED)
    >>> speed = fitted([small, large], [1e-5, 1e-4])
    >>> speed.step > 0, speed.product > 0
    (True, True)
    """
    counts = [parameters(plan.sizes(KINDS)) / 1e6 for plan in plans]
    product = max(1e-6, (seconds[1] - seconds[0]) / (counts[1] - counts[0]))
    return Speed(max(1e-7, seconds[0] - product * counts[0]), product)


def _plan(cell: Cell, width: int) -> Plan:
    return Plan(
        cell=cell, embedding_dim=width, hidden_size=width, tie_weights=True, batch_tokens=ROWS * LENGTH, epochs=1
    )
