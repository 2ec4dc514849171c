"""Which model the checkpoint room looks at, and how. A shipped one stands in the link, a brought one in the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from pages.parts.session.desk import Desk

View = Literal["checks", "facts", "vocabulary", "map", "listening", "suite", "songs"]
LONGEST_NAME, LONGEST_CONTEXT = 40, 200  # characters


@dataclass(frozen=True, slots=True)
class Look:
    """The shipped model's name (empty: that of Compose), the view, the chords to listen to."""

    name: str = ""
    view: View = "facts"
    context: str = "C Am F G"

    def with_view(self, view: View) -> Look:
        return replace(self, view=view)


def read(entries: Mapping[str, str]) -> Look:
    """What a link asks for; a name that no model has is found out where models are opened."""
    view = next((known for known in get_args(View) if known == entries.get("view")), Look().view)
    return Look(entries.get("name", "")[:LONGEST_NAME], view, entries.get("chords", Look().context)[:LONGEST_CONTEXT])


def write(look: Look) -> dict[str, str]:
    told = {"name": look.name, "view": look.view, "chords": look.context}
    usual = {"name": "", "view": Look().view, "chords": Look().context}
    return {entry: value for entry, value in told.items() if value != usual[entry]}


DESK: Desk[Look] = Desk("models", read, write)
