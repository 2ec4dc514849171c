"""The page's own component: one script for its three parts, each with presses of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from engine.abc import TextFault
from pages.parts.component import answering, component
from pages.parts.language import _, tell
from pages.parts.session import acknowledged

STYLE = Path(__file__).parents[3] / "assets" / "components" / "tunes" / "page.css"  # of Streamlit's own controls


def part(name: str, data: dict[str, Any], do: Callable[[dict[str, Any]], None]) -> None:
    """Draws the part `name`; `do` does each of its presses."""
    key = key_of(name)
    given = {"part": name, "ack": acknowledged(key)} | data
    component("tunes", "tunes/tunes.js", "sounds", "abcjs")(key=key, data=given, on_event_change=answering(key, do))


def key_of(name: str) -> str:
    return f"tunes_{name}"


def told(faults: Iterable[TextFault]) -> list[dict[str, Any]]:
    """Bad places as the fields mark and list them: what is wrong before what was only left out."""
    return [
        {
            "start": fault.start,
            "end": fault.end,
            "serious": fault.serious,
            "place": _("line {line}, {column}").format(line=fault.line, column=fault.column),
            "sentence": tell(fault.sentence),
        }
        for fault in sorted(faults, key=lambda fault: not fault.serious)
    ]
