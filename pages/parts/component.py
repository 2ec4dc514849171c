"""What every component of ours is made of: markup and style that travel, and a script that the browser keeps."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import streamlit as st

from engine import palette
from pages.parts import kept, session
from pages.parts.frame import telling

_ROOT = Path(__file__).parents[2]
_PARTS = _ROOT / "assets" / "components"
_STATIC = _ROOT / "static"
_ALWAYS = ("common", "studio")  # what the scripts of all components have parts of


@lru_cache(maxsize=16)
def component(name: str, script: str, *rooms: str) -> Any:
    """The component of that name, drawn by `static/<script>`, which may import from its own and from other rooms."""
    light, dark = palette.css_variables(), palette.css_variables(dark=True)
    version = _version({script.partition("/")[0], *_ALWAYS, *rooms})
    loader = kept.text(_PARTS / "loader.js").replace("__SCRIPT__", script).replace("__VERSION__", version)
    return st.components.v2.component(
        f"cadencia_{name}",
        html=kept.text(_PARTS / name / f"{name}.html"),
        css=f".{name} {{ {light} }} .{name}.dark {{ {dark} }}\n" + kept.text(_PARTS / name / f"{name}.css"),
        js=loader,
    )


def _version(rooms: set[str]) -> str:
    """Changes with any file of these rooms, so that a browser never mixes old parts with new ones."""
    files = sorted(path for room in rooms for path in (_STATIC / room).iterdir())
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def answering(key: str, do: Callable[[dict[str, Any]], None]) -> Callable[[], None]:
    """The callback of the component `key`: every press that was not answered yet, once and in order.

    A press counts as answered when it has been done or refused, not before: Streamlit may break a callback off.
    """

    def answer() -> None:
        with session.undisturbed():
            for event in session.presses(key):
                with session.answered(key, event):
                    telling(do)(event)

    return answer
