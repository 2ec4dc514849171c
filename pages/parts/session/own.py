"""The model of one's own that a page asks instead of the house's, if there is one."""

from __future__ import annotations

from typing import Literal

import streamlit as st

Page = Literal["compose", "tunes", "notes"]


def mark(page: Page = "compose") -> str:
    """Empty: the house's model."""
    held: str = st.session_state.get(f"own_model_{page}", "")
    return held


def use(page: Page, chosen: str) -> None:
    st.session_state[f"own_model_{page}"] = chosen
