"""Texts and names of a form as the engine's nouns; what cannot be read is refused in words, nothing is guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from pydantic import BaseModel

from engine import checkpoint
from engine.api.forms import FIND_IT
from engine.api.refusals import Refused, about, description_of
from engine.music import Chord, Key, KeyEstimate, Slot
from engine.theory import find_key, read_key, read_progression
from engine.words import Sentence, say

if TYPE_CHECKING:
    from engine.checkpoint import Model

PREFERRED = ("live", "functional")  # models, the first that ships answers where none is named
NUMERALS_TELL_NO_KEY = (Key("C"), Key("D"))  # numerals mean other chords in each


@dataclass(frozen=True, slots=True)
class Read:
    """The slots of each text, the key they stand in, and what the reader should know."""

    slots: tuple[tuple[Slot, ...], ...]
    key: Key
    confidence: float | None
    notes: tuple[Sentence, ...]


def model_names() -> tuple[str, ...]:
    """What ships, the preferred first."""
    return tuple(sorted(checkpoint.names(), key=lambda name: (name not in PREFERRED, name != PREFERRED[0], name)))


_loading = Lock()


def model_named(name: str) -> Model:
    """A shipped model, read once even when first asked for by many at a time: a request names no files."""
    with _loading:
        return _model_named(name)


@lru_cache(maxsize=4)
def _model_named(name: str) -> Model:
    if name not in checkpoint.names():
        names = ", ".join(checkpoint.names())
        raise Refused(422, say("There is no model of that name here. There are: {names}.", names=names), name, names)
    return checkpoint.load(name)


def read(form: BaseModel, key_name: str, beats: tuple[float, float] = (4, 4), **texts: str) -> Read:
    """Every text in one key, which is found from all of them together when the form says "find it".

    `beats` are those of a bar and of a chord without bars. Raises Refused.
    """
    key, confidence = _key_of(form, key_name, texts)
    slots, notes = [], dict[Sentence, None]()
    for field, text in texts.items():
        found, more = _slots_of(form, field, text, key, beats)
        slots.append(found)
        notes |= dict.fromkeys(more)
    return Read(tuple(slots), key, confidence, tuple(notes))


def _key_of(form: BaseModel, name: str, texts: dict[str, str]) -> tuple[Key, float | None]:
    if name.strip().lower() != FIND_IT:
        with about("key", name, type(form)):
            return read_key(name), None
    chords: list[Chord] = []
    for field, text in texts.items():
        chords += _keyless(form, field, text)
    estimate: KeyEstimate = find_key(chords)
    return estimate.key, estimate.confidence


def _keyless(form: BaseModel, field: str, text: str) -> Sequence[Chord]:
    """Chords that are the same in every key: letters are, numerals are not."""
    one, other = ([slot.chord for slot in _slots_of(form, field, text, key)[0]] for key in NUMERALS_TELL_NO_KEY)
    if one != other:
        error = say("Numerals do not tell a key: name the key beside them.")
        raise Refused(422, error, text, description_of(type(form), "key"))
    return one


def _slots_of(
    form: BaseModel, field: str, text: str, key: Key, beats: tuple[float, float] = (4, 4)
) -> tuple[tuple[Slot, ...], tuple[Sentence, ...]]:
    with about(field, text, type(form)):
        reading = read_progression(text, key, *beats)
        if reading.problems:
            raise reading.problems[0]
    return reading.slots, reading.notes
