"""The recurrent token network in torch, for training: tokens with further ids beside them, to logits of the next token.

Conventions: batch first, ids are int64, states start at zero. `engine.recurrent.steps` computes the same in NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.recurrent.sizes import Sizes

State = Tensor | tuple[Tensor, Tensor]  # (layers, batch, hidden): of an LSTM hidden and cell, of the others hidden

CELLS: Mapping[str, type[nn.LSTM] | type[nn.GRU] | type[nn.RNN]] = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}


class TokenRNN(nn.Module):
    """Embeddings (or one-hot tokens), recurrent layers, dropout, (projection,) output that shares the embedding when
    tied."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        s = self.sizes = sizes
        self.emb = nn.Embedding(s.vocab_size, s.embedding_dim) if s.embedding_dim else None
        self.extra = nn.ModuleList(nn.Embedding(values, s.feature_dim) for values in s.features)
        between = s.dropout if s.num_layers > 1 else 0.0  # torch warns about a dropout that has nowhere to act
        self.rnn = CELLS[s.cell](s.input_size, s.hidden_size, s.num_layers, batch_first=True, dropout=between)
        self.proj = nn.Linear(s.hidden_size, s.embedding_dim, bias=False) if s.projects else None
        if self.emb is not None and s.tie_weights:
            self.decoder = nn.Linear(s.embedding_dim, s.vocab_size)
            self.decoder.weight = self.emb.weight
        else:
            self.fc = nn.Linear(s.hidden_size, s.vocab_size)
        self.direct = nn.EmbeddingBag(s.entries, s.vocab_size, mode="sum") if s.direct else None

    def read(self, ids: Tensor, features: Tensor | None = None, state: State | None = None) -> tuple[Tensor, State]:
        """Logits after every token and the state after the last.

        (batch, time) ids and (batch, time, streams) features, None without streams -> (batch, time, vocab).
        """
        hidden, state = self.hidden(ids, features, state)
        return self.score(hidden, ids, features), state

    def hidden(self, ids: Tensor, features: Tensor | None, state: State | None) -> tuple[Tensor, State]:
        """What the last layer says after every token, (batch, time, hidden), and the state after the last."""
        entered = functional.dropout(self._entered(ids, features), self.sizes.input_dropout, self.training)
        hidden: tuple[Tensor, State] = self.rnn(entered, state)
        return hidden

    def score(self, hidden: Tensor, ids: Tensor | None = None, features: Tensor | None = None) -> Tensor:
        """Logits of hidden vectors: (..., hidden) -> (..., vocab). A network with direct connections needs what was
        read last, (...,) ids and (..., streams) features."""
        hidden = functional.dropout(hidden, self.sizes.dropout, self.training)
        if self.proj is not None:
            hidden = self.proj(hidden)
        logits: Tensor = (self.decoder if self.sizes.tie_weights else self.fc)(hidden)
        return logits if self.direct is None else logits + self._said_at_once(ids, features)

    def _said_at_once(self, ids: Tensor | None, features: Tensor | None) -> Tensor:
        """What the last token and its features say of the next by themselves: (..., vocab)."""
        assert ids is not None and self.direct is not None
        rows = ids[..., None]
        if features is not None:
            starts = np.cumsum([self.sizes.vocab_size, *self.sizes.features])[:-1]
            rows = torch.cat([rows, features + torch.from_numpy(starts).to(ids.device)], dim=-1)
        said: Tensor = self.direct(rows.flatten(end_dim=-2)).unflatten(0, rows.shape[:-1])
        return said

    def _entered(self, ids: Tensor, features: Tensor | None) -> Tensor:
        """What the first layer reads: (batch, time, input size)."""
        token = functional.one_hot(ids, self.sizes.vocab_size).float() if self.emb is None else self.emb(ids)
        if not self.sizes.features:
            return token
        if features is None:
            raise ValueError(f"the network reads {len(self.sizes.features)} features beside its tokens")
        return torch.cat([token, *(table(features[..., n]) for n, table in enumerate(self.extra))], dim=-1)


def initialised(sizes: Sizes, rng_seed: int) -> TokenRNN:
    """A network with fresh weights that depend on `rng_seed` alone.

    The embedding is small as it may be the output too; an LSTM starts out remembering: its forget gates have a bias of
    1 (Jozefowicz, Zaremba & Sutskever, 2015).
    """
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(rng_seed)
        network = TokenRNN(sizes)
        if network.direct is not None:
            nn.init.zeros_(network.direct.weight)
        if network.emb is not None:
            nn.init.normal_(network.emb.weight, std=sizes.embedding_dim**-0.5)
        for name, weight in network.rnn.named_parameters() if sizes.cell == "lstm" else ():
            if name.startswith("bias"):
                weight[sizes.hidden_size : 2 * sizes.hidden_size] = 1.0 if name.startswith("bias_ih") else 0.0
    return network


def network_of(sizes: Sizes, weights: Mapping[str, npt.NDArray[np.float32]]) -> TokenRNN:
    """A network in evaluation mode with copies of checked weights, shared and read-only: never call `train()` on it."""
    with torch.random.fork_rng(devices=[]):
        network = TokenRNN(sizes)
    network.load_state_dict({name: torch.tensor(array) for name, array in weights.items()})
    return network.eval().requires_grad_(False)


def weights_of(network: TokenRNN) -> dict[str, npt.NDArray[np.float32]]:
    """The weights as arrays of their own, by their names in the state dict."""
    return {name: tensor.detach().cpu().numpy().copy() for name, tensor in network.state_dict().items()}
