"""Suggestions for a musician: what the model expects, of the kind that was asked for, each with its reason."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.compose.filters import Filter, admits_any
from engine.compose.gaps import leading_on
from engine.compose.listening import Listener, listen
from engine.compose.reasons import Reasons
from engine.compose.shares import Shares, held_back, normalised, ordered, tempered
from engine.music import Chord, Progression, Suggestion
from engine.theory import Colour, Notation, function_of, name_for_display
from engine.words import Sentence, say

if TYPE_CHECKING:
    from engine.checkpoint import Model

OF_THE_KEY: tuple[Filter, ...] = ("in key",)


@dataclass(frozen=True, slots=True)
class Advice:
    """Suggestions, best first, and what is not among them.

    Probabilities are of what the filters let through: those shown and `rest`, what was let through and is not shown,
    sum to 1. `left_out` is the model's belief, before that, in all that the filters kept away. When nothing passes,
    `rest` is 0 and `notice` says so; it is set in no other case.
    """

    suggestions: tuple[Suggestion, ...]
    rest: float
    left_out: float = 0.0
    notice: Sentence | None = None


def advise(
    model: Model,
    progression: Progression,
    at: int,
    *,
    k: int = 8,
    colour: Colour | None = "triads",
    temperature: float = 1.0,
    repetition: float = 0.5,
    notation: Notation = "letters",
    filters: Collection[Filter] = (),
    after: Sequence[Chord] = (),
    beats_per_bar: float = 4,
    style: str | None = None,
    memory: float | None = None,
) -> Advice:
    """Suggestions for slot `at` from what stands before it (0 to len: len is the next chord).

    `temperature` above 1 flattens the probabilities; `repetition` 0 to 1 scales the chord just played (1 leaves it).
    `filters` are kinds of chords of which one must hold. `after` are the chords that will follow the slot (see
    `following`): with them, suggestions rank by what comes before and after. `beats_per_bar` counts the bars that
    reasons name; `colour`, `style` and `memory` are as in `listen`. Before the first chord only the key's own chords
    are offered unless a filter asks for others: a key was chosen, so an opening belongs to it.
    """
    return advise_by(
        listen(model, progression.key, colour=colour, style=style, memory=memory),
        progression,
        at,
        k=k,
        temperature=temperature,
        repetition=repetition,
        notation=notation,
        filters=filters,
        after=after,
        beats_per_bar=beats_per_bar,
    )


def advise_by(
    listener: Listener,
    progression: Progression,
    at: int,
    *,
    k: int = 8,
    temperature: float = 1.0,
    repetition: float = 0.5,
    notation: Notation = "letters",
    filters: Collection[Filter] = (),
    after: Sequence[Chord] = (),
    beats_per_bar: float = 4,
) -> Advice:
    """As `advise`, from a listener."""
    before = tuple(slot.chord for slot in progression.slots[:at] if not slot.chord.is_silent)
    believed = listener.expect(before)
    admitted, left_out = let_through(believed, kinds_for(filters, before), listener)
    if not admitted:
        return Advice((), 0.0, left_out, _nothing())
    fitting = leading_on(listener, before, admitted, after) if after else admitted
    neighbours = {listener.heard(chord) for chord in (*before[-1:], *after[:1])}
    shares = held_back(tempered(fitting, temperature), neighbours, repetition)
    reasons = Reasons(listener, progression, at, tuple(after[:1]), notation, beats_per_bar, admitted, fitting)
    return _advice(ordered(shares)[:k], reasons, left_out)


def kinds_for(filters: Collection[Filter], before: Sequence[Chord]) -> Collection[Filter]:
    """The kinds that count: before the first chord, without a wish, those of the key."""
    if filters and "anything" not in filters:
        return filters
    return () if before else OF_THE_KEY


def let_through(believed: Shares, kinds: Collection[Filter], listener: Listener) -> tuple[dict[Chord, float], float]:
    """What is of one of the kinds, renormalised, and the belief in all the rest."""
    passing = {chord: share for chord, share in believed.items() if admits_any(kinds, chord, listener.key)}
    return normalised(passing), sum(share for chord, share in believed.items() if chord not in passing)


def _nothing() -> Sentence:
    return say("No chord of that kind follows here. Choose another kind, or “anything”.")


def _advice(ranked: Sequence[tuple[Chord, float]], reasons: Reasons, left_out: float) -> Advice:
    def suggestion(chord: Chord, share: float) -> Suggestion:
        key, blues = reasons.listener.key, reasons.is_blues_with(chord)
        name, function = name_for_display(chord, key, blues=blues), function_of(chord, key, blues)
        return Suggestion(chord, name, share, function, reasons.why(chord))

    suggestions = tuple(suggestion(chord, share) for chord, share in ranked)
    return Advice(suggestions, max(0.0, 1.0 - sum(item.probability for item in suggestions)), left_out)
