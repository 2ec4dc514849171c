"""Shipped models are read without torch, and the numbers are torch's own."""

from __future__ import annotations

import io
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

from engine import checkpoint
from engine.checkpoint.reading import read_in_process
from engine.checkpoint.vouched import read_vouched
from engine.checkpoint.weights import as_weight
from engine.errors import BadWeights, UnsafeCheckpoint

ROOT = Path(__file__).resolve().parent.parent
CHORDS = ("functional", "live", "memory")


def saved(value: object) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("name", CHORDS)
def test_the_same_contents_as_torch_reads(name: str) -> None:
    by_torch = read_in_process((checkpoint.SHIPPED / f"{name}.pt").read_bytes())
    ours = checkpoint.load(name).contents
    assert ours.vocabulary == by_torch.vocabulary
    assert ours.architecture == by_torch.architecture
    assert ours.metrics == by_torch.metrics
    assert set(ours.weights) == set(by_torch.weights)
    for weight, array in ours.weights.items():
        np.testing.assert_array_equal(array, by_torch.weights[weight])


def test_predicting_with_a_shipped_model_does_without_torch() -> None:
    script = (
        "import sys; from engine import checkpoint, predict; "
        "assert predict.suggest(checkpoint.load('live'), ('I', 'IV'), 3); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT)


def test_tensors_of_every_kind_are_read() -> None:
    whole = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    tensors = {
        "matrix": whole,
        "part of another": whole[1:3],
        "parameter": torch.nn.Parameter(whole[0].clone()),
        "half": whole.half(),
        "ids": torch.arange(5),
        "number": torch.tensor(2.5),
        "none": torch.zeros(0, 3),
        "one row": whole.T[:, :1].T,
    }
    read = read_vouched(saved(tensors))
    for name, tensor in tensors.items():
        np.testing.assert_array_equal(read[name], tensor.detach().numpy())


def test_a_tensor_out_of_order_is_refused() -> None:
    with pytest.raises(UnsafeCheckpoint):
        read_vouched(saved({"turned": torch.arange(6).reshape(2, 3).T.clone(memory_format=torch.preserve_format)}))


def test_a_tensor_beyond_its_storage_is_refused() -> None:
    data = bytearray(saved({"x": torch.zeros(4)}))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    short = {name: content[:8] if name.endswith("/data/0") else content for name, content in parts.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in short.items():
            archive.writestr(name, content)
    with pytest.raises(UnsafeCheckpoint):
        read_vouched(buffer.getvalue())


def test_nothing_is_run() -> None:
    class Harmful:
        def __reduce__(self) -> tuple[object, ...]:
            return (print, ("run",))

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({"x": Harmful()}, protocol=2))
    with pytest.raises(UnsafeCheckpoint):
        read_vouched(buffer.getvalue())


@pytest.mark.parametrize("value", [np.zeros(3), np.array([[np.nan, 1.0]]), "text", None])
def test_only_finite_arrays_of_the_shape_are_weights(value: object) -> None:
    with pytest.raises(BadWeights):
        as_weight("fc.weight", value, (1, 2))
