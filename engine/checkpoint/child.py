"""Reads one model file from standard input in a process of its own, with limits, and writes plain arrays to the output.

Run as `python -m engine.checkpoint.child`. The answer is an `.npz` archive: `header` is JSON (bytes), the rest are the
weights; or, when the file is refused, a header with the error's name and sentence. Another room that keeps files of the
same form has a child of its own that calls `serve`.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import asdict

import numpy as np

from engine.checkpoint.limits import limit_this_process
from engine.checkpoint.reading import read_in_process
from engine.checkpoint.schema import Contents
from engine.errors import CheckpointError

MEMORY_LIMIT = 2 * 1024**3  # bytes of data; torch's code, mapped from files, does not count
CPU_LIMIT = 15  # seconds; most of what an honest file takes is the import of torch
NICENESS = 5  # the page goes first, yet on a busy machine an honest file is read in time


def packed(contents: Contents) -> bytes:
    header: dict[str, object] = {
        "tokens": contents.vocabulary.tokens,
        "architecture": asdict(contents.architecture),
        "metrics": dict(contents.metrics),
    }
    return archive(header, dict(contents.weights))


def refused(error: CheckpointError) -> bytes:
    fields = {name: value if isinstance(value, int | float) else str(value) for name, value in error.sentence.fields}
    return archive({"error": type(error).__name__, "template": error.sentence.template, "fields": fields}, {})


def archive(header: dict[str, object], arrays: dict[str, np.ndarray]) -> bytes:
    """What the parent reads: plain values and arrays."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, header=np.frombuffer(json.dumps(header).encode(), dtype=np.uint8), **arrays)
    return buffer.getvalue()


def serve(packed_from: Callable[[bytes], bytes]) -> None:
    """Answers for the one file on standard input; `packed_from` reads it, or raises CheckpointError."""
    limit_this_process(NICENESS, MEMORY_LIMIT, CPU_LIMIT)
    data = sys.stdin.buffer.read()
    try:
        answer = packed_from(data)
    except CheckpointError as error:
        answer = refused(error)
    sys.stdout.buffer.write(answer)


def main() -> None:
    serve(lambda data: packed(read_in_process(data)))


if __name__ == "__main__":
    main()
