"""Reads a model file for the checkpoint room, in a child process: `python -m engine.workshop.inspecting`.

The limits, the answer and who asks are those of `engine.checkpoint.child`. Beside what a model needs it hands over what
a person wants to know of a file: date, environment, the settings it was trained with; plain short values only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict

from engine.checkpoint.child import archive, serve
from engine.checkpoint.reading import raw_in_process
from engine.checkpoint.schema import contents_of
from engine.recurrent.schema import MODEL_CLASS
from engine.recurrent.schema import contents_of as token_contents_of

MOST_FACTS, LONGEST_FACT = 60, 120  # entries of one dict, characters of a value


def packed_from(data: bytes) -> bytes:
    raw = raw_in_process(data)
    entries = raw if isinstance(raw, dict) else {}
    header: dict[str, object] = {
        "created_at": fact(entries.get("created_at")),
        "env": facts_in(entries.get("env")),
        "settings": facts_in(entries.get("config")),
    }
    kind = entries.get("model_class")
    if isinstance(kind, str) and kind == MODEL_CLASS:
        tokens = token_contents_of(raw)
        own = {"tokens": tokens.vocabulary.tokens, "sizes": asdict(tokens.sizes), "language": tokens.language}
        return archive(header | own | {"metrics": dict(tokens.metrics)}, dict(tokens.weights))
    chords = contents_of(raw)
    own = {"tokens": chords.vocabulary.tokens, "architecture": asdict(chords.architecture)}
    return archive(header | own | {"metrics": dict(chords.metrics)}, dict(chords.weights))


def facts_in(raw: object) -> dict[str, str]:
    """The plain entries of a dict, as short texts; anything else in it is left aside.

    >>> facts_in({"epochs": 3, "rate": 0.5, "x": [1], "name": "a" * 999, 4: "no"})["rate"]
    '0.5'
    """
    if not isinstance(raw, Mapping):
        return {}
    kept: dict[str, str] = {}
    for name, value in raw.items():
        text = fact(value)
        if isinstance(name, str) and name.isprintable() and text and len(kept) < MOST_FACTS:
            kept[name[:LONGEST_FACT]] = text
    return kept


def fact(value: object) -> str:
    """A plain value in few characters; nothing of what could be long, or of a type of its own."""
    if isinstance(value, str):
        return value[:LONGEST_FACT] if value[:LONGEST_FACT].isprintable() else ""
    if type(value) is int:
        return str(value) if abs(value) < 10**15 else ""
    if type(value) is float:
        return f"{value:g}" if math.isfinite(value) else ""
    return str(value) if isinstance(value, bool) else ""


if __name__ == "__main__":
    serve(packed_from)
