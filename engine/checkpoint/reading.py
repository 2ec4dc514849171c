"""Bytes of a model file to plain contents: here for files we vouch for, in a limited child process for all others."""

from __future__ import annotations

import io
import json
import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np

from engine import errors
from engine.architecture import Architecture
from engine.checkpoint.form import check_form
from engine.checkpoint.schema import Contents, contents_of
from engine.errors import CheckpointError, UnsafeCheckpoint
from engine.vocab import Vocabulary
from engine.words import Sentence, say

CHILD_SECONDS = 40  # wall clock, start of the process included
WAIT_SECONDS = 20.0  # for one of the two to end

_children = threading.BoundedSemaphore(2)  # a class that uploads at once must not fill the memory


def read_in_process(data: bytes) -> Contents:
    """Checks and reads a file in this very process. For files whose fingerprint is known; see `read_apart`."""
    data = check_form(data)
    import torch

    try:
        raw = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, ValueError, TypeError, KeyError, IndexError, EOFError,
            AttributeError, OverflowError, AssertionError, MemoryError) as problem:  # fmt: skip
        raise UnsafeCheckpoint(
            say("The model file cannot be read as tensors and plain values. Write it with torch.save from a dict.")
        ) from problem
    return contents_of(raw)


def read_apart(data: bytes) -> Contents:
    """Checks and reads a file from outside in a child process that may be killed, with memory and time limits."""
    data = check_form(data)
    if not _children.acquire(timeout=WAIT_SECONDS):
        raise CheckpointError(
            say("Other model files are being read just now and this one could not wait. Try again in a minute.")
        )
    try:
        answer = _answer_of_child(data)
    finally:
        _children.release()
    with np.load(io.BytesIO(answer), allow_pickle=False) as archive:
        header = json.loads(archive["header"].tobytes())
        weights = {name: archive[name] for name in archive.files if name != "header"}
    if "error" in header:
        raise _error_of(header)
    return Contents(
        Vocabulary(tuple(header["tokens"])), Architecture(**header["architecture"]), weights, header["metrics"]
    )


def _answer_of_child(data: bytes) -> bytes:
    root = str(Path(__file__).parents[2])
    surroundings = os.environ | {"PYTHONPATH": root, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "engine.checkpoint.child"]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=CHILD_SECONDS, check=True, env=surroundings, cwd=root
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as problem:
        raise UnsafeCheckpoint(
            say(
                "Reading the file took more memory or time than any model of its size needs, so it was stopped. "
                "Save the model again with torch.save."
            )
        ) from problem
    return done.stdout


def _error_of(header: dict[str, object]) -> CheckpointError:
    kind = getattr(errors, str(header["error"]))
    fields = header["fields"]
    assert isinstance(fields, dict)
    error: CheckpointError = kind(Sentence(str(header["template"]), tuple(fields.items())))
    return error
