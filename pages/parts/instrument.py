"""The choice of what plays, as every page offers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from engine.words import Sentence
from pages.parts import session
from pages.parts.frame import when_changed
from pages.parts.language import _, tell


def instrument(name: str, known: Mapping[int, Sentence], chosen: int, choose: Callable[[int], None]) -> None:
    """A list of General MIDI programs by name; `name` is the widget's, `choose` keeps what is chosen in it."""
    st.selectbox(
        _("Instrument"),
        list(known),
        format_func=lambda program: tell(known[program]),
        key=session.mirror(name, chosen),
        on_change=when_changed(name, choose),
        width=220,
    )
