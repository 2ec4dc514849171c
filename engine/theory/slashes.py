"""How long the chords of a bar go on, as a chart writes it: the other way round from `chart`, which reads it."""

from __future__ import annotations

from engine.music import MAX_CHORDS
from engine.theory.chart import shares


def slashes(lengths: tuple[float, ...], beats: int) -> tuple[int, ...]:
    """How many slashes follow each chord of a full bar, so that all are read with their lengths.

    None where the chords share the bar as the reader would; else a slash is a beat, or a half, a quarter and so on of
    one where the bar holds such. None too where there would be more than are read: thirds of a beat, or less than a
    32nd of one.

    >>> slashes((2.0, 2.0), 4), slashes((3.0, 1.0), 4), slashes((1.0, 1.0, 0.5, 0.5, 1.0), 4)
    ((0, 0), (2, 0), (1, 1, 0, 0, 1))
    """
    unit = 1.0
    while any(length % unit for length in lengths) and beats / unit <= MAX_CHORDS:
        unit /= 2
    alone = lengths == shares(len(lengths), beats) or beats / unit > MAX_CHORDS
    return tuple(0 if alone else int(length / unit) - 1 for length in lengths)
