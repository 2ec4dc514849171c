"""The chord network one token at a time in NumPy, its state carried along: what live prediction runs on.

Conventions: those of `engine.cells`, one sequence. The same weights in torch give the same probabilities to 1e-6; a
NumPy step is many times faster than a torch forward over a window (no dispatch).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.cells import Array, Layer, from_below, frozen, halved, lstm_along, matrix

State = tuple[tuple[Array, Array], ...]  # per layer (hidden, cell), each (hidden size,); never changed in place


@dataclass(frozen=True, slots=True)
class Stepper:
    """Frozen weights, laid out for single steps."""

    table: Array  # what the first layer adds for each token, bias included: (vocab, 4 * hidden)
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
        """The state after several more tokens, to the bit the one that single steps give."""
        return self.run(tokens, state)[1]

    def run(self, tokens: Sequence[int], state: State) -> tuple[Array, State]:
        """What the last layer says after each of several tokens, (time, hidden), and the state after the last."""
        after: list[tuple[Array, Array]] = []
        outputs = gates = self.table[list(tokens)]
        for depth, layer in enumerate(self.layers):
            if depth:
                gates = from_below(layer, outputs)
            outputs, (hidden, cell) = lstm_along(layer, gates, state[depth])
            after.append((hidden, cell))
        return outputs, tuple(after)

    def logits(self, state: State) -> Array:
        """Of the next token, (vocab,)."""
        scores: Array = self.output @ state[-1][0] + self.output_bias
        return scores


def stepper_of(weights: Mapping[str, Array], num_layers: int) -> Stepper:
    """Lays out the arrays of a state dict (`emb`, `rnn`, `proj`, `decoder`, `fc`)."""
    layers = tuple(_layer(weights, depth) for depth in range(num_layers))
    table = weights["emb.weight"] @ halved(weights["rnn.weight_ih_l0"], "lstm").T + layers[0].bias
    head = "decoder" if "decoder.weight" in weights else "fc"
    output = weights[f"{head}.weight"]
    bias = weights.get(f"{head}.bias", np.zeros(len(output), dtype=np.float32))
    if "proj.weight" in weights:
        output = output @ weights["proj.weight"]
    return Stepper(frozen(table), layers, frozen(output), frozen(bias))


def softmax(logits: Array, temperature: float) -> npt.NDArray[np.float64]:
    """Probabilities of logits / temperature, summing to 1."""
    scaled = (logits.astype(np.float64) - float(logits.max())) / temperature
    weights = np.exp(scaled)
    probabilities: npt.NDArray[np.float64] = weights / weights.sum()
    return probabilities


def _layer(weights: Mapping[str, Array], depth: int) -> Layer:
    bias = weights[f"rnn.bias_ih_l{depth}"] + weights[f"rnn.bias_hh_l{depth}"]
    below = halved(weights[f"rnn.weight_ih_l{depth}"], "lstm") if depth else np.zeros((0, 0))
    own = matrix(halved(weights[f"rnn.weight_hh_l{depth}"], "lstm"))
    return Layer(matrix(below), own, frozen(halved(bias, "lstm")), frozen(np.zeros(0)))
