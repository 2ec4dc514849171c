"""The tokens of both note models: what sounds and how long, a pitch and a length apart.

Conventions: times are ticks, 12 to a beat (sixteenths are 3, triplet eighths 4). Pitches are written as if the key
signature had no sharps or flats: the whole piece is moved by the fewest semitones that bring its major tonic to C, so
"n67" is the fifth note of every major scale. Lengths that have no token are made of several.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from fractions import Fraction

TICKS = 12  # to a beat
STEP = Fraction(1, TICKS)  # of a beat

LENGTHS = (*range(1, 25), *range(27, 49, 3), *range(54, 97, 6))  # ticks: to two beats all, then thirds, then halves
LOWEST, HIGHEST = 28, 103  # pitches with a token, after moving

UNKNOWN, START, END, REST, HOLD = range(5)
FIRST_PITCH = 5
FIRST_LENGTH = FIRST_PITCH + HIGHEST - LOWEST + 1

TOKENS: tuple[str, ...] = (
    "<unk>", "<bos>", "<eos>", "rest", "hold",
    *(f"n{pitch}" for pitch in range(LOWEST, HIGHEST + 1)),
    *(f"l{ticks}" for ticks in LENGTHS),
)  # fmt: skip
SIZE = len(TOKENS)
NOTHING, WITHIN = SIZE, SIZE + 1  # of a hint: nothing is known; the place lay within a longer note
HINTS = SIZE + 2  # values of a stream that hints at a token


def pitch_token(pitch: int | None, shift: int) -> int:
    """The token of a MIDI number in a piece moved down by `shift`; None is a rest. Beyond the ends it moves by octaves.

    >>> TOKENS[pitch_token(69, 2)], TOKENS[pitch_token(None, 2)], TOKENS[pitch_token(127, 0)]
    ('n67', 'rest', 'n103')
    """
    if pitch is None:
        return REST
    moved = pitch - shift
    while moved < LOWEST:
        moved += 12
    while moved > HIGHEST:
        moved -= 12
    return FIRST_PITCH + moved - LOWEST


def pitch_of(token: int, shift: int) -> int | None:
    """The MIDI number that a pitch token stands for; None for a rest."""
    return None if token == REST else token - FIRST_PITCH + LOWEST + shift


def is_pitch(token: int) -> bool:
    return FIRST_PITCH <= token < FIRST_LENGTH


def is_length(token: int) -> bool:
    return FIRST_LENGTH <= token < SIZE


def length_token(ticks: int) -> int:
    """The token of the longest length that is no longer than `ticks`, at least 1.

    >>> TOKENS[length_token(6)], TOKENS[length_token(25)], TOKENS[length_token(500)]
    ('l6', 'l24', 'l96')
    """
    return FIRST_LENGTH + max(0, bisect_right(LENGTHS, ticks) - 1)


def ticks_of(token: int) -> int:
    """The ticks of a length token."""
    ticks: int = LENGTHS[token - FIRST_LENGTH]
    return ticks


def lengths_in(ticks: int) -> Iterator[int]:
    """Length tokens, longest first, that make up `ticks`.

    >>> [TOKENS[token] for token in lengths_in(109)]
    ['l96', 'l13']
    """
    while ticks > 0:
        token = length_token(ticks)
        yield token
        ticks -= ticks_of(token)
