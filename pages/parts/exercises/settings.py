"""What is asked: level, mode, how many; gone when the teacher's link fixes it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from engine.exercises import Course
from engine.exercises.questions import MOST_QUESTIONS
from pages.parts import session
from pages.parts.choice import choice
from pages.parts.exercises.names import level_name
from pages.parts.frame import when_changed
from pages.parts.language import _
from pages.parts.session.exercises import DESK, levels

EITHER = "either"


def settings() -> None:
    """One row of controls. A change begins the exercise anew, because its questions are others."""
    practice = DESK.held()
    if practice.fixed:
        return
    course = practice.course
    with st.container(horizontal=True, vertical_alignment="bottom", key="quiz_settings"):
        names = {level: level_name(level) for level in levels()}
        _choice(_("Level"), "level", names, course.level, 260)
        with st.popover(_("More"), key="quiz_more"):
            _choice(_("Mode"), "mode", _modes(), course.mode or EITHER, 140)
            _whole(_("Questions"), "length", (1, MOST_QUESTIONS), course.length)
            _whole(_("Exercise number"), "rng_seed", (0, 9999), course.rng_seed)
            named = session.mirror("quiz_named", practice.named)
            st.toggle(_("Show names"), key=named, on_change=when_changed("quiz_named", _name))


def _modes() -> dict[str, str]:
    return {EITHER: _("either"), "major": _("major"), "minor": _("minor")}


def _choice(label: str, field: str, names: dict[Any, str], value: object, width: int) -> None:
    choice(label, f"quiz_{field}", names, value, lambda chosen: _begin(**{field: chosen}), width=width)


def _whole(label: str, field: str, bounds: tuple[int, int], value: int) -> None:
    st.number_input(
        label,
        *bounds,
        step=1,
        key=session.mirror(f"quiz_{field}", value),
        on_change=when_changed(f"quiz_{field}", lambda chosen: _begin(**{field: chosen})),
        width=130,
    )


def _begin(**changed: Any) -> None:
    practice = DESK.held()
    wished: dict[str, Any] = {field: None if value == EITHER else value for field, value in changed.items()}
    course: Course = replace(practice.course, **wished)
    DESK.put(practice.anew(course))


def _name(named: bool) -> None:
    DESK.put(replace(DESK.held(), named=named))
