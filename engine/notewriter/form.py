"""The two forms a note model may have, behind one name each: `melody` and `chorale`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from engine.notes.events import melody_events, parts_events
from engine.notes.nouns import Piece
from engine.notewriter import chorale, melody
from engine.notewriter.chorale import ChoraleReader, soprano_of, tokens_of_chorale
from engine.notewriter.heading import Heading, heading_of
from engine.notewriter.melody import MelodyReader, tokens_of_melody
from engine.notewriter.vocabulary import END, START, STEP

Form = Literal["melody", "chorale"]
FORMS: tuple[Form, ...] = ("melody", "chorale")
STREAMS = {"melody": melody.STREAMS, "chorale": chorale.STREAMS}

Ids = npt.NDArray[np.integer]


class Reader(Protocol):
    """Reads the tokens of one piece in order and says, before each, what is known of it."""

    heading: Heading
    now: int
    ended: bool

    @property
    def voice(self) -> int | None: ...
    def row(self) -> list[int]: ...
    def allowed(self) -> npt.NDArray[np.bool_]: ...
    def read(self, token: int) -> None: ...


def reader_of(form: Form, heading: Heading) -> Reader:
    return MelodyReader(heading) if form == "melody" else ChoraleReader(heading)


def tokens_of(form: Form, piece: Piece, heading: Heading) -> list[int]:
    """The tokens of a piece, without start and end. A chorale needs four parts that sound."""
    if form == "melody":
        return list(tokens_of_melody(melody_events(piece, STEP), heading))
    return list(tokens_of_chorale(parts_events(piece, STEP)[:4], heading))


def written_out(reader: Reader, tokens: Iterable[int]) -> tuple[Ids, Ids]:
    """Ids (time,), the start before them, and the streams (time, streams) that are read together with them.

    Row t says where the token after id t stands; after an end the last row is of no use.
    """
    ids, rows = [START], []
    for token in tokens:
        rows.append(reader.row())
        reader.read(token)
        ids.append(token)
    rows.append(rows[-1] if reader.ended else reader.row())
    return np.array(ids, dtype=np.int16), np.array(rows, dtype=np.int16)


def lesson_of(form: Form, piece: Piece, *, given: bool = False) -> tuple[Ids, Ids]:
    """A whole piece with its start and end, for training. `given`: with the soprano of a chorale told ahead."""
    heading = heading_of(piece)
    reader: Reader = MelodyReader(heading)
    if form == "chorale":
        soprano = soprano_of(parts_events(piece, STEP)[0], heading) if given else None
        reader = ChoraleReader(heading, soprano)
    return written_out(reader, [*tokens_of(form, piece, heading), END])
