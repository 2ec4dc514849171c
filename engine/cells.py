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
from typing import Literal

import numpy as np
import numpy.typing as npt

Cell = Literal["lstm", "gru", "rnn"]
Array = npt.NDArray[np.float32]
Parts = tuple[Array, ...]  # (hidden,) or of an LSTM (hidden, cell)

HALF, ONE = np.float32(0.5), np.float32(1)
_SHARES: Mapping[Cell, tuple[float, ...]] = {"lstm": (0.5, 0.5, 1, 0.5), "gru": (0.5, 0.5, 1), "rnn": (1,)}


@dataclass(frozen=True, slots=True)
class Layer:
    """One recurrent layer with `gates` blocks of rows: 4 in an LSTM, 3 in a GRU, 1 in a plain network."""

    from_input: Array  # (gates * hidden, input); in the first layer empty, for the tables stand for it
    from_hidden: Array  # (gates * hidden, hidden)
    turned: Array  # (hidden, gates * hidden): the same, as the product with a single vector is quicker
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


def from_below(layer: Layer, outputs: Array) -> Array:
    """What a layer adds for the outputs of the one below it: (time, input) -> (time, gates * hidden).

    A product a row, as a single step has it: a product of all rows at once sums in another order.
    """
    gates = np.empty((len(outputs), len(layer.from_input)), dtype=np.float32)
    for row, output in zip(gates, outputs, strict=True):
        np.dot(layer.from_input, output, out=row)
    gates += layer.bias
    return gates


def _lstm_along(layer: Layer, gates: Array, state: Parts) -> tuple[Array, Parts]:
    hidden, cell = state[0], state[1].copy()
    size = len(hidden)
    outputs, sums = np.empty((len(gates), size), dtype=np.float32), np.empty(4 * size, dtype=np.float32)
    opened, admit, forget = sums[: 2 * size], sums[:size], sums[size : 2 * size]
    candidate, release = sums[2 * size : 3 * size], sums[3 * size :]
    for at, output in enumerate(outputs):
        np.dot(hidden, layer.turned, out=sums)
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
    return outputs, (hidden[None], cell[None])


def _gru_along(layer: Layer, gates: Array, state: Parts) -> tuple[Array, Parts]:
    hidden = state[0]
    size = len(hidden)
    outputs, sums = np.empty((len(gates), size), dtype=np.float32), np.empty(3 * size, dtype=np.float32)
    opened, reset, update = sums[: 2 * size], sums[:size], sums[size : 2 * size]
    candidate = sums[2 * size :]
    for at, output in enumerate(outputs):
        np.dot(hidden, layer.turned, out=sums)
        np.add(opened, gates[at, : 2 * size], out=opened)
        np.tanh(opened, out=opened)
        np.add(opened, ONE, out=opened)
        np.multiply(opened, HALF, out=opened)
        np.add(candidate, layer.inner, out=candidate)
        np.multiply(candidate, reset, out=candidate)
        np.add(candidate, gates[at, 2 * size :], out=candidate)
        np.tanh(candidate, out=candidate)
        np.subtract(hidden, candidate, out=output)
        np.multiply(output, update, out=output)
        np.add(output, candidate, out=output)
        hidden = output
    return outputs, (hidden[None],)


def _plain_along(layer: Layer, gates: Array, state: Parts) -> tuple[Array, Parts]:
    hidden = state[0]
    outputs = np.empty((len(gates), len(hidden)), dtype=np.float32)
    for at, output in enumerate(outputs):
        np.dot(hidden, layer.turned, out=output)
        np.add(output, gates[at], out=output)
        np.tanh(output, out=output)
        hidden = output
    return outputs, (hidden[None],)


def _own(layer: Layer, hidden: Array) -> Array:
    """What the layer adds for its own last output, (n, gates * hidden).

    The few sequences stand in columns: a product with the large matrix on the left takes about half the time.
    """
    own: Array = (layer.from_hidden @ np.ascontiguousarray(hidden.T)).T
    return own


def _lstm_abreast(layer: Layer, gates: Array, state: Parts) -> Parts:
    hidden, cell = state
    sums = gates + _own(layer, hidden)
    np.tanh(sums, out=sums)
    admit, forget, candidate, release = np.split(sums, 4, axis=1)
    cell = ((forget + ONE) * cell + (admit + ONE) * candidate) * HALF
    return (release + ONE) * np.tanh(cell) * HALF, cell


def _gru_abreast(layer: Layer, gates: Array, state: Parts) -> Parts:
    (hidden,) = state
    size = hidden.shape[1]
    own = _own(layer, hidden)
    opened = (np.tanh(gates[:, : 2 * size] + own[:, : 2 * size]) + ONE) * HALF
    reset, update = opened[:, :size], opened[:, size:]
    candidate = np.tanh(gates[:, 2 * size :] + reset * (own[:, 2 * size :] + layer.inner))
    return (candidate + update * (hidden - candidate),)


def _plain_abreast(layer: Layer, gates: Array, state: Parts) -> Parts:
    return (np.tanh(gates + _own(layer, state[0])),)


# One sequence: gates (time, gates * hidden) and a state of vectors -> outputs (time, hidden), a state of single rows.
ALONG: Mapping[Cell, Callable[[Layer, Array, Parts], tuple[Array, Parts]]] = {
    "lstm": _lstm_along, "gru": _gru_along, "rnn": _plain_along
}  # fmt: skip
# Many sequences, one step: gates (n, gates * hidden) and a state of (n, hidden) -> the state after.
ABREAST: Mapping[Cell, Callable[[Layer, Array, Parts], Parts]] = {
    "lstm": _lstm_abreast, "gru": _gru_abreast, "rnn": _plain_abreast
}  # fmt: skip
