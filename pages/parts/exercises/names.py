"""How choices, levels and chords of an exercise are called."""

from __future__ import annotations

from engine.exercises import Level, Question
from engine.sheet import Sheet
from pages.parts import session
from pages.parts.language import _


def letter(choice: int) -> str:
    """The letter of a choice, as the quiz draws it.

    >>> letter(2)
    'C'
    """
    return "ABCDEFGH"[choice]


def level_name(level: Level) -> str:
    names: dict[Level, str] = {
        "gentle": _("Gentle: three choices, far apart"),
        "middle": _("Middle: four choices"),
        "hard": _("Hard: six choices, with sevenths"),
    }
    return names[level]


def sheet_of(question: Question) -> Sheet:
    """The beginning of a question, its notes named as on the visitor's own sheet."""
    return Sheet(question.heard, notation=session.sheet().letters)
