"""The recurrent token network in NumPy: one step of many sequences at once, or of one, or a long prefix.

Conventions: those of `engine.cells`. The embeddings of tokens and features are folded into the first layer's input
table, a row per id, so that reading is a sum of rows. The same weights in torch give the same logits to 1e-5. Nothing
here is changed in place: states and weights may be shared between threads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.cells import ABREAST, ALONG, Array, Layer, from_below, frozen, halved
from engine.recurrent.plan import Ids
from engine.recurrent.sizes import Sizes

State = tuple[tuple[Array, ...], ...]  # per layer (hidden,) or of an LSTM (hidden, cell), each (n, hidden size)


@dataclass(frozen=True, slots=True)
class Steps:
    """Frozen weights, laid out for reading on."""

    sizes: Sizes
    table: Array  # what the first layer adds for each token (bias included), then for each value of each stream
    offsets: Ids  # (streams,) the row of the table where each stream's values begin
    layers: tuple[Layer, ...]
    output: Array  # (vocab, hidden): projection and decoder in one
    output_bias: Array  # (vocab,)
    direct: Array | None = None  # what each row of the table adds to the logits by itself: (rows, vocab)

    def fresh(self, n: int = 1) -> State:
        """The state of n sequences before anything was read."""
        zero = np.zeros((n, self.sizes.hidden_size), dtype=np.float32)
        return tuple((zero,) * (2 if self.sizes.cell == "lstm" else 1) for _ in self.layers)

    def step(self, state: State, ids: Ids, features: Ids | None = None) -> tuple[Array, State]:
        """One token more of each sequence: (n,) ids and (n, streams) features -> (n, vocab) logits, the state after."""
        rows = self._rows(ids, features)
        entered = _summed(self.table, rows)
        if len(entered) == 1:
            hidden, state = self._along(entered, state)
        else:
            hidden, state = self._abreast(entered, state)
        return self._scored(hidden, rows), state

    def read(self, ids: Ids, features: Ids | None = None, state: State | None = None) -> tuple[Array, State]:
        """Several tokens of one sequence: (time,) ids and (time, streams) features -> (time, vocab) logits, the state
        after the last. Layer by layer, so that each layer's inputs are one product."""
        rows = self._rows(ids, features)
        hidden, state = self._along(_summed(self.table, rows), state or self.fresh())
        return self._scored(hidden, rows), state

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

    def _scored(self, hidden: Array, rows: Ids) -> Array:
        logits: Array = hidden @ self.output.T + self.output_bias
        return logits if self.direct is None else logits + _summed(self.direct, rows)

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
                gates = hidden @ layer.from_input.T + layer.bias
            after.append(cell(layer, gates, state[depth]))
            hidden = after[-1][0]
        return hidden, tuple(after)


def steps_of(sizes: Sizes, weights: Mapping[str, Array]) -> Steps:
    """Lays out the arrays of a state dict whose shapes are `shapes_of(sizes)`."""
    first = halved(weights["rnn.weight_ih_l0"], sizes.cell)
    layers = tuple(_layer(sizes, weights, depth) for depth in range(sizes.num_layers))
    width = sizes.embedding_dim or sizes.vocab_size
    tokens = weights["emb.weight"] @ first[:, :width].T if sizes.embedding_dim else first[:, :width].T
    tables = [tokens + layers[0].bias]
    for stream in range(len(sizes.features)):
        columns = first[:, width + stream * sizes.feature_dim :][:, : sizes.feature_dim]
        tables.append(weights[f"extra.{stream}.weight"] @ columns.T)
    offsets = np.cumsum([sizes.vocab_size, *sizes.features], dtype=np.int64)[:-1]
    head = "decoder" if sizes.tie_weights else "fc"
    output = weights[f"{head}.weight"]
    if sizes.projects:
        output = output @ weights["proj.weight"]
    table, direct = frozen(np.concatenate(tables)), frozen(weights["direct.weight"]) if sizes.direct else None
    return Steps(sizes, table, offsets, layers, frozen(output), frozen(weights[f"{head}.bias"]), direct)


def _summed(table: Array, rows: Ids) -> Array:
    """The sum of rows of a table, an array of its own: (n, m) rows -> (n, width)."""
    summed: Array
    if len(rows) == 1:  # all at once: a token at a time is what has to be quick
        summed = np.add.reduce(table[rows[0]])[None]
        return summed
    summed = table[rows[:, 0]]
    for column in rows.T[1:]:
        summed += table[column]
    return summed


def picked(state: State, rows: Ids) -> State:
    """The state of some of the sequences, one possibly several times, in the order of `rows`."""
    return tuple(tuple(part[rows] for part in layer) for layer in state)


def _layer(sizes: Sizes, weights: Mapping[str, Array], depth: int) -> Layer:
    hidden = sizes.hidden_size
    from_beneath, from_itself = weights[f"rnn.bias_ih_l{depth}"], np.array(weights[f"rnn.bias_hh_l{depth}"])
    inner = np.zeros(hidden, dtype=np.float32)
    if sizes.cell == "gru":
        inner = from_itself[2 * hidden :].copy()
        from_itself[2 * hidden :] = 0
    from_input = halved(weights[f"rnn.weight_ih_l{depth}"], sizes.cell) if depth else np.zeros((0, 0))
    from_hidden = frozen(halved(weights[f"rnn.weight_hh_l{depth}"], sizes.cell))
    return Layer(
        frozen(from_input),
        from_hidden,
        frozen(from_hidden.T),
        frozen(halved(from_beneath + from_itself, sizes.cell)),
        frozen(inner),
    )
