"""Questions and classes, shared by all visitors: questions are pure, classes count under a lock."""

from __future__ import annotations

from functools import lru_cache

from engine import exercises, handout
from engine.exercises import ClassBook, Course, Question
from engine.handout import Block
from pages.parts import kept

CLASSES = ClassBook()


@lru_cache(maxsize=512)
def question(course: Course, number: int) -> Question:
    return exercises.question(kept.chord_model(), course, number)


@lru_cache(maxsize=16)
def pdf(title: str, blocks: tuple[Block, ...], language: str) -> bytes:
    return handout.to_pdf(title, blocks, language)
