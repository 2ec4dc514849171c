"""Back-propagation through time by hand (Rumelhart, Hinton and Williams, 1986; Werbos, 1990), one window at a time.

The network (Elman, 1990), for a letter x_t as a one-hot column:

    a_t = U x_t + W h_(t-1) + b        (hidden)      h_0 = 0
    h_t = tanh(a_t)                    (hidden)
    z_t = V h_t + c                    (letters)     the logits
    p_t = softmax(z_t)                 (letters)
    L_t = -ln p_t[target]              in nats; the loss of a window is the sum over its steps

and backwards, from the last step to the first, with y_t the one-hot target and δa_(T+1) = 0:

    δz_t = p_t - y_t
    δh_t = Vᵀ δz_t + Wᵀ δa_(t+1)
    δa_t = (1 - h_t²) ∘ δh_t
    ∂U = Σ δa_t x_tᵀ,  ∂W = Σ δa_t h_(t-1)ᵀ,  ∂b = Σ δa_t,  ∂V = Σ δz_t h_tᵀ,  ∂c = Σ δz_t

Conventions: float64, steps are counted from 0 in code (from 1 on the page), arrays are read-only. Nothing here draws
by chance but `fresh`, from the lesson's seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.classroom.lesson import Lesson, Window

Array = npt.NDArray[np.float64]
SYMBOLS = ("U", "W", "V", "b", "c")
SPREAD = 0.1  # standard deviation of fresh weights; biases begin at zero


@dataclass(frozen=True, eq=False)
class Parameters:
    """One array for each weight: U (hidden, letters), W (hidden, hidden), V (letters, hidden), b (hidden), c (letters).

    Holds weights as well as their gradients.
    """

    U: Array
    W: Array
    V: Array
    b: Array
    c: Array

    def __iter__(self) -> Iterator[Array]:
        return (getattr(self, symbol) for symbol in SYMBOLS)

    def with_each(self, do: Callable[..., Array], *others: Parameters) -> Parameters:
        """`do` applied to every array, together with those of the others."""
        return Parameters(*(_fixed(do(*arrays)) for arrays in zip(self, *others, strict=True)))

    @property
    def norm(self) -> float:
        """Euclidean norm of all entries together."""
        return float(np.sqrt(sum(float(np.sum(array * array)) for array in self)))


@dataclass(frozen=True, eq=False)
class Forward:
    """What one step forwards made: one-hot input, pre-activation, hidden, logits, probabilities, loss in nats."""

    x: Array  # (letters)
    before: Array  # (hidden) the hidden values of the step before
    a: Array  # (hidden)
    h: Array  # (hidden)
    z: Array  # (letters)
    p: Array  # (letters)
    y: Array  # (letters)
    loss: float


@dataclass(frozen=True, eq=False)
class Trace:
    """One window read: the weights it was read with and every step."""

    weights: Parameters
    window: Window
    steps: tuple[Forward, ...]

    @property
    def loss(self) -> float:
        """Nats, summed over the steps."""
        return sum(step.loss for step in self.steps)


@dataclass(frozen=True, eq=False)
class Backward:
    """What one step backwards made; `gradients` is this step's share of the whole."""

    dz: Array  # (letters)
    from_output: Array  # (hidden) Vᵀ δz
    from_later: Array  # (hidden) Wᵀ δa of the step after
    dh: Array  # (hidden) both together
    slope: Array  # (hidden) 1 - h², the derivative of tanh
    da: Array  # (hidden)
    gradients: Parameters


@dataclass(frozen=True, eq=False)
class Gradients:
    """The steps backwards in reading order (the first step first), their sum, and what clipping leaves of it."""

    steps: tuple[Backward, ...]
    total: Parameters
    applied: Parameters

    @property
    def clipped(self) -> bool:
        return self.applied.norm < self.total.norm


