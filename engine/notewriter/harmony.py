"""Alto, tenor and bass under a given melody: the chorale model with its soprano held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from engine.music import Key
from engine.notes.nouns import Piece
from engine.notewriter.chorale import LENGTHS_ONLY, ChoraleReader, Mask, Soprano, soprano_of
from engine.notewriter.close import Close, under
from engine.notewriter.form import Reader
from engine.notewriter.heading import Heading
from engine.notewriter.models import NoteModel
from engine.notewriter.opening import MOST_NOTES, heading_for, melody_line
from engine.notewriter.vocabulary import (
    END,
    FIRST_LENGTH,
    HOLD,
    LENGTHS,
    REST,
    SIZE,
    TICKS,
    is_pitch,
    length_token,
    pitch_of,
)
from engine.notewriter.wish import NoteWish, UnwritableNotes
from engine.notewriter.writing import NOTHING_FORCED, Commission, Step, Stopped, Written, gathered, never, run
from engine.words import say

LOWEST_MEAN, HIGHEST_MEAN = 64.0, 78.0  # where sopranos sing on average; a melody elsewhere is heard an octave off
GRID = TICKS // 2  # eighths: what is shorter in a melody, and triplets, are ornaments that no choir chases
HOLDS: Mask = np.arange(SIZE) == HOLD
RESTS: Mask = np.arange(SIZE) == REST


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
        12 * octaves, close_under(soprano, heading, wish.key or heading.key),
    )  # fmt: skip
    return run(model, replace(wish, bars=0, keep_opening=True), commission, stopped)


def close_under(soprano: Soprano, heading: Heading, key: Key) -> Close | None:
    """The close under the last tone, where there is a chord for it."""
    last = max(index for index, token in enumerate(soprano.tokens) if is_pitch(token))
    end = soprano.onsets[last + 1] if last + 1 < len(soprano.onsets) else soprano.end
    pitch = pitch_of(soprano.tokens[last], heading.shift)
    return None if pitch is None else under(key, pitch, soprano.onsets[last], end)


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


def _allowed(reader: Reader) -> Mask:
    """Moments come with the soprano's, or on the grid on which chorales move; beside it the other voices hold."""
    soprano = _soprano(reader)
    if reader.voice is None:
        return _lengths(reader, soprano)
    if reader.now and soprano.is_over(reader.now):
        return RESTS
    moves = reader.allowed()
    beside = reader.now > 0 and _place(reader, reader.now) % GRID and not soprano.is_last(reader.now)
    return moves & HOLDS if beside and moves[HOLD] else moves


def _lengths(reader: Reader, soprano: Soprano) -> Mask:
    """Until the soprano moves next, or before that to a place of the grid: of eighths where the moment is on it
    itself, else of beats."""
    longest, place = soprano.until(reader.now), _place(reader, reader.now)
    lengths = np.array(LENGTHS)
    fitting = LENGTHS_ONLY.copy()
    on_grid = (place + lengths) % (TICKS if place % GRID else GRID) == 0
    fitting[FIRST_LENGTH:] = (lengths < longest) & on_grid
    fitting[length_token(longest)] = True
    return fitting


def _place(reader: Reader, now: int) -> int:
    return now - reader.heading.pickup


def _soprano(reader: Reader) -> Soprano:
    assert isinstance(reader, ChoraleReader)
    assert reader.soprano is not None
    return reader.soprano
