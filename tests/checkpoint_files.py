"""Checkpoint files as somebody else's code would make them."""

from __future__ import annotations

import io
from typing import Any

import torch
from torch import nn

TOKENS = ["<pad>", "<unk>", "<bos>", "<eos>", "I", "ii", "V7"]
EMBEDDING, SEQ_LEN = 6, 5


class Foreign(nn.Module):
    """The published form, written with plain torch by someone who does not know this project."""

    def __init__(self, hidden: int, tie: bool, bias: bool = True) -> None:
        super().__init__()
        self.emb = nn.Embedding(len(TOKENS), EMBEDDING, padding_idx=0)
        self.rnn = nn.LSTM(EMBEDDING, hidden, num_layers=2, batch_first=True, dropout=0.1)
        if tie and hidden != EMBEDDING:
            self.proj = nn.Linear(hidden, EMBEDDING, bias=False)
        if tie:
            self.decoder = nn.Linear(EMBEDDING, len(TOKENS), bias=bias)
            self.decoder.weight = self.emb.weight
        else:
            self.fc = nn.Linear(hidden, len(TOKENS), bias=bias)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        last = self.rnn(self.emb(ids))[0][:, -1]
        last = self.proj(last) if hasattr(self, "proj") else last
        output: torch.Tensor = self.decoder(last) if hasattr(self, "decoder") else self.fc(last)
        return output


def file_of(network: nn.Module, hidden: int, tie: bool, **changes: Any) -> dict[str, Any]:
    sizes = {"embedding_dim": EMBEDDING, "hidden_size": hidden, "num_layers": 2, "dropout": 0.1, "seq_len": SEQ_LEN}
    entries: dict[str, Any] = {
        "model_state": network.state_dict(),
        "model_class": "ChordLSTM",
        "config": sizes | {"tie_weights": tie, "lr": 0.001, "betas": [0.9, 0.99]},
        "metrics_test": {"loss": 2.0, "Top@1": 0.4},
        "stoi": {token: i for i, token in enumerate(TOKENS)},
        "itos": list(TOKENS),
        "vocab_size": len(TOKENS),
        "created_at": "2025-06-01T10:00:00",
        "env": {"torch": "2.3.0"},
    }
    return {key: value for key, value in (entries | changes).items() if value is not None}


def good(**changes: Any) -> dict[str, Any]:
    torch.manual_seed(1)
    return file_of(Foreign(10, True), 10, True, **changes)


def saved(entries: object) -> bytes:
    buffer = io.BytesIO()
    torch.save(entries, buffer)
    return buffer.getvalue()


def config(**changes: Any) -> dict[str, Any]:
    sizes: dict[str, Any] = good()["config"]
    return {"config": sizes | changes}


GOOD_FILE = saved(good())
