"""Two openings of the house, so that the page can be played at once: two bars of melody, two bars in four parts."""

from __future__ import annotations

from fractions import Fraction

from engine.notes import KeySignature, Meter, Piece, PieceNote, Tempo, Voice

_NAMES = ("Soprano", "Alto", "Tenor", "Bass")

# Pitch and length in beats, voice by voice.
_MELODY = (
    ((67, 1.0), (69, 0.5), (71, 0.5), (74, 1.0), (71, 1.0), (72, 0.5), (71, 0.5), (69, 0.5), (67, 0.5), (69, 2.0)),
)
_CHORALE = (
    ((67, 1.0), (69, 1.0), (71, 1.0), (72, 1.0), (71, 1.0), (69, 1.0), (67, 2.0)),
    ((62, 1.0), (64, 1.0), (67, 3.0), (66, 1.0), (62, 2.0)),
    ((59, 1.0), (60, 1.0), (62, 1.0), (64, 1.0), (62, 1.0), (60, 1.0), (59, 2.0)),
    ((55, 1.0), (48, 1.0), (55, 1.0), (48, 1.0), (50, 2.0), (43, 2.0)),
)


def example(form: str) -> Piece:
    """The opening of a form, in G major and common time."""
    lines = _CHORALE if form == "chorale" else _MELODY
    voices = tuple(_voice(number, line, len(lines) > 1) for number, line in enumerate(lines))
    zero = Fraction(0)
    return Piece(voices, Fraction(8), (Tempo(zero, 100.0),), (Meter(zero, 4, 4),), (KeySignature(zero, 1),))


def _voice(number: int, line: tuple[tuple[int, float], ...], named: bool) -> Voice:
    now, notes = Fraction(0), []
    for pitch, beats in line:
        notes.append(PieceNote(pitch, now, Fraction(beats)))
        now += Fraction(beats)
    return Voice(tuple(notes), _NAMES[number] if named else "", number)
