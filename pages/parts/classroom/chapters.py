"""The three chapters of the classroom; only the open one is worked out."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from pages.parts import session
from pages.parts.classroom.contest import contest
from pages.parts.classroom.hand import hand
from pages.parts.classroom.paper import handout
from pages.parts.classroom.shapes import shapes
from pages.parts.frame import part, when_changed
from pages.parts.language import _
from pages.parts.session.classroom import CHAPTERS, DESK, Chapter


def chapters() -> None:
    """The choice of a chapter, and the chapter."""
    stand = DESK.held()
    labels: dict[Chapter, str] = {
        "hand": _("Step by step"),
        "contest": _("RNN or LSTM?"),
        "shapes": _("What goes wrong"),
    }
    st.segmented_control(
        _("Chapter"),
        CHAPTERS,
        format_func=labels.__getitem__,
        key=session.mirror("chapter", stand.chapter),
        on_change=when_changed("chapter", _open),
        label_visibility="collapsed",
    )
    with st.container(key=f"chapter_{stand.chapter}"):  # of its own, so that nothing of another chapter lingers in it
        part(partial(_chapter, stand.chapter))


def _chapter(name: Chapter) -> None:
    {"hand": hand, "contest": contest, "shapes": shapes}[name]()
    handout()


def _open(chapter: Chapter | None) -> None:
    stand = DESK.held()
    DESK.put(replace(stand, chapter=chapter or stand.chapter))
