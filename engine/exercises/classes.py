"""A class that answers together: how many chose what, and nobody's name.

Answers are counted under a code that the teacher's link carries; a visitor is a random mark that is never shown
and only keeps one person from answering twice. Everything is in memory and bounded: old classes go when new ones come.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # without I and O, which are read as 1 and 0
CODE_LENGTH = 5
MOST_CLASSES = 100
MOST_VISITORS = 120  # a class of thirty, four times over
HOURS_KEPT = 12.0


@dataclass(frozen=True, slots=True)
class Results:
    """One question of a class: how many chose each choice, and the mean points (0 to 100, 0 without answers)."""

    chosen: tuple[int, ...]
    mean_points: float

    @property
    def answers(self) -> int:
        return sum(self.chosen)


@dataclass
class _Class:
    last: float
    answers: dict[int, dict[str, tuple[int, int]]] = field(default_factory=dict)  # number -> visitor -> choice, points


class ClassBook:
    """All classes of this server. Safe to share between threads; `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._classes: OrderedDict[str, _Class] = OrderedDict()

    def answer(self, code: str, number: int, visitor: str, choice: int, points: int) -> None:
        """Counts one visitor's first answer to a question; later ones change nothing."""
        if not is_code(code):
            return
        with self._lock:
            found = self._fresh(code)
            given = found.answers.setdefault(number, {})
            if len(given) < MOST_VISITORS:
                given.setdefault(visitor, (choice, points))

    def results(self, code: str, number: int, choices: int) -> Results:
        """What the class answered so far to a question with so many choices."""
        with self._lock:
            found = self._classes.get(code)
            given = list(found.answers.get(number, {}).values()) if found else []
        chosen = tuple(sum(choice == each for choice, _ in given) for each in range(choices))
        return Results(chosen, sum(score for _, score in given) / len(given) if given else 0.0)

    def _fresh(self, code: str) -> _Class:
        now = self._clock()
        for old in [name for name, kept in self._classes.items() if now - kept.last > HOURS_KEPT * 3600]:
            del self._classes[old]
        found = self._classes.pop(code, None) or _Class(now)
        found.last = now
        self._classes[code] = found
        while len(self._classes) > MOST_CLASSES:
            self._classes.popitem(last=False)
        return found


def is_code(text: str) -> bool:
    """Whether a text has the form of a class code.

    >>> is_code("QWERT"), is_code("qwert"), is_code("QWER"), is_code("QWER1")
    (True, False, False, False)
    """
    return len(text) == CODE_LENGTH and all(letter in CODE_LETTERS for letter in text)


def code_of(number: int) -> str:
    """A class code from a large random number.

    >>> code_of(0), code_of(25)
    ('AAAAA', 'BBAAA')
    """
    letters = []
    for _ in range(CODE_LENGTH):
        number, index = divmod(number, len(CODE_LETTERS))
        letters.append(CODE_LETTERS[index])
    return "".join(letters)
