"""What could come next, for a musician: theory around a chord model.

The `functional` model speaks the published vocabulary, in which several tokens may name one sound (`V/II` and `VI7` are
both A7 in C). A musician hears the sound, so their probabilities are added under one name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import predict
from engine.music import Chord, Key, Progression, Suggestion, TokenProbability, pitch_class_of
from engine.theory import (
    chord_of_published,
    function_of,
    name_for_display,
    pitch_classes,
    published_tokens,
    reason,
    scale,
)

if TYPE_CHECKING:
    from engine.checkpoint import Model
    from engine.sheet import Colour

LEADING_TONE = 11  # semitones above the tonic, in minor too: its dominant needs it


@dataclass(frozen=True, slots=True)
class Advice:
    """Suggestions, best first, and the probability of everything not among them."""

    suggestions: tuple[Suggestion, ...]
    rest: float


def advise(
    model: Model,
    progression: Progression,
    at: int,
    *,
    k: int = 8,
    colour: Colour = "triads",
    temperature: float = 1.0,
    repetition: float = 0.5,
) -> Advice:
    """Suggestions for slot `at` from what stands before it (0 to len: len is the next chord).

    `temperature` above 1 flattens the probabilities; `repetition` 0 to 1 scales the chord just played (1 leaves it).
    Before the first chord only the key's own chords are offered: a key was chosen, so an opening belongs to it.
    """
    before = tuple(slot.chord for slot in progression.slots[:at] if not slot.chord.is_silent)
    context = published_tokens(before, progression.key)
    tokens = predict.suggest(model, context, len(model.vocabulary), temperature, repetition)
    ranked = _merge(tokens, progression.key, colour)
    if not before:
        ranked = _openings(ranked, progression.key)
    return _advice(ranked[:k], before, progression.key)


def _merge(tokens: Iterable[TokenProbability], key: Key, colour: Colour) -> list[tuple[Chord, float]]:
    """One entry per sound, best first."""
    share: dict[Chord, float] = {}
    for item in tokens:
        chord = chord_of_published(item.token, key, colour)
        share[chord] = share.get(chord, 0.0) + item.probability
    return sorted(share.items(), key=lambda entry: -entry[1])


def _openings(ranked: list[tuple[Chord, float]], key: Key) -> list[tuple[Chord, float]]:
    scales = frozenset(pitch_class_of(name) for name in scale(key)) | {(key.pitch_class + LEADING_TONE) % 12}
    own = [(chord, share) for chord, share in ranked if pitch_classes(chord) <= scales]
    total = sum(share for _, share in own)
    return [(chord, share / total) for chord, share in own]


def _advice(ranked: Sequence[tuple[Chord, float]], before: tuple[Chord, ...], key: Key) -> Advice:
    suggestions = tuple(
        Suggestion(chord, name_for_display(chord, key), share, function_of(chord, key), reason(before, chord, key))
        for chord, share in ranked
    )
    return Advice(suggestions, max(0.0, 1.0 - sum(item.probability for item in suggestions)))
