"""The chord network one token at a time in NumPy, its state carried along: what live prediction runs on.

Conventions: float32, one sequence, gates in torch's order (input, forget, cell, output). The same weights in torch give
the same probabilities to 1e-6; a NumPy step is many times faster than a torch forward over a window (no dispatch).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
HALF, ONE = np.float32(0.5), np.float32(1)

State = tuple[tuple[Array, Array], ...]  # per layer (hidden, cell), each (hidden size,); never changed in place


@dataclass(frozen=True, slots=True)
class Layer:
    """One LSTM layer: what it adds for its input and for its own last output."""

    from_input: Array  # (4 * hidden, input); in the first layer (vocab, 4 * hidden): a row per token, bias included
    from_hidden: Array  # (4 * hidden, hidden)
    bias: Array  # (4 * hidden,)


@dataclass(frozen=True, slots=True)
class Stepper:
    """Frozen weights, laid out for single steps."""

    layers: tuple[Layer, ...]
    output: Array  # (vocab, hidden): projection and decoder in one
    output_bias: Array  # (vocab,)

    def fresh(self) -> State:
        """The state before anything was read."""
        zero = np.zeros(self.output.shape[1], dtype=np.float32)
        return tuple((zero, zero) for _ in self.layers)

    def step(self, token: int, state: State) -> State:
        """The state after one more token: same cost however long the song is."""
        return self.read((token,), state)

    def read(self, tokens: Sequence[int], state: State) -> State:
        """The state after several more tokens, layer by layer, so that each layer's inputs are one product."""
        after: list[tuple[Array, Array]] = []
        gates = self.layers[0].from_input[list(tokens)]  # (time, 4 * hidden)
        for depth, layer in enumerate(self.layers):
            outputs, final = _run(layer, gates, *state[depth])
            after.append(final)
            if depth + 1 < len(self.layers):
                above = self.layers[depth + 1]
                gates = outputs @ above.from_input.T + above.bias
        return tuple(after)

    def logits(self, state: State) -> Array:
        """Of the next token, (vocab,)."""
        scores: Array = self.output @ state[-1][0] + self.output_bias
        return scores


def stepper_of(weights: Mapping[str, Array], num_layers: int) -> Stepper:
    """Lays out the arrays of a state dict (`emb`, `rnn`, `proj`, `decoder`, `fc`)."""
    layers = []
    for depth in range(num_layers):
        bias = _halved(weights[f"rnn.bias_ih_l{depth}"] + weights[f"rnn.bias_hh_l{depth}"])
        from_input = _halved(weights[f"rnn.weight_ih_l{depth}"])
        if depth == 0:
            from_input = weights["emb.weight"] @ from_input.T + bias
        from_hidden = _halved(weights[f"rnn.weight_hh_l{depth}"])
        layers.append(Layer(_frozen(from_input), _frozen(from_hidden), _frozen(bias)))
    head = "decoder" if "decoder.weight" in weights else "fc"
    output = weights[f"{head}.weight"]
    bias = weights.get(f"{head}.bias", np.zeros(len(output), dtype=np.float32))
    if "proj.weight" in weights:
        output = output @ weights["proj.weight"]
    return Stepper(tuple(layers), _frozen(output), _frozen(bias))


def softmax(logits: Array, temperature: float) -> npt.NDArray[np.float64]:
    """Probabilities of logits / temperature, summing to 1."""
    scaled = (logits.astype(np.float64) - float(logits.max())) / temperature
    weights = np.exp(scaled)
    probabilities: npt.NDArray[np.float64] = weights / weights.sum()
    return probabilities


def _run(layer: Layer, gates: Array, hidden: Array, cell: Array) -> tuple[Array, tuple[Array, Array]]:
    """One layer over time: its outputs (time, hidden) and its last (hidden, cell)."""
    outputs = np.empty((len(gates), len(hidden)), dtype=np.float32)
    for at, from_below in enumerate(gates):
        hidden, cell = _cell(from_below + layer.from_hidden @ hidden, cell)
        outputs[at] = hidden
    return outputs, (hidden, cell)


def _cell(gates: Array, cell: Array) -> tuple[Array, Array]:
    """One LSTM cell (Hochreiter & Schmidhuber, 1997; forget gate Gers et al., 2000), its gates halved by `_halved`."""
    admit, forget, candidate, release = np.tanh(gates).reshape(4, -1)
    cell = ((forget + ONE) * cell + (admit + ONE) * candidate) * HALF
    return (release + ONE) * np.tanh(cell) * HALF, cell


def _halved(rows: Array) -> Array:
    """Rows of the three sigmoid gates divided by two: sigmoid(x) is (tanh(x / 2) + 1) / 2, so one tanh serves all four.

    Halving is exact in floating point.
    """
    share = np.repeat(np.array([0.5, 0.5, 1.0, 0.5], dtype=np.float32), len(rows) // 4)
    halved: Array = (rows.T * share).T
    return halved


def _frozen(array: Array) -> Array:
    own = np.array(array, dtype=np.float32, order="C")
    own.setflags(write=False)
    return own
