"""The weights in a model file: the parts a config decides, dense, finite, each stored once; as plain arrays.

From a file of unknown origin they come as torch tensors; from one that was made here, read without torch, as arrays.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from engine.cells import Array
from engine.checkpoint.plain import short
from engine.errors import BadWeights
from engine.words import say

if TYPE_CHECKING:
    import torch

LARGEST_WEIGHTS = 100_000_000  # bytes, as 32 bit floats

Shapes = Mapping[str, tuple[int, ...]]


def dense_weights(state: object, expected: Shapes, tied: bool) -> dict[str, Array]:
    """Tensors of a state dict as arrays: dense, contiguous, of the expected shapes, all finite. Raises BadWeights.

    `tied` says that `decoder.weight` and `emb.weight` are one and the same.
    """
    parts = _parts(state, expected)
    check_total(expected)
    tensors = {name: _checked(name, parts[name], shape) for name, shape in expected.items()}
    _check_stored(tensors, {"decoder.weight"} if tied else set())
    weights = {name: _array(name, tensor) for name, tensor in tensors.items()}
    if tied and not np.array_equal(weights["decoder.weight"], weights["emb.weight"]):
        raise BadWeights(say("config says tie_weights, but decoder.weight differs from emb.weight."))
    return weights


def vouched_weights(state: object, expected: Shapes) -> dict[str, Array]:
    """The same of a state dict that was read without torch. Raises BadWeights."""
    parts = _parts(state, expected)
    return {name: as_weight(name, parts[name], shape) for name, shape in expected.items()}


def as_weight(name: str, value: object, shape: tuple[int, ...]) -> Array:
    """An array that was read as a tensor, as 32 bit floats. Raises BadWeights when it is of another shape."""
    if not isinstance(value, np.ndarray) or value.shape != shape or not np.isfinite(value).all():
        raise BadWeights(say("{name} is not the finite array of shape {expected} that config asks for.", name=name,
                             expected=str(shape)))  # fmt: skip
    weight: Array = np.asarray(value, dtype=np.float32)
    return weight


def check_total(expected: Shapes) -> None:
    """Refuses a config that asks for more than a model may have, before anything of that size is made."""
    total = sum(4 * math.prod(shape) for shape in expected.values())
    if total > LARGEST_WEIGHTS:
        raise too_large(total, LARGEST_WEIGHTS)


def too_large(given: int, limit: int) -> BadWeights:
    """The refusal of that many bytes."""
    return BadWeights(
        say(
            "config asks for {given} MB of weights; a model may have {limit} MB. Choose a smaller model.",
            given=round(given / 1e6),
            limit=round(limit / 1e6),
        )
    )


def _parts(state: object, expected: Shapes) -> Mapping[str, object]:
    """The state dict, once it has the parts that are expected and no others."""
    if not isinstance(state, dict):
        raise BadWeights(say("model_state must be a state dict of tensors. Save network.state_dict() under that key."))
    missing, extra = sorted(expected.keys() - state.keys()), sorted(short(n) for n in state.keys() - expected.keys())
    if missing or extra:
        raise BadWeights(
            say(
                "The weights do not fit config: missing {missing}; not expected {extra}. The parts are named emb, rnn, "
                "proj and decoder (tied) or fc.",
                missing=_listed(missing),
                extra=_listed(extra),
            )
        )
    return state


def _check_stored(tensors: Mapping[str, torch.Tensor], tied: set[str]) -> None:
    """Weights may lie side by side in one storage, as those of an LSTM do that was trained on a GPU; they may not lie
    on top of each other, which would make much of little. Only tied weights are one and the same."""
    needed = sum(t.numel() * t.element_size() for name, t in tensors.items() if name not in tied)
    storages = {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in tensors.values()}
    if needed > sum(storages.values()):
        raise BadWeights(
            say(
                "The weights take {given} bytes, but only {stored} are stored: several share the same numbers. "
                "Save network.state_dict() as it is.",
                given=needed,
                stored=sum(storages.values()),
            )
        )


def _checked(name: str, tensor: object, shape: tuple[int, ...]) -> torch.Tensor:
    import torch

    if not isinstance(tensor, torch.Tensor) or not _is_plain(tensor):
        raise BadWeights(say("{name} is not a dense, contiguous tensor of 16 or 32 bit floats.", name=name))
    if tuple(tensor.shape) != shape:
        raise BadWeights(
            say(
                "{name} has the shape {given}; config asks for {expected}.",
                name=name,
                given=str(tuple(tensor.shape)),
                expected=str(shape),
            )
        )
    return tensor


def _array(name: str, tensor: torch.Tensor) -> Array:
    import torch

    if not bool(torch.isfinite(tensor).all()):
        raise BadWeights(say("{name} holds values that are not finite numbers; the training went astray.", name=name))
    array: Array = tensor.detach().to(torch.float32).numpy()
    return array


def _is_plain(tensor: torch.Tensor) -> bool:
    import torch

    if tensor.layout != torch.strided or tensor.dtype not in (torch.float32, torch.float16):
        return False
    return tensor.is_contiguous()


def _listed(names: list[str]) -> str:
    return ", ".join(names[:6]) + (" …" if len(names) > 6 else "") if names else "–"
