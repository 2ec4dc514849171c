"""Exercises under AppTest: questions are answered once, the link holds where one stands, a class is counted."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from engine.exercises import Course, Question
from engine.exercises.questions import ExerciseError
from engine.handout import Paragraph, to_pdf
from engine.sheet import Notation, Sheet
from engine.words import say
from pages.parts import session
from pages.parts.exercises import quiz, teaching
from pages.parts.exercises.names import sheet_of
from pages.parts.kept.exercises import CLASSES, question
from pages.parts.session import lesson
from pages.parts.session.exercises import DESK, Practice, read, write
from tests.pages.opening import on_desk, opened_page
from tests.test_handout import streams


def opened(page: str = "exercises", **entries: str) -> AppTest:
    return opened_page(page, {name.replace("_", ".", 1): value for name, value in entries.items()})


def practice(app: AppTest) -> Practice:
    return on_desk(app, DESK)


def test_the_page_stands_with_its_controls() -> None:
    app = opened()
    assert [box.label for box in app.selectbox] == ["Level", "Mode"]
    assert practice(app).answers == ()


@pytest.mark.parametrize(
    "told",
    [
        Practice(Course(7)),
        Practice(Course(7, "hard", "minor", 5), (1, 0), shown=True, fixed=True, named=True, code="QWERT"),
        Practice(Course(0, "middle", "major", 40), (3, 2, 1)),
    ],
)
def test_the_link_holds_where_one_stands(told: Practice) -> None:
    assert read(write(told)) == told


@pytest.mark.parametrize(
    "entries",
    [{"seed": "x", "n": "-3", "level": "cruel", "mode": "locrian", "a": "9x", "class": "<b>"}, {"n": "999999999"}, {}],
)
def test_a_broken_link_is_a_new_exercise(entries: dict[str, str]) -> None:
    told = read(entries)
    assert told.answers == ()
    assert not told.shown
    assert told.code == ""
    assert 1 <= told.course.length <= 40


@pytest.mark.parametrize(
    ("told", "answers"), [("02", (0, 2)), ("03", (0,)), ("77", ()), ("0x1", (0,)), ("0" * 90, (0,) * 10)]
)
def test_answers_end_where_one_is_no_choice_of_the_level(told: str, answers: tuple[int, ...]) -> None:
    assert read({"level": "gentle", "a": told}).answers == answers


def test_after_the_last_seed_comes_the_first() -> None:
    assert Practice(Course(41, "hard")).next_course() == Course(42, "hard")
    last = Practice(Course(9999))
    assert read(write(last.anew(last.next_course()))).course == Course(0)


def test_a_changed_setting_begins_anew_and_leaves_the_class() -> None:
    """Its answers are to other questions."""
    app = opened(ear_seed="5", ear_a="01", ear_class="QWERT")
    assert practice(app).answers == (0, 1)
    app.selectbox[1].set_value("minor").run()
    assert practice(app) == Practice(Course(5, mode="minor"))
    app.number_input[0].set_value(3).run()
    assert practice(app).course.length == 3


def test_a_fixed_link_has_no_controls() -> None:
    app = opened(ear_seed="5", ear_fixed="1")
    assert not app.selectbox
    assert not app.number_input


def test_an_answer_is_taken_once_and_counted_for_the_class(monkeypatch: pytest.MonkeyPatch) -> None:
    held = [Practice(Course(6, length=2), code="TESTS")]
    monkeypatch.setattr(quiz, "DESK", _Desk(held))
    monkeypatch.setattr(quiz, "visitor", lambda: "somebody")
    for event in (
        {"type": "answer", "choice": 1, "question": 0},
        {"type": "answer", "choice": 2, "question": 0},  # a second thought comes too late
        {"type": "next", "question": 0},
        {"type": "next", "question": 0},  # an echo
        {"type": "answer", "choice": 99, "question": 1},
        {"type": "answer", "choice": "1", "question": 1},
        {"type": "answer", "choice": 0, "question": 1},
        {"type": "next", "question": 1},
        {"type": "answer", "choice": 0, "question": 2},
    ):
        quiz.apply(event)
    assert held[-1].answers == (1, 0)
    assert held[-1].finished
    asked = question(held[-1].course, 0)
    assert CLASSES.results("TESTS", 0, len(asked.choices)).chosen == (0, 1, 0)


class _Desk:
    def __init__(self, held: list[Practice]) -> None:
        self._held = held

    def held(self) -> Practice:
        return self._held[-1]

    def put(self, value: Practice) -> None:
        self._held.append(value)


def test_a_finished_exercise_shows_its_points_and_goes_on() -> None:
    best = "".join(str(question(Course(5, length=3), number).best) for number in range(3))
    app = opened(ear_seed="5", ear_n="3", ear_a=best)
    assert app.subheader[1].value == "300 of 300 points"
    app.button(key="again").click().run()
    assert practice(app) == Practice(Course(6, length=3))


def test_the_teacher_gets_a_link_and_a_handout() -> None:
    app = opened(ear_seed="5", ear_class="QWERT")
    app.session_state["teacher"] = True
    app.run()
    assert not app.exception
    links = [code.value for code in app.code]
    assert any("ear.fixed=1" in link and "ear.class=QWERT" in link for link in links)
    app.multiselect[0].set_value(["bar", "views"]).run()
    assert any("/compose?lesson.hide=bar.views" in code.value for code in app.code)


def test_opening_a_class_begins_the_same_questions_anew_for_the_teacher_too() -> None:
    app = opened(ear_seed="5", ear_level="middle", ear_a="01", ear_shown="1")
    app.session_state["teacher"] = True
    app.run()
    assert any("begin anew for you too" in each.value for each in app.caption)
    app.button(key="open_class").click().run()
    told = practice(app)
    assert (told.course, told.answers, told.number, told.shown) == (Course(5, "middle"), (), 0, False)
    assert told.code
    assert any(f"Class {told.code}, question 1, answers: 0" in each.value for each in app.caption)


@pytest.mark.parametrize(("fixed", "seen"), [({}, True), ({"ear_fixed": "1"}, False)])
def test_the_teacher_sees_how_every_question_went(fixed: dict[str, str], seen: bool) -> None:
    course, code = Course(5), "WENTX" if seen else "WENTY"
    best = question(course, 2).best
    for pupil, choice in enumerate((best, best, (best + 1) % 3)):
        CLASSES.answer(code, 2, str(pupil), choice, 0)
    CLASSES.answer(code, 0, "0", question(course, 0).best, 100)
    told = "Question 1: answers 1, right 100 % · Question 3: answers 3, right 67 %"
    assert (told in [each.value for each in opened(ear_seed="5", ear_class=code, **fixed).caption]) is seen


def test_on_paper_the_letter_of_a_choice_is_no_chord() -> None:
    """Not “A B B D C C#m”: a sign ends the letter, and gaps that are kept part the choices."""
    sheet = teaching.blocks(Practice(Course(5, length=3)))
    choices = next(block.text for block in sheet if isinstance(block, Paragraph) and block.text.startswith("A)"))
    assert re.fullmatch(r"A\)\xa0\S+\xa0{4} B\)\xa0\S+\xa0{4} C\)\xa0\S+", choices)
    assert "A\\)\xa0" in streams(to_pdf("Exercise", sheet)).decode("latin-1")
    assert isinstance(sheet[0], Paragraph) and sheet[0].text.startswith("Name")