def fresh(lesson: Lesson) -> Parameters:
    """Weights before learning: 0.1·N(0, 1), drawn in the order U, W, V; biases are zero.

    Drawn with NumPy's RandomState, whose numbers are promised never to change.
    """
    draw = np.random.RandomState(lesson.rng_seed).randn
    letters, hidden = len(lesson.alphabet), lesson.hidden
    shapes = ((hidden, letters), (hidden, hidden), (letters, hidden))
    from_letter, from_before, to_letter = (_fixed(SPREAD * draw(*shape)) for shape in shapes)
    return Parameters(from_letter, from_before, to_letter, b=_fixed(np.zeros(hidden)), c=_fixed(np.zeros(letters)))


def forward(weights: Parameters, window: Window) -> Trace:
    """Reads a window from left to right and keeps every value."""
    steps: list[Forward] = []
    hidden = _fixed(np.zeros(len(weights.b)))
    for letter, target in zip(window.letters, window.targets, strict=True):
        steps.append(_step(weights, letter, target, hidden))
        hidden = steps[-1].h
    return Trace(weights, window, tuple(steps))


def _step(weights: Parameters, letter: int, target: int, before: Array) -> Forward:
    x, y = one_hot(letter, len(weights.c)), one_hot(target, len(weights.c))
    a = _fixed(weights.U @ x + weights.W @ before + weights.b)
    h = _fixed(np.tanh(a))
    z = _fixed(weights.V @ h + weights.c)
    return Forward(x, before, a, h, z, softmax(z), y, loss=float(log_total(z) - z[target]))


def backward(trace: Trace, clip: float = 0.0, only: int | None = None) -> Gradients:
    """Goes back from the last step to the first and keeps every value; `only` counts the loss of one step alone."""
    later = _fixed(np.zeros(len(trace.weights.b)))
    steps: list[Backward] = []
    for at in reversed(range(len(trace.steps))):
        counts = only is None or only == at
        steps.append(_step_back(trace.weights, trace.steps[at], later, counts))
        later = steps[-1].da
    steps.reverse()
    total = steps[0].gradients.with_each(lambda *shares: sum(shares), *(step.gradients for step in steps[1:]))
    return Gradients(tuple(steps), total, clipped(total, clip))


def _step_back(weights: Parameters, step: Forward, later: Array, counts: bool) -> Backward:
    dz = _fixed((step.p - step.y) * counts)
    from_output, from_later = _fixed(weights.V.T @ dz), _fixed(weights.W.T @ later)
    dh, slope = _fixed(from_output + from_later), _fixed(1 - step.h**2)
    da = _fixed(slope * dh)
    for_u, for_w, for_v = (_fixed(np.outer(*pair)) for pair in ((da, step.x), (da, step.before), (dz, step.h)))
    return Backward(dz, from_output, from_later, dh, slope, da, Parameters(for_u, for_w, for_v, b=da, c=dz))


def clipped(gradients: Parameters, clip: float) -> Parameters:
    """Gradients scaled down to the norm `clip` when they are longer; 0 leaves them."""
    norm = gradients.norm
    if clip == 0 or norm <= clip:
        return gradients
    return gradients.with_each(lambda array: array * (clip / norm))


def updated(weights: Parameters, gradients: Parameters, learning_rate: float) -> Parameters:
    """One step down the slope: weights - rate · gradients."""
    return weights.with_each(lambda weight, slope: weight - learning_rate * slope, gradients)


def one_hot(letter: int, size: int) -> Array:
    """A column of zeros with a single one."""
    return _fixed(np.arange(size) == letter)


def softmax(logits: Array) -> Array:
    """Probabilities of logits; the largest is taken off first, so nothing overflows."""
    weights = np.exp(logits - logits.max())
    return _fixed(weights / weights.sum())


def log_total(logits: Array) -> Array:
    """ln Σ exp(logits) over the last axis: the loss is this less the target's logit, finite whatever was learnt."""
    top = logits.max(axis=-1)
    total: Array = top + np.log(np.exp(logits - top[..., None]).sum(axis=-1))
    return total


def _fixed(array: npt.ArrayLike) -> Array:
    own = np.array(array, dtype=np.float64)
    own.setflags(write=False)
    return own
