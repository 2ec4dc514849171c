"""Guess the next chord by ear: questions drawn from the chord model, points, and a class that adds up its answers."""

from engine.exercises.classes import ClassBook, Results
from engine.exercises.questions import LEVELS, Course, Level, Question, points, question

__all__ = ["LEVELS", "ClassBook", "Course", "Level", "Question", "Results", "points", "question"]
