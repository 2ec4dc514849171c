"""What somebody wants written: a value that is checked, in words, when it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.errors import EngineError
from engine.music import Key, Progression
from engine.notewriter.heading import Heading, sharps_of
from engine.words import Sentence, say

MOST_BARS = 64  # that are written at once
MOST_VARIATIONS = 8  # side by side
MOST_SEED = 2**32 - 1
UNITS = (2, 4, 8, 16)
Meter = tuple[int, int]


class UnwritableNotes(EngineError):
    """A continuation that cannot be as it was asked for."""


@dataclass(frozen=True, slots=True)
class NoteWish:
    """How to go on. Raises UnwritableNotes for a value out of its range.

    `bars` are written beyond the opening, 0 until the model ends the piece. `top_k` 0 is off. `key` None is the key of
    the opening, without one that of the progression, else C major; `lock` keeps to its scale. `density` tilts the
    lengths: below 0 fewer onsets, above 0 more. `meter` and `tempo_bpm` (quarter notes a minute) are for music without
    an opening. The chords of `progression` weigh upon the notes with `follow` and begin anew when they have ended.
    """

    bars: int = 16
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    rng_seed: int = 0
    key: Key | None = None
    lock: bool = False
    density: float = 0.0
    keep_opening: bool = True
    variations: int = 1
    meter: Meter = (4, 4)
    tempo_bpm: float = 100.0
    progression: Progression | None = None
    follow: float = 1.0

    def __post_init__(self) -> None:
        for sentence in _objections(self):
            raise UnwritableNotes(sentence)

    def heading(self) -> Heading:
        """Of music without an opening."""
        key = self.key or (self.progression.key if self.progression else Key("C"))
        return Heading(sharps_of(key), key.mode, *self.meter, tempo_bpm=self.tempo_bpm)


_Bound = Literal["bars", "temperature", "top_k", "top_p", "rng_seed", "density", "variations", "tempo_bpm", "follow"]
_BOUNDS: dict[_Bound, tuple[float, float]] = {
    "bars": (0, MOST_BARS),
    "temperature": (0.1, 3.0),
    "top_k": (0, 100),
    "top_p": (0.05, 1.0),
    "rng_seed": (0, MOST_SEED),
    "density": (-2.0, 2.0),
    "variations": (1, MOST_VARIATIONS),
    "tempo_bpm": (20.0, 300.0),
    "follow": (0.0, 3.0),
}
_WHOLE = ("bars", "top_k", "rng_seed", "variations")


def _objections(wish: NoteWish) -> list[Sentence]:
    """What is wrong with a wish, the first thing first."""
    found = []
    for name, (low, high) in _BOUNDS.items():
        value = getattr(wish, name)
        if not isinstance(value, int | float) or not low <= value <= high or (name in _WHOLE and value != int(value)):
            found.append(
                say("{name} is {value}; it goes from {low} to {high}.",
                    name=name, value=str(value)[:20], low=f"{low:g}", high=f"{high:g}")
            )  # fmt: skip
    count, unit = wish.meter
    if not (1 <= count <= 16 and unit in UNITS):
        found.append(say("{count}/{unit} is no meter that can be written. Choose one such as 4/4 or 6/8.",
                         count=str(count)[:9], unit=str(unit)[:9]))  # fmt: skip
    if wish.progression is not None and not wish.progression.beats > 0:
        found.append(say("The progression has no chords to follow. Add some in Compose."))
    return found
