"""The classroom behind the pages: courses and stories once for all, runs in the background, each mistake made once."""

from __future__ import annotations

from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from engine import classroom
from engine.classroom import (
    Choices,
    Comparison,
    Contest,
    Course,
    Lesson,
    LessonRefused,
    Moment,
    Parameters,
    Practice,
    Score,
    Story,
)

if TYPE_CHECKING:
    from engine.classroom.looking import Activity, Drawn, Influence, Wish
    from engine.classroom.runner import Runner
    from engine.recurrent import Cell
    from engine.recurrent.network import TokenRNN

STRIDE = 10  # epochs between two courses that are kept for longer, so that none has to begin anew
POOL = 8  # seeds that a forgotten seed is drawn from: by chance all the same, and no more runs than that
_opening, _running = Lock(), Lock()


# --- by hand --------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def _milestone(lesson: Lesson, number: int) -> Course:
    if number == 0:
        return classroom.begun(lesson)
    return classroom.continued(lesson, course(lesson, STRIDE * number - 1), 1)


@lru_cache(maxsize=512)
def course(lesson: Lesson, epoch: int) -> Course:
    """The lesson learnt for so many epochs: one more than the course before it, so that a step costs one epoch."""
    if epoch % STRIDE == 0:
        return _milestone(lesson, epoch // STRIDE)
    return classroom.continued(lesson, course(lesson, epoch - 1), 1)


@lru_cache(maxsize=256)
def weights(lesson: Lesson, epoch: int, window: int) -> Parameters:
    """The weights that a window of the next epoch meets."""
    return classroom.within_epoch(lesson, course(lesson, epoch).weights, window)[0]


def story(lesson: Lesson, epoch: int, window: int) -> Story:
    """Told anew each time: half a millisecond, and the thousand objects of a kept one would burden the collector."""
    trace = classroom.forward(weights(lesson, epoch, window), lesson.windows[window])
    return classroom.story(lesson.alphabet, trace, classroom.backward(trace, lesson.clip), lesson.learning_rate)


@lru_cache(maxsize=128)
def check(lesson: Lesson, epoch: int, window: int) -> tuple[Comparison, ...]:
    return classroom.numeric_check(weights(lesson, epoch, window), lesson.windows[window])


def foretold(lesson: Lesson, epoch: int, letters: str) -> tuple[tuple[str, float], ...]:
    return classroom.foretold(lesson, course(lesson, epoch).weights, letters)


# --- the comparison -------------------------------------------------------------------------------------------------


def runner() -> Runner:
    """One for all visitors."""
    with _opening:
        return _runner()


@lru_cache(maxsize=1)
def _runner() -> Runner:
    from engine.classroom.runner import Runner  # brings torch: at first use

    return Runner()


def moments(number: str) -> tuple[Moment, ...]:
    """What a run has to show so far; nothing once it was put away, for paper has no place for a refusal."""
    try:
        return runner().look(number).moments
    except LessonRefused:
        return ()


@lru_cache(maxsize=12)
def _networks(number: str, moments: int) -> dict[Cell, TokenRNN]:
    return runner().networks(number)


def networks(number: str, moments: int) -> dict[Cell, TokenRNN]:
    """Copies of a run's networks as they were after so many moments."""
    return _networks(number, moments)


def completions(number: str, moments: int, contest: Contest, wish: Wish) -> dict[Cell, tuple[Drawn, ...]]:
    from engine.classroom.looking import completion

    return {cell: completion(network, contest.alphabet, wish) for cell, network in networks(number, moments).items()}


@lru_cache(maxsize=32)
def influences(number: str, moments: int, contest: Contest, text: str) -> dict[Cell, tuple[Influence, ...]]:
    """For every character of the text: what is expected after it, and which characters before it mattered."""
    from engine.classroom.looking import influence

    return {
        cell: tuple(influence(network, contest.alphabet, text[: at + 1]) for at in range(len(text)))
        for cell, network in networks(number, moments).items()
    }


@lru_cache(maxsize=32)
def activity(number: str, moments: int, contest: Contest, text: str, cell: Cell) -> Activity:
    from engine.classroom.looking import activity as look

    return look(networks(number, moments)[cell], contest.alphabet, text)


def by_distance(found: Score) -> tuple[tuple[int, float, int], ...]:
    """Accuracy by the characters needed to be sure, rare distances joined."""
    return classroom.pooled(found.by_distance)


def wish(prompt: str, temperature: float, length: int, rng_seed: int) -> Wish:
    from engine.classroom.looking import Wish

    return Wish(prompt, temperature, length, rng_seed)


# --- the usual mistakes ---------------------------------------------------------------------------------------------


def practice(choices: Choices) -> Practice:
    """The small program run with these switches; visitors who ask for the same together wait for one run."""
    with _running:
        return _practice(choices)


@lru_cache(maxsize=64)
def _practice(choices: Choices) -> Practice:
    from engine.classroom.practice import practise

    return practise(choices)
