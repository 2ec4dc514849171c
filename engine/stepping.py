"""The chord network one token at a time in NumPy, its state carried along: what live prediction runs on.

Conventions: float32, one sequence, gates in torch's order (input, forget, cell, output). The same weights in torch give
the same probabilities to 1e-6; a NumPy step is many times faster than a torch forward over a window (no dispatch).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
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
        after: list[tuple[Array, Array]] = []
        gates = self.layers[0].from_input[token]
        for depth, (layer, (hidden, cell)) in enumerate(zip(self.layers, state, strict=True)):
            if depth:
                gates = layer.from_input @ after[-1][0] + layer.bias
            after.append(_cell(gates + layer.from_hidden @ hidden, cell))
        return tuple(after)

    def read(self, tokens: Iterable[int], state: State) -> State:
        for token in tokens:
            state = self.step(token, state)
        return state

    def logits(self, state: State) -> Array:
        """Of the next token, (vocab,)."""
        scores: Array = self.output @ state[-1][0] + self.output_bias
        return scores


def stepper_of(weights: Mapping[str, Array], num_layers: int) -> Stepper:
    """Lays out the arrays of a state dict (`emb`, `rnn`, `proj`, `decoder`, `fc`)."""
    layers = []
    for depth in range(num_layers):
        bias = weights[f"rnn.bias_ih_l{depth}"] + weights[f"rnn.bias_hh_l{depth}"]
        from_input = weights[f"rnn.weight_ih_l{depth}"]
        if depth == 0:
            from_input = weights["emb.weight"] @ from_input.T + bias
        layers.append(Layer(_frozen(from_input), _frozen(weights[f"rnn.weight_hh_l{depth}"]), _frozen(bias)))
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


def _cell(gates: Array, cell: Array) -> tuple[Array, Array]:
    """One LSTM cell (Hochreiter & Schmidhuber, 1997; forget gate Gers et al., 2000)."""
    admit, forget, candidate, release = gates.reshape(4, -1)
    cell = _sigmoid(forget) * cell + _sigmoid(admit) * np.tanh(candidate)
    return _sigmoid(release) * np.tanh(cell), cell


def _sigmoid(x: Array) -> Array:
    """By tanh, which cannot overflow."""
    squashed: Array = (np.tanh(x * np.float32(0.5)) + np.float32(1)) * np.float32(0.5)
    return squashed


def _frozen(array: Array) -> Array:
    own = np.array(array, dtype=np.float32, order="C")
    own.setflags(write=False)
    return own
