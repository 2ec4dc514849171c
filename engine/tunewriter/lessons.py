"""Tunes as the numbers that a tune writer reads and foretells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.abc.tokens import BEGIN, END, ENDINGS, KEYS, LENGTHS, METERS, RHYTHMS, TUPLETS, VOCABULARY, Tune, to_model
from engine.recurrent import Lesson
from engine.tunewriter.features import Ids, features_of

LANGUAGE = "abc-tonic"  # the name of VOCABULARY in a model's file
CHARACTER_LANGUAGE = "abc-characters"

_ID = {token: at for at, token in enumerate(VOCABULARY)}
_NEEDED = "".join((*RHYTHMS, *METERS, *KEYS, *ENDINGS, *LENGTHS, *TUPLETS)) + "RMK:\n|[]-z^_='," + "CDEFGABcdefgab"
CHARACTERS = (BEGIN, END, *sorted(set(_NEEDED)))
_CHARACTER_ID = {token: at for at, token in enumerate(CHARACTERS)}


def ids_of(tune: Tune) -> Ids:
    """Begin mark, header, body in tonic form and end mark. Raises KeyError for a token outside the vocabulary."""
    return np.array([_ID[BEGIN], *(_ID[token] for token in to_model(tune))], dtype=np.int64)


def lesson_of(tune: Tune) -> Lesson:
    """The ids with the features that are read beside them."""
    ids = ids_of(tune)
    return Lesson(ids, features_of(ids))


def character_lesson(tune: Tune) -> Lesson:
    """The canonical text, character by character, between begin and end mark: the plain form of the task."""
    return Lesson(np.array([0, *(_CHARACTER_ID[sign] for sign in tune.text), 1], dtype=np.int64))


def lessons_of(tunes: Sequence[Tune], language: str = LANGUAGE) -> list[Lesson]:
    """Lessons in one of the two languages."""
    make = lesson_of if language == LANGUAGE else character_lesson
    return [make(tune) for tune in tunes]
