"""One step of a song: a chord, the one before it, the key they are heard in, and what names come out of that."""

from __future__ import annotations

from dataclasses import dataclass

from engine.music import Chord, Function, Key
from engine.theory.functions import MAJOR_PLACES, MINOR_PLACES, function_of, target_of
from engine.theory.keys import place_in, spell_root
from engine.theory.names import Notation
from engine.theory.symbols import write_chord


@dataclass(frozen=True, slots=True)
class Step:
    """From one chord to the next, in a key; names come out in the reader's notation."""

    before: Chord
    chord: Chord
    key: Key
    notation: Notation
    blues: bool

    @property
    def place(self) -> int:
        return place_in(self.chord.pitch_class, self.key)

    @property
    def place_before(self) -> int:
        return place_in(self.before.pitch_class, self.key)

    @property
    def fall(self) -> int:
        """Semitones the root falls, 0 to 11: 7 is a fifth down, which is a fourth up."""
        return (self.before.pitch_class - self.chord.pitch_class) % 12

    @property
    def function(self) -> Function:
        return function_of(self.chord, self.key, self.blues)

    @property
    def after_dominant(self) -> bool:
        return function_of(self.before, self.key, self.blues) == "dominant"

    @property
    def tonic(self) -> str:
        """The chord that is home: Gm in G minor."""
        return self.goal(0)

    @property
    def target(self) -> str:
        """The chord a dominant seventh usually leads to, or nothing."""
        place = target_of(self.chord, self.key)
        return "" if place is None else self.goal(place)

    def goal(self, place: int, else_minor: bool = False) -> str:
        """The chord of a degree as the key has it, Am on the sixth of C; where it has none, major or as is asked."""
        place, mode = place % 12, self.key.mode
        is_minor = place in MINOR_PLACES[mode] or (else_minor and place not in MAJOR_PLACES[mode])
        quality = "m" if is_minor else ""
        return self.symbol(Chord(spell_root((self.key.pitch_class + place) % 12, quality, self.key), quality))

    def symbol(self, chord: Chord) -> str:
        return write_chord(chord, self.notation)
