"""Continues melodies and four-part chorales, and harmonises melodies: recurrent networks over notes, in NumPy.

vocabulary       the tokens: pitches, holds, rests, lengths
heading          signature, meter, pickup, place in the bar
melody, chorale  what is known before each token of the two forms; recall: what the melody said before
form             the two forms behind one name each; tones: tokens back to notes
wish, leaning    what is asked for, and what it adds to the model's beliefs; choosing: the draw
leading, close   how choirs are led; where a piece closes, and on what chord; breathing: where choirs fall silent
models           a model file as a note model
opening          what is continued; writing: the continuation, as a stream; harmony: three voices under a melody
repeats          endless repetition, measured
"""

from engine.notewriter.harmony import harmonise, stream_harmony
from engine.notewriter.models import NoteModel, load, note_model
from engine.notewriter.opening import first_bars, piece_of_notes
from engine.notewriter.repeats import repeated_bars
from engine.notewriter.wish import NoteWish, UnwritableNotes
from engine.notewriter.writing import Step, Written, stream, write

__all__ = [
    "NoteModel",
    "NoteWish",
    "Step",
    "UnwritableNotes",
    "Written",
    "first_bars",
    "harmonise",
    "load",
    "note_model",
    "piece_of_notes",
    "repeated_bars",
    "stream",
    "stream_harmony",
    "write",
]
