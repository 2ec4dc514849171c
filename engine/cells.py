"""What one recurrent layer does in NumPy: along one sequence with products of a matrix and a vector and no array made
per step, or one step abreast for many sequences.

Conventions: float32; gates in torch's order, an LSTM's (input, forget, cell, output), a GRU's (reset, update, new);
the sigmoid gates' rows are `halved`: sigmoid(x) = (tanh(x/2)+1)/2, so one tanh serves all gates. Along one sequence
every step is the same operation whatever was read at once, so reading on gives the same bits as reading anew.
Sources: LSTM Hochreiter & Schmidhuber (1997), forget gate Gers et al. (2000); GRU Cho et al. (2014), with the reset
gate after the product as in cuDNN and torch; plain network Elman (1990).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

Cell = Literal["lstm", "gru", "rnn"]
Array = npt.NDArray[np.float32]
Parts = tuple[Array, ...]  # (hidden,) or of an LSTM (hidden, cell)

HALF, ONE = np.float32(0.5), np.float32(1)
_SHARES: Mapping[Cell, tuple[float, ...]] = {"lstm": (0.5, 0.5, 1, 0.5), "gru": (0.5, 0.5, 1), "rnn": (1,)}


class Product(Protocol):
    """A matrix (rows, hidden) that hidden states are multiplied with."""

    @property
    def height(self) -> int:
        """Rows."""

    def one(self, hidden: Array, out: Array) -> None:
        """Of one sequence: (hidden,) -> (rows,), written to `out`."""

    def many(self, hidden: Array) -> Array:
        """Of several sequences: (n, hidden) -> (n, rows)."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """A product in floating point."""

    rows: Array  # (rows, hidden)
    turned: Array  # (hidden, rows): the same, as the product with a single vector is quicker

    @property
    def height(self) -> int:
        return len(self.rows)

    def one(self, hidden: Array, out: Array) -> None:
        np.dot(hidden, self.turned, out=out)

    def many(self, hidden: Array) -> Array:
        """The few sequences stand in columns: a product with the large matrix on the left takes about half the time."""
        product: Array = (self.rows @ np.ascontiguousarray(hidden.T)).T
        return product


@dataclass(frozen=True, slots=True)
class Layer:
    """One recurrent layer with `gates` blocks of rows: 4 in an LSTM, 3 in a GRU, 1 in a plain network."""

    below: Product  # (gates * hidden, input); empty in the first layer, where tables stand for it
    own: Product  # (gates * hidden, hidden)
    bias: Array  # (gates * hidden,)
    inner: Array  # (hidden,) a GRU's bias within the reset gate's product; zeros otherwise


def halved(rows: Array, cell: Cell) -> Array:
    """The rows of a cell's weights or biases, those of its sigmoid gates divided by two: exact in floating point."""
    share = np.array(_SHARES[cell], dtype=np.float32).repeat(len(rows) // len(_SHARES[cell]))
    divided: Array = (rows.T * share).T
    return divided


def frozen(array: npt.ArrayLike) -> Array:
    """A read-only copy."""
    own = np.array(array, dtype=np.float32, order="C")
    own.setflags(write=False)
    return own


def matrix(rows: npt.ArrayLike) -> Matrix:
    """A product with these rows."""
    own = frozen(rows)
    return Matrix(own, frozen(own.T))


def from_below(layer: Layer, outputs: Array) -> Array:
    """What a layer adds for the outputs of the one below it: (time, input) -> (time, gates * hidden).

    A product a row, as a single step has it: a product of all rows at once sums in another order.
    """
    gates = np.empty((len(outputs), len(layer.bias)), dtype=np.float32)
    for row, output in zip(gates, outputs, strict=True):
        layer.below.one(output, row)
    gates += layer.bias
    return gates


def lstm_along(layer: Layer, gates: Array, state: Parts) -> tuple[Array, Parts]:
    """One sequence: gates (time, gates * hidden) and a state (hidden, cell) of vectors -> outputs (time, hidden), the
    state after. What `STEP` does, without an array made per step."""
    hidden, cell = state[0], state[1].copy()
    size = len(hidden)
    outputs, sums = np.empty((len(gates), size), dtype=np.float32), np.empty(4 * size, dtype=np.float32)
    opened, admit, forget = sums[: 2 * size], sums[:size], sums[size : 2 * size]
    candidate, release = sums[2 * size : 3 * size], sums[3 * size :]
    for at, output in enumerate(outputs):
        layer.own.one(hidden, sums)
        np.add(sums, gates[at], out=sums)
        np.tanh(sums, out=sums)
        np.add(opened, ONE, out=opened)
        np.multiply(cell, forget, out=cell)
        np.multiply(admit, candidate, out=admit)
        np.add(cell, admit, out=cell)
        np.multiply(cell, HALF, out=cell)
        np.tanh(cell, out=output)
        np.add(release, ONE, out=release)
        np.multiply(release, HALF, out=release)
        np.multiply(output, release, out=output)
        hidden = output
    return outputs, (hidden, cell)


def _lstm(layer: Layer, own: Array, gates: Array, carried: Parts) -> tuple[Array, Parts]:
    (before,) = carried
    size = before.shape[1]
    sums = own + gates
    np.tanh(sums, out=sums)
    opened, admit, forget = sums[:, : 2 * size], sums[:, :size], sums[:, size : 2 * size]
    candidate, release = sums[:, 2 * size : 3 * size], sums[:, 3 * size :]
    np.add(opened, ONE, out=opened)
    np.multiply(admit, candidate, out=admit)
    cell = before * forget
    np.add(cell, admit, out=cell)
    np.multiply(cell, HALF, out=cell)
    np.add(release, ONE, out=release)
    np.multiply(release, HALF, out=release)
    np.multiply(release, np.tanh(cell), out=release)
    return release, (cell,)


def _gru(layer: Layer, own: Array, gates: Array, carried: Parts) -> tuple[Array, Parts]:
    (hidden,) = carried
    size = hidden.shape[1]
    opened = (np.tanh(gates[:, : 2 * size] + own[:, : 2 * size]) + ONE) * HALF
    reset, update = opened[:, :size], opened[:, size:]
    candidate = np.tanh(gates[:, 2 * size :] + reset * (own[:, 2 * size :] + layer.inner))
    output = candidate + update * (hidden - candidate)
    return output, (output,)


def _plain(layer: Layer, own: Array, gates: Array, carried: Parts) -> tuple[Array, Parts]:
    return np.tanh(gates + own), carried


# One step of n sequences. What the layer adds for its own last output and what for its input, (n, gates * hidden) each,
# and what it carries, (n, hidden) each: an LSTM's cell, a GRU's output -> its output (n, hidden), what it carries then.
STEP: Mapping[Cell, Callable[[Layer, Array, Array, Parts], tuple[Array, Parts]]] = {
    "lstm": _lstm, "gru": _gru, "rnn": _plain
}  # fmt: skip
CARRIED: Mapping[Cell, int] = {"lstm": 1, "gru": 1, "rnn": 0}  # arrays
