"""Where a visitor stands in an exercise: the course, the answers so far, the class; all of it in the link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import takewhile
from secrets import randbelow, token_hex
from typing import get_args

from engine.exercises import LEVELS, Course, Level
from engine.exercises.classes import is_code
from engine.exercises.questions import MOST_QUESTIONS
from engine.music import Mode
from pages.parts.session.desk import Desk
from pages.parts.session.store import entries

_VISITOR = "quiz_visitor"
LARGEST_SEED = 9999


@dataclass(frozen=True, slots=True)
class Practice:
    """`answers` are the choices made, question by question; the next question is the one after them.

    `shown` says that the last of them is still on the page, its shares open. `fixed` takes the settings away, `code`
    is the class that answers are counted for, `named` shows the chords' names before the answer.
    """

    course: Course = field(default_factory=Course)
    answers: tuple[int, ...] = ()
    shown: bool = False
    fixed: bool = False
    named: bool = False
    code: str = ""

    @property
    def number(self) -> int:
        """The question on the page, from 0."""
        return len(self.answers) - 1 if self.shown else len(self.answers)

    @property
    def finished(self) -> bool:
        return not self.shown and len(self.answers) >= self.course.length

    def answered(self, choice: int) -> Practice:
        return replace(self, answers=(*self.answers, choice), shown=True)

    def onward(self) -> Practice:
        return replace(self, shown=False)

    def anew(self, course: Course) -> Practice:
        """Other questions: a class that answers is one for these, and is left."""
        return replace(self, course=course, answers=(), shown=False, code="")

    def next_course(self) -> Course:
        """The same exercise with new questions."""
        return replace(self.course, rng_seed=(self.course.rng_seed + 1) % (LARGEST_SEED + 1))


def read(entries: Mapping[str, str]) -> Practice:
    """What a link asks for; what it says wrongly is as on a new page."""
    mode = entries.get("mode")
    course = Course(
        _number(entries.get("seed"), 0, LARGEST_SEED, randbelow(1000)),
        next((level for level in LEVELS if level == entries.get("level")), Course().level),
        next((known for known in get_args(Mode) if known == mode), None),
        _number(entries.get("n"), 1, MOST_QUESTIONS, Course().length),
    )
    answers = _answers(entries.get("a", ""), course)
    code = entries.get("class", "")
    return Practice(
        course,
        answers,
        bool(answers) and "shown" in entries,
        "fixed" in entries,
        "named" in entries,
        code if is_code(code) else "",
    )


def _answers(told: str, course: Course) -> tuple[int, ...]:
    """Up to the first one that is no choice of the questions' level."""
    choices = "01234567"[: len(LEVELS[course.level].ranks)]
    return tuple(map(int, takewhile(lambda each: each in choices, told[: course.length])))


def write(practice: Practice) -> dict[str, str]:
    """The link entries of a practice; one nobody has touched needs none but its seed once answers were given."""
    course, new = practice.course, Course()
    entries = {
        "level": course.level if course.level != new.level else "",
        "mode": course.mode or "",
        "n": str(course.length) if course.length != new.length else "",
        "a": "".join(map(str, practice.answers)),
        "shown": "1" if practice.shown else "",
        "fixed": "1" if practice.fixed else "",
        "named": "1" if practice.named else "",
        "class": practice.code,
    }
    return {"seed": str(course.rng_seed)} | {name: value for name, value in entries.items() if value}


DESK: Desk[Practice] = Desk("ear", read, write)


def visitor() -> str:
    """A random mark of this visit, never shown: it keeps one person from answering twice."""
    mark: str = entries().setdefault(_VISITOR, token_hex(8))
    return mark


def levels() -> tuple[Level, ...]:
    return tuple(LEVELS)


def _number(text: str | None, low: int, high: int, otherwise: int) -> int:
    if text is None or not text.isascii() or not text.isdigit() or len(text) > len(str(high)):
        return otherwise
    return min(max(int(text), low), high)
