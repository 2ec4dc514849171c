"""The recurrent token network in NumPy: one step of many sequences at once, or of one, or a long prefix.

Conventions: those of `engine.cells`. The embeddings of tokens and features are folded into the first layer's input
table, a row per id, so that reading is a sum of rows. The same weights in torch give the same logits to 1e-5, quantized
ones (`engine.recurrent.quantized`) nearly the same. Nothing here is changed in place: states and weights may be shared
between threads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from engine.cells import ABREAST, ALONG, Array, Layer, Product, from_below, frozen, halved, matrix
from engine.recurrent.plan import Ids
from engine.recurrent.quantized import fixed_table, quantized_matrix
from engine.recurrent.sizes import Sizes

State = tuple[tuple[Array, ...], ...]  # per layer (hidden,) or of an LSTM (hidden, cell), each (n, hidden size)


class Table(Protocol):
    """Rows that are summed."""

    def summed(self, rows: Ids) -> Array:
        """The sums, an array of their own: (n, m) numbers of rows -> (n, width)."""


@dataclass(frozen=True, slots=True)
class FloatTable:
    """A table in floating point."""

    rows: Array  # (rows, width)

    def summed(self, rows: Ids) -> Array:
        summed: Array
        if len(rows) == 1:  # all at once: a token at a time is what has to be quick
            summed = np.add.reduce(self.rows[rows[0]])[None]
            return summed
        summed = self.rows[rows[:, 0]]
        for column in rows.T[1:]:
            summed += self.rows[column]
        return summed


@dataclass(frozen=True, slots=True)
class Steps:
    """Frozen weights, laid out for reading on."""

    sizes: Sizes
    table: Table  # what the first layer (bias included), then the logits, get from each token and each stream's values
    offsets: Ids  # (streams,) the row of the table where each stream's values begin
    layers: tuple[Layer, ...]
    output: Product  # (vocab, hidden): projection and decoder in one
    output_bias: Array  # (vocab,)

    def fresh(self, n: int = 1) -> State:
        """The state of n sequences before anything was read."""
        zero = np.zeros((n, self.sizes.hidden_size), dtype=np.float32)
        return tuple((zero,) * (2 if self.sizes.cell == "lstm" else 1) for _ in self.layers)

    def step(self, state: State, ids: Ids, features: Ids | None = None) -> tuple[Array, State]:
        """One token more of each sequence: (n,) ids and (n, streams) features -> (n, vocab) logits, the state after."""
        gates, direct = self._entering(ids, features)
        if len(gates) == 1:
            hidden, state = self._along(gates, state)
        else:
            hidden, state = self._abreast(gates, state)
        return self._scored(hidden, direct), state

    def read(self, ids: Ids, features: Ids | None = None, state: State | None = None) -> tuple[Array, State]:
        """Several tokens of one sequence: (time,) ids and (time, streams) features -> (time, vocab) logits, the state
        after the last. Layer by layer: what the table gives is summed for all tokens at once."""
        gates, direct = self._entering(ids, features)
        hidden, state = self._along(gates, state or self.fresh())
        return self._scored(hidden, direct), state

    def _entering(self, ids: Ids, features: Ids | None) -> tuple[Array, Array]:
        """What goes into the first layer's gates, and what into the logits by itself (of no width without it)."""
        entered = self.table.summed(self._rows(ids, features))
        width = len(self.layers[0].bias)
        return entered[:, :width], entered[:, width:]

    def _rows(self, ids: Ids, features: Ids | None) -> Ids:
        """Where in the table what goes in stands: (n, 1 + streams)."""
        if not len(self.offsets):
            return ids[:, None]
        if features is None:
            raise ValueError(f"the network reads {len(self.offsets)} features beside its tokens")
        rows = np.empty((len(ids), 1 + len(self.offsets)), dtype=np.int64)
        rows[:, 0] = ids
        np.add(features, self.offsets, out=rows[:, 1:])
        return rows

    def _scored(self, hidden: Array, direct: Array) -> Array:
        logits = np.empty((len(hidden), len(self.output_bias)), dtype=np.float32)
        if len(hidden) == 1:
            self.output.one(hidden[0], logits[0])
            logits += self.output_bias
        else:
            np.add(self.output.many(hidden), self.output_bias, out=logits)
        if self.sizes.direct:
            logits += direct
        return logits

    def _along(self, gates: Array, state: State) -> tuple[Array, State]:
        """One sequence over time."""
        after: list[tuple[Array, ...]] = []
        outputs = gates
        run = ALONG[self.sizes.cell]
        for depth, layer in enumerate(self.layers):
            if depth:
                gates = from_below(layer, outputs)
            outputs, final = run(layer, gates, tuple(part[0] for part in state[depth]))
            after.append(final)
        return outputs, tuple(after)

    def _abreast(self, gates: Array, state: State) -> tuple[Array, State]:
        """One step of many sequences."""
        after: list[tuple[Array, ...]] = []
        hidden = gates
        cell = ABREAST[self.sizes.cell]
        for depth, layer in enumerate(self.layers):
            if depth:
                gates = layer.below.many(hidden) + layer.bias
            after.append(cell(layer, gates, state[depth]))
            hidden = after[-1][0]
        return hidden, tuple(after)


