"""The roll with what belongs to it. While notes are being written only this part of the page is drawn again."""

from __future__ import annotations

import streamlit as st

from pages.parts import session
from pages.parts.frame import part
from pages.parts.notes.roll import roll
from pages.parts.notes.takeaway import takeaway
from pages.parts.notes.told import measured, told
from pages.parts.notes.views import views
from pages.parts.notes.writing import buttons, collect, in_hand, score_in
from pages.parts.session.notes import DESK

SECONDS = 0.4  # between two looks at the writer


def stage() -> None:
    """Buttons, roll, and the line below; then, once nothing is being written, views and files."""
    writing = in_hand() is not None
    with st.container(key="notes_stage"):  # keeps its height while the roll is drawn anew, see page.css
        if writing:
            part(_stage, SECONDS)
        else:
            with st.container():  # a part stands in one too: at another depth the browser would make a new roll
                _stage()
    score = None if writing else score_in(DESK.held())
    views(score, writing)
    takeaway(score)


def _stage() -> None:
    progress = in_hand()
    if progress and collect(progress):
        st.rerun()
    before = DESK.held()
    buttons(progress)
    roll(progress)
    with st.container(key="notes_told"):
        st.caption(told(before) or "\u00a0", help=measured(before))
    session.write_address()
