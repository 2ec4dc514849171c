"""The sizes of a chord network and the shapes of weights that follow from them; torch is not needed to know these."""

from __future__ import annotations

from dataclasses import dataclass

from engine.memory.sizes import memory_shapes


@dataclass(frozen=True, slots=True)
class Architecture:
    """The sizes that decide every weight's shape. `seq_len` is the window, in tokens.

    `memory` is 0, or the version of the memory of the song that stands beside the network.
    """

    vocab_size: int
    embedding_dim: int
    hidden_size: int
    num_layers: int
    dropout: float
    seq_len: int
    tie_weights: bool
    output_bias: bool = True
    memory: int = 0

    @property
    def projects(self) -> bool:
        """Whether a projection stands between the LSTM and the tied decoder."""
        return self.tie_weights and self.hidden_size != self.embedding_dim


def shapes_of(architecture: Architecture) -> dict[str, tuple[int, ...]]:
    """The shape of every weight by its name in the state dict, known before any network is built."""
    a = architecture
    shapes: dict[str, tuple[int, ...]] = {"emb.weight": (a.vocab_size, a.embedding_dim)}
    for depth in range(a.num_layers):
        shapes[f"rnn.weight_ih_l{depth}"] = (4 * a.hidden_size, a.hidden_size if depth else a.embedding_dim)
        shapes[f"rnn.weight_hh_l{depth}"] = (4 * a.hidden_size, a.hidden_size)
        shapes[f"rnn.bias_ih_l{depth}"] = shapes[f"rnn.bias_hh_l{depth}"] = (4 * a.hidden_size,)
    if a.projects:
        shapes["proj.weight"] = (a.embedding_dim, a.hidden_size)
    head = "decoder" if a.tie_weights else "fc"
    shapes[f"{head}.weight"] = (a.vocab_size, a.embedding_dim if a.tie_weights else a.hidden_size)
    if a.output_bias:
        shapes[f"{head}.bias"] = (a.vocab_size,)
    return shapes | (memory_shapes(a.hidden_size) if a.memory else {})