def test_every_link_for_the_teacher_has_its_word_above_it() -> None:
    app = opened(ear_seed="5", ear_class="QWERT")
    app.session_state["teacher"] = True
    app.run()
    assert app.multiselect[0].placeholder == "Nothing"
    app.multiselect[0].set_value(["handouts"]).run()
    words = [word.value for word in app.markdown if word.value.startswith("**A link")]
    assert len(words) == len(app.code) == 3
    assert "Classroom without its handouts" in words[2]


def test_what_is_refused_of_the_class_is_told_in_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teaching, "question", refused)
    app = opened(ear_seed="5", ear_class="QWERT", ear_fixed="1")
    assert "No clear question" in app.warning[0].value


def refused(_course: Course, _number: int) -> Question:
    raise ExerciseError(say("No clear question could be drawn. Choose another number for the exercise."))


def test_the_teachers_link_takes_parts_off_compose() -> None:
    whole, less = opened("compose"), opened("compose", lesson_hide="exchange.views")
    assert whole.text_area
    assert not less.text_area
    assert lesson.read({"hide": "bar.studio.nothing"}) == {"bar"}


@pytest.mark.parametrize(("notation", "told"), [("latin", "latin"), ("letters", "letters"), ("numerals", "letters")])
def test_chords_are_named_as_on_the_visitors_sheet(
    monkeypatch: pytest.MonkeyPatch, notation: Notation, told: str
) -> None:
    monkeypatch.setattr(session, "sheet", lambda: Sheet(notation=notation))
    assert sheet_of(question(Course(5), 0)).notation == told
