"""The sheet a musician works on, and the link that carries all of it.

A link holds one short entry per setting that differs from a new sheet's: `k` key ("F#m"), `c` chords ("Am_F*2_G7/B!",
`*` before a length in beats that differs from `d`, `!` after a locked chord), `t` tempo, `b` beats per bar, `d` beats
per chord, `i` General MIDI program, `n` notation, `v` colour of chords, `s` surprise, `r` repetition, `f` the kind of
chords suggested, `y` style.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import ceil, isfinite
from typing import Literal, get_args

from engine.errors import EngineError
from engine.music import MAX_CHORDS, NO_CHORD, Chord, Key, Progression, Slot
from engine.theory import read_chord, read_key, respell, transpose, write_chord
from engine.theory.slashes import slashes
from engine.words import Sentence, say

Notation = Literal["letters", "numerals", "latin"]
Colour = Literal["free", "triads", "sevenths"]  # of suggestions; free is as the model hears them
Kind = Literal["anything", "in key", "borrowed", "secondary"]  # of chords that are suggested
Style = Literal["any", "jazz", "pop", "mandopop", "traditional"]  # of songs the model listens for

TEMPO_RANGE = (40, 240)  # beats per minute
BEATS_RANGE = (1, 16)  # per chord, as it is set on the page
SLOT_RANGE = (1 / 64, 64.0)  # beats of one chord, as a crowded or a held bar can make it
MAX_PROBLEMS = 5  # of one link that are told in full
BAR_RANGE = (2, 7)  # beats per bar
SURPRISE_RANGE = (0.0, 1.0)  # familiar to surprising
REPETITION_RANGE = (0.0, 1.0)  # 1 leaves the model as it is
EMPTY = Progression(Key("C"))
_ASKED = ("progression", "beats_per_bar", "colour", "surprise", "repetition", "kind", "style")
MAX_LINK = 8_000  # characters of chords a link may bring; browsers and servers carry that much


@dataclass(frozen=True, slots=True)
class Sheet:
    """Chords in a key with all that decides how they are shown, suggested and played."""

    progression: Progression = EMPTY
    tempo_bpm: int = 96
    beats_per_bar: int = 4
    beats_per_chord: int = 4
    instrument: int = 0
    notation: Notation = "letters"
    colour: Colour = "free"
    surprise: float = 0.5
    repetition: float = 0.5
    kind: Kind = "anything"
    style: Style = "any"

    @property
    def key(self) -> Key:
        return self.progression.key

    @property
    def letters(self) -> Literal["letters", "latin"]:
        """How note names are written; where numerals are read, names beside them are letters."""
        return "latin" if self.notation == "latin" else "letters"

    @property
    def temperature(self) -> float:
        """Softmax temperature, 0.5 (familiar) by way of 1 (as the model believes) to 2 (surprising)."""
        return float(4.0 ** (self.surprise - 0.5))

    @property
    def memory(self) -> float:
        """Weight of what the song itself has done, 0 to 1: as learned, until surprise is asked for."""
        return min(1.0, 2.0 - 2.0 * self.surprise)

    def with_progression(self, progression: Progression) -> Sheet:
        return replace(self, progression=progression)

    def in_key(self, key: Key) -> Sheet:
        """The same sounds, named in another key."""
        return self._with_chords(key, lambda chord: respell(chord, key))

    def moved(self, source: Key, target: Key) -> Sheet:
        """Chords that were written in `source`, transposed into `target`."""
        return self._with_chords(target, lambda chord: transpose(chord, source, target))

    def _with_chords(self, key: Key, change: Callable[[Chord], Chord]) -> Sheet:
        slots = tuple(replace(slot, chord=change(slot.chord)) for slot in self.progression)
        return self.with_progression(Progression(key, slots))

    def with_bar(self, beats: int) -> Sheet:
        """Bars of another length; chords that filled one fill the new one."""
        usual = beats if self.beats_per_chord == self.beats_per_bar else self.beats_per_chord
        return replace(self._with_lengths(self.beats_per_bar, beats), beats_per_bar=beats, beats_per_chord=usual)

    def with_usual_length(self, beats: int) -> Sheet:
        """Another length for new chords, and for those that had the old one."""
        return replace(self._with_lengths(self.beats_per_chord, beats), beats_per_chord=beats)

    def _with_lengths(self, old: int, new: int) -> Sheet:
        slots = (replace(slot, beats=float(new)) if slot.beats == old else slot for slot in self.progression)
        return self.with_progression(Progression(self.key, tuple(slots)))

    def beginning(self, bars: int) -> Sheet:
        """The chords that begin in the first `bars` bars, the last cut at their end."""
        end = float(bars * self.beats_per_bar)
        rows = zip(self.progression, self.progression.onsets, strict=True)
        slots = tuple(replace(slot, beats=min(slot.beats, end - onset)) for slot, onset in rows if onset < end)
        return self.with_progression(Progression(self.key, slots))

    def as_played(self) -> Sheet:
        """Only what decides the sound; the rest as on a new sheet, so equal sound means equal values."""
        return Sheet(self.progression, self.tempo_bpm, self.beats_per_bar, instrument=self.instrument)

    def as_asked(self) -> Sheet:
        """Only what decides the suggestions and their reasons; tempo and instrument do not."""
        return replace(Sheet(), **{name: getattr(self, name) for name in _ASKED}, notation=self.letters)


def write_text(sheet: Sheet) -> str:
    """The chords as lines of four bars that the reader of progressions reads back, every length as it is.

    Where a bar's chords do not share it as the reader would, slashes tell how long each goes on (see `slashes`). A
    chord held over a bar line is written again in the next bar, and a last bar that is not full ends in a rest (N.C.).
    A bar with lengths that slashes cannot count, thirds of a beat, is read as shared by its chords.
    """
    cells = [_write_bar(pieces, sheet.beats_per_bar) for pieces in _bars(sheet)]
    lines = ["| " + " | ".join(cells[start : start + 4]) + " |" for start in range(0, len(cells), 4)]
    return "\n".join(lines) + "\n"


def _bars(sheet: Sheet) -> list[list[tuple[str, float]]]:
    """For each bar its chords with the beats they have in it."""
    bar = sheet.beats_per_bar
    bars: list[list[tuple[str, float]]] = [[] for _ in range(ceil(sheet.progression.beats / bar))]
    for slot, onset in zip(sheet.progression, sheet.progression.onsets, strict=True):
        for number in range(int(onset // bar), ceil((onset + slot.beats) / bar)):
            beats = min(onset + slot.beats, (number + 1) * bar) - max(onset, number * bar)
            bars[number].append((write_chord(slot.chord), beats))
    rest = len(bars) * bar - sheet.progression.beats
    if rest:
        bars[-1].append((write_chord(NO_CHORD), rest))
    return bars


def _write_bar(pieces: list[tuple[str, float]], beats_per_bar: int) -> str:
    held = slashes(tuple(beats for _, beats in pieces), beats_per_bar)
    return " ".join(symbol + " /" * count for (symbol, _), count in zip(pieces, held, strict=True))


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
}
