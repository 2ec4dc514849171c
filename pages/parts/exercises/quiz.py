"""The quiz component: a beginning to hear, choices to hear, and after the answer what the model thinks of each."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import streamlit as st

from engine import palette
from engine.exercises import Question, points
from engine.sheet import Sheet
from pages.parts import kept
from pages.parts.exercises.names import letter
from pages.parts.frame import telling
from pages.parts.kept.exercises import CLASSES, question
from pages.parts.language import _
from pages.parts.session.exercises import DESK, Practice, acknowledged, presses, visitor
from pages.parts.shown import cards, pads

_ROOT = Path(__file__).parents[3]
_PARTS = _ROOT / "assets" / "components" / "quiz"
_KEY = "quiz"
TEMPO = 100  # beats per minute
_BEATS = 2.0  # a chord of the beginning, so that all of it is heard in a few seconds


def quiz() -> None:
    """Draws the question at hand and reports presses to `_answer`."""
    practice = DESK.held()
    if practice.finished:
        _end(practice)
        return
    _component()(key=_KEY, data=_data(practice), on_event_change=_answer)


@lru_cache(maxsize=1)
def _component() -> Any:
    served = sorted(path for room in ("quiz", "studio", "sounds") for path in (_ROOT / "static" / room).iterdir())
    version = sha256(b"".join(path.read_bytes() for path in served)).hexdigest()[:12]
    light, dark = palette.css_variables(), palette.css_variables(dark=True)
    return st.components.v2.component(
        "cadencia_quiz",
        html=kept.text(_PARTS / "quiz.html"),
        css=f".quiz {{ {light} }} .quiz.dark {{ {dark} }}\n" + kept.text(_PARTS / "quiz.css"),
        js=kept.text(_PARTS / "loader.js").replace("__VERSION__", version),
    )


@telling
def _answer() -> None:
    for event in presses(_KEY):
        apply(event)


def apply(event: dict[str, Any]) -> None:
    """One press: an answer to the question at hand, or onward. What does not fit the question is an echo."""
    practice = DESK.held()
    if practice.finished or event.get("question") != practice.number:
        return
    if event.get("type") == "answer" and not practice.shown:
        _take(practice, event.get("choice"))
    elif event.get("type") == "next" and practice.shown:
        DESK.put(practice.onward())


def _take(practice: Practice, choice: object) -> None:
    asked = question(practice.course, practice.number)
    if type(choice) is not int or not 0 <= choice < len(asked.choices):
        return
    if practice.code:
        CLASSES.answer(practice.code, practice.number, visitor(), choice, points(asked, choice))
    DESK.put(practice.answered(choice))


def _data(practice: Practice) -> dict[str, Any]:
    asked = question(practice.course, practice.number)
    sheet = Sheet(asked.heard)
    return {
        "question": practice.number,
        "heard": [shown | {"beats": _BEATS} for shown in cards(sheet, asked.heard)],
        "choices": pads(list(asked.choices), sheet, len(asked.heard)),
        "best": asked.best,
        "answered": practice.answers[-1] if practice.shown else None,
        "named": practice.named,
        "standing": _standing(practice),
        "verdict": _verdict(practice, asked),
        "tempo": TEMPO,
        "ack": acknowledged(),
        "labels": _labels(),
    }


def _standing(practice: Practice) -> str:
    words = _("Question {number} of {count}").format(number=practice.number + 1, count=practice.course.length)
    if not practice.answers:
        return words
    return words + " · " + _("{points} of {most} points").format(points=_score(practice), most=_most(practice))


def _score(practice: Practice) -> int:
    return sum(points(question(practice.course, number), choice) for number, choice in enumerate(practice.answers))


def _most(practice: Practice) -> int:
    return 100 * len(practice.answers)


def _verdict(practice: Practice, asked: Question) -> str:
    if not practice.shown:
        return _("Listen, then listen to the choices. Which one comes next?")
    scored = points(asked, practice.answers[-1])
    if practice.answers[-1] == asked.best:
        return _("Yes: the likeliest chord. 100 points.")
    return _("{points} points: {letter} was likelier.").format(points=scored, letter=letter(asked.best))


def _end(practice: Practice) -> None:
    st.subheader(_("{points} of {most} points").format(points=_score(practice), most=_most(practice)))
    st.caption(_("A chord has as many points as it is likely beside the likeliest one."))
    if st.button(_("Once more, with new questions"), type="primary", key="again", disabled=practice.fixed):
        course = practice.course
        DESK.put(practice.anew(type(course)(course.rng_seed + 1, course.level, course.mode, course.length)))
        st.rerun()


def _labels() -> dict[str, str]:
    return {
        "play": _("Play the beginning"),
        "stop": _("Stop"),
        "answer": _("This one"),
        "next": _("Next question"),
        "choice": _("Choice"),
        "choices": _("Choices"),
        "heard": _("The beginning"),
    }
