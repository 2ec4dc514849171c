"""The link that carries all of a sheet.

A link holds one short entry per setting that differs from a new sheet's: `k` key ("F#m"), `c` chords ("Am_F*2_G7/B!",
`*` before a length in beats that differs from `d`, `!` after a locked chord), `t` tempo, `b` beats per bar, `d` beats
per chord, `i` General MIDI program, `n` notation, `v` colour of chords, `s` surprise, `r` repetition, `f` the kind of
chords suggested, `y` style, `h` title.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import get_args

from engine.errors import EngineError
from engine.music import MAX_CHORDS, Key, Progression, Slot
from engine.sheet.value import (
    BAR_RANGE,
    BEATS_RANGE,
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
from engine.theory import read_chord, read_key, write_chord
from engine.words import Sentence, say

SLOT_RANGE = (1 / 64, 64.0)  # beats of one chord, as a crowded or a held bar can make it
MAX_PROBLEMS = 5  # of one link that are told in full
MAX_LINK = 8_000  # characters of chords a link may bring; browsers and servers carry that much


@dataclass(frozen=True, slots=True)
class LinkReading:
    """The sheet a link opened, and in words what of it could not be read."""

    sheet: Sheet
    problems: tuple[Sentence, ...] = ()


def write_key(key: Key) -> str:
    """A key as a link writes it.

    >>> write_key(Key("F#", "minor"))
    'F#m'
    """
    return key.tonic + ("m" if key.mode == "minor" else "")


def write_chords(sheet: Sheet) -> str:
    """The chords as a link writes them, lengths only where they differ from the sheet's usual one."""
    return "_".join(_write_slot(slot, sheet.beats_per_chord) for slot in sheet.progression)


def _write_slot(slot: Slot, usual: int) -> str:
    length = "" if slot.beats == usual else f"*{slot.beats:g}"
    return write_chord(slot.chord) + length + ("!" if slot.locked else "")


def write_link(sheet: Sheet) -> dict[str, str]:
    """The query entries that open this sheet again; a new sheet needs none."""
    entries = {"k": write_key(sheet.key), "c": write_chords(sheet)}
    entries |= {name: _plain(getattr(sheet, field)) for name, (field, _) in _SETTINGS.items()}
    new = {"k": "C", "c": ""} | {name: _plain(getattr(Sheet(), field)) for name, (field, _) in _SETTINGS.items()}
    return {name: value for name, value in entries.items() if value != new[name]}


def _plain(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def read_link(entries: Mapping[str, str]) -> LinkReading:
    """The sheet of a link. What cannot be read is told in words, the rest is kept; never raises."""
    sheet, problems = Sheet(), list[Sentence]()
    for name, (field, parse) in _SETTINGS.items():
        if name in entries:
            try:
                sheet = replace(sheet, **{field: parse(entries[name])})  # type: ignore[arg-type]
            except ValueError:
                problems.append(_unread_setting(name, entries[name]))
    key = _read_key(entries.get("k", "C"), problems)
    slots = _read_slots(entries.get("c", ""), sheet.beats_per_chord, problems)
    return LinkReading(sheet.with_progression(Progression(key, slots)), _few(problems))


def _few(problems: list[Sentence]) -> tuple[Sentence, ...]:
    """The first ones in full, the rest as a number."""
    more = len(problems) - MAX_PROBLEMS
    counted = [say("{count} more parts of the link could not be read.", count=more)] if more > 0 else []
    return (*problems[:MAX_PROBLEMS], *counted)


def _unread_setting(name: str, value: str) -> Sentence:
    return say(
        "The link's setting {name} = “{value}” is out of range and was left as it is on a new sheet.",
        name=name,
        value=value[:40],
    )


def _read_key(text: str, problems: list[Sentence]) -> Key:
    try:
        return read_key(text[:40])
    except EngineError as error:
        problems.append(error.sentence)
        return Key("C")


def read_chords(text: str, usual: int) -> tuple[tuple[Slot, ...], tuple[Sentence, ...]]:
    """Chords as `write_chords` writes them, in words what could not be read; `usual` is the length of the others."""
    problems = list[Sentence]()
    slots = _read_slots(text, usual, problems)
    return slots, _few(problems)


def _read_slots(text: str, usual: int, problems: list[Sentence]) -> tuple[Slot, ...]:
    parts = [part for part in text[:MAX_LINK].split("_") if part]
    if len(parts) > MAX_CHORDS or len(text) > MAX_LINK:
        problems.append(
            say("The link holds more than {most} chords; the first {most} were opened.", most=MAX_CHORDS),
        )
    slots = (_read_slot(part, usual, problems) for part in parts[:MAX_CHORDS])
    return tuple(slot for slot in slots if slot)


def _read_slot(part: str, usual: int, problems: list[Sentence]) -> Slot | None:
    symbol, _, length = part.removesuffix("!").partition("*")
    try:
        beats = _on_grid(_number(*SLOT_RANGE)(length)) if length else float(usual)
        return Slot(read_chord(symbol), beats, part.endswith("!"))
    except EngineError as error:
        problems.append(error.sentence)
    except ValueError:
        problems.append(say("The link's chord “{part}” has no readable length and was left out.", part=part[:40]))
    return None


def _on_grid(beats: float) -> float:
    """To the nearest 32nd of a beat, which every score can write."""
    return max(1.0, round(beats * 32)) / 32


def _number(low: float, high: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        value = float(text)
        if not isfinite(value) or not low <= value <= high:
            raise ValueError(text)
        return value

    return parse


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return parse


def _one_of(choices: tuple[str, ...]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(text)
        return text

    return parse


# The link's entries beside key and chords: name -> (field of Sheet, reader that raises ValueError).
_SETTINGS: dict[str, tuple[str, Callable[[str], float | str]]] = {
    "t": ("tempo_bpm", _whole(*TEMPO_RANGE)),
    "b": ("beats_per_bar", _whole(*BAR_RANGE)),
    "d": ("beats_per_chord", _whole(*BEATS_RANGE)),
    "i": ("instrument", _whole(0, 127)),
    "n": ("notation", _one_of(get_args(Notation))),
    "v": ("colour", _one_of(get_args(Colour))),
    "s": ("surprise", _number(*SURPRISE_RANGE)),
    "r": ("repetition", _number(*REPETITION_RANGE)),
    "f": ("kind", _one_of(get_args(Kind))),
    "y": ("style", _one_of(get_args(Style))),
    "h": ("title", tidy_title),
}
