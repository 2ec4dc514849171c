"""Melodies as tokens: a pitch name or `z` for a rest, then its length in sixteenths ("C4" "4" "z" "2" "B-3" "8").

Pitch names are those of the plain form of `engine.notes`: flats are minus signs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise

from engine.abc import Tune
from engine.abc.sounding import sounded
from engine.notes import NoteEvent, Piece, PieceNote, UnreadableNotes, Voice, melody_events, piece_of_events
from engine.notes.plain import pitch_name, pitch_of
from engine.vocab import EOS

REST = "z"
LONGEST = 32  # sixteenths: two bars; what lasts longer is cut
TEMPO = 100.0  # quarter notes a minute, of what a network writes
FEWEST_NOTES = 8  # of a melody that teaches something


def tokens_of_piece(piece: Piece) -> tuple[str, ...]:
    """The melody of a piece, its end mark last; nothing when there is hardly any."""
    events = melody_events(piece)
    while events and events[0].pitch is None:
        del events[0]
    if sum(event.pitch is not None for event in events) < FEWEST_NOTES:
        return ()
    return (*(token for event in events for token in _tokens(event)), EOS)


def piece_of_tokens(tokens: Sequence[str]) -> Piece | None:
    """What tokens sound as; what does not fit together is passed over. None when nothing sounds."""
    events = list(_events(tokens))
    if all(event.pitch is None for event in events):
        return None
    return piece_of_events([events], tempo_bpm=TEMPO)


def _tokens(event: NoteEvent) -> tuple[str, str]:
    name = REST if event.pitch is None else pitch_name(event.pitch)
    return name, str(min(event.duration, LONGEST))


def _events(tokens: Sequence[str]) -> Iterable[NoteEvent]:
    for name, length in pairwise(tokens):
        if length.isdecimal() and not name.isdecimal() and 1 <= int(length) <= LONGEST:
            pitch = _pitch(name)
            if pitch is not None or name == REST:
                yield NoteEvent(pitch, int(length), 0)


def _pitch(name: str) -> int | None:
    try:
        return pitch_of(name)
    except UnreadableNotes:
        return None


def tokens_of_tune(tune: Tune) -> tuple[str, ...]:
    """A tune's melody as it is played, repeats and all."""
    score = sounded(tune).score
    notes = (PieceNote(note.pitch, _exact(note.onset), _exact(note.duration)) for note in score.notes)
    return tokens_of_piece(Piece((Voice(tuple(notes)),), _exact(score.beats)))


def _exact(beats: float) -> Fraction:
    return Fraction(beats).limit_denominator(5040)
