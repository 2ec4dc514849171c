"""The next chord: window prediction, streaming prediction, and the order in which suggestions are shown.

Window prediction follows the published `predict_next`: unknown tokens become `<unk>`, a short context is filled on the
left with `<bos>`, a long one keeps its last `seq_len`, then softmax and the top k. Nothing is kept between calls. It
runs on the NumPy stepper; torch gives the same probabilities to 1e-6 (tested).

A model with a memory of the song hears all of a context instead, after one `<bos>`: a window would forget what it is
there to remember. Window and stream are then one and the same, and `memory` weighs what the song has done so far.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.errors import PredictionError
from engine.memory.hearing import Hearing, Listener
from engine.music import TokenProbability
from engine.stepping import State, softmax
from engine.vocab import BOS, is_special
from engine.words import say

if TYPE_CHECKING:
    from engine.checkpoint import Model

DEFAULT_REPETITION = 0.5  # share of its probability that the chord just played keeps
COLDEST, HOTTEST = 0.01, 100.0  # temperatures
LONGEST_SONG = 1024  # chords that a model with a memory hears of a longer context
REMEMBERED, DEEPEST = 2048, 64  # states of one `Windows`; tokens read in one go

Probabilities = npt.NDArray[np.float64]  # (vocab,)


def predict_next(
    model: Model, context: Sequence[str], k: int = 8, temperature: float = 1.0, *, memory: float = 1.0
) -> tuple[TokenProbability, ...]:
    """The k most probable tokens after a context, special tokens among them; probabilities are of the whole vocabulary.

    `k` from 1 up (beyond the vocabulary gives all of it), `temperature` 0.01 to 100, 1 being the model's own belief,
    `memory` 0 to 1, the weight of what the song has done so far (no matter for a model without a memory). Raises
    PredictionError for anything else.
    """
    return _top(model, probabilities_after(model, context, temperature, memory=memory), k)


def suggest(
    model: Model, context: Sequence[str], k: int = 8, temperature: float = 1.0, repetition: float = DEFAULT_REPETITION,
    *, memory: float = 1.0,
) -> tuple[TokenProbability, ...]:  # fmt: skip
    """The k best suggestions for a musician: prediction, reranked against repetition, without special tokens."""
    ranking = predict_next(model, context, len(model.vocabulary), temperature, memory=memory)
    return rerank(ranking, context[-1] if context else None, repetition)[: _checked_k(k)]


def rerank(
    suggestions: Sequence[TokenProbability], last_token: str | None, repetition: float = DEFAULT_REPETITION
) -> tuple[TokenProbability, ...]:
    """Suggestions without special tokens and with the last chord held back, the most probable first.

    `repetition` is the share of its weight that `last_token` keeps: 1 leaves it, 0 never offers it again. What is taken
    away goes to the others in proportion, so the sum stays as it was given.
    """
    if not _is_number(repetition) or not 0 <= repetition <= 1:
        raise PredictionError(say("The repetition share must be from 0 to 1, not {given}.", given=str(repetition)[:40]))
    held = {last_token: repetition}
    weights = [(s.token, s.probability * held.get(s.token, 1.0)) for s in suggestions if not is_special(s.token)]
    total = sum(weight for _, weight in weights)
    scale = sum(s.probability for s in suggestions) / total if total else 0.0
    ordered = sorted(weights, key=lambda pair: -pair[1])  # stable: ties keep the order they came in
    return tuple(TokenProbability(token, weight * scale) for token, weight in ordered if weight > 0)


def probabilities_after(
    model: Model, context: Sequence[str], temperature: float = 1.0, *, memory: float = 1.0
) -> Probabilities:
    """Probabilities of the whole vocabulary after a context, in the order of ids: see `predict_next`."""
    if isinstance(context, str):
        raise PredictionError(
            say("A context is a list of chord tokens; {given} is one text. Split it at the spaces.", given=context[:40])
        )
    _checked_temperature(temperature), _checked_memory(memory)
    if model.listener:
        return _remembered(model.listener, _hearing_after(model, context), temperature, memory)
    return softmax(model.stepper.logits(_state_after_window(model, context)), temperature)


class Stream:
    """A model that listens along: each added token costs one step, however long the song is.

    One stream belongs to one listener (it carries a state); the model below it is shared and never changes.
    """

    def __init__(self, model: Model, bos: bool = True) -> None:
        self._model = model
        self._state: State | Hearing = model.stepper.fresh()
        self.reset(bos)

    def reset(self, bos: bool = True) -> None:
        """Forget all; with `bos`, the song's beginning is fed once."""
        self._state = (self._model.listener or self._model.stepper).fresh()
        if bos:
            self._feed(BOS)

    def add(
        self, token: str, k: int = 8, temperature: float = 1.0, *, memory: float = 1.0
    ) -> tuple[TokenProbability, ...]:
        """Hear one more token (unknown ones as `<unk>`); the k most probable next."""
        _checked_k(k), _checked_temperature(temperature), _checked_memory(memory)  # before the state changes
        self._feed(token)
        return self.next(k, temperature, memory=memory)

    def next(self, k: int = 8, temperature: float = 1.0, *, memory: float = 1.0) -> tuple[TokenProbability, ...]:
        """The k most probable tokens now."""
        _checked_temperature(temperature), _checked_memory(memory)
        if isinstance(self._state, Hearing):
            assert self._model.listener is not None
            return _top(self._model, _remembered(self._model.listener, self._state, temperature, memory), k)
        return _top(self._model, softmax(self._model.stepper.logits(self._state), temperature), k)

    def suggest(
        self, context: Sequence[str], k: int = 8, temperature: float = 1.0, bos: bool = True
    ) -> tuple[TokenProbability, ...]:
        """Start anew and hear a whole context, from its first token: all of it counts, not only a window."""
        self.reset(bos)
        for token in context:
            self._feed(token)
        return self.next(k, temperature)

    def window(self, context: Sequence[str], k: int = 8, temperature: float = 1.0) -> tuple[TokenProbability, ...]:
        """Start anew as `predict_next` does and stay there."""
        remembers = self._model.listener is not None
        self._state = (_hearing_after if remembers else _state_after_window)(self._model, context)
        return self.next(k, temperature)

    def _feed(self, token: str) -> None:
        (number,) = self._model.vocabulary.encode([token])
        if isinstance(self._state, Hearing):
            assert self._model.listener is not None
            self._state = self._model.listener.hear(self._state, number)
        else:
            self._state = self._model.stepper.step(number, self._state)


