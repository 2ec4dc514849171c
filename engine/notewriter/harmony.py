"""Alto, tenor and bass under a given melody: the chorale model with its soprano held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.notes.nouns import Piece
from engine.notewriter.chorale import LENGTHS_ONLY, ChoraleReader, Soprano, soprano_of
from engine.notewriter.form import Reader
from engine.notewriter.models import NoteModel
from engine.notewriter.opening import MOST_NOTES, heading_for, melody_line
from engine.notewriter.vocabulary import END, FIRST_LENGTH, LENGTHS
from engine.notewriter.wish import NoteWish, UnwritableNotes
from engine.notewriter.writing import NOTHING_FORCED, Commission, Step, Stopped, Written, gathered, never, run
from engine.words import say

LOWEST_MEAN, HIGHEST_MEAN = 64.0, 78.0  # where sopranos sing on average; a melody elsewhere is heard an octave off


def harmonise(model: NoteModel, wish: NoteWish, melody: Piece) -> tuple[Written, ...]:
    """The melody in four parts, once for every variation. `bars` of the wish do not count. Raises UnwritableNotes."""
    return gathered(stream_harmony(model, wish, melody))


def stream_harmony(model: NoteModel, wish: NoteWish, melody: Piece, stopped: Stopped = never) -> Iterator[Step]:
    """The same as it is written."""
    if model.form != "chorale":
        raise UnwritableNotes(say("Only a chorale model harmonises. Choose the chorale model."))
    heading = heading_for(wish, melody)
    events = melody_line(melody)
    if not any(event.pitch is not None for event in events):
        raise UnwritableNotes(say("There is no melody to harmonise: not a single note sounds."))
    if len(events) > MOST_NOTES:
        raise UnwritableNotes(say("The melody has more than {most} notes. Choose fewer of its bars.", most=MOST_NOTES))
    octaves = octaves_off([event.pitch for event in events if event.pitch is not None])
    lowered = [event._replace(pitch=None if event.pitch is None else event.pitch - 12 * octaves) for event in events]
    soprano = soprano_of(lowered, heading)
    commission = Commission(
        ChoraleReader(heading, soprano), (), melody.title, _forced, _allowed, lambda reader: reader.now / soprano.end,
        12 * octaves,
    )  # fmt: skip
    return run(model, replace(wish, bars=0, keep_opening=True), commission, stopped)


def octaves_off(pitches: list[int]) -> int:
    """By how many octaves a melody has to come down to be sung by sopranos.

    >>> octaves_off([86, 88, 91]), octaves_off([67, 72]), octaves_off([48, 52])
    (1, 0, -2)
    """
    mean, octaves = sum(pitches) / len(pitches), 0
    while mean - 12 * octaves > HIGHEST_MEAN:
        octaves += 1
    while mean - 12 * octaves < LOWEST_MEAN:
        octaves -= 1
    return octaves


def _forced(reader: Reader) -> int:
    """The soprano's move, or the end after it."""
    soprano = _soprano(reader)
    if reader.voice != 0:
        return NOTHING_FORCED
    return END if reader.now >= soprano.end else soprano.move(reader.now)


def _allowed(reader: Reader) -> npt.NDArray[np.bool_]:
    """No moment lasts beyond the soprano's next move."""
    if reader.voice is not None:
        return reader.allowed()
    longest = _soprano(reader).until(reader.now)
    fitting = LENGTHS_ONLY.copy()
    fitting[FIRST_LENGTH:] = np.array(LENGTHS) <= longest
    return fitting


def _soprano(reader: Reader) -> Soprano:
    assert isinstance(reader, ChoraleReader)
    assert reader.soprano is not None
    return reader.soprano
