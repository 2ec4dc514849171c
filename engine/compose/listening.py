"""What a model expects next, as sounds in a key: the one interface that suggestions and continuations stand on.

A listener hides which language its model speaks. A musician hears sounds, so the probabilities of tokens that sound
alike are added under one name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

import numpy as np

from engine import predict
from engine.compose.colours import in_colour
from engine.compose.shares import Shares, normalised
from engine.errors import PredictionError
from engine.music import Chord, Key
from engine.predict import Probabilities
from engine.theory import Colour, all_numerals, chord_of, chord_of_published, numeral_of, published_tokens
from engine.vocab import STYLES, Vocabulary, is_special, opening
from engine.words import say

if TYPE_CHECKING:
    from engine.checkpoint import Model

MEMO = 1024  # expectations one listener remembers: it lives as long as one request

Ear = Callable[[Sequence[str]], Probabilities]  # tokens -> probabilities of the next, in the order of ids


class Listener(Protocol):
    """A model that has been told the key."""

    @property
    def key(self) -> Key:
        """The key that chords are heard in."""

    def expect(self, before: tuple[Chord, ...]) -> Shares:
        """The model's belief in each sound after some sounding chords; sums to 1. A key moves names, never numbers."""

    def heard(self, chord: Chord) -> Chord:
        """The sound a chord is for this model: always one of those it expects."""


def listen(
    model: Model,
    key: Key,
    *,
    colour: Colour | None = "triads",
    style: str | None = None,
    memory: float | None = None,
) -> Listener:
    """The listener for a model in a key.

    `colour` is how chords are played; None is as the model says, which published degrees leave open (triads, then).
    `style` is one of `styles(model)`, or None. `memory` is the weight of what the song itself has done (0 to 1, None as
    learned). Raises PredictionError for a style that the model does not know, and for a weight when it has no memory.
    """
    if style is not None and style not in styles(model):
        known = ", ".join(styles(model)) or "–"
        raise PredictionError(say("This model knows no style {style}. It knows: {known}.", style=style, known=known))
    if is_live(model.vocabulary):
        return LiveListener(model.vocabulary, _ear(model, memory), key, style, colour)
    return PublishedListener(model.vocabulary, _ear(model, memory), key, colour or "triads")


def styles(model: Model) -> tuple[str, ...]:
    """The styles that can be chosen: none for models of the published vocabulary."""
    return tuple(style for style, token in STYLES.items() if token in model.vocabulary)


def remembers(model: Model) -> bool:
    """Whether a model has a memory of the song, whose weight can be chosen."""
    return model.listener is not None


def is_live(vocabulary: Vocabulary) -> bool:
    """Whether a model speaks the live vocabulary, which writes a minor seventh on II as "iim7"."""
    return "iim7" in vocabulary


def _ear(model: Model, memory: float | None) -> Ear:
    if remembers(model):
        return partial(predict.probabilities_after, model, memory=1.0 if memory is None else memory)
    if memory is not None:
        raise PredictionError(say("This model has no memory of the song, so its weight cannot be set. Leave it out."))
    return predict.Windows(model).probabilities


class LiveListener:
    """Hears the live vocabulary: what a token says depends on its chord and key alone.

    The song begins with its mode and, when one is chosen, its style; repeats are one chord, as in training. Chords that
    were played are heard as they are; only what is expected is put in a colour.
    """

    def __init__(
        self, vocabulary: Vocabulary, ear: Ear, key: Key, style: str | None = None, colour: Colour | None = None
    ) -> None:
        self.key = key
        self._colour: Colour | None = colour
        self._ear = ear
        self._opening = opening(key.mode, style)
        self._sounds = _live_sounds(vocabulary.tokens, key, colour)
        self.expect = lru_cache(maxsize=MEMO)(self._expect)

    def heard(self, chord: Chord) -> Chord:
        return in_colour(chord_of(numeral_of(chord, self.key), self.key), self.key, self._colour)

    def _expect(self, before: tuple[Chord, ...]) -> Shares:
        numerals = (numeral for numeral, _ in groupby(numeral_of(chord, self.key) for chord in before))
        return _added(self._sounds, self._ear((*self._opening, *numerals)))


