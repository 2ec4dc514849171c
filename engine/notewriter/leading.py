"""How choirs are led: within what they sing, not crossing, not in parallel fifths and octaves.

A network that says one voice after another believes too little of this: drawn freely, it writes fifty times as many
parallels as Bach. Each rule is added to the logits of the voice to come; only a voice's range forbids.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.notewriter.chorale import ORDER, ChoraleReader
from engine.notewriter.vocabulary import FIRST_LENGTH, FIRST_PITCH, HOLD, LOWEST, SIZE, is_pitch

Floats = npt.NDArray[np.float64]

# What choirs sing without strain, MIDI pitches from soprano to bass: C4 to A5, F3 to D5, C3 to A4, E2 to D4.
RANGES = ((60, 81), (53, 74), (48, 69), (40, 62))
ABOVE_MELODY = 12.0  # against a voice above the soprano
CROSSED = 5.0  # against other voices changing places
PARALLEL = 12.0  # against fifths or octaves one after another between two voices that move
SPACED = 2.0  # against more than an octave between neighbours of the upper three
SEMITONE = 0.5  # against two voices a semitone apart: drawn freely in 1.5 % of beats, in Bach in 1.2 %
PERFECT = (0, 7)  # semitones of unison and fifth, octaves left out
_pitches = np.arange(FIRST_PITCH, FIRST_LENGTH)


class Leading:
    """The rules, laid out for a piece that is moved by `shift` semitones."""

    def __init__(self, shift: int) -> None:
        sounding = _pitches - FIRST_PITCH + LOWEST + shift
        self._beyond = [(sounding < low) | (sounding > high) for low, high in RANGES]

    def of(self, reader: ChoraleReader) -> Floats:
        """What is added to the logits of a voice's move, (vocab,)."""
        added, voice = np.zeros(SIZE), reader.voice
        if voice is None:
            return added
        own = reader.sounding[voice]
        for other in ORDER[: reader.turn]:
            if is_pitch(reader.sounding[other]):
                against = _against_place(voice, other, reader.sounding[other])
                added[HOLD] -= against[own - FIRST_PITCH] if is_pitch(own) else 0.0
                added[FIRST_PITCH:FIRST_LENGTH] -= against + _against_parallels(reader, voice, other)
        added[FIRST_PITCH:FIRST_LENGTH][self._beyond[voice]] = -np.inf
        return added


def _against_place(voice: int, other: int, there: int) -> Floats:
    """Against each pitch of a voice while another, whose token is `there`, sounds."""
    over, under = (_pitches > there, there - _pitches) if other < voice else (_pitches < there, _pitches - there)
    close_together = voice + other in (1, 3) and abs(voice - other) == 1  # soprano and alto, alto and tenor
    against = np.where(over, ABOVE_MELODY if other == 0 else CROSSED, 0.0)
    against += np.where(np.abs(under) == 1, SEMITONE, 0.0)
    return against + np.where((under > 12) & close_together, SPACED, 0.0)


def _against_parallels(reader: ChoraleReader, voice: int, other: int) -> Floats:
    """Against each pitch that would make a second fifth or octave with a voice that has just moved."""
    own, was, now = reader.sounding[voice], reader.before[other], reader.sounding[other]
    if was == now or not (is_pitch(own) and is_pitch(was)):
        return np.zeros(len(_pitches))
    upper = 1 if voice < other else -1
    interval = upper * (own - was) % 12
    parallel = (upper * (_pitches - now) % 12 == interval) & (_pitches != own) & (interval in PERFECT)
    return np.where(parallel, PARALLEL, 0.0)
