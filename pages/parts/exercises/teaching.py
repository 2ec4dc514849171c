"""For the teacher: a link that fixes the exercise and counts the class's answers, the counts, and a handout."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from secrets import randbits
from urllib.parse import urlencode

import streamlit as st

from engine.exercises import LEVELS, Results
from engine.exercises.classes import code_of
from engine.handout import Block, Heading, Lines, NewPage, Paragraph, Table
from engine.theory import name_for_display
from pages.parts.exercises.names import letter, sheet_of
from pages.parts.frame import part
from pages.parts.handout import GAP, handout_button, whose
from pages.parts.kept.exercises import CLASSES, question
from pages.parts.language import _
from pages.parts.lessons import classroom_link, compose_link, part_names
from pages.parts.session.exercises import DESK, Practice, write
from pages.parts.shown import look

SECONDS = 3  # between two looks at the class's answers


def teaching() -> None:
    """Folded away until a teacher asks; students with a fixed link see only their class's answers."""
    practice = DESK.held()
    if practice.code:
        part(partial(_class, practice), SECONDS)
    if practice.fixed:
        return
    with st.expander(_("For the teacher"), on_change="rerun", key="teacher") as opened:
        if opened.open:
            _links(practice)
            _handout(practice)


def _links(practice: Practice) -> None:
    st.markdown(
        _("**A link for the class**: the same questions for everybody, settings hidden, answers counted without names.")
    )
    if not practice.code:
        with st.container(horizontal=True, vertical_alignment="center", key="class_row"):
            st.button(_("Open a class"), on_click=_open_class, key="open_class")
            st.caption(_("The questions stay the same and begin anew for you too, without your answers."))
        return
    for_class = replace(practice, answers=(), shown=False, fixed=True)
    entries = {f"{DESK.name}.{name}": value for name, value in write(for_class).items()}
    st.code(f"{_here()}?{urlencode(entries)}", language=None, wrap_lines=True)
    st.markdown(_("**A link to Compose with less on it**: choose what is hidden."))
    names = part_names()
    hidden = st.multiselect(
        _("Hidden"), list(names), format_func=names.__getitem__, key="hide", placeholder=_("Nothing")
    )
    st.code(compose_link(_here(), hidden), language=None, wrap_lines=True)
    if "handouts" in hidden:
        st.markdown(_("**A link to the Classroom without its handouts**, open where you left it:"))
        st.code(classroom_link(_here(), hidden), language=None, wrap_lines=True)


def _open_class() -> None:
    """Teacher and class begin at the same question; answers from before were given to nobody's class."""
    DESK.put(replace(DESK.held(), answers=(), shown=False, code=code_of(randbits(40))))


def _here() -> str:
    return (st.context.url or "").split("?")[0]


def _class(practice: Practice) -> None:
    """How the class answered: the question at hand once one has answered it oneself, for a teacher at any time."""
    number = min(practice.number, practice.course.length - 1)
    asked = question(practice.course, number)
    results = CLASSES.results(practice.code, number, len(asked.choices))
    st.caption(
        _("Class {code}, question {number}, answers: {count}").format(
            code=practice.code, number=number + 1, count=results.answers
        )
    )
    if practice.shown or not practice.fixed:
        _bars(results)
    so_far = [] if practice.fixed else _so_far(practice)
    if so_far:
        st.caption(" · ".join(so_far))


def _so_far(practice: Practice) -> list[str]:
    """A word on every question that somebody has answered; who answered has had it drawn, so it is at hand."""
    told = []
    choices = len(LEVELS[practice.course.level].ranks)
    for number in range(practice.course.length):
        results = CLASSES.results(practice.code, number, choices)
        if results.answers:
            right = results.chosen[question(practice.course, number).best] / results.answers
            words = _("Question {number}: answers {count}, right {share} %")
            told.append(words.format(number=number + 1, count=results.answers, share=round(100 * right)))
    return told


def _bars(results: Results) -> None:
    for choice, count in enumerate(results.chosen):
        share = count / results.answers if results.answers else 0.0
        st.progress(share, text=f"{letter(choice)}: {count}")
    if results.answers:
        st.caption(_("Points on average: {points}").format(points=round(results.mean_points)))


def _handout(practice: Practice) -> None:
    st.markdown(
        _("**On paper**: the questions of this exercise with room to write, the answers on a page of their own.")
    )
    handout_button(lambda: (_("Guess the next chord"), blocks(practice)), "cadencia-exercise.pdf")


def blocks(practice: Practice) -> tuple[Block, ...]:
    course = practice.course
    asked = [question(course, number) for number in range(course.length)]
    blocks: list[Block] = [
        whose(),
        Paragraph(_("Exercise {number}").format(number=course.rng_seed)),
        Paragraph(_("Play or sing each beginning. Which chord would most songs play next? Say why.")),
    ]
    for number, each in enumerate(asked, start=1):
        seen = look(sheet_of(each))
        blocks += [
            Heading(f"{GAP} ".join((f"{number}.", *map(seen.written, each.heard.chords), "?"))),
            Paragraph(
                f"{GAP} ".join(f"{letter(i)})\u00a0{seen.written(chord)}" for i, chord in enumerate(each.chords))
            ),
            Lines(2),
        ]
    rows = [("", _("Likeliest"), _("Share"), _("Degree"))]
    for number, each in enumerate(asked, start=1):
        best, seen = each.choices[each.best], look(sheet_of(each))
        degree = name_for_display(best.chord, each.heard.key)
        rows.append((str(number), seen.written(best.chord), f"{100 * best.probability:.0f} %", degree))
    return (*blocks, NewPage(), Heading(_("Answers of the model")), Table(tuple(rows)))
