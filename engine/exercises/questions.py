"""A question: a beginning to listen to, and some chords of which one is what the model expects most.

Chance has its seed, so a class that opens one link hears the same questions, and so does whoever repeats a lesson.
Distractors are taken further down the model's own list, so that a wrong answer is a poorer answer, not a foolish one;
how far down, and how many, is what a level means.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from engine.compose import Listener, listen
from engine.compose.advice import advise_by
from engine.errors import EngineError
from engine.generate import Wish, continued
from engine.music import Chord, Key, Mode, Progression, Suggestion
from engine.theory import ALL_KEYS, Colour
from engine.words import say

if TYPE_CHECKING:
    from engine.checkpoint import Model

Level = Literal["gentle", "middle", "hard"]
MOST_QUESTIONS = 40
_SHORTEST, _LONGEST = 3, 6  # chords that are heard before the question
_DIFFERENT = 3  # of them; two that alternate answer themselves
_BEATS = 4.0
_TRIES = 40  # draws until a question is clear


class ExerciseError(EngineError):
    """An exercise that cannot be set as it was asked for."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a level means: how chords are played, and which places of the model's list stand to choose from."""

    colour: Colour
    ranks: tuple[int, ...]  # from 0, the best; the answer is always among them
    least_lead: float  # how many times likelier than the next choice the best one must be


LEVELS: dict[Level, Rules] = {
    "gentle": Rules("triads", (0, 3, 6), 1.5),
    "middle": Rules("triads", (0, 1, 3, 5), 1.2),
    "hard": Rules("sevenths", (0, 1, 2, 3, 5, 7), 1.05),
}


@dataclass(frozen=True, slots=True)
class Course:
    """A row of questions: which ones (`rng_seed`), how hard, in which mode, how many (1 to 40)."""

    rng_seed: int = 1
    level: Level = "gentle"
    mode: Mode | None = None  # None: either
    length: int = 10

    def __post_init__(self) -> None:
        if not 1 <= self.length <= MOST_QUESTIONS:
            raise ExerciseError(
                say("An exercise has 1 to {most} questions, not {given}.", given=self.length, most=MOST_QUESTIONS)
            )
        if self.level not in LEVELS:
            raise ExerciseError(
                say("There is no level {given}. There are: {levels}.", given=self.level, levels=", ".join(LEVELS))
            )


@dataclass(frozen=True, slots=True)
class Question:
    """What is heard, what can be chosen (in no telling order), and which choice the model finds likeliest."""

    heard: Progression
    choices: tuple[Suggestion, ...]
    best: int

    @property
    def chords(self) -> tuple[Chord, ...]:
        return tuple(choice.chord for choice in self.choices)


def question(model: Model, course: Course, number: int) -> Question:
    """The question of that number (from 0): the same for everybody with the same course. Raises ExerciseError."""
    if not 0 <= number < course.length:
        raise ExerciseError(say("This exercise has no question {number}.", number=number + 1))
    rules = LEVELS[course.level]
    draw = random.Random(f"{course.rng_seed} {course.level} {course.mode} {number}")
    for _ in range(_TRIES):  # a beginning after which nothing leads clearly is no question; another is drawn
        asked = _asked(model, rules, course.mode, draw)
        if asked is not None:
            return asked
    raise ExerciseError(say("No clear question could be drawn. Choose another number for the exercise."))


def points(asked: Question, chosen: int) -> int:
    """0 to 100: how likely the chosen chord is beside the likeliest. Raises ExerciseError for no such choice."""
    if not 0 <= chosen < len(asked.choices):
        raise ExerciseError(say("There is no choice {number}.", number=chosen + 1))
    return round(100 * asked.choices[chosen].probability / asked.choices[asked.best].probability)


def _asked(model: Model, rules: Rules, mode: Mode | None, draw: random.Random) -> Question | None:
    listener = listen(model, _key(mode, draw), colour=rules.colour)
    heard = _beginning(listener, draw)
    if len(set(heard.chords)) < _DIFFERENT:
        return None
    advice = advise_by(listener, heard, len(heard), k=max(rules.ranks) + 2, repetition=0.3)
    others = [item for item in advice.suggestions if item.chord != heard.chords[-1]]
    if len(others) <= max(rules.ranks) or others[0].probability < rules.least_lead * others[1].probability:
        return None
    choices = [others[rank] for rank in rules.ranks]
    best = choices[0]
    draw.shuffle(choices)
    return Question(heard, tuple(choices), choices.index(best))


def _key(mode: Mode | None, draw: random.Random) -> Key:
    return draw.choice([key for key in ALL_KEYS if mode in (None, key.mode)])


def _beginning(listener: Listener, draw: random.Random) -> Progression:
    """Chords as songs have them: the likelier half of what the model expects, from the tonic."""
    bars = draw.randint(_SHORTEST, _LONGEST)
    wish = Wish(rng_seed=draw.randrange(2**31), top_p=0.7, repetition=0.1)
    empty = Progression(listener.key, ())
    drawn = continued(listener, empty, bars, wish, beats_per_bar=4, beats_per_chord=4).progression
    return replace(drawn, slots=tuple(replace(slot, beats=_BEATS) for slot in drawn.slots))
