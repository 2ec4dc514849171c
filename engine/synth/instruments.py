"""The sounds a progression can be played with: General MIDI programs (counted from 0) that carry chords well."""

from __future__ import annotations

from dataclasses import dataclass

from engine.words import Sentence, say


@dataclass(frozen=True, slots=True)
class Instrument:
    """A General MIDI program, 0 to 127, and what a musician calls it."""

    program: int
    name: Sentence


INSTRUMENTS = (
    Instrument(0, say("Piano")),
    Instrument(4, say("Electric piano")),
    Instrument(6, say("Harpsichord")),
    Instrument(11, say("Vibraphone")),
    Instrument(16, say("Organ")),
    Instrument(21, say("Accordion")),
    Instrument(24, say("Nylon guitar")),
    Instrument(25, say("Steel guitar")),
    Instrument(46, say("Harp")),
    Instrument(48, say("Strings")),
    Instrument(52, say("Choir")),
    Instrument(89, say("Warm pad")),
)


def instrument_name(program: int) -> Sentence:
    """What a musician calls a General MIDI program; its number when it is not one of ours."""
    ours = (instrument.name for instrument in INSTRUMENTS if instrument.program == program)
    return next(ours, say("General MIDI {number}", number=program + 1))
