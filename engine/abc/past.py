"""What the past of a tune means for its future: the state of the grammar."""

from __future__ import annotations

from typing import Literal, NamedTuple

from engine.abc.form import Place
from engine.abc.swing import Swing

Last = Literal["edge", "mark", "note", "length", "tie", "tuplet", "open", "inside"]
Tuplet = tuple[int, int, int]  # notes, notes to come, ticks written


class State(NamedTuple):
    """What the past of a tune means for its future. Never changed in place."""

    header: int = 0  # header tokens read, 3 in the body
    rhythm: str = ""
    meter: str = ""
    key: str = ""
    place: Place = Place()
    at: int = 0  # ticks of the bar that are filled
    last: Last = "edge"  # edge: no note in this bar yet
    tuplet: Tuplet | None = None
    pitches: frozenset[str] = frozenset()  # of the note or chord just written, without accidentals
    again: bool = False  # that chord has an accidental for a letter it had already
    tied: frozenset[str] = frozenset()  # what the next note has to hold
    swing: Swing = ""  # of a hornpipe: what abc2midi makes of it
    ended: bool = False
