"""The sheet a musician works on, the link that carries all of it, and its chords as text."""

from engine.sheet.link import (
    MAX_LINK,
    MAX_PROBLEMS,
    LinkReading,
    read_chords,
    read_link,
    write_chords,
    write_key,
    write_link,
)
from engine.sheet.text import write_text
from engine.sheet.value import (
    BAR_RANGE,
    BEATS_RANGE,
    MAX_TITLE,
    REPETITION_RANGE,
    SURPRISE_RANGE,
    TEMPO_RANGE,
    Colour,
    Kind,
    Notation,
    Sheet,
    Style,
    tidy_title,
)

__all__ = [
    "BAR_RANGE",
    "BEATS_RANGE",
    "MAX_LINK",
    "MAX_PROBLEMS",
    "MAX_TITLE",
    "REPETITION_RANGE",
    "SURPRISE_RANGE",
    "TEMPO_RANGE",
    "Colour",
    "Kind",
    "LinkReading",
    "Notation",
    "Sheet",
    "Style",
    "read_chords",
    "read_link",
    "tidy_title",
    "write_chords",
    "write_key",
    "write_link",
    "write_text",
]