def steps_of(sizes: Sizes, weights: Mapping[str, Array], quantized: bool = False) -> Steps:
    """Lays out the arrays of a state dict whose shapes are `shapes_of(sizes)`."""
    product = quantized_matrix if quantized else matrix
    layers = tuple(_layer(sizes, weights, depth, product) for depth in range(sizes.num_layers))
    blocks = _blocks(sizes, weights, layers[0].bias)
    table = fixed_table(blocks) if quantized else FloatTable(frozen(np.concatenate(blocks)))
    offsets = np.cumsum([sizes.vocab_size, *sizes.features], dtype=np.int64)[:-1]
    head = "decoder" if sizes.tie_weights else "fc"
    output = weights[f"{head}.weight"]
    if sizes.projects:
        output = output @ weights["proj.weight"]
    return Steps(sizes, table, offsets, layers, product(output), frozen(weights[f"{head}.bias"]))


def _blocks(sizes: Sizes, weights: Mapping[str, Array], bias: Array) -> Sequence[Array]:
    """The rows of the table: of the tokens, then of each stream."""
    first = halved(weights["rnn.weight_ih_l0"], sizes.cell)
    width = sizes.embedding_dim or sizes.vocab_size
    tokens = weights["emb.weight"] @ first[:, :width].T if sizes.embedding_dim else first[:, :width].T
    blocks = [tokens + bias]
    for stream in range(len(sizes.features)):
        columns = first[:, width + stream * sizes.feature_dim :][:, : sizes.feature_dim]
        blocks.append(weights[f"extra.{stream}.weight"] @ columns.T)
    if not sizes.direct:
        return blocks
    ends = np.cumsum([len(block) for block in blocks])[:-1]
    return [np.concatenate(both, axis=1) for both in zip(blocks, np.split(weights["direct.weight"], ends), strict=True)]


def picked(state: State, rows: Ids) -> State:
    """The state of some of the sequences, one possibly several times, in the order of `rows`."""
    return tuple(tuple(part[rows] for part in layer) for layer in state)


def _layer(sizes: Sizes, weights: Mapping[str, Array], depth: int, product: Callable[[Array], Product]) -> Layer:
    hidden = sizes.hidden_size
    from_beneath, from_itself = weights[f"rnn.bias_ih_l{depth}"], np.array(weights[f"rnn.bias_hh_l{depth}"])
    inner = np.zeros(hidden, dtype=np.float32)
    if sizes.cell == "gru":
        inner = from_itself[2 * hidden :].copy()
        from_itself[2 * hidden :] = 0
    below = halved(weights[f"rnn.weight_ih_l{depth}"], sizes.cell) if depth else np.zeros((0, 0), dtype=np.float32)
    return Layer(
        product(below),
        product(halved(weights[f"rnn.weight_hh_l{depth}"], sizes.cell)),
        frozen(halved(from_beneath + from_itself, sizes.cell)),
        frozen(inner),
    )
