"""The plain token form of published note generators: what sounds, in order, without lengths.

A note is its pitch name, flats written as minus signs ("C4", "F#4", "B-3"); notes struck together are their pitch
classes in normal order, joined by dots ("0.4.7"); `EOS` ends the piece. Normal order as in Forte (The Structure of
Atonal Music, 1973): the rotation that spans least, and of those the one packed most towards its first note. A minus
sign before a 1 is read as a flat: the lowest octave of MIDI, which nobody hears as notes, shares names with others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import groupby

from engine.music import pitch_class_of
from engine.notes.nouns import Piece, PieceNote, UnreadableNotes, Voice
from engine.words import say

END = "EOS"
MOST_TOKENS = 4_096

_NAMES = ("C", "C#", "D", "E-", "E", "F", "F#", "G", "G#", "A", "B-", "B")
_NOTE = re.compile(r"([A-G])(#{1,2}|-{1,2})?([0-9])")
_CHORD = re.compile(r"(?:[0-9]|1[01])(?:\.(?:[0-9]|1[01]))*")
_STEP = Fraction(1, 2)  # beats: every token sounds as long, for the form has no lengths
_LOWEST_CHORD = 60


def plain_tokens(piece: Piece) -> list[str]:
    """Every onset of the piece as one token, then `EOS`; unisons of two voices are one note."""
    tokens = [
        _token(tuple({note.pitch for note in struck}))
        for _, struck in groupby(piece.notes, key=lambda note: note.onset)
    ]
    return [*tokens, END]


def _token(pitches: Sequence[int]) -> str:
    return pitch_name(pitches[0]) if len(pitches) == 1 else ".".join(map(str, normal_order(pitches)))


def pitch_name(pitch: int) -> str:
    """The name of a MIDI number.

    >>> pitch_name(60), pitch_name(66), pitch_name(58)
    ('C4', 'F#4', 'B-3')
    """
    return f"{_NAMES[pitch % 12]}{pitch // 12 - 1}"


def pitch_of(name: str) -> int:
    """The MIDI number of a note token. Raises UnreadableNotes for what is none.

    >>> pitch_of("B-3"), pitch_of("E#4")
    (58, 65)
    """
    found = _NOTE.fullmatch(name)
    if found:
        letter, accidentals, octave = found[1], found[2] or "", int(found[3])
        pitch = 12 * (octave + 1) + pitch_class_of(letter) + accidentals.count("#") - accidentals.count("-")
        if 0 <= pitch <= 127:
            return pitch
    raise UnreadableNotes(
        say('"{token}" is no note or chord of the plain form. Write notes as C4, F#4 or B-3, chords as 0.4.7.',
            token=name[:20])
    )  # fmt: skip


def normal_order(pitches: Iterable[int]) -> tuple[int, ...]:
    """The pitch classes in normal order.

    >>> normal_order((64, 67, 72)), normal_order((11, 0, 5))
    ((0, 4, 7), (11, 0, 5))
    """
    classes = sorted({pitch % 12 for pitch in pitches})
    turns = (tuple(classes[first:] + classes[:first]) for first in range(len(classes)))
    return min(turns, key=_packing, default=())


def _packing(turn: Sequence[int]) -> tuple[int, ...]:
    """The span, then how far each note lies above the first one, then the first one."""
    above = [(pitch_class - turn[0]) % 12 for pitch_class in turn]
    return (above[-1], *above[1:-1], turn[0])


def piece_of_plain(tokens: Iterable[str]) -> Piece:
    """A piece in eighths from the tokens before the first `EOS`; chords stand close, their first note from middle C up.

    Raises UnreadableNotes for a token of another form, for none at all, and for more than 4,096.
    """
    notes = tuple(_notes(tokens))
    if not notes:
        raise UnreadableNotes(say("There is no note before the end of the tokens."))
    return Piece((Voice(notes),), notes[-1].end)


def _notes(tokens: Iterable[str]) -> Iterator[PieceNote]:
    for index, token in enumerate(tokens):
        if token == END:
            return
        if index >= MOST_TOKENS:
            raise UnreadableNotes(say("More than {most} tokens are not read at once.", most=MOST_TOKENS))
        pitches = _close(token) if _CHORD.fullmatch(token) else (pitch_of(token),)
        yield from (PieceNote(pitch, index * _STEP, _STEP) for pitch in pitches)


def _close(token: str) -> Iterator[int]:
    """Pitches of a chord token, each above the one before."""
    pitch = _LOWEST_CHORD - 1
    for pitch_class in map(int, token.split(".")[:12]):
        pitch += 1 + (pitch_class - pitch - 1) % 12
        yield pitch