class Windows:
    """Window prediction for many contexts that begin alike: the states after their beginnings are remembered.

    For one request: it keeps some megabytes. The probabilities are those of `probabilities_after`, to 1e-6.
    A model with a memory of the song keeps beginnings by itself.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._after = lru_cache(maxsize=REMEMBERED)(self._state)

    def probabilities(self, context: Sequence[str]) -> Probabilities:
        """Of the whole vocabulary after a context, in the order of ids."""
        if self._model.listener:
            return probabilities_after(self._model, context)
        length = self._model.config.seq_len
        heard = tuple(self._model.vocabulary.encode(context[-length:]))
        for end in range(0, len(heard), DEEPEST):  # so that `_state` never calls itself more often
            self._after(length - len(heard), heard[:end])
        return softmax(self._model.stepper.logits(self._after(length - len(heard), heard)), 1.0)

    def _state(self, padding: int, heard: tuple[int, ...]) -> State:
        if not heard:
            return self._model.paddings[padding]
        return self._model.stepper.step(heard[-1], self._after(padding, heard[:-1]))


def _hearing_after(model: Model, context: Sequence[str]) -> Hearing:
    """`<bos>`, mode and style if they stand first, and the last chords of the context."""
    assert model.listener is not None
    ids = model.vocabulary.encode(context)
    chords = next((at for at, number in enumerate(ids) if number not in model.listener.silent), len(ids))
    return model.listener.heard((model.vocabulary.start, *ids[:chords], *ids[chords:][-LONGEST_SONG:]))


def _remembered(listener: Listener, hearing: Hearing, temperature: float, memory: float) -> Probabilities:
    probabilities = listener.probabilities(hearing, memory)
    if temperature == 1:
        return probabilities
    warmed = (probabilities / probabilities.max()) ** (1 / temperature)
    return np.asarray(warmed / warmed.sum())


def _state_after_window(model: Model, context: Sequence[str]) -> State:
    """The window rule: `<bos>` up to `seq_len` on the left, then the last tokens of the context."""
    length = model.config.seq_len
    heard = model.vocabulary.encode(context[-length:])
    return model.stepper.read(heard, model.paddings[length - len(heard)])


def _top(model: Model, probabilities: Probabilities, k: int) -> tuple[TokenProbability, ...]:
    """The k most probable, ties in the order of ids."""
    order = np.argsort(-probabilities, kind="stable")[: _checked_k(k)]
    return tuple(TokenProbability(model.vocabulary.tokens[i], float(probabilities[i])) for i in order)


def _checked_k(k: int) -> int:
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1:
        raise PredictionError(
            say("The number of suggestions must be a whole number from 1 up, not {given}.", given=str(k)[:40])
        )
    return int(k)


def _checked_temperature(temperature: float) -> float:
    if not _is_number(temperature) or not COLDEST <= temperature <= HOTTEST:
        raise PredictionError(
            say(
                "The temperature must be from {low} to {high}, not {given}.",
                low=COLDEST,
                high=HOTTEST,
                given=str(temperature)[:40],
            )
        )
    return float(temperature)


def _checked_memory(memory: float) -> float:
    if not _is_number(memory) or not 0 <= memory <= 1:
        raise PredictionError(say("The weight of the memory must be from 0 to 1, not {given}.", given=str(memory)[:40]))
    return float(memory)


def _is_number(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, int | float | np.floating) and math.isfinite(value)
