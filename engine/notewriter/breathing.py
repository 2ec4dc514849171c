"""Where a choir that sings alone falls silent: after a phrase has closed, all together, for a beat.

Of 201 silences of all four voices inside Bach's chorales in 4/4, 196 follow a major or minor triad and 181 last a beat;
the longer ones stand in five files, such as BWV 248/64, where players go on alone. A network drawn freely stops in
mid-phrase as well, and now and then for whole bars (`scripts.measure_choirs`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.notewriter.chorale import LENGTH_TURN, ORDER, ChoraleReader
from engine.notewriter.heading import Heading
from engine.notewriter.vocabulary import FIRST_LENGTH, FIRST_PITCH, HOLD, LENGTHS, REST, SIZE, is_pitch

Floats = npt.NDArray[np.float64]

_TRIADS = (frozenset({0, 4, 7}), frozenset({0, 3, 7}), frozenset({0, 4}), frozenset({0, 3}))
_LENGTHS = np.array(LENGTHS)


class Breathing:
    """The rule for one piece that is written on from `start`, in ticks: there it is to go on and not to stop."""

    def __init__(self, heading: Heading, start: int) -> None:
        self._start, self._beat = start, heading.beat

    def of(self, reader: ChoraleReader) -> Floats:
        """What is added to the logits of the token to come, (vocab,): nothing, or -inf."""
        added = np.zeros(SIZE)
        if reader.soprano is not None:  # the melody says when
            return added
        left = max(reader.began) + self._beat - reader.now  # ticks that a silence may still last
        if reader.voice is None and _are_silent(reader.sounding):
            added[FIRST_LENGTH:][max(1, left) < _LENGTHS] = -np.inf
        elif reader.voice == 0 and _are_silent(reader.sounding):
            added[[REST] if left > 0 else [REST, HOLD]] = -np.inf
        elif reader.voice is not None and self._breaks_off(reader):
            added[REST] = -np.inf
        return added

    def _breaks_off(self, reader: ChoraleReader) -> bool:
        """Whether a rest of the voice to come leaves a phrase open: where the soprano stops the others do, but the
        last one not by itself."""
        if reader.turn == 0:
            return not self._is_closed(reader)
        others = [reader.sounding[voice] for voice in ORDER[:-1]]
        return reader.turn == LENGTH_TURN - 1 and _are_silent(others) and not reader.moved & 1

    def _is_closed(self, reader: ChoraleReader) -> bool:
        """Whether a triad of all voices has sounded for a beat."""
        if reader.now <= self._start or reader.now - max(reader.began) < self._beat:
            return False
        classes = {(token - FIRST_PITCH) % 12 for token in reader.sounding if is_pitch(token)}
        triad = any(frozenset((each - root) % 12 for each in classes) in _TRIADS for root in classes)
        return triad and all(map(is_pitch, reader.sounding))


def _are_silent(tokens: list[int]) -> bool:
    return all(token == REST for token in tokens)
