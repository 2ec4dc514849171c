"""The sounds music can be played with: General MIDI programs (counted from 0), those for chords and those for tunes."""

from __future__ import annotations

from dataclasses import dataclass

from engine.words import Sentence, say


@dataclass(frozen=True, slots=True)
class Instrument:
    """A General MIDI program, 0 to 127, and what a musician calls it."""

    program: int
    name: Sentence


PIANO, STEEL_GUITAR = 0, 25

# They carry chords well.
INSTRUMENTS = (
    Instrument(PIANO, say("Piano")),
    Instrument(4, say("Electric piano")),
    Instrument(6, say("Harpsichord")),
    Instrument(11, say("Vibraphone")),
    Instrument(16, say("Organ")),
    Instrument(21, say("Accordion")),
    Instrument(24, say("Nylon guitar")),
    Instrument(STEEL_GUITAR, say("Steel guitar")),
    Instrument(46, say("Harp")),
    Instrument(48, say("Strings")),
    Instrument(52, say("Choir")),
    Instrument(89, say("Warm pad")),
)

# What a session plays tunes on, the fiddle first; all are in tune over a fiddle's reach in the embedded soundfont.
# General MIDI's whistle (78) is not, and its accordions (21, 23) are half a semitone flat above D5: the whistle is
# its recorder, a fipple flute too, and the concertina its reed organ, which has free reeds too.
TUNE_INSTRUMENTS = (
    Instrument(110, say("Fiddle")),
    Instrument(73, say("Flute")),
    Instrument(74, say("Whistle")),
    Instrument(20, say("Concertina")),
    Instrument(105, say("Banjo")),
    Instrument(STEEL_GUITAR, say("Steel guitar")),
    Instrument(46, say("Harp")),
    Instrument(PIANO, say("Piano")),
)


def accompanying(program: int) -> int:
    """The program that plays chords under a tune: a pianist's other hand, or a guitar beside any other instrument."""
    return PIANO if program == PIANO else STEEL_GUITAR


def sampled(program: int) -> int:
    """What plays this program in the browser: itself where its notes lie there, else the piano."""
    return program if program in {one.program for one in TUNE_INSTRUMENTS} else PIANO


def instrument_name(program: int) -> Sentence:
    """What a musician calls a General MIDI program; its number when it is not one of ours."""
    ours = (known.name for known in (*INSTRUMENTS, *TUNE_INSTRUMENTS) if known.program == program)
    return next(ours, say("General MIDI {number}", number=program + 1))
