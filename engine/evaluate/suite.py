"""The theory suite: contexts after which every musician expects certain chords (published vocabulary).

Source: antoniotrapote/chord-prediction-tfm (2025). A context passes when an acceptable chord stands in the top 5.
Published results of 18: the reference LSTM 10, Kneser–Ney 17. An `i` or `iv` implies the minor key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.predict import DEFAULT_REPETITION, suggest

if TYPE_CHECKING:
    from engine.checkpoint import Model

WITHIN = 5  # places


@dataclass(frozen=True, slots=True)
class Case:
    """A context and what may follow; `offered` is what a model put into the first places."""

    context: tuple[str, ...]
    acceptable: tuple[str, ...]
    offered: tuple[str, ...] = ()

    @property
    def passes(self) -> bool:
        return any(token in self.acceptable for token in self.offered)


def _case(context: str, acceptable: str) -> Case:
    return Case(tuple(context.split()), tuple(acceptable.split()))


THEORY_SUITE = (
    _case("ii V7", "I"),
    _case("I V", "vi IV I"),
    _case("I IV", "I V ii"),
    _case("IV iv", "I"),
    _case("I bVII", "I IV V"),
    _case("I V vi", "IV"),
    _case("vi ii", "V7"),
    _case("iiø V7", "i"),
    _case("i iv", "V7 v"),
    _case("VI iiø", "V7"),
    _case("i V/IV", "iv"),
    _case("I V/IV", "IV"),
    _case("I Vsub/V", "V V7"),
    _case("I biio", "ii"),
    _case("I V/II", "ii"),
    _case("", "I i ii iiø"),
    _case("i", "V7 iiø iv VI"),
    _case("I", "IV V7 vi ii"),
)


def examine(model: Model, repetition: float = DEFAULT_REPETITION) -> tuple[Case, ...]:
    """Every case with what the model offers; `repetition` 1 is the network alone."""
    return tuple(
        Case(case.context, case.acceptable, _offered(model, case.context, repetition)) for case in THEORY_SUITE
    )


def _offered(model: Model, context: Sequence[str], repetition: float) -> tuple[str, ...]:
    return tuple(each.token for each in suggest(model, context, k=WITHIN, repetition=repetition))
