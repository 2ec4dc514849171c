"""A model file check by check: which it passed, which it failed with which sentence, which were not reached.

The reader (`engine.checkpoint`) stops at the first thing wrong; its order is the order here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine import checkpoint
from engine.architecture import Architecture
from engine.checkpoint import Model, model_of
from engine.checkpoint.reading import answered
from engine.checkpoint.schema import Contents
from engine.checkpoint.vouched import read_vouched
from engine.errors import (
    BadConfig,
    BadWeights,
    CheckpointError,
    MissingKeys,
    MissingSpecialToken,
    UnsafeCheckpoint,
    VocabularyNotInverse,
    VocabularySizeMismatch,
)
from engine.recurrent import Sizes
from engine.recurrent import checkpoint as token_models
from engine.recurrent.checkpoint import TokenModel
from engine.recurrent.schema import Contents as TokenContents
from engine.recurrent.vocabulary import Vocabulary as TokenVocabulary
from engine.vocab import Vocabulary
from engine.words import Sentence, say
from engine.workshop.inspecting import fact, facts_in

CHILD = "engine.workshop.inspecting"
Outcome = Literal["passed", "failed", "not reached"]


@dataclass(frozen=True, slots=True)
class Check:
    """One line: what is checked, what came of it, and the refusal's own words where it failed."""

    what: Sentence
    outcome: Outcome
    why: Sentence | None = None


@dataclass(frozen=True)
class Inspection:
    """A file looked into. Of `chords` and `tokens` one is there when every check was passed, none otherwise."""

    checks: tuple[Check, ...]
    chords: Model | None = None
    tokens: TokenModel | None = None
    created_at: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)


def inspect(data: bytes) -> Inspection:
    """Reads a file from anywhere, apart, and never runs anything in it. Refusals become failed checks."""
    try:
        header, weights = answered(data, CHILD)
    except CheckpointError as error:
        return Inspection(checks_until(error))
    rest = {"created_at": header["created_at"], "env": header["env"], "settings": header["settings"]}
    if "architecture" in header:
        contents = Contents(
            Vocabulary(tuple(header["tokens"])), Architecture(**header["architecture"]), weights, header["metrics"]
        )
        return Inspection(checks_until(None), chords=model_of(contents), **rest)
    sizes = Sizes(**header["sizes"] | {"features": tuple(header["sizes"]["features"])})
    vocabulary = TokenVocabulary(tuple(header["tokens"]))
    own = TokenContents(vocabulary, header["language"], sizes, weights, header["metrics"])
    return Inspection(checks_until(None), tokens=token_models.model_of(own), **rest)


def shipped(name: str) -> Inspection:
    """A model of the house, whose fingerprint stands in its card: read without a child. Raises CheckpointError."""
    chords = checkpoint.load(name) if name in checkpoint.names() else None
    tokens = None if chords is not None else token_models.load(name)
    folder = checkpoint.SHIPPED if chords is not None else token_models.SHIPPED
    raw = read_vouched((folder / f"{name}.pt").read_bytes())
    return Inspection(
        checks_until(None),
        chords,
        tokens,
        fact(raw.get("created_at")),
        facts_in(raw.get("env")),
        facts_in(raw.get("config")),
    )


def shipped_names() -> tuple[str, ...]:
    return (*checkpoint.names(), *token_models.names())


def checks_until(error: CheckpointError | None) -> tuple[Check, ...]:
    """All checks in their order: passed up to the one that `error` belongs to. Without an error all are passed."""
    lines = _lines()
    if error is None:
        return tuple(Check(what, "passed") for what, _ in lines)
    place = next((n for n, (_, kinds) in enumerate(lines) if _belongs(error, kinds)), 0)
    before = [Check(what, "passed") for what, _ in lines[:place]]
    after = [Check(what, "not reached") for what, _ in lines[place + 1 :]]
    return (*before, Check(lines[place][0], "failed", error.sentence), *after)


def _belongs(error: CheckpointError, kind: tuple[type[CheckpointError], str]) -> bool:
    """Two kinds of error are raised at two places each; the beginning of their sentence tells them apart."""
    return isinstance(error, kind[0]) and error.sentence.template.startswith(kind[1])


def _lines() -> tuple[tuple[Sentence, tuple[type[CheckpointError], str]], ...]:
    return (
        (say("A plain, small archive of tensors that asks to run nothing"), (UnsafeCheckpoint, "")),
        (say("model_state, config, stoi and itos are there"), (MissingKeys, "")),
        (say("The vocabulary is a table of short texts and whole numbers"), (VocabularyNotInverse, "stoi must")),
        (say("The special tokens it needs are in the vocabulary"), (MissingSpecialToken, "")),
        (say("vocab_size is the length of the vocabulary"), (VocabularySizeMismatch, "")),
        (say("itos is the inverse of stoi"), (VocabularyNotInverse, "")),
        (say("model_state is a state dict"), (BadWeights, "model_state must")),
        (say("config gives every size, within its bounds"), (BadConfig, "")),
        (say("The weights are dense, finite and of the shapes that config asks for"), (BadWeights, "")),
    )
