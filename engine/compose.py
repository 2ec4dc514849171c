"""What could come next, for a musician: theory around a chord model.

The `functional` model speaks the published vocabulary, in which several tokens may name one sound (`V/II` and `VI7` are
both A7 in C). A musician hears the sound, so their probabilities are added under one name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from engine import predict
from engine.music import Chord, Key, Progression, Suggestion, TokenProbability, pitch_class_of
from engine.theory import (
    Notation,
    chord_of_published,
    function_of,
    name_for_display,
    pitch_classes,
    published_tokens,
    reason,
    scale,
    write_chord,
)
from engine.vocab import SPECIAL_TOKENS

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
    notation: Notation = "letters",
) -> Advice:
    """Suggestions for slot `at` from what stands before it (0 to len: len is the next chord).

    `temperature` above 1 flattens the probabilities; `repetition` 0 to 1 scales the chord just played (1 leaves it).
    Before the first chord only the key's own chords are offered: a key was chosen, so an opening belongs to it.
    """
    before = tuple(slot.chord for slot in progression.slots[:at] if not slot.chord.is_silent)
    tokens = _expected(model, before, progression.key, temperature)
    if before:
        last = published_tokens(before, progression.key)[-1]
        ranked = _held_back(_merge(tokens, progression.key, colour), last, progression.key, colour, repetition)
    else:
        ranked = _openings(model, tokens, progression.key, colour)
    return _advice(ranked[:k], before, progression.key, notation)


def _expected(model: Model, before: Sequence[Chord], key: Key, temperature: float) -> tuple[TokenProbability, ...]:
    """Probabilities of the next token, without assuming where a dominant at the end is going.

    The published labels look ahead (`V/II` is written when II follows), so the label of the last chord would give the
    answer away. Each label that has its sound is weighed by how likely the model found it one step earlier.
    """
    context = published_tokens(before, key)
    labels = _labels(model.vocabulary.tokens, context[-1], key) if context else ()
    if len(labels) < 2:
        return predict.suggest(model, context, len(model.vocabulary), temperature, 1.0)
    believed = {item.token: item.probability for item in predict.suggest(model, context[:-1], len(model.vocabulary))}
    weights = [believed.get(label, 0.0) for label in labels]
    shares: dict[str, float] = {}
    for label, weight in zip(labels, weights, strict=True):
        for item in predict.suggest(model, (*context[:-1], label), len(model.vocabulary), temperature, 1.0):
            shares[item.token] = shares.get(item.token, 0.0) + item.probability * weight / sum(weights)
    return tuple(TokenProbability(token, share) for token, share in shares.items())


@lru_cache(maxsize=2048)
def _labels(tokens: tuple[str, ...], label: str, key: Key) -> tuple[str, ...]:
    """All tokens that sound like `label` in the key: what it could turn out to have been."""
    sound = chord_of_published(label, key, "sevenths")
    playable = (token for token in tokens if token not in SPECIAL_TOKENS)
    return tuple(token for token in playable if chord_of_published(token, key, "sevenths") == sound)


def _held_back(
    ranked: Sequence[tuple[Chord, float]], last: str, key: Key, colour: Colour, repetition: float
) -> list[tuple[Chord, float]]:
    """The chord just played keeps `repetition` of its share, whatever it is called."""
    by_name = {write_chord(chord): chord for chord, _ in ranked}
    named = [TokenProbability(write_chord(chord), share) for chord, share in ranked]
    held = predict.rerank(named, write_chord(_sound(last, key, colour)), repetition)
    return [(by_name[item.token], item.probability) for item in held]


def _sound(token: str, key: Key, colour: Colour) -> Chord:
    """What a token is played as: among triads the key's own dominant is one too, among sevenths it has its seventh.

    Secondary dominants keep their seventh: it is what tells them from the key's own chords.
    """
    dominant = {"triads": {"V7": "V"}, "sevenths": {"V": "V7"}}[colour]
    return chord_of_published(dominant.get(token, token), key, colour)


def _merge(tokens: Iterable[TokenProbability], key: Key, colour: Colour) -> list[tuple[Chord, float]]:
    """One entry per sound, best first."""
    share: dict[Chord, float] = {}
    for item in tokens:
        chord = _sound(item.token, key, colour)
        share[chord] = share.get(chord, 0.0) + item.probability
    return sorted(share.items(), key=lambda entry: -entry[1])


def _openings(model: Model, tokens: Sequence[TokenProbability], key: Key, colour: Colour) -> list[tuple[Chord, float]]:
    """First chords for the key that was chosen: of its scale, and weighed by how well they promise its mode.

    The vocabulary has no token for the mode, so before the first chord the model believes in both; after an opening it
    tells which one it expects by the tonic it waits for.
    """
    own = [item for item in tokens if _belongs(_sound(item.token, key, colour), key)]
    weighed = [TokenProbability(item.token, item.probability * _promise(model, item.token, key)) for item in own]
    total = sum(item.probability for item in weighed)
    return [(chord, share / total) for chord, share in _merge(weighed, key, colour)]


def _belongs(chord: Chord, key: Key) -> bool:
    """Whether the chord lies in the scale; a dominant may take the leading tone, in minor too."""
    own = {pitch_class_of(name) for name in scale(key)}
    if function_of(chord, key) == "dominant":
        own.add((key.pitch_class + LEADING_TONE) % 12)
    return pitch_classes(chord) <= own


def _promise(model: Model, opening: str, key: Key) -> float:
    """Belief in the key's mode after one chord, 0 to 1: its own tonic against that of the other mode."""
    expected = {item.token: item.probability for item in predict.predict_next(model, (opening,), len(model.vocabulary))}
    major, minor = expected.get("I", 0.0), expected.get("i", 0.0)
    return (major if key.mode == "major" else minor) / (major + minor)


def _advice(ranked: Sequence[tuple[Chord, float]], before: tuple[Chord, ...], key: Key, notation: Notation) -> Advice:
    def suggestion(chord: Chord, share: float) -> Suggestion:
        why = reason(before, chord, key, notation)
        return Suggestion(chord, name_for_display(chord, key), share, function_of(chord, key), why)

    suggestions = tuple(suggestion(chord, share) for chord, share in ranked)
    return Advice(suggestions, max(0.0, 1.0 - sum(item.probability for item in suggestions)))
