"""The lines of all tunes that are known, written small enough to ship: intervals as bytes, titles and sources.

Only intervals are kept, neither rhythm nor key: enough to tell whether a new tune is an old one.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.abc.melody import intervals
from engine.tunebook import PARTS, Tunebook

LONGEST_TITLE = 60  # characters


def write_known(book: Tunebook, path: Path) -> int:
    """Writes a compressed .npz and returns its size in bytes.

    `lines` (intervals,) int8, of all tunes one after the other; `starts` (tunes + 1,); `titles`, `sources`; `learned`
    is true for tunes of the training part.
    """
    tunes = [(tune, part == "train") for part in PARTS for tune in getattr(book, part)]
    lines = [np.clip(intervals(tune), -127, 127).astype(np.int8) for tune, _ in tunes]
    np.savez_compressed(
        path,
        lines=np.concatenate(lines),
        starts=np.cumsum([0, *map(len, lines)]).astype(np.int32),
        titles=np.array([tune.title[:LONGEST_TITLE] for tune, _ in tunes]),
        sources=np.array([tune.source for tune, _ in tunes]),
        learned=np.array([learned for _, learned in tunes]),
    )
    return path.stat().st_size
