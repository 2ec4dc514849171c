"""How choices and levels are called."""

from __future__ import annotations

from engine.exercises import Level
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
