"""A reload of the page, or a broken connection, does not part a visitor from what he trains: the tab keeps his mark."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from pages.parts import kept
from pages.parts.session import workshop as state

_SCRIPT = Path(__file__).parents[3] / "assets" / "components" / "visit" / "visit.js"
_KEY = "visit"


def visit() -> None:
    """Draws nothing; the tab answers with the mark it kept, if that is another one."""
    _component()(key=_KEY, data={"mark": state.visitor()}, on_mark_change=_return)


@lru_cache(maxsize=1)
def _component() -> Any:
    return st.components.v2.component("cadencia_visit", js=kept.text(_SCRIPT))


def _return() -> None:
    state.come_back(_KEY)
