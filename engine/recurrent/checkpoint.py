"""Token models on disk: those that ship, those a visitor brings, those a run writes, and the model that comes of them.

The form of the file, the child process that reads files from outside, and the folder are those of `engine.checkpoint`.
"""

from __future__ import annotations

import hashlib
import io
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.checkpoint.reading import answered, raw_in_process
from engine.checkpoint.shelf import NO_CARD, names_in, taken
from engine.checkpoint.vouched import read_vouched
from engine.recurrent.schema import MODEL_CLASS, Contents, contents_of, vouched_weights_in
from engine.recurrent.sizes import Sizes
from engine.recurrent.steps import Steps, steps_of
from engine.recurrent.vocabulary import Vocabulary

if TYPE_CHECKING:
    from engine.recurrent.network import TokenRNN

SHIPPED = Path(__file__).parents[2] / "checkpoints" / "recurrent"
CHILD = "engine.recurrent.child"


@dataclass(frozen=True)
class TokenModel:
    """A checked model, read-only and safe to share between threads. `card` is empty when the file came without one."""

    contents: Contents
    card: Mapping[str, object]

    @property
    def vocabulary(self) -> Vocabulary:
        return self.contents.vocabulary

    @property
    def language(self) -> str:
        """The name of the token language, such as "abc-tonic"."""
        return self.contents.language

    @property
    def sizes(self) -> Sizes:
        return self.contents.sizes

    @cached_property
    def steps(self) -> Steps:
        """The network in NumPy."""
        return steps_of(self.sizes, self.contents.weights)

    @cached_property
    def quantized(self) -> Steps:
        """The same in whole numbers: several times as quick, and a little less exact."""
        return steps_of(self.sizes, self.contents.weights, quantized=True)

    @cached_property
    def network(self) -> TokenRNN:
        """The torch network, in evaluation mode, built when first asked for: writing does without."""
        from engine.recurrent.network import network_of

        return network_of(self.sizes, self.contents.weights)


def names() -> tuple[str, ...]:
    """The token models that ship, by name."""
    return names_in(SHIPPED)


def load(name_or_path: str | Path) -> TokenModel:
    """A shipped model by its name, or any `.pt` file by its path. Raises CheckpointError.

    A file whose SHA-256 does not stand in a card beside it is read in a child process with limits (a second or two).
    """
    data, card = taken(name_or_path, SHIPPED)
    if card is None:
        return load_bytes(data)
    return model_of(contents_of(read_vouched(data), vouched_weights_in), card)


def load_bytes(data: bytes) -> TokenModel:
    """A model from the bytes of a `.pt` file from outside. Raises CheckpointError; nothing in the file is ever run."""
    header, weights = answered(data, CHILD)
    sizes = Sizes(**header["sizes"] | {"features": tuple(header["sizes"]["features"])})
    vocabulary = Vocabulary(tuple(header["tokens"]))
    return model_of(Contents(vocabulary, header["language"], sizes, weights, header["metrics"]))


def model_of(contents: Contents, card: Mapping[str, object] = NO_CARD) -> TokenModel:
    return TokenModel(contents, MappingProxyType(dict(card)))


def write(  # noqa: PLR0917
    path: Path, network: TokenRNN, tokens: Sequence[str], language: str, settings: Mapping[str, object],
    metrics: Mapping[str, float],
) -> str:  # fmt: skip
    """Writes the `.pt` file and returns its SHA-256. `settings` made it; `metrics` belong to the test part.

    Raises CheckpointError, leaving no file, for what `load` would refuse.
    """
    import torch

    sizes = {name: value for name, value in asdict(network.sizes).items() if name != "vocab_size"}
    entries = {
        "model_state": {name: weight.detach().cpu() for name, weight in network.state_dict().items()},
        "model_class": MODEL_CLASS,
        "config": _plain(sizes) | {"tokens": language, "settings": _plain(settings)},
        "metrics_test": {name: float(value) for name, value in metrics.items()},
        "stoi": {token: i for i, token in enumerate(tokens)},
        "itos": list(tokens),
        "vocab_size": len(tokens),
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "env": {"python": platform.python_version(), "torch": str(torch.__version__), "numpy": str(np.__version__)},
    }
    buffer = io.BytesIO()
    torch.save(entries, buffer)
    contents_of(raw_in_process(buffer.getvalue()))
    path.write_bytes(buffer.getvalue())
    return hashlib.sha256(buffer.getvalue()).hexdigest()


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values that any reader of the format understands: tuples become lists."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
