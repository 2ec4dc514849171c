"""Notes from outside: files read under limits and laid on a grid, and the token forms that models learn from.

nouns             a piece: voices of notes with exact times, tempo, meter, key, and what was mended
smf, midi         Standard MIDI Files: bytes to events, events to notes
raw, assembly     what any file says in its own ticks, and from there to a piece
grid, pickup      the grid measured from the onsets; the incomplete first bar
plain             pitch names and chords in normal order, without lengths
spelling          names for notes that came without; scores: a piece on two staves
events            melodies and parts as notes and rests in sixteenths
"""

from engine.notes.events import NoteEvent, melody_events, parts_events, piece_of_events
from engine.notes.keys import key_of, likely_key
from engine.notes.midi import read_midi
from engine.notes.musicxml import read_musicxml
from engine.notes.nouns import (
    SIXTEENTH,
    Grid,
    KeySignature,
    Meter,
    Piece,
    PieceNote,
    Tempo,
    UnreadableNotes,
    Voice,
)
from engine.notes.plain import normal_order, piece_of_plain, plain_tokens
from engine.notes.reading import LIMITS, read
from engine.notes.scores import Staff, bar_starts, score_of, staves_of
from engine.notes.tunes import read_abc

__all__ = [
    "LIMITS",
    "SIXTEENTH",
    "Grid",
    "KeySignature",
    "Meter",
    "NoteEvent",
    "Piece",
    "PieceNote",
    "Staff",
    "Tempo",
    "UnreadableNotes",
    "Voice",
    "bar_starts",
    "key_of",
    "likely_key",
    "melody_events",
    "normal_order",
    "parts_events",
    "piece_of_events",
    "piece_of_plain",
    "plain_tokens",
    "read",
    "read_abc",
    "read_midi",
    "read_musicxml",
    "score_of",
    "staves_of",
]
