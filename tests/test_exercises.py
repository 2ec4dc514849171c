"""Exercises: questions that repeat with their seed and have one best answer; a class that counts and forgets."""

from __future__ import annotations

import threading

import pytest

from engine import checkpoint
from engine.exercises import LEVELS, ClassBook, Course, Level, points, question
from engine.exercises.classes import CODE_LETTERS, HOURS_KEPT, MOST_CLASSES, MOST_VISITORS, code_of, is_code
from engine.exercises.questions import ExerciseError
from engine.music import Mode

MODEL = checkpoint.load("live")


@pytest.mark.parametrize("level", LEVELS)
def test_a_question_is_clear_and_repeats(level: Level) -> None:
    for number in range(4):
        course = Course(7, level)
        asked = question(MODEL, course, number)
        assert asked == question(MODEL, course, number)
        assert len(asked.choices) == len(LEVELS[level].ranks) == len(set(asked.chords))
        chances = [choice.probability for choice in asked.choices]
        assert chances[asked.best] == max(chances)
        assert len(set(asked.heard.chords)) >= 3
        assert asked.heard.chords[-1] not in asked.chords


def test_seeds_and_numbers_make_different_questions() -> None:
    drawn = {question(MODEL, Course(seed), number).heard.chords for seed in (1, 2, 3) for number in range(3)}
    assert len(drawn) == 9


def test_the_best_choice_stands_anywhere() -> None:
    places = {question(MODEL, Course(4, "middle", length=40), number).best for number in range(40)}
    assert places == {0, 1, 2, 3}


@pytest.mark.parametrize("mode", ["major", "minor"])
def test_the_mode_is_kept(mode: Mode) -> None:
    assert all(question(MODEL, Course(2, mode=mode), number).heard.key.mode == mode for number in range(4))


def test_the_best_answer_has_all_points_and_the_others_their_share() -> None:
    asked = question(MODEL, Course(1, "hard"), 0)
    given = [points(asked, choice) for choice in range(len(asked.choices))]
    assert given[asked.best] == 100 == max(given)
    assert all(0 <= each < 100 for at, each in enumerate(given) if at != asked.best)


@pytest.mark.parametrize("wrong", [{"length": 0}, {"length": 41}, {"level": "cruel"}])
def test_impossible_courses_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ExerciseError):
        Course(**wrong)  # type: ignore[arg-type]


def test_questions_and_choices_that_are_not_there() -> None:
    asked = question(MODEL, Course(1), 0)
    for number in (-1, 10):
        with pytest.raises(ExerciseError):
            question(MODEL, Course(1), number)
    for choice in (-1, 3):
        with pytest.raises(ExerciseError):
            points(asked, choice)


def test_a_class_counts_each_visitor_once() -> None:
    book = ClassBook()
    for visitor, choice, score in (("a", 1, 100), ("b", 1, 100), ("c", 0, 10), ("a", 2, 0)):
        book.answer("QWERT", 0, visitor, choice, score)
    results = book.results("QWERT", 0, 3)
    assert results.chosen == (1, 2, 0)
    assert results.answers == 3
    assert results.mean_points == pytest.approx(70)
    assert book.results("QWERT", 1, 3).answers == book.results("OTHER", 0, 3).answers == 0


def test_a_class_never_grows_without_end() -> None:
    book = ClassBook()
    for n in range(MOST_VISITORS + 50):
        book.answer("QWERT", 0, str(n), 0, 1)
    assert book.results("QWERT", 0, 1).answers == MOST_VISITORS
    for n in range(MOST_CLASSES):
        book.answer(code_of(n * 7919), 0, "a", 0, 1)
    assert book.results("QWERT", 0, 1).answers == 0
    book.answer("no code", 0, "a", 0, 1)
    assert book.results("no code", 0, 1).answers == 0


def test_old_classes_are_forgotten_and_young_ones_stay() -> None:
    now = [1e6]
    book = ClassBook(lambda: now[0])
    book.answer("QWERT", 0, "a", 0, 1)
    now[0] += (HOURS_KEPT - 1) * 3600
    book.answer("ASDFG", 0, "a", 0, 1)
    assert book.results("QWERT", 0, 1).answers == 1
    now[0] += 3601
    book.answer("ZXCVB", 0, "a", 0, 1)
    assert [book.results(code, 0, 1).answers for code in ("QWERT", "ASDFG", "ZXCVB")] == [0, 1, 1]


def test_thirty_answer_at_once() -> None:
    book = ClassBook()
    students = [threading.Thread(target=book.answer, args=("QWERT", 0, str(n), n % 3, 50)) for n in range(30)]
    for student in students:
        student.start()
    for student in students:
        student.join()
    assert book.results("QWERT", 0, 3).chosen == (10, 10, 10)


@pytest.mark.parametrize("number", [0, 1, 12345, 2**40])
def test_codes_are_codes(number: int) -> None:
    assert is_code(code_of(number))
    assert set(code_of(number)) <= set(CODE_LETTERS)


@pytest.mark.parametrize("text", ["", "QWER", "QWERTY", "qwert", "QWER1", "QWERI"])
def test_what_only_looks_like_a_code_is_none(text: str) -> None:
    """The length alone is not enough, nor are the letters."""
    assert not is_code(text)