class PublishedListener:
    """Hears the published vocabulary without assuming where a dominant at the end is going.

    Several tokens may name one sound there: `V/II` and `VI7` are both A7 in C. They look ahead (`V/II` is written when
    II follows), so the label of the last chord would give the answer away. Each label that has its sound is weighed by
    how likely the model found it one step earlier. Before the first chord the model believes in both modes; there, each
    opening is weighed by the tonic that it promises.
    """

    def __init__(self, vocabulary: Vocabulary, ear: Ear, key: Key, colour: Colour) -> None:
        self.key = key
        self._vocabulary = vocabulary
        self._ear = ear
        self._colour: Colour = colour
        self._sounds = _published_sounds(vocabulary.tokens, key, colour)
        self.expect = lru_cache(maxsize=MEMO)(self._expect)

    def heard(self, chord: Chord) -> Chord:
        (token,) = published_tokens((chord,), self.key)
        return _sound(token, self.key, self._colour)

    def _expect(self, before: tuple[Chord, ...]) -> Shares:
        tokens = self._after(published_tokens(before, self.key)) if before else self._openings()
        return _added(self._sounds, tokens)

    def _after(self, context: tuple[str, ...]) -> Probabilities:
        labels = _labels(self._vocabulary.tokens, context[-1], self.key)
        if len(labels) < 2:
            return self._ear(context)
        believed = self._ear(context[:-1])
        weights = believed[self._vocabulary.encode(labels)] + np.finfo(np.float64).tiny
        after = [self._ear((*context[:-1], label)) for label in labels]
        mixture: Probabilities = (weights / weights.sum()) @ np.stack(after)
        return mixture

    def _openings(self) -> Probabilities:
        first = self._ear(())
        promises = [
            self._promise(token) if sound else 0.0
            for token, sound in zip(self._vocabulary.tokens, self._sounds, strict=True)
        ]
        return np.asarray(first * np.array(promises))

    def _promise(self, opening: str) -> float:
        """Belief in the key's mode after one chord, 0 to 1: its own tonic against that of the other mode."""
        major, minor = self._ear((opening,))[self._vocabulary.encode(("I", "i"))]
        return float((major if self.key.mode == "major" else minor) / (major + minor))


def _added(sounds: Sequence[Chord | None], tokens: Probabilities) -> dict[Chord, float]:
    """One share a sound; what is no chord is left out."""
    shares: dict[Chord, float] = {}
    for sound, share in zip(sounds, tokens.tolist(), strict=True):
        if sound:
            shares[sound] = shares.get(sound, 0.0) + share
    return normalised(shares)


@lru_cache(maxsize=256)
def _live_sounds(tokens: tuple[str, ...], key: Key, colour: Colour | None) -> tuple[Chord | None, ...]:
    """What each token is played as, in the order of ids; nothing for those that are no chords."""
    numerals = frozenset(all_numerals())
    return tuple(in_colour(chord_of(token, key), key, colour) if token in numerals else None for token in tokens)


@lru_cache(maxsize=256)
def _published_sounds(tokens: tuple[str, ...], key: Key, colour: Colour) -> tuple[Chord | None, ...]:
    return tuple(None if is_special(token) else _sound(token, key, colour) for token in tokens)


def _sound(token: str, key: Key, colour: Colour) -> Chord:
    """What a token is played as: among triads the key's own dominant is one too, among sevenths it has its seventh.

    So has bVII, whose diatonic seventh in minor is a dominant one (Bb7 in C minor), as it is where major borrows it.
    Secondary dominants keep their seventh: it is what tells them from the key's own chords.
    """
    dominant = {"triads": {"V7": "V"}, "sevenths": {"V": "V7", "bVII": "bVII7"}}[colour]
    return chord_of_published(dominant.get(token, token), key, colour)


@lru_cache(maxsize=2048)
def _labels(tokens: tuple[str, ...], label: str, key: Key) -> Sequence[str]:
    """All tokens that sound like `label` in the key: what it could turn out to have been."""
    sound = chord_of_published(label, key, "sevenths")
    playable = (token for token in tokens if not is_special(token))
    return tuple(token for token in playable if chord_of_published(token, key, "sevenths") == sound)
