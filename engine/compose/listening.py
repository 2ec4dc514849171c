"""What a model expects next, as sounds in a key: the one interface that suggestions and continuations stand on.

A listener hides which language its model speaks. The `functional` model speaks the published vocabulary, in which
several tokens may name one sound (`V/II` and `VI7` are both A7 in C). A musician hears the sound, so their
probabilities are added under one name.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import numpy as np

from engine import predict
from engine.compose.shares import Shares, normalised
from engine.errors import PredictionError
from engine.music import Chord, Key
from engine.theory import Colour, chord_of_published, published_tokens
from engine.vocab import SPECIAL_TOKENS
from engine.words import say

if TYPE_CHECKING:
    from engine.checkpoint import Model

MEMO = 1024  # expectations one listener remembers: it lives as long as one request


class Listener(Protocol):
    """A model that has been told the key."""

    @property
    def key(self) -> Key:
        """The key that chords are heard in."""

    def expect(self, before: tuple[Chord, ...]) -> Shares:
        """The model's belief in each sound after some sounding chords; sums to 1. A key moves names, never numbers."""

    def heard(self, chord: Chord) -> Chord:
        """The sound a chord is for this model: always one of those it expects."""


def listen(model: Model, key: Key, *, colour: Colour = "triads", memory: float | None = None) -> Listener:
    """The listener for a model in a key; `colour` is how plain degrees are played.

    `memory` is the weight of what the song itself has done (0 to 1, None leaves it to the model). Raises
    PredictionError for a model that has no memory.
    """
    if memory is not None:
        raise PredictionError(say("This model has no memory of the song, so its weight cannot be set. Leave it out."))
    return PublishedListener(model, key, colour)


class PublishedListener:
    """Hears the published vocabulary without assuming where a dominant at the end is going.

    The published labels look ahead (`V/II` is written when II follows), so the label of the last chord would give the
    answer away. Each label that has its sound is weighed by how likely the model found it one step earlier. Before the
    first chord the model believes in both modes; there, each opening is weighed by the tonic that it promises.
    """

    def __init__(self, model: Model, key: Key, colour: Colour) -> None:
        self.key = key
        self._model = model
        self._windows = predict.Windows(model)
        self._colour: Colour = colour
        self._sounds = _sounds(model.vocabulary.tokens, key, colour)
        self.expect = lru_cache(maxsize=MEMO)(self._expect)

    def heard(self, chord: Chord) -> Chord:
        (token,) = published_tokens((chord,), self.key)
        return _sound(token, self.key, self._colour)

    def _expect(self, before: tuple[Chord, ...]) -> Shares:
        tokens = self._after(published_tokens(before, self.key)) if before else self._openings()
        shares: dict[Chord, float] = {}
        for sound, share in zip(self._sounds, tokens.tolist(), strict=True):
            if sound:
                shares[sound] = shares.get(sound, 0.0) + share
        return normalised(shares)

    def _after(self, context: tuple[str, ...]) -> predict.Probabilities:
        labels = _labels(self._model.vocabulary.tokens, context[-1], self.key)
        if len(labels) < 2:
            return self._windows.probabilities(context)
        believed = self._windows.probabilities(context[:-1])
        weights = believed[self._model.vocabulary.encode(labels)] + np.finfo(np.float64).tiny
        after = [self._windows.probabilities((*context[:-1], label)) for label in labels]
        mixture: predict.Probabilities = (weights / weights.sum()) @ np.stack(after)
        return mixture

    def _openings(self) -> predict.Probabilities:
        first = self._windows.probabilities(())
        promises = [
            self._promise(token) if sound else 0.0
            for token, sound in zip(self._model.vocabulary.tokens, self._sounds, strict=True)
        ]
        return np.asarray(first * np.array(promises))

    def _promise(self, opening: str) -> float:
        """Belief in the key's mode after one chord, 0 to 1: its own tonic against that of the other mode."""
        expected = self._windows.probabilities((opening,))
        major, minor = expected[self._model.vocabulary.encode(("I", "i"))]
        return float((major if self.key.mode == "major" else minor) / (major + minor))


@lru_cache(maxsize=256)
def _sounds(tokens: tuple[str, ...], key: Key, colour: Colour) -> tuple[Chord | None, ...]:
    """What each token is played as, in the order of ids; nothing for the special ones."""
    return tuple(None if token in SPECIAL_TOKENS else _sound(token, key, colour) for token in tokens)


def _sound(token: str, key: Key, colour: Colour) -> Chord:
    """What a token is played as: among triads the key's own dominant is one too, among sevenths it has its seventh.

    Secondary dominants keep their seventh: it is what tells them from the key's own chords.
    """
    dominant = {"triads": {"V7": "V"}, "sevenths": {"V": "V7"}}[colour]
    return chord_of_published(dominant.get(token, token), key, colour)


@lru_cache(maxsize=2048)
def _labels(tokens: tuple[str, ...], label: str, key: Key) -> Sequence[str]:
    """All tokens that sound like `label` in the key: what it could turn out to have been."""
    sound = chord_of_published(label, key, "sevenths")
    playable = (token for token in tokens if token not in SPECIAL_TOKENS)
    return tuple(token for token in playable if chord_of_published(token, key, "sevenths") == sound)
