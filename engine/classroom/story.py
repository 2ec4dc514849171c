"""One window told step by step: forwards letter by letter, backwards letter by letter, then the weights move.

A story is a list of frames; each frame brings quantities, and each quantity says which numbers made it. So any entry
can be taken apart (`terms`), on the page as well as here. Conventions: every value has two dimensions, a vector is a
column; steps are counted from 1 as readers do; x_t is a one-hot column, h_0 is zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from engine.classroom.bptt import SYMBOLS, Array, Gradients, Parameters, Trace, updated
from engine.classroom.meanings import meaning
from engine.words import Sentence

Rule = Literal["given", "sum", "times", "tanh", "softmax", "loss", "difference", "slope", "moved"]
Axis = Literal["hidden", "letters", "one"]
Phase = Literal["forward", "backward", "update"]
_LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
AXES: Mapping[str, tuple[Axis, Axis]] = {
    "U": ("hidden", "letters"), "W": ("hidden", "hidden"), "V": ("letters", "hidden"),
    "b": ("hidden", "one"), "c": ("letters", "one"), "x": ("letters", "one"), "y": ("letters", "one"),
    "a": ("hidden", "one"), "h": ("hidden", "one"), "z": ("letters", "one"), "p": ("letters", "one"),
    "L": ("one", "one"), "s": ("hidden", "one"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """What an entry is made of: one quantity, or the matrix product of two; each may stand transposed."""

    left: str
    right: str = ""
    left_turned: bool = False
    right_turned: bool = False


@dataclass(frozen=True, eq=False)
class Quantity:
    """A matrix that appears: its name, its sign as written, what it is, its formula, and the parts that made it."""

    name: str
    sign: str
    axes: tuple[Axis, Axis]
    values: Array
    formula: str
    rule: Rule
    parts: tuple[Part, ...]
    meaning: Sentence


@dataclass(frozen=True, slots=True)
class Frame:
    """One step of the story: the names of the quantities it brings. `step` counts from 1; 0 when the weights move."""

    phase: Phase
    step: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """One summand of an entry: its factors as written and their product. With one factor `right` is ""."""

    left: str
    right: str
    product: float


@dataclass(frozen=True, eq=False)
class Story:
    """All quantities by name, the frames in order, and by how much the gradients count when the weights move."""

    alphabet: tuple[str, ...]
    quantities: Mapping[str, Quantity]
    frames: tuple[Frame, ...]
    scale: float  # learning rate, times what clipping leaves

    def terms(self, name: str, row: int, column: int = 0) -> tuple[Term, ...]:
        """The summands of an entry of a sum, the factors of a product, the argument of a function; in writing order."""
        quantity = self.quantities[name]
        return tuple(term for part in quantity.parts for term in self._terms(quantity, part, row, column))

    def _terms(self, quantity: Quantity, part: Part, row: int, column: int) -> Iterator[Term]:
        if not part.right:
            row, column = (0, 0) if self._values(part.left).size == 1 else (row, column)
            left, value = self._factor(part.left, row, column)
            yield Term(left, "", value)
            return
        inner = self._values(part.left).shape[0 if part.left_turned else 1]
        for at in range(inner):
            left, value = self._factor(part.left, *((at, row) if part.left_turned else (row, at)))
            right, other = self._factor(part.right, *((column, at) if part.right_turned else (at, column)))
            yield Term(left, right, value * other)

    def _values(self, name: str) -> Array:
        return self.quantities[name].values

    def _factor(self, name: str, row: int, column: int) -> tuple[str, float]:
        """An entry as written, and its value."""
        quantity = self.quantities[name]
        places = [self._place(axis, at) for axis, at in zip(quantity.axes, (row, column), strict=True) if axis != "one"]
        written = f"{quantity.sign}[{', '.join(places)}]" if places else quantity.sign
        return written, float(quantity.values[row, column])

    def _place(self, axis: Axis, at: int) -> str:
        return self.alphabet[at] if axis == "letters" else str(at + 1)

    @cached_property
    def norms(self) -> Mapping[str, float]:
        """Euclidean norm of every quantity."""
        return {name: float(np.linalg.norm(quantity.values)) for name, quantity in self.quantities.items()}


def story(alphabet: tuple[str, ...], trace: Trace, gradients: Gradients, learning_rate: float) -> Story:
    """The story of one window: the trace forwards, its gradients backwards, and the step down the slope."""
    total = gradients.total.norm
    scale = learning_rate * (gradients.applied.norm / total if total else 1.0)
    moved = updated(trace.weights, gradients.applied, learning_rate)
    chapters = [_weights(trace.weights), *_forwards(trace), *_backwards(trace, gradients)]
    chapters.append(_update(len(trace.steps), gradients.total, moved, scale))
    quantities = {quantity.name: quantity for _, chapter in chapters for quantity in chapter}
    frames = tuple(Frame(phase, step, tuple(q.name for q in chapter)) for (phase, step), chapter in chapters[1:])
    return Story(alphabet, quantities, frames, scale)


Chapter = tuple[tuple[Phase, int], tuple[Quantity, ...]]


def _weights(weights: Parameters) -> Chapter:
    start = np.zeros((len(weights.b), 1))
    given = [_quantity(symbol, 0, getattr(weights, symbol), "", "given") for symbol in SYMBOLS]
    first = Quantity("h0", "h₀", AXES["h"], start, "h₀ = 0", "given", (), meaning("h"))
    return ("forward", 0), (*given, first)


def _forwards(trace: Trace) -> Iterator[Chapter]:
    for step, kept in enumerate(trace.steps, 1):
        t, before = str(step).translate(_LOW), str(step - 1).translate(_LOW)
        summed = (Part("U", f"x{step}"), Part("W", f"h{step - 1}"), Part("b"))
        yield (
            ("forward", step),
            (
                _quantity("x", step, kept.x, "", "given"),
                _quantity("a", step, kept.a, f"U x{t} + W h{before} + b", "sum", *summed),
                _quantity("h", step, kept.h, f"tanh(a{t})", "tanh", Part(f"a{step}")),
                _quantity("z", step, kept.z, f"V h{t} + c", "sum", Part("V", f"h{step}"), Part("c")),
                _quantity("p", step, kept.p, f"softmax(z{t})", "softmax", Part(f"z{step}")),
                _quantity("y", step, kept.y, "", "given"),
                _quantity(
                    "L", step, np.array([kept.loss]), f"−ln(y{t}ᵀ p{t})", "loss", Part(f"y{step}", f"p{step}", True)
                ),
            ),
        )


def _backwards(trace: Trace, gradients: Gradients) -> Iterator[Chapter]:
    last = len(trace.steps)
    for step in range(last, 0, -1):
        yield ("backward", step), tuple(_one_back(step, last, gradients))


def _one_back(step: int, last: int, gradients: Gradients) -> Iterator[Quantity]:
    kept, own = gradients.steps[step - 1], gradients.steps[step - 1].gradients
    t, before, after = (str(at).translate(_LOW) for at in (step, step - 1, step + 1))
    pulled = [Part("V", f"dz{step}", left_turned=True)]
    formula = f"Vᵀ δz{t}"
    if step < last:
        pulled.append(Part("W", f"da{step + 1}", left_turned=True))
        formula += f" + Wᵀ δa{after}"
    yield _quantity("dz", step, kept.dz, f"p{t} − y{t}", "difference", Part(f"p{step}"), Part(f"y{step}"))
    yield _quantity("dh", step, kept.dh, formula, "sum", *pulled)
    yield _quantity("s", step, kept.slope, f"1 − h{t}²", "slope", Part(f"h{step}"))
    yield _quantity("da", step, kept.da, f"s{t} ∘ δh{t}", "times", Part(f"s{step}"), Part(f"dh{step}"))
    for symbol, left, right, sign in (
        ("U", "da", f"x{step}", f"δa{t} x{t}ᵀ"),
        ("W", "da", f"h{step - 1}", f"δa{t} h{before}ᵀ"),
        ("V", "dz", f"h{step}", f"δz{t} h{t}ᵀ"),
    ):
        part = Part(f"{left}{step}", right, right_turned=True)
        yield _quantity(f"g{symbol}", step, getattr(own, symbol), sign, "sum", part)


def _update(last: int, total: Parameters, moved: Parameters, scale: float) -> Chapter:
    quantities = []
    for symbol in SYMBOLS:
        shares = {"b": "da", "c": "dz"}.get(symbol, f"g{symbol}")
        sign = {"b": "δa", "c": "δz"}.get(symbol, f"∂{symbol}")
        parts = [Part(f"{shares}{step}") for step in range(1, last + 1)]
        formula = " + ".join(f"{sign}{str(step).translate(_LOW)}" for step in range(1, last + 1))
        quantities.append(_quantity(f"g{symbol}", 0, getattr(total, symbol), formula, "sum", *parts))
    for symbol in SYMBOLS:
        formula = f"{symbol} − {scale:.4g} · ∂{symbol}"
        parts = [Part(symbol), Part(f"g{symbol}")]
        quantities.append(_quantity(f"{symbol}+", 0, getattr(moved, symbol), formula, "moved", *parts))
    return ("update", 0), tuple(quantities)


def _quantity(kind: str, step: int, values: Array, formula: str, rule: Rule, *parts: Part) -> Quantity:
    """A quantity whose name is its kind and step; kinds: "U", "x", "dh" (gradient of h), "gU" (of U), "U+" (moved)."""
    core = kind.strip("gd+")
    marked = {"d": "δ", "g": "∂"}.get(kind[0] if len(kind) > 1 else "", "") + core + ("′" if "+" in kind else "")
    sign = marked + (str(step).translate(_LOW) if step else "")
    table = values.reshape(-1, 1) if values.ndim == 1 else values
    written = f"{sign} = {formula}" if formula else sign
    return Quantity(f"{kind}{step or ''}", sign, AXES[core], table, written, rule, parts, meaning(kind))
