"""The sizes of a recurrent token network and the shapes of weights that follow from them; torch is not needed for it.

Conventions: sizes in numbers of units, dropouts as shares from 0 up to, not including, 1. The parts of a state dict are
named as in the published checkpoint format (`emb`, `rnn`, `proj`, `decoder`, `fc`); `extra.N` embeds the N-th stream
of further ids that runs beside the tokens; `direct` holds what each token and value adds to the logits by itself, as in
maximum entropy models (Bengio et al., 2003; Mikolov et al., 2011).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from engine.cells import Cell

GATES = {"lstm": 4, "gru": 3, "rnn": 1}  # blocks of rows in a cell's weights, in torch's order
WIDEST = 1 << 14  # units; how far `matched` looks


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes that decide every weight's shape. With `embedding_dim` 0 the tokens go in one-hot, without `emb`.

    Raises ValueError for weights tied to an embedding that is not there.
    """

    cell: Cell
    vocab_size: int
    embedding_dim: int
    hidden_size: int
    num_layers: int
    dropout: float = 0.0  # between layers and before the output
    input_dropout: float = 0.0  # of the embedded input
    features: tuple[int, ...] = ()  # how many values each further stream of ids has
    feature_dim: int = 16
    tie_weights: bool = False
    direct: bool = False  # token and features also say something of the next token past the recurrent layers

    def __post_init__(self) -> None:
        if self.cell not in GATES:
            raise ValueError(f"{self.cell} is no cell; there are {', '.join(GATES)}")
        if self.tie_weights and not self.embedding_dim:
            raise ValueError("one-hot tokens have no embedding that the output could share")

    @property
    def input_size(self) -> int:
        """Width of what the first layer reads: the token, then each feature."""
        return (self.embedding_dim or self.vocab_size) + len(self.features) * self.feature_dim

    @property
    def entries(self) -> int:
        """Rows of a table with one for each token and for each value of each feature."""
        return self.vocab_size + sum(self.features)

    @property
    def projects(self) -> bool:
        """Whether a projection stands between the last layer and the tied decoder."""
        return self.tie_weights and self.hidden_size != self.embedding_dim


def shapes_of(sizes: Sizes) -> dict[str, tuple[int, ...]]:
    """The shape of every weight by its name in the state dict, known before any network is built."""
    s, rows = sizes, GATES[sizes.cell] * sizes.hidden_size
    shapes: dict[str, tuple[int, ...]] = {"emb.weight": (s.vocab_size, s.embedding_dim)} if s.embedding_dim else {}
    for stream, values in enumerate(s.features):
        shapes[f"extra.{stream}.weight"] = (values, s.feature_dim)
    for depth in range(s.num_layers):
        shapes[f"rnn.weight_ih_l{depth}"] = (rows, s.hidden_size if depth else s.input_size)
        shapes[f"rnn.weight_hh_l{depth}"] = (rows, s.hidden_size)
        shapes[f"rnn.bias_ih_l{depth}"] = shapes[f"rnn.bias_hh_l{depth}"] = (rows,)
    if s.projects:
        shapes["proj.weight"] = (s.embedding_dim, s.hidden_size)
    head = "decoder" if s.tie_weights else "fc"
    shapes[f"{head}.weight"] = (s.vocab_size, s.embedding_dim if s.tie_weights else s.hidden_size)
    shapes[f"{head}.bias"] = (s.vocab_size,)
    if s.direct:
        shapes["direct.weight"] = (s.entries, s.vocab_size)
    return shapes


def parameters(sizes: Sizes) -> int:
    """How many numbers are learned; tied weights count once.

    >>> parameters(Sizes("rnn", vocab_size=3, embedding_dim=0, hidden_size=2, num_layers=1))
    23
    """
    return sum(math.prod(shape) for name, shape in shapes_of(sizes).items() if name != "decoder.weight")


def matched(sizes: Sizes, cell: Cell) -> Sizes:
    """The same network with another cell, its hidden size chosen so that the parameters are as equal as they can be.

    >>> matched(Sizes("lstm", 50, 0, 100, 1), "gru").hidden_size
    118
    """
    goal = parameters(sizes)

    def given(hidden_size: int) -> Sizes:
        return replace(sizes, cell=cell, hidden_size=hidden_size)

    low, high = 1, WIDEST
    while low < high:  # the smallest that has at least as many
        middle = (low + high) // 2
        low, high = (low, middle) if parameters(given(middle)) >= goal else (middle + 1, high)
    return min((given(max(1, low - 1)), given(low)), key=lambda each: abs(parameters(each) - goal))
