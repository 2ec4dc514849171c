"""Writes the published checkpoint format: plain values only, as the safe reader wants them."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch

from engine.architecture import Architecture
from engine.networks import ChordLSTM
from engine.vocab import Vocabulary


def write(path: Path, network: ChordLSTM, vocabulary: Vocabulary, settings: Mapping[str, object],
          metrics: Mapping[str, float]) -> str:  # fmt: skip
    """Writes the `.pt` file and returns its SHA-256. `settings` joins `config`; `metrics` belong to the test part."""
    return write_weights(path, (network.architecture, network.state_dict()), vocabulary, settings, metrics)


def write_weights(path: Path, trained: tuple[Architecture, Mapping[str, torch.Tensor]], vocabulary: Vocabulary,
                  settings: Mapping[str, object], metrics: Mapping[str, float]) -> str:  # fmt: skip
    """The same from sizes and a state dict, which may hold a memory's weights."""
    a, state = trained
    sizes = {name: getattr(a, name) for name in ("embedding_dim", "hidden_size", "num_layers", "seq_len")}
    sizes |= {"memory": a.memory} if a.memory else {}
    torch.save(
        {
            "model_state": dict(state),
            "model_class": "ChordLSTM",
            "config": dict(settings) | sizes | {"dropout": float(a.dropout), "tie_weights": bool(a.tie_weights)},
            "metrics_test": {name: float(value) for name, value in metrics.items()},
            "stoi": dict(vocabulary.ids),
            "itos": list(vocabulary.tokens),
            "vocab_size": len(vocabulary),
            "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "env": {
                "python": platform.python_version(), "torch": str(torch.__version__), "numpy": str(np.__version__)
            },
        },
        path,
    )  # fmt: skip
    return hashlib.sha256(path.read_bytes()).hexdigest()
