"""The key of a piece: as its signature says, else the one whose profile its notes follow best."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.music import Key, Mode
from engine.notes.nouns import Piece
from engine.theory import ALL_KEYS

# How well each place above the tonic fits a key (Krumhansl and Kessler, Psychological Review 89, 1982).
_PROFILES: dict[Mode, tuple[float, ...]] = {
    "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    "minor": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}


def key_of(piece: Piece) -> Key:
    """The key that the file tells, else `likely_key`. Many programs write C major where nobody set a key."""
    return piece.key or likely_key(piece)


def likely_key(piece: Piece) -> Key:
    """The key whose profile correlates best with how long each pitch class sounds (Krumhansl, 1990, chapter 4)."""
    sounding = np.zeros(12)
    for note in piece.notes:
        sounding[note.pitch % 12] += float(note.duration)
    return max(ALL_KEYS, key=lambda key: _agreement(sounding, key))


def _agreement(sounding: npt.NDArray[np.float64], key: Key) -> float:
    """Correlation, -1 to 1; 0 where all twelve sound equally long."""
    if np.ptp(sounding) == 0:
        return 0.0
    return float(np.corrcoef(sounding, np.roll(_PROFILES[key.mode], key.pitch_class))[0, 1])
