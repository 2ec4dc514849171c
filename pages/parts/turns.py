"""Progressions everybody knows: a way in for those who do not want to begin with nothing."""

from __future__ import annotations

from dataclasses import dataclass

from engine.music import Progression
from engine.sheet import Colour, Sheet
from engine.theory import read_key, read_progression
from engine.words import Sentence, say


@dataclass(frozen=True, slots=True)
class Turn:
    """A well-known turn in numerals of the live vocabulary, with its key and the length of a chord in beats."""

    title: Sentence
    key: str
    numerals: str
    beats: int = 4
    colour: Colour = "triads"

    def sheet(self) -> Sheet:
        """The turn as a sheet of its own."""
        key = read_key(self.key)
        reading = read_progression(self.numerals, key, default_beats=float(self.beats))
        return Sheet(Progression(key, reading.slots), beats_per_chord=self.beats, colour=self.colour)


TURNS = (
    Turn(say("Pop: I–V–vi–IV"), "C", "I V vi IV"),
    Turn(say("Jazz cadence: ii–V–I"), "Bb", "iim7 V7 Imaj7 VI7", 4, "sevenths"),
    Turn(say("Andalusian cadence"), "Am", "im bVII bVI V"),
    Turn(say("Canon"), "D", "I V vim iiim IV I IV V", 2),
    Turn(say("Twelve-bar blues"), "A", "I7 IV7 I7 I7 IV7 IV7 I7 I7 V7 IV7 I7 V7", 4, "sevenths"),
    Turn(say("Doo-wop: I–vi–IV–V"), "G", "I vim IV V"),
)
