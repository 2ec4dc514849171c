"""ABC text and tunes: reading what people write, the canonical tokens the models speak."""

from __future__ import annotations

from engine.abc.tokens import (
    BEGIN,
    END,
    KEYS,
    LENGTHS,
    METERS,
    MODES,
    RHYTHMS,
    TUPLETS,
    VOCABULARY,
    Tune,
    UnreadableTune,
    from_model,
    split_body,
    to_model,
)

__all__ = [
    "BEGIN",
    "END",
    "KEYS",
    "LENGTHS",
    "METERS",
    "MODES",
    "RHYTHMS",
    "TUPLETS",
    "VOCABULARY",
    "Tune",
    "UnreadableTune",
    "from_model",
    "split_body",
    "to_model",
]
