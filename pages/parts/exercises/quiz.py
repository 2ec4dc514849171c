"""The quiz component: a beginning to hear, choices to hear, and after the answer what the model thinks of each."""

from __future__ import annotations

from typing import Any

import streamlit as st

from engine.exercises import Question, points
from pages.parts.component import answering, component
from pages.parts.exercises.names import letter, sheet_of
from pages.parts.kept.exercises import CLASSES, question
from pages.parts.language import _
from pages.parts.session import acknowledged
from pages.parts.session.exercises import DESK, Practice, visitor
from pages.parts.shown import cards, pads

_KEY = "quiz"
TEMPO = 100  # beats per minute
_BEATS = 2.0  # a chord of the beginning, so that all of it is heard in a few seconds


def quiz() -> None:
    """Draws the question at hand; its presses answer and lead on."""
    practice = DESK.held()
    if practice.finished:
        _end(practice)
        return
    component("quiz", "quiz/quiz.js", "sounds")(key=_KEY, data=_data(practice), on_event_change=answering(_KEY, apply))


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
    sheet = sheet_of(asked)
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
        "ack": acknowledged(_KEY),
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
        DESK.put(practice.anew(practice.next_course()))
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
