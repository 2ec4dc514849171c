"""Reads one token model's file from standard input in a process of its own; run as `python -m engine.recurrent.child`.

The limits, the answer and who asks are those of `engine.checkpoint.child`.
"""

from __future__ import annotations

from dataclasses import asdict

from engine.checkpoint.child import archive, serve
from engine.checkpoint.reading import raw_in_process
from engine.recurrent.schema import contents_of


def packed_from(data: bytes) -> bytes:
    contents = contents_of(raw_in_process(data))
    header: dict[str, object] = {
        "tokens": contents.vocabulary.tokens,
        "language": contents.language,
        "sizes": asdict(contents.sizes),
        "metrics": dict(contents.metrics),
    }
    return archive(header, dict(contents.weights))


if __name__ == "__main__":
    serve(packed_from)
