"""What a file says, in its own ticks, before it is laid on a grid: what every reader of this room hands over."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.music import Mode
from engine.words import Sentence

MOST_NOTES = 20_000  # ten times a long sonata movement; the page draws and plays no more
MOST_SIGNS = 1_000  # changes of tempo, of meter and of key, each
LONGEST_NAME = 80  # characters of a title or a voice's name


class RawNote(NamedTuple):
    """Onset and duration in ticks, pitch and velocity of MIDI, the name as written or empty."""

    tick: int
    ticks: int
    pitch: int
    velocity: int = 80
    spelling: str = ""


@dataclass(slots=True)
class RawVoice:
    """Notes in any order."""

    notes: list[RawNote] = field(default_factory=list)
    name: str = ""
    part: int = 0
    program: int = 0


@dataclass(slots=True)
class Raw:
    """A file's notes and signs; `pickup` in ticks where the file tells it, else None; `end` is its last moment."""

    ticks_per_beat: int
    voices: list[RawVoice] = field(default_factory=list)
    tempos: list[tuple[int, float]] = field(default_factory=list)  # tick, beats a minute
    meters: list[tuple[int, tuple[int, int]]] = field(default_factory=list)  # tick, (count, unit)
    keys: list[tuple[int, tuple[int, Mode]]] = field(default_factory=list)  # tick, (sharps, mode)
    title: str = ""
    end: int = 0
    pickup: int | None = None
    notices: list[Sentence] = field(default_factory=list)


def clean(text: str) -> str:
    """A name from a file without control characters and bidirectional tricks, of at most 80 characters.

    >>> clean("  The\\x00 Kid on\\tthe Mountain ")
    'The Kid on the Mountain'
    """
    shown = "".join(
        " " if character.isspace() else character
        for character in text[: 4 * LONGEST_NAME]
        if character.isspace() or unicodedata.category(character)[0] != "C"
    )
    return " ".join(shown.split())[:LONGEST_NAME].strip()
