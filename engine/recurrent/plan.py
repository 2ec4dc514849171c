"""What is learned and how: lessons, and everything that decides a training run, in frozen values without torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.cells import Cell
from engine.recurrent.sizes import Sizes

Ids = npt.NDArray[np.integer]

Mode = Literal["whole", "stream", "windows"]


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """One sequence, its start and end tokens included: `ids[:-1]` is read, `ids[1:]` is to be foretold.

    Row t of `features` is read together with `ids[t]`, so it may also say where the token to come stands; the last row
    is never read. Raises ValueError when there is nothing to foretell or the features do not fit.
    """

    ids: Ids  # (time,)
    features: Ids | None = None  # (time, streams)
    weight: float = 1.0  # what each of its tokens counts for in the training loss

    def __post_init__(self) -> None:
        if self.ids.ndim != 1 or len(self.ids) < 2:
            raise ValueError("a lesson needs at least two tokens in one row")
        if self.features is not None and (self.features.ndim != 2 or len(self.features) != len(self.ids)):
            raise ValueError(f"features of shape {self.features.shape} do not fit {len(self.ids)} tokens")
        if not self.weight > 0:
            raise ValueError("a lesson's weight must be above 0")


@dataclass(frozen=True, slots=True)
class Plan:
    """The settings of a run. Lengths in tokens, shares from 0 to 1.

    `mode` says how sequences become batches: "whole" ones from state zero, those of like length together, about
    `batch_tokens` with padding; "stream", all lessons as one text in `batch_size` rows, read on in chunks of `window`
    with the state carried along; "windows", `window` tokens from within a lesson, `batch_size` at a time, beginning at
    every `stride`-th token.
    """

    cell: Cell = "lstm"
    embedding_dim: int = 128
    hidden_size: int = 256
    num_layers: int = 1
    dropout: float = 0.2
    input_dropout: float = 0.0
    features: tuple[int, ...] = ()
    feature_dim: int = 16
    tie_weights: bool = False
    direct: bool = False
    mode: Mode = "whole"
    batch_tokens: int = 8192
    batch_size: int = 32  # rows
    window: int = 64
    stride: int = 1
    only_last: bool = False  # windows: only the token after each window is to be foretold
    epochs: int = 20
    peak_rate: float = 0.003
    schedule: Literal["one-cycle", "constant"] = "one-cycle"
    clip: float = 1.0  # largest norm of the gradient
    weight_decay: float = 0.01
    label_smoothing: float = 0.0
    averaging: float = 0.0  # share of the running mean of weights that each step keeps; 0 keeps no mean
    patience: int = 5  # epochs without a better validation loss before stopping
    rng_seed: int = 1
    precision: Literal["float32", "bfloat16"] = "float32"  # of the products while learning; weights stay float32

    def sizes(self, vocab_size: int) -> Sizes:
        return Sizes(
            cell=self.cell,
            vocab_size=vocab_size,
            embedding_dim=self.embedding_dim,
            hidden_size=self.hidden_size,
            num_layers=self.num_layers,
            dropout=self.dropout,
            input_dropout=self.input_dropout,
            features=self.features,
            feature_dim=self.feature_dim,
            tie_weights=self.tie_weights,
            direct=self.direct,
        )
