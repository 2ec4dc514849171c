"""The chord model of one's own that Compose asks, if there is one."""

from __future__ import annotations

import streamlit as st

_OWN = "own_chord_model"


def mark() -> str:
    """Empty: the house's model."""
    held: str = st.session_state.get(_OWN, "")
    return held


def use(chosen: str) -> None:
    st.session_state[_OWN] = chosen
