"""Models looked into: shipped ones by name, brought ones by their bytes; what is worked out of them is kept a while."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache

from engine.architecture import shapes_of
from engine.checkpoint import Model
from engine.compose import is_live
from engine.evaluate import live_suite, suite
from engine.evaluate.suite import Case
from engine.music import Function, Key, Mode
from engine.recurrent import parameters
from engine.theory import find_key, numeral_of, read_progression
from engine.workshop import checks, portrait
from engine.workshop.checks import Inspection
from engine.workshop.portrait import Heard, Judged, Map

Source = str | bytes  # the name of a shipped model, or a file's bytes


def names() -> tuple[str, ...]:
    """The models that ship, those for chords first."""
    return checks.shipped_names()


@lru_cache(maxsize=4)
def inspection(source: Source) -> Inspection:
    """Of a brought file: read in a child process, some seconds. 25 MB each at most, four are kept."""
    return checks.shipped(source) if isinstance(source, str) else checks.inspect(source)


def chord_model(source: Source) -> Model:
    model = inspection(source).chords
    assert model is not None
    return model


def listens_live(source: Source) -> bool:
    return is_live(chord_model(source).vocabulary)


@lru_cache(maxsize=8)
def embedding_map(source: Source, mode: Mode) -> Map:
    return portrait.embedding_map(chord_model(source), mode)


def function_of(token: str, mode: Mode) -> Function:
    return portrait.function_of_token(token, mode)


@lru_cache(maxsize=32)
def heard(source: Source, text: str) -> tuple[tuple[str, ...], Heard]:
    """The tokens that typed chords are for the model, and what both ways of listening expect after them."""
    model = chord_model(source)
    chords = [chord for chord in read_progression(text, Key("C")).chords if not chord.is_silent]
    key = find_key(chords).key if chords else Key("C")
    tokens = portrait.tokens_for(model.vocabulary, key.mode, [numeral_of(chord, key) for chord in chords])
    return tokens, portrait.side_by_side(model, tokens)


@lru_cache(maxsize=8)
def cases(source: Source, repetition: float) -> tuple[Case, ...]:
    """The theory suite in the model's own language."""
    model = chord_model(source)
    if is_live(model.vocabulary):
        return live_suite.examine_live(model, "sevenths", repetition)
    return suite.examine(model, repetition)


@lru_cache(maxsize=8)
def judged(source: Source) -> Judged:
    return portrait.judged(chord_model(source))


def sizes_of(inspection: Inspection) -> dict[str, str]:
    """The sizes that decide the network; nothing for a file that was refused."""
    model = inspection.chords.config if inspection.chords else inspection.tokens and inspection.tokens.sizes
    return {name: str(value) for name, value in asdict(model).items()} if model else {}


def parameters_of(inspection: Inspection) -> int:
    """Numbers that were learned; tied weights count once."""
    if inspection.chords is not None:
        config = inspection.chords.config
        tied = "decoder.weight" if config.tie_weights else ""
        return sum(math.prod(shape) for name, shape in shapes_of(config).items() if name != tied)
    return parameters(inspection.tokens.sizes) if inspection.tokens else 0


def metrics_of(inspection: Inspection) -> Mapping[str, float]:
    model = inspection.chords or inspection.tokens
    return {} if model is None else model.contents.metrics


def card_of(inspection: Inspection) -> Mapping[str, object]:
    """Of a shipped model; nothing for a file that was brought."""
    model = inspection.chords or inspection.tokens
    return {} if model is None else model.card
