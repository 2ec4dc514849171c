"""The recurrent network of the chord models: embedding, LSTM, dropout, output.

Conventions: batch first, ids are int64, states start at zero. The names of the parts (`emb`, `rnn`, `proj`, `decoder`,
`fc`) are those of the published checkpoint format, so that a file made elsewhere fits.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from engine.architecture import Architecture
from engine.cells import Array

State = tuple[Tensor, Tensor]


class ChordLSTM(nn.Module):
    """Next-token network: embedding, LSTM, dropout, (projection,) decoder that shares the embedding when tied."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        a = architecture
        self.architecture = a
        self.emb = nn.Embedding(a.vocab_size, a.embedding_dim)
        between = a.dropout if a.num_layers > 1 else 0.0  # torch warns about a dropout that has nowhere to act
        self.rnn = nn.LSTM(a.embedding_dim, a.hidden_size, a.num_layers, batch_first=True, dropout=between)
        self.dropout = nn.Dropout(a.dropout)
        self.proj = nn.Linear(a.hidden_size, a.embedding_dim, bias=False) if a.projects else None
        if a.tie_weights:
            self.decoder = nn.Linear(a.embedding_dim, a.vocab_size, bias=a.output_bias)
            self.decoder.weight = self.emb.weight
        else:
            self.fc = nn.Linear(a.hidden_size, a.vocab_size, bias=a.output_bias)

    def read(self, ids: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Logits after every token and the state after the last: (batch, time) -> (batch, time, vocab)."""
        hidden, state = self.rnn(self.emb(ids), state)  # (batch, time, hidden)
        return self.score(hidden), state

    def score(self, hidden: Tensor) -> Tensor:
        """Logits of hidden vectors: (..., hidden) -> (..., vocab)."""
        hidden = self.dropout(hidden)
        if self.proj is not None:
            hidden = self.proj(hidden)
        output = self.decoder if self.architecture.tie_weights else self.fc
        logits: Tensor = output(hidden)
        return logits

    def forward(self, ids: Tensor) -> Tensor:
        """Logits of the token after each window: (batch, time) -> (batch, vocab)."""
        hidden, _ = self.rnn(self.emb(ids))
        return self.score(hidden[:, -1])


def initialised(architecture: Architecture, rng_seed: int) -> ChordLSTM:
    """A network with fresh weights that depend on `rng_seed` alone; the embedding is small as it is the output too."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(rng_seed)
        network = ChordLSTM(architecture)
        nn.init.normal_(network.emb.weight, std=architecture.embedding_dim**-0.5)
    return network


def network_of(architecture: Architecture, weights: Mapping[str, Array]) -> ChordLSTM:
    """A network in evaluation mode with copies of checked weights, shared and read-only: never call `train()` on it.

    Of a model with a memory of the song this is the network alone; `engine.memory` has the rest.
    """
    network = ChordLSTM(architecture)
    own = {name: torch.tensor(array) for name, array in weights.items() if not name.startswith("memory.")}
    network.load_state_dict(own)
    return network.eval().requires_grad_(False)
