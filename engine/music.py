"""The nouns: frozen values that every room speaks in. Nothing here knows torch, music21, plotly or a page.

Conventions: pitches are MIDI numbers (60 = middle C), times are beats (quarter notes) unless a field says seconds,
pitch classes count semitones above C (0 to 11), note names are spelled with `#` and `b` ("F#", "Bb", "Ebb").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from engine.words import Sentence

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Mode = Literal["major", "minor"]
Function = Literal["tonic", "subdominant", "dominant", "borrowed", "other"]

LETTER_PITCH_CLASS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}

# The written qualities of the live vocabulary (NUMERALS: case follows the third). "sus" is the suspended fourth.
QUALITIES = ("", "m", "7", "maj7", "m7", "6", "m6", "mM7", "m7b5", "dim", "dim7", "aug", "sus", "7sus", "5")

MAX_CHORDS = 256  # what a link, a page of cards and a render can carry comfortably


def pitch_class_of(name: str) -> int:
    """Semitones above C of a spelled note name.

    >>> pitch_class_of("Bb"), pitch_class_of("F##"), pitch_class_of("Cb")
    (10, 7, 11)
    """
    return (LETTER_PITCH_CLASS[name[0]] + name.count("#") - name[1:].count("b")) % 12


@dataclass(frozen=True, slots=True)
class Key:
    """A tonic, spelled, and a mode."""

    tonic: str
    mode: Mode = "major"

    @property
    def pitch_class(self) -> int:
        return pitch_class_of(self.tonic)


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord as a musician writes it. An empty `root` is no chord at all (N.C., a rest).

    `quality` is one of QUALITIES: what the models read. `tensions` is what a richer symbol adds to it, ascending
    ("b5", "#5", "b9", "9", "#9", "11", "#11", "b13", "13"), kept for sound and name: "b5" and "#5" stand in place of
    the fifth, the others are heard beside it. A suspended second is quality "5" with a "9". `bass` is spelled, empty
    when it is the root.
    """

    root: str
    quality: str = ""
    tensions: tuple[str, ...] = ()
    bass: str = ""

    @property
    def is_silent(self) -> bool:
        return not self.root

    @property
    def pitch_class(self) -> int:
        """Of the root. Silence has none: ask `is_silent` first."""
        return pitch_class_of(self.root)


NO_CHORD = Chord("")


@dataclass(frozen=True, slots=True)
class Slot:
    """A chord and how long it sounds, in beats. A locked one stays when others are drawn again."""

    chord: Chord
    beats: float = 4.0
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Progression:
    """Chords in a key, in order. Every change gives a new value, so undo is keeping the old one."""

    key: Key
    slots: tuple[Slot, ...] = ()

    def __len__(self) -> int:
        return len(self.slots)

    def __iter__(self) -> Iterator[Slot]:
        return iter(self.slots)

    @property
    def chords(self) -> tuple[Chord, ...]:
        return tuple(slot.chord for slot in self.slots)

    @property
    def beats(self) -> float:
        """Length of the whole, in beats."""
        return sum(slot.beats for slot in self.slots)

    @property
    def onsets(self) -> tuple[float, ...]:
        """Where each slot begins, in beats from the start."""
        starts, now = [], 0.0
        for slot in self.slots:
            starts.append(now)
            now += slot.beats
        return tuple(starts)

    def plus(self, *slots: Slot) -> Progression:
        return replace(self, slots=self.slots + slots)

    def inserted(self, index: int, *slots: Slot) -> Progression:
        return replace(self, slots=self.slots[:index] + slots + self.slots[index:])

    def replaced(self, index: int, slot: Slot) -> Progression:
        return replace(self, slots=(*self.slots[:index], slot, *self.slots[index + 1 :]))

    def without(self, *places: int) -> Progression:
        return replace(self, slots=tuple(slot for at, slot in enumerate(self.slots) if at not in places))

    def cleared(self) -> Progression:
        return replace(self, slots=())


@dataclass(frozen=True, slots=True)
class TokenProbability:
    """One token of a model's vocabulary and its probability, 0 to 1."""

    token: str
    probability: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A next chord for a musician: what to play, how likely, what it does here and why."""

    chord: Chord
    numeral: str
    probability: float
    function: Function
    reason: Sentence


@dataclass(frozen=True, slots=True)
class KeyEstimate:
    """A key found from chords, with the share of belief it won over all 24 (0 to 1), best first in `ranking`."""

    key: Key
    confidence: float
    ranking: tuple[tuple[Key, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Voicing:
    """Pitches of one chord for two hands, MIDI numbers ascending; both empty in a rest."""

    left: tuple[int, ...] = ()
    right: tuple[int, ...] = ()

    @property
    def pitches(self) -> tuple[int, ...]:
        return self.left + self.right


@dataclass(frozen=True, slots=True)
class Note:
    """One sounding note. Onset and duration in beats, velocity 1 to 127, `spelling` as the key spells it ("Bb")."""

    pitch: int
    onset: float
    duration: float
    velocity: int = 80
    staff: Literal["right", "left"] = "right"
    spelling: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What one singer of a choir reads: the name of the voice, and its line."""

    name: str
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Notes with chord names above: what `render` writes, on a grand staff or, a melody, on one."""

    title: str
    key: Key
    tempo_bpm: float
    beats_per_bar: int
    notes: tuple[Note, ...]
    chord_names: tuple[tuple[float, str], ...] = ()  # (onset in beats, plain symbol)
    instrument: int = 0  # General MIDI program, 0 to 127
    beats: float = 0.0  # length of the whole, in beats
    meter: str = ""  # "6/8"; empty: `beats_per_bar` quarters
    bars: tuple[float, ...] = ()  # where each bar begins, in beats, when they are not all of one length
    accompaniment: int | None = None  # General MIDI program of the left hand, where it is not `instrument`
    bar_numbers: tuple[int, ...] = ()  # of each of `bars` as it is written, 0 for an upbeat; empty: in order
    signs: tuple[tuple[str, ...], ...] = ()  # at each of `bars`: "|:" before, ":|" or "||" behind, "[1" or "[2" over
    choir: tuple[Part, ...] = ()  # soprano, alto, tenor, bass, where the same notes are sung

    @property
    def is_melody(self) -> bool:
        """One staff is enough: a tune in its own meter, with nothing for the left hand."""
        return bool(self.meter) and all(note.staff == "right" for note in self.notes)

    @property
    def bar_edges(self) -> tuple[float, ...]:
        """Where bars begin and the last one ends, in beats: as the score says, or full bars all through."""
        if self.bars:
            return (*self.bars, self.beats)
        count = max(1, -int(-round(self.beats, 6) // self.beats_per_bar))  # thirds of a beat do not add up exactly
        return tuple(float(number * self.beats_per_bar) for number in range(count + 1))


@dataclass(frozen=True, eq=False, slots=True)
class Audio:
    """Sound: float32 samples (frames, channels) within -1 to 1, frames per second, and who made it."""

    samples: npt.NDArray[np.float32]
    sample_rate: int
    synth: Literal["fluidsynth", "midi2audio", "builtin"]
    notices: tuple[Sentence, ...] = field(default=())

    @property
    def seconds(self) -> float:
        return float(self.samples.shape[0]) / self.sample_rate
