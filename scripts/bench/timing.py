"""How a measure is taken: ours and the reference in turns, medians of both, one line for the reader.

Turns cancel what else the machine does; ratios can be compared between machines, milliseconds cannot.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Row:
    """One measure: medians in seconds. Without a reference, `reference` is empty and only ours is printed."""

    what: str
    ours: float
    reference: str = ""
    theirs: float = 0.0

    def __str__(self) -> str:
        ours = f"{self.what:<52} {milliseconds(self.ours)}"
        if not self.reference:
            return ours
        return f"{ours}   {self.ours / self.theirs:6.2f} × {self.reference} ({milliseconds(self.theirs).strip()})"


def milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:9.2f} ms" if seconds < 0.1 else f"{1000 * seconds:9.0f} ms"


def seconds_of(work: Work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compare(what: str, ours: Work, reference: str, theirs: Work, rounds: int) -> Row:
    """Medians of `rounds` turns each, after one of both that does not count."""
    ours(), theirs()
    pairs = [(seconds_of(ours), seconds_of(theirs)) for _ in range(rounds)]
    return Row(what, median(mine for mine, _ in pairs), reference, median(other for _, other in pairs))
