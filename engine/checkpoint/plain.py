"""What a file says, made fit to be told: plain values in few characters."""

from __future__ import annotations


def is_text(value: object) -> bool:
    """Whether a value is a text that any page can show: no control characters, no lone surrogates."""
    return isinstance(value, str) and value.isprintable()


def short(value: object) -> str:
    """A plain value in few characters; of anything else only its type, for a repr could be endless."""
    if value is None or isinstance(value, bool | float) or is_text(value):
        return str(value)[:40]
    if isinstance(value, str):
        return ascii(value[:40])
    if isinstance(value, int):
        return str(value) if abs(value) < 10**20 else "a huge number"
    return type(value).__name__
