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
from typing import Any

import numpy as np

from engine import errors
from engine.architecture import Architecture
from engine.cells import Array
from engine.checkpoint.form import check_form
from engine.checkpoint.schema import Contents, contents_of
from engine.errors import CheckpointError, UnsafeCheckpoint
from engine.vocab import Vocabulary
from engine.words import Sentence, say

CHILD = "engine.checkpoint.child"  # who reads the files of the chord models
CHILD_SECONDS = 40  # wall clock, start of the process included
WAIT_SECONDS = 20.0  # for one of the two to end

_children = threading.BoundedSemaphore(2)  # a class that uploads at once must not fill the memory


def read_in_process(data: bytes) -> Contents:
    """Checks and reads a file in this very process. For files whose fingerprint is known; see `read_apart`."""
    return contents_of(raw_in_process(data))


def raw_in_process(data: bytes) -> object:
    """What torch reads from a file of checked form: tensors and plain values, their meaning not yet judged."""
    data = check_form(data)
    import torch

    try:
        raw: object = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, ValueError, TypeError, KeyError, IndexError, EOFError,
            AttributeError, OverflowError, AssertionError, MemoryError) as problem:  # fmt: skip
        raise UnsafeCheckpoint(
            say("The model file cannot be read as tensors and plain values. Write it with torch.save from a dict.")
        ) from problem
    return raw


def read_apart(data: bytes) -> Contents:
    """Checks and reads a file from outside in a child process that may be killed, with memory and time limits."""
    header, weights = answered(data, CHILD)
    architecture = Architecture(**header["architecture"])
    return Contents(Vocabulary(tuple(header["tokens"])), architecture, weights, header["metrics"])


def answered(data: bytes, child: str) -> tuple[dict[str, Any], dict[str, Array]]:
    """The header and the weights that a child module, which calls `engine.checkpoint.child.serve`, found in a file.

    Raises the CheckpointError that the child named.
    """
    data = check_form(data)
    if not _children.acquire(timeout=WAIT_SECONDS):
        raise CheckpointError(
            say("Other model files are being read just now and this one could not wait. Try again in a minute.")
        )
    try:
        answer = _answer_of_child(data, child)
    finally:
        _children.release()
    with np.load(io.BytesIO(answer), allow_pickle=False) as archive:
        header = json.loads(archive["header"].tobytes())
        weights = {name: archive[name] for name in archive.files if name != "header"}
    if "error" in header:
        raise _error_of(header)
    return header, weights


def _answer_of_child(data: bytes, child: str) -> bytes:
    root = str(Path(__file__).parents[2])
    surroundings = os.environ | {"PYTHONPATH": root, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", child]
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
