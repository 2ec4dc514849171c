"""A piece of music from outside, as notes on a grid, and what this room refuses.

Conventions: times are exact fractions of a beat (a quarter note) from the start of the piece; `tick` and `ticks` keep
what the file said, in its own units of `Piece.ticks_per_beat`; pitches are MIDI numbers, 60 = middle C.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from engine.errors import EngineError
from engine.music import Key, Mode
from engine.words import Sentence, say

Feel = Literal["straight", "triplet", "both"]

SIXTEENTH = Fraction(1, 4)  # of a beat

_SHARP_TONICS = ("C", "G", "D", "A", "E", "B", "F#", "C#", "G#", "D#", "A#")
_FLAT_TONICS = ("C", "F", "Bb", "Eb", "Ab", "Db", "Gb", "Cb")


class UnreadableNotes(EngineError):
    """A file of notes that cannot be read, or is larger than what the room reads."""


@dataclass(frozen=True, slots=True)
class PieceNote:
    """One note: pitch 0 to 127, onset and duration in beats, velocity 1 to 127, name as written ("Bb") or empty."""

    pitch: int
    onset: Fraction
    duration: Fraction
    velocity: int = 80
    spelling: str = ""
    tick: int = 0  # onset in the file
    ticks: int = 0  # duration in the file

    @property
    def end(self) -> Fraction:
        return self.onset + self.duration


@dataclass(frozen=True, slots=True)
class Voice:
    """Notes that one player reads, ascending by onset, then pitch. `part` counts the tracks or parts of the file."""

    notes: tuple[PieceNote, ...]
    name: str = ""
    part: int = 0
    program: int = 0  # General MIDI, 0 to 127

    @property
    def height(self) -> float:
        """Mean pitch; -1 when nothing sounds."""
        return sum(note.pitch for note in self.notes) / len(self.notes) if self.notes else -1.0


@dataclass(frozen=True, slots=True)
class Tempo:
    """Beats (quarter notes) a minute from `onset` on."""

    onset: Fraction
    bpm: float


@dataclass(frozen=True, slots=True)
class Meter:
    """`count` notes of value 1/`unit` in a bar from `onset` on: 6 and 8 in 6/8."""

    onset: Fraction
    count: int
    unit: int

    @property
    def bar(self) -> Fraction:
        """Length of a bar in beats.

        >>> Meter(Fraction(0), 6, 8).bar
        Fraction(3, 1)
        """
        return Fraction(self.count * 4, self.unit)

    def __str__(self) -> str:
        return f"{self.count}/{self.unit}"


@dataclass(frozen=True, slots=True)
class KeySignature:
    """Sharps (negative: flats, -7 to 7) and mode from `onset` on."""

    onset: Fraction
    sharps: int
    mode: Mode = "major"

    @property
    def key(self) -> Key:
        """The key whose signature this is.

        >>> KeySignature(Fraction(0), -3, "minor").key, KeySignature(Fraction(0), 2).key
        (Key(tonic='C', mode='minor'), Key(tonic='D', mode='major'))
        """
        place = self.sharps + (3 if self.mode == "minor" else 0)
        return Key(_SHARP_TONICS[place] if place >= 0 else _FLAT_TONICS[-place], self.mode)


@dataclass(frozen=True, slots=True)
class Grid:
    """Where notes may begin: `divisions[b]` equal parts of beat b, and how well the file's onsets lay on that.

    `mean_off` and `worst_off` are the distances of the onsets from the grid in beats, before they were moved.
    """

    divisions: tuple[int, ...]
    feel: Feel = "straight"
    mean_off: float = 0.0
    worst_off: float = 0.0

    @property
    def sentence(self) -> Sentence:
        """What the grid is, and how far the notes lay from it, for people."""
        kinds = {
            "straight": say("Straight sixteenths or finer"), "triplet": say("Triplets"),
            "both": say("Sixteenths and triplets"),
        }  # fmt: skip
        return say(
            "{kind}; the notes lay {mean} % of a beat from their places on average, {worst} % at most.",
            kind=kinds[self.feel], mean=round(100 * self.mean_off, 1), worst=round(100 * self.worst_off, 1),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """Voices with what stands over them. Tempos and meters have at least one entry, at onset 0; `keys` may be empty.

    `pickup` is the length in beats of an incomplete first bar, 0 where there is none; the bars after it are full.
    `end` is where the piece ends, in beats. `notices` say what was left out or mended.
    """

    voices: tuple[Voice, ...]
    end: Fraction
    tempos: tuple[Tempo, ...] = (Tempo(Fraction(0), 120.0),)
    meters: tuple[Meter, ...] = (Meter(Fraction(0), 4, 4),)
    keys: tuple[KeySignature, ...] = ()
    pickup: Fraction = Fraction(0)
    title: str = ""
    grid: Grid = Grid(())
    ticks_per_beat: int = 480
    notices: tuple[Sentence, ...] = ()

    @property
    def notes(self) -> tuple[PieceNote, ...]:
        """Those of all voices, ascending by onset, then pitch."""
        every = (note for voice in self.voices for note in voice.notes)
        return tuple(sorted(every, key=lambda note: (note.onset, note.pitch)))

    @property
    def meter(self) -> Meter:
        """The meter of the piece: the first one that does not merely hold the pickup."""
        if len(self.meters) > 1 and self.pickup and self.meters[0].bar == self.pickup == self.meters[1].onset:
            return self.meters[1]
        return self.meters[0]

    @property
    def key(self) -> Key | None:
        """As the first key signature says; None where the file has none."""
        return self.keys[0].key if self.keys else None

    def place_in_bar(self, time: Fraction) -> Fraction:
        """Beats since the bar line before `time`; in a pickup, counted as if its bar were full.

        >>> Piece((), Fraction(9), pickup=Fraction(1)).place_in_bar(Fraction(0))
        Fraction(3, 1)
        """
        meter = self.meters[max(0, bisect_right(self.meters, time, key=lambda meter: meter.onset) - 1)]
        start = self.pickup if meter.onset == 0 else meter.onset
        return (time - start) % meter.bar
