"""The model of one's own that a page asks instead of the house's, if there is one."""

from __future__ import annotations

from typing import Literal

from pages.parts.session.store import entries

Page = Literal["compose", "tunes", "notes"]


def mark(page: Page = "compose") -> str:
    """Empty: the house's model."""
    held: str = entries().get(f"own_model_{page}", "")
    return held


def use(page: Page, chosen: str) -> None:
    entries()[f"own_model_{page}"] = chosen
