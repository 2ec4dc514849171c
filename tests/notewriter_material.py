"""What the tests of the note writer share: small models of chance weights, pieces, and measures of them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache

import numpy as np
from hypothesis import strategies as st

from engine.notes import KeySignature, Meter, NoteEvent, Piece, piece_of_events
from engine.notewriter import NoteModel  # fmt: skip
from engine.notewriter.form import STREAMS, Form
from engine.notewriter.vocabulary import END, SIZE, STEP
from engine.recurrent.sizes import Sizes, shapes_of
from engine.recurrent.steps import steps_of


@cache
def model(form: Form, rng_seed: int = 0, end: float = -1.0) -> NoteModel:
    """An untrained network that believes something everywhere."""
    sizes = Sizes("gru", SIZE, 8, 12, 1, features=STREAMS[form], feature_dim=4)
    random = np.random.default_rng(rng_seed)
    weights = {name: random.normal(0, 0.6, shape).astype(np.float32) for name, shape in shapes_of(sizes).items()}
    weights["fc.bias"][END] = end
    return NoteModel(form, steps_of(sizes, weights), {})


pitches = st.one_of(st.none(), st.integers(48, 84))
lines = st.lists(st.tuples(pitches, st.integers(1, 60)), min_size=1, max_size=20)
Line = Sequence[tuple[int | None, int]]


def events(line: Line) -> list[NoteEvent]:
    return [NoteEvent(pitch, length, 0) for pitch, length in line]


def piece(*parts: Line, sharps: int = 0, meter: tuple[int, int] = (4, 4),
          pickup: int = 0) -> Piece:  # fmt: skip
    return piece_of_events(
        [events(part) for part in parts], meter=Meter(Fraction(0), *meter), pickup=pickup * STEP, step=STEP,
        key=KeySignature(Fraction(0), sharps),
    )  # fmt: skip


def scale_up(bars: int = 4) -> Piece:
    """Eighths up and down in G."""
    steps = [67, 69, 71, 72, 74, 72, 71, 69]
    return piece([(steps[i % 8], 6) for i in range(8 * bars)], sharps=1)


def four_parts(bars: int = 2) -> Piece:
    return piece(*([(pitch, 12)] * 4 * bars for pitch in (72, 67, 64, 48)))


def sounding(given: Piece) -> list[tuple[int, Fraction, Fraction]]:
    return [(note.pitch, note.onset, note.duration) for note in given.notes]
