"""The page's own component: one script for its three parts, each with presses of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import streamlit as st

from engine import palette
from engine.abc import TextFault
from pages.parts import kept
from pages.parts.language import _, tell
from pages.parts.session import tunes as session

_ROOT = Path(__file__).parents[3]
_PARTS = _ROOT / "assets" / "components" / "tunes"
STYLE = _PARTS / "page.css"  # of Streamlit's own controls on this page
_SERVED = ("tunes", "studio", "sounds", "abcjs")


def part(name: str, data: dict[str, Any], answer: Callable[[], None]) -> None:
    """Draws the part `name` and reports its presses to `answer`."""
    key = key_of(name)
    given = {"part": name, "ack": session.acknowledged(key)} | data
    _component()(key=key, data=given, on_event_change=answer)


def key_of(name: str) -> str:
    return f"tunes_{name}"


@lru_cache(maxsize=1)
def _component() -> Any:
    served = sorted(path for room in _SERVED for path in (_ROOT / "static" / room).iterdir())
    version = sha256(b"".join(path.read_bytes() for path in served)).hexdigest()[:12]
    light, dark = palette.css_variables(), palette.css_variables(dark=True)
    return st.components.v2.component(
        "cadencia_tunes",
        html=kept.text(_PARTS / "tunes.html"),
        css=f".tunes {{ {light} }} .tunes.dark {{ {dark} }}\n" + kept.text(_PARTS / "tunes.css"),
        js=kept.text(_PARTS / "loader.js").replace("__VERSION__", version),
    )


def told(faults: Iterable[TextFault]) -> list[dict[str, Any]]:
    """Bad places as the fields mark and list them."""
    return [
        {
            "start": fault.start,
            "end": fault.end,
            "serious": fault.serious,
            "place": _("line {line}, {column}").format(line=fault.line, column=fault.column),
            "sentence": tell(fault.sentence),
        }
        for fault in faults
    ]
