"""Each chapter of the classroom as a handout; gone where a teacher's link has taken handouts away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from pages.parts.classroom.paper.by_hand import by_hand
from pages.parts.classroom.paper.compared import compared
from pages.parts.classroom.paper.mistakes import mistakes
from pages.parts.handout import Sheet, handout_button
from pages.parts.session import classroom as state
from pages.parts.session import lesson
from pages.parts.session.classroom import DESK


def handout() -> None:
    """The button of the open chapter; nothing is worked out before it is pressed."""
    if "handouts" in lesson.DESK.held():
        return
    stand, here = DESK.held(), (st.context.url or "").split("?")[0]
    sheets: dict[str, Callable[[], Sheet]] = {
        "hand": partial(by_hand, stand, here),
        "contest": partial(compared, stand.contest, state.run(), here),
        "shapes": partial(mistakes, stand.pitfall, here),
    }
    handout_button(sheets[stand.chapter], f"cadencia-{stand.chapter}.pdf")
