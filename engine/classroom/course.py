"""Learning a whole text: epochs over all its windows, the weights after each, and what the network then foretells.

The same sums as `bptt` without keeping every value, so that 160 epochs of the stated lesson take a blink.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.classroom.bptt import Array, Parameters, clipped, fresh, log_total, softmax
from engine.classroom.lesson import Lesson, Window


@dataclass(frozen=True, eq=False)
class Course:
    """Weights after some epochs, and the loss of every epoch so far: nats, summed over windows and their steps.

    A window is counted with the weights it met, before they learnt from it.
    """

    weights: Parameters
    losses: tuple[float, ...] = ()

    @property
    def epoch(self) -> int:
        return len(self.losses)


def begun(lesson: Lesson) -> Course:
    """Fresh weights, nothing learnt yet."""
    return Course(fresh(lesson))


def continued(lesson: Lesson, course: Course, epochs: int) -> Course:
    """More epochs; in each the windows come from left to right and the weights move after every window."""
    weights = course.weights
    losses = list(course.losses)
    for _ in range(epochs):
        weights, loss = within_epoch(lesson, weights, len(lesson.windows))
        losses.append(loss)
    return Course(weights, tuple(losses))


def within_epoch(lesson: Lesson, weights: Parameters, windows: int) -> tuple[Parameters, float]:
    """Weights after the first so many windows of an epoch, and the loss of these windows."""
    moving = Parameters(*(array.copy() for array in weights))
    total = 0.0
    for window in lesson.windows[:windows]:
        loss, gradients = loss_and_gradients(moving, window)
        for weight, slope in zip(moving, clipped(gradients, lesson.clip), strict=True):
            np.subtract(weight, lesson.learning_rate * slope, out=weight)
        total += loss
    for array in moving:
        array.setflags(write=False)
    return moving, total


def loss_and_gradients(weights: Parameters, window: Window) -> tuple[float, Parameters]:
    """The loss of a window in nats and its gradients, all steps' output at once."""
    letters, targets, steps = list(window.letters), list(window.targets), range(len(window.letters))
    hidden = _hidden(weights, letters)  # (time + 1, hidden), the first row is h_0 = 0
    logits = hidden[1:] @ weights.V.T + weights.c  # (time, letters)
    totals = log_total(logits)
    loss = float(totals.sum() - logits[steps, targets].sum())
    dz = np.exp(logits - totals[:, None])
    dz[steps, targets] -= 1
    from_output, slopes = dz @ weights.V, 1 - hidden[1:] ** 2
    da = np.zeros_like(from_output)
    later = np.zeros(len(weights.b))
    for at in reversed(steps):
        da[at] = slopes[at] * (from_output[at] + later)
        later = da[at] @ weights.W
    by_input = np.zeros_like(weights.U)
    for at in steps:
        by_input[:, letters[at]] += da[at]
    return loss, Parameters(by_input, da.T @ hidden[:-1], dz.T @ hidden[1:], da.sum(0), dz.sum(0))


def loss(weights: Parameters, window: Window) -> float:
    """The loss of a window in nats."""
    logits = _hidden(weights, list(window.letters))[1:] @ weights.V.T + weights.c
    return float(log_total(logits).sum() - logits[range(len(window.targets)), list(window.targets)].sum())


def foretold(lesson: Lesson, weights: Parameters, letters: str) -> tuple[tuple[str, float], ...]:
    """Every letter of the lesson with its probability after `letters`, the likeliest first."""
    hidden = _hidden(weights, list(lesson.numbers(letters)))[-1]
    shares = softmax(weights.V @ hidden + weights.c)
    order = np.argsort(-shares, kind="stable")
    return tuple((lesson.alphabet[number], float(shares[number])) for number in order)


def _hidden(weights: Parameters, letters: list[int]) -> Array:
    hidden = np.zeros((len(letters) + 1, len(weights.b)))
    for at, letter in enumerate(letters):
        hidden[at + 1] = np.tanh(weights.U[:, letter] + weights.W @ hidden[at] + weights.b)
    return hidden
