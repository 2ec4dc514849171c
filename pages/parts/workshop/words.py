"""Lengths of time and numbers, as one says them."""

from __future__ import annotations

from pages.parts.language import _


def minutes(seconds: float) -> str:
    """A length of time without false precision."""
    if seconds < 90:
        return _("{count} seconds").format(count=max(2, round(seconds / 5) * 5 if seconds > 20 else round(seconds)))
    return _("{count} minutes").format(count=round(seconds / 60))
