"""Questions and classes, shared by all visitors: questions are pure, classes count under a lock."""

from __future__ import annotations

from functools import lru_cache

from engine import exercises
from engine.exercises import ClassBook, Course, Question
from pages.parts import kept

CLASSES = ClassBook()


@lru_cache(maxsize=512)
def question(course: Course, number: int) -> Question:
    return exercises.question(kept.chord_model(), course, number)
