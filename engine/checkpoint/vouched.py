"""Reads a model file whose fingerprint is known, without torch: the archive's numbers go straight into NumPy arrays.

Importing torch takes seconds and 165 MB, which a page that only predicts need not spend. The reader knows no more names
than `form` lets pass, so even a file that was swapped after its card was written can build nothing but plain values.
"""

from __future__ import annotations

import io
import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.checkpoint.form import check_form
from engine.checkpoint.schema import Contents, contents_of, vouched_weights_in
from engine.errors import UnsafeCheckpoint
from engine.words import say

_STORAGES = {"FloatStorage": np.float32, "HalfStorage": np.float16, "LongStorage": np.int64}


def vouched_contents(data: bytes) -> Contents:
    """A chord model's file. Raises CheckpointError."""
    return contents_of(read_vouched(data), vouched_weights_in)


def read_vouched(data: bytes) -> Mapping[str, object]:
    """The dict that was saved, every tensor an array. Raises UnsafeCheckpoint when it is no such file."""
    try:
        with zipfile.ZipFile(io.BytesIO(check_form(data))) as archive:
            raw = _Reader(archive).load()
    except (pickle.UnpicklingError, ValueError, TypeError, KeyError, IndexError, EOFError, AttributeError) as problem:
        raise UnsafeCheckpoint(
            say("The model file cannot be read as tensors and plain values. Write it with torch.save from a dict.")
        ) from problem
    return raw if isinstance(raw, dict) else {}


@dataclass(frozen=True, slots=True)
class _Storage:
    """One run of numbers in the archive, as a flat array."""

    numbers: npt.NDArray[Any]


class _Reader(pickle.Unpickler):
    """An unpickler that knows tensors, their storages and ordered dicts, and nothing else."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        super().__init__(io.BytesIO(archive.read("archive/data.pkl")))
        self._archive = archive

    def find_class(self, module: str, name: str) -> Any:
        known: dict[tuple[str, str], Callable[..., Any] | str] = {
            ("collections", "OrderedDict"): OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): _tensor,
            ("torch._utils", "_rebuild_parameter"): _parameter,
            **{("torch", storage): storage for storage in _STORAGES},
        }
        if (module, name) not in known:
            raise pickle.UnpicklingError(f"{module}.{name}")
        return known[module, name]

    def persistent_load(self, pid: Any) -> _Storage:
        _, kind, key, _, _ = pid
        return _Storage(np.frombuffer(self._archive.read(f"archive/data/{key}"), dtype=_STORAGES[kind]))


def _tensor(storage: _Storage, offset: int, size: Sequence[int], stride: Sequence[int], *_: object) -> npt.NDArray[Any]:
    """A dense tensor in row order, which is how weights are saved."""
    shape = tuple(size)
    count = int(np.prod(shape, dtype=np.int64))
    rows = np.cumprod((1, *reversed(shape[1:])), dtype=np.int64)[::-1] if shape else np.zeros(0)
    if any(given != wanted for given, wanted, n in zip(stride, rows, shape, strict=True) if n > 1):
        raise ValueError("a tensor that does not lie in row order")
    return storage.numbers[offset : offset + count].reshape(shape)


def _parameter(data: npt.NDArray[Any], *_: object) -> npt.NDArray[Any]:
    return data
