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

from engine.cells import CARRIED, STEP, Array, Layer, Product, frozen, halved, matrix
from engine.recurrent.plan import Ids
from engine.recurrent.quantized import fixed_table, quantized_matrix
from engine.recurrent.sizes import Sizes

State = tuple[tuple[Array, ...], ...]  # per layer what its output adds to its next gates, and what `STEP` carries


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
    """Frozen weights, laid out for reading on.

    What a layer's output adds to its own next gates is computed with it and is part of the state: the last layer's
    product gives the logits as well.
    """

    sizes: Sizes
    table: Table  # what the first layer (bias included), then the logits, get from each token and each stream's values
    offsets: Ids  # (streams,) the row of the table where each stream's values begin
    layers: tuple[Layer, ...]  # below the rows of the last one's own matrix, those of the output: (vocab, hidden)
    output_bias: Array  # (vocab,)

    def fresh(self, n: int = 1) -> State:
        """The state of n sequences before anything was read."""
        gates = np.zeros((n, len(self.layers[0].bias)), dtype=np.float32)
        zero = np.zeros((n, self.sizes.hidden_size), dtype=np.float32)
        return tuple((gates, *(zero,) * CARRIED[self.sizes.cell]) for _ in self.layers)

    def step(self, state: State, ids: Ids, features: Ids | None = None) -> tuple[Array, State]:
        """One token more of each sequence: (n,) ids and (n, streams) features -> (n, vocab) logits, the state after."""
        return self._through(*self._entering(ids, features), state)

    def read(self, ids: Ids, features: Ids | None = None, state: State | None = None) -> tuple[Array, State]:
        """Several tokens of one sequence: (time,) ids and (time, streams) features -> (time, vocab) logits, the state
        after the last. The same steps, but that the table's rows are summed for all tokens at once."""
        gates, direct = self._entering(ids, features)
        state = state or self.fresh()
        logits = np.empty((len(gates), len(self.output_bias)), dtype=np.float32)
        for at in range(len(gates)):
            (logits[at],), state = self._through(gates[at : at + 1], direct[at : at + 1], state)
        return logits, state

    def _through(self, gates: Array, direct: Array, state: State) -> tuple[Array, State]:
        """What has entered goes through all layers."""
        after: list[tuple[Array, ...]] = []
        step, width = STEP[self.sizes.cell], gates.shape[1]
        added = hidden = gates
        for layer, (own, *carried) in zip(self.layers, state, strict=True):
            if after:
                gates = _product(layer.below, hidden) + layer.bias
            hidden, kept = step(layer, own, gates, tuple(carried))
            added = _product(layer.own, hidden)
            after.append((added[:, :width], *kept))
        logits = added[:, width:] + self.output_bias
        if self.sizes.direct:
            logits += direct
        return logits, tuple(after)

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


def _product(product: Product, hidden: Array) -> Array:
    if len(hidden) > 1:
        return product.many(hidden)
    out = np.empty((1, product.height), dtype=np.float32)
    product.one(hidden[0], out[0])
    return out


def steps_of(sizes: Sizes, weights: Mapping[str, Array], quantized: bool = False) -> Steps:
    """Lays out the arrays of a state dict whose shapes are `shapes_of(sizes)`."""
    product = quantized_matrix if quantized else matrix
    head = "decoder" if sizes.tie_weights else "fc"
    output = weights[f"{head}.weight"]
    if sizes.projects:
        output = output @ weights["proj.weight"]
    heads = [output[:0]] * (sizes.num_layers - 1) + [output]
    layers = tuple(_layer(sizes, weights, depth, product, last) for depth, last in enumerate(heads))
    blocks = _blocks(sizes, weights, layers[0].bias)
    table = fixed_table(blocks) if quantized else FloatTable(frozen(np.concatenate(blocks)))
    offsets = np.cumsum([sizes.vocab_size, *sizes.features], dtype=np.int64)[:-1]
    return Steps(sizes, table, offsets, layers, frozen(weights[f"{head}.bias"]))


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


def _layer(
    sizes: Sizes, weights: Mapping[str, Array], depth: int, product: Callable[[Array], Product], output: Array
) -> Layer:
    """`output` stands below the layer's own matrix."""
    hidden = sizes.hidden_size
    from_beneath, from_itself = weights[f"rnn.bias_ih_l{depth}"], np.array(weights[f"rnn.bias_hh_l{depth}"])
    inner = np.zeros(hidden, dtype=np.float32)
    if sizes.cell == "gru":
        inner = from_itself[2 * hidden :].copy()
        from_itself[2 * hidden :] = 0
    below = halved(weights[f"rnn.weight_ih_l{depth}"], sizes.cell) if depth else np.zeros((0, 0), dtype=np.float32)
    own = halved(weights[f"rnn.weight_hh_l{depth}"], sizes.cell)
    return Layer(
        product(below),
        product(np.concatenate([own, output])),
        frozen(halved(from_beneath + from_itself, sizes.cell)),
        frozen(inner),
    )
