"""Whether a tune is new: which known tune it shares most with, in any key.

Two tunes are alike where they share runs of 12 intervals. A run of 20 is a copy, what tune families are made of: longer
than chance and common figures explain.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.abc.melody import intervals
from engine.abc.tokens import Tune

KNOWN = Path(__file__).parents[2] / "checkpoints" / "recurrent" / "tunes_known.npz"
SHORT, LONG = 12, 20  # intervals
_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # an odd number with well mixed bits (Knuth 1973, multiplicative hashing)

Marks = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """Every known line, and its runs in the order of their marks."""

    lines: Bytes
    starts: npt.NDArray[np.int32]
    titles: npt.NDArray[np.str_]
    sources: npt.NDArray[np.str_]

    def owner(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The tune in which each place of `lines` lies."""
        return np.searchsorted(self.starts, places, side="right") - 1


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Marks of all runs of 12 intervals, sorted, and the place in `lines` where each begins."""

    marks: Marks
    places: npt.NDArray[np.int64]


def closest(tune: Tune) -> tuple[str, str, float] | None:
    """(title, source, share) of the known tune with which most runs of 12 intervals are shared; the share is that of
    the tune's own runs, above 0 to 1. None when none is shared, or the line is shorter."""
    wanted = np.unique(marks_of(_line(tune), SHORT))
    owners = _owners(wanted)
    if not len(owners):
        return None
    tunes, counts = np.unique(owners, return_counts=True)
    best = int(tunes[counts.argmax()])
    return str(known().titles[best]), str(known().sources[best]), float(counts.max() / len(wanted))


def marks_of(line: Bytes, length: int) -> Marks:
    """A 64-bit mark of every run of `length` intervals; different runs hardly ever share one."""
    if len(line) < length:
        return np.zeros(0, dtype=np.uint64)
    runs = np.lib.stride_tricks.sliding_window_view(line, length).astype(np.int64).astype(np.uint64)
    marks = np.zeros(len(runs), dtype=np.uint64)
    for column in runs.T:
        marks = (marks ^ column) * _FACTOR
        marks ^= marks >> np.uint64(29)
    return marks


def _line(tune: Tune) -> Bytes:
    line: Bytes = np.clip(intervals(tune), -127, 127).astype(np.int8)
    return line


def _owners(wanted: Marks) -> npt.NDArray[np.int64]:
    """The tunes that have one of the wanted runs, each as often as it has different ones of them."""
    runs = _runs()
    low, high = (np.searchsorted(runs.marks, wanted, side=side) for side in ("left", "right"))
    pairs = {
        (int(owner), at)
        for at in np.flatnonzero(high > low)
        for owner in known().owner(runs.places[low[at] : high[at]])
    }
    return np.array([owner for owner, _ in pairs], dtype=np.int64)


@lru_cache(maxsize=1)
def known() -> Known:
    """The shipped lines, read once."""
    with np.load(KNOWN, allow_pickle=False) as file:
        return Known(*(file[name] for name in ("lines", "starts", "titles", "sources")))


@lru_cache(maxsize=1)
def _runs() -> Runs:
    lines = known()
    marks = marks_of(lines.lines, SHORT)
    places = np.arange(len(marks))
    within = lines.owner(places) == lines.owner(places + SHORT - 1)
    order = np.argsort(marks[within], kind="stable")
    return Runs(marks[within][order], places[within][order])
