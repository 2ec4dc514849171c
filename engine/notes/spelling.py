"""Names for notes that came without: a G sharp under B and over E is no A flat, whatever the key is.

Most notes outside the scale have two names. The one nearer on the line of fifths to what sounds with it holds (cf.
Temperley, The Cognition of Basic Musical Structures, 2001, chapter 5); alone, a note that rises is sharp and one that
falls is flat; else the key decides.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from engine.music import Key
from engine.notes.nouns import Piece, PieceNote, Voice
from engine.theory import scale, spell

NAMES = {
    0: ("B#", "C"), 1: ("C#", "Db"), 3: ("D#", "Eb"), 4: ("E", "Fb"), 5: ("E#", "F"), 6: ("F#", "Gb"), 8: ("G#", "Ab"),
    10: ("A#", "Bb"), 11: ("B", "Cb"),
}  # fmt: skip
_LINE = "FCGDAEB"  # of fifths
MOST_BEFORE = 32  # notes that began earlier and may still sound: as many as hands and voices hold


def named(piece: Piece, key: Key) -> Piece:
    """The piece with a name for every note."""
    notes = sorted(piece.notes, key=lambda note: note.onset)
    onsets = [note.onset for note in notes]
    usual, scale_names = [spell(pitch_class, key) for pitch_class in range(12)], _scale_names(key)

    def beside(note: PieceNote) -> list[str]:
        """The names that are beyond doubt among what sounds with it."""
        first, last = bisect_left(onsets, note.onset), bisect_right(onsets, note.onset)
        heard = [other for other in notes[max(0, first - MOST_BEFORE) : last] if other.end > note.onset]
        names = {usual[other.pitch % 12] for other in heard}
        return [name for name in names if name in scale_names]

    def name(note: PieceNote, after: PieceNote | None) -> str:
        place = note.pitch % 12
        if note.spelling or usual[place] in scale_names or place not in NAMES:
            return note.spelling or usual[place]
        return _fitting(NAMES[place], beside(note), after.pitch - note.pitch if after else 0, usual[place])

    def line(voice: Voice) -> Voice:
        pairs = zip_longest(voice.notes, voice.notes[1:])
        return replace(voice, notes=tuple(replace(note, spelling=name(note, after)) for note, after in pairs))

    return replace(piece, voices=tuple(line(voice) for voice in piece.voices))


def _scale_names(key: Key) -> set[str]:
    """The scale, in minor with both its sixths and sevenths."""
    raised = {spell((key.pitch_class + step) % 12, key) for step in (9, 11)} if key.mode == "minor" else set()
    return {*scale(key), *raised}


def _fitting(names: tuple[str, str], beside: Sequence[str], step: int, usual: str) -> str:
    """Of a sharp and a flat name the nearer to what sounds; where that leaves both, where it goes; else the usual."""
    sharp, flat = names
    far = [sum(abs(_fifths(name) - _fifths(other)) for other in beside) for name in names]
    if far[0] != far[1]:
        return sharp if far[0] < far[1] else flat
    return sharp if step in (1, 2) else flat if step in (-1, -2) else usual


def _fifths(name: str) -> int:
    """Place on the line of fifths, F 0.

    >>> _fifths("G#"), _fifths("Ab")
    (9, -3)
    """
    return _LINE.index(name[0]) + 7 * (name.count("#") - name.count("b"))
