"""What a lesson on back-propagation through time is about: a text, a small network's sizes, how it learns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import isfinite

from engine.errors import EngineError
from engine.words import Sentence, say

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
SHORTEST_TEXT, LONGEST_TEXT = 3, 80  # characters; more would make an epoch slower than a look at it
MOST_LETTERS = 32  # different ones; a wider heat map cannot be read on a phone
HIDDEN_RANGE = (1, 12)
WINDOW_RANGE = (1, 6)
RATE_RANGE = (0.001, 1.0)
CLIP_RANGE = (0.0, 10.0)  # of the norm of all gradients together; 0 never clips
SEED_RANGE = (0, 9999)
EPOCHS = 160  # of the stated lesson, and the most that are counted
NAMED_SIGNS = {" ": "␣", "\n": "↵", "\t": "⇥"}  # letters that would not be seen


class LessonRefused(EngineError):
    """A text or a size that no lesson can be made of."""


@dataclass(frozen=True)
class Window:
    """Letters read and, one place further on, the letters to be foretold: numbers of the lesson's letters."""

    letters: tuple[int, ...]
    targets: tuple[int, ...]


@dataclass(frozen=True)
class Lesson:
    """A text, the sizes of the network and how it learns; refused with `LessonRefused` outside the limits above.

    `clip` is the largest norm of all gradients together (Pascanu, Mikolov and Bengio, 2013), 0 for none.
    """

    text: str = ALPHABET
    hidden: int = 4
    window: int = 3
    learning_rate: float = 0.1
    clip: float = 0.0
    rng_seed: int = 0

    def __post_init__(self) -> None:
        _check(say("Hidden units"), self.hidden, HIDDEN_RANGE)
        _check(say("Letters in a window"), self.window, WINDOW_RANGE)
        _check(say("Learning rate"), self.learning_rate, RATE_RANGE)
        _check(say("Clipping"), self.clip, CLIP_RANGE)
        _check(say("Take"), self.rng_seed, SEED_RANGE)
        _check_text(self.text, self.window)

    @cached_property
    def alphabet(self) -> tuple[str, ...]:
        """The different letters of the text in the order of their code points."""
        return tuple(sorted(set(self.text)))

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        """Every window of the text that has a letter after it, from left to right.

        >>> len(Lesson().windows), Lesson().windows[0]
        (23, Window(letters=(0, 1, 2), targets=(1, 2, 3)))
        """
        numbers = [self.alphabet.index(letter) for letter in self.text]
        return tuple(
            Window(tuple(numbers[at : at + self.window]), tuple(numbers[at + 1 : at + self.window + 1]))
            for at in range(len(numbers) - self.window)
        )

    def numbers(self, letters: str) -> tuple[int, ...]:
        """Letters of the lesson as numbers; one that the text has not is refused."""
        strange = sorted(set(letters) - set(self.alphabet))
        if strange:
            text = say("“{letter}” is not in the text, so the network has no input for it.", letter=shown(strange[0]))
            raise LessonRefused(text)
        return tuple(self.alphabet.index(letter) for letter in letters)


def shown(letter: str) -> str:
    """A letter as it can be seen; half of a surrogate pair, which nothing can write, by its number.

    >>> shown(" "), shown(chr(0xD800))
    ('␣', 'U+D800')
    """
    return f"U+{ord(letter):04X}" if is_half(letter) else NAMED_SIGNS.get(letter, letter)


def is_half(letter: str) -> bool:
    """Whether this is one half of a surrogate pair: no character, and in no file or page."""
    return "\ud800" <= letter <= "\udfff"


def _check(what: Sentence, value: float, limits: tuple[float, float]) -> None:
    if not (isfinite(value) and limits[0] <= value <= limits[1]):
        raise LessonRefused(
            say("{what}: {value} was given; from {low} to {high} will do.", what=what, value=value,
                low=limits[0], high=limits[1])
        )  # fmt: skip


def _check_text(text: str, window: int) -> None:
    shortest = max(SHORTEST_TEXT, window + 1)
    if not shortest <= len(text) <= LONGEST_TEXT:
        template = say(
            "Letters in the text: {count}; with windows of {window}, from {low} to {high} will do.",
            count=len(text), window=window, low=shortest, high=LONGEST_TEXT,
        )  # fmt: skip
        raise LessonRefused(template)
    different = len(set(text))
    if not 2 <= different <= MOST_LETTERS:
        raise LessonRefused(
            say("Different letters in the text: {count}; from {low} to {high} will do.", count=different, low=2,
                high=MOST_LETTERS)
        )  # fmt: skip
    if not all(letter.isprintable() or letter in NAMED_SIGNS for letter in text):
        raise LessonRefused(say("The text holds signs that cannot be seen. Type letters, digits and spaces."))
