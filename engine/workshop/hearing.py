"""What a network wrote, as music: chords as a progression, tunes and notes as a score. Faulty music sounds as it is."""

from __future__ import annotations

from collections.abc import Sequence

from engine import abc
from engine.abc.sounding import sounded
from engine.errors import EngineError
from engine.music import Key, Note, Progression, Score, Slot
from engine.notes.plain import pitch_name
from engine.theory import all_numerals, chord_of
from engine.vocab import MODES
from engine.workshop.material import Kind
from engine.workshop.melody import TEMPO, piece_of_tokens

BEATS = 2.0  # of each chord: a sample is heard within half a minute
TITLE = "Cadencia"


def heard(kind: Kind, tokens: Sequence[str]) -> Progression | Score | None:
    """The music in tokens; None when nothing in them sounds."""
    if kind == "chords":
        return progression_of(tokens)
    return tune_score(tokens) if kind == "tunes" else melody_score(tokens)


def progression_of(tokens: Sequence[str]) -> Progression | None:
    """Chords in C major or A minor, two beats each.

    >>> [slot.chord.root for slot in progression_of(("<minor>", "im", "V7"))]
    ['A', 'E']
    """
    key = Key("A", "minor") if MODES["minor"] in tokens else Key("C")
    known = frozenset(all_numerals())
    slots = tuple(Slot(chord_of(token, key), BEATS) for token in tokens if token in known)
    return Progression(key, slots) if slots else None


def abc_text(tokens: Sequence[str]) -> str:
    """A tune as text, one line of header a token; the tokens themselves where they are no tune."""
    try:
        return abc.from_model(tokens).text
    except EngineError:
        return " ".join(tokens)


def tune_score(tokens: Sequence[str]) -> Score | None:
    """What can be heard of a tune; None before a network knows how tunes begin."""
    try:
        score = sounded(abc.from_model(tokens, TITLE)).score
    except (EngineError, ValueError):  # a header of the right signs with values that are none
        return None
    return score if score.notes else None


def note_names(tokens: Sequence[str]) -> str:
    """A melody's notes by name; lengths are heard rather than read.

    >>> note_names(("n60", "l12", "n67", "l24"))
    'C4 G4'
    """
    piece = piece_of_tokens(tokens)
    return "" if piece is None else " ".join(pitch_name(note.pitch) for note in piece.notes)


def melody_score(tokens: Sequence[str]) -> Score | None:
    piece = piece_of_tokens(tokens)
    if piece is None:
        return None
    notes = tuple(Note(each.pitch, float(each.onset), float(each.duration)) for each in piece.notes)
    return Score(TITLE, Key("C"), TEMPO, 4, notes, beats=float(piece.end))
