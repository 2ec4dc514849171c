"""The sheet: chords in a key with all that decides how they are shown, suggested and played."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from engine.music import Chord, Key, Progression
from engine.theory import respell, transpose

Notation = Literal["letters", "numerals", "latin"]
Colour = Literal["free", "triads", "sevenths"]  # of suggestions; free is as the model hears them
Kind = Literal["anything", "in key", "borrowed", "secondary"]  # of chords that are suggested
Style = Literal["any", "jazz", "pop", "mandopop", "traditional"]  # of songs the model listens for

TEMPO_RANGE = (40, 240)  # beats per minute
BEATS_RANGE = (1, 16)  # per chord, as it is set on the page
BAR_RANGE = (2, 7)  # beats per bar
SURPRISE_RANGE = (0.0, 1.0)  # familiar to surprising
REPETITION_RANGE = (0.0, 1.0)  # 1 leaves the model as it is
EMPTY = Progression(Key("C"))
_ASKED = ("progression", "beats_per_bar", "colour", "surprise", "repetition", "kind", "style")
MAX_TITLE = 80  # characters


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
    title: str = ""  # empty: called after its key and chords

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


def tidy_title(text: str) -> str:
    """A title as it is kept: on one line, without signs that no paper can show, at most MAX_TITLE characters.

    >>> tidy_title("  Blue\\n Bossa ")
    'Blue Bossa'
    """
    words = "".join(sign if sign.isprintable() else " " for sign in text[: 4 * MAX_TITLE]).split()
    return " ".join(words)[:MAX_TITLE].strip()
