"""A tune as people read it: header fields, notes grouped by beat, four bars a line, and where every token stands.

The text begins with `%abc-2.1` and says `L:1/8`, so every program reads it alike. Read again it gives the same tune.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from engine.abc.faults import measured
from engine.abc.lengths import COMPOUND, EIGHTH, bar_ticks, meter_numbers, ticks_of
from engine.abc.tokens import Tune

BARS_A_LINE = 4
MOST_TITLE = 120  # characters, as reading takes them
NOTHING: Mapping[int, str] = MappingProxyType({})
_GROUPS = {(4, 4): 4, (2, 2): 4}  # eighths that are written together where a beat of the meter is not it


@dataclass(frozen=True, slots=True)
class Shown:
    """ABC text and, for each token of the tune's body, its first character and the one after its last."""

    text: str
    spans: tuple[tuple[int, int], ...]

    def note_span(self, token: int) -> tuple[int, int]:
        """The characters of a note with its length, given its pitch token."""
        start, end = self.spans[token]
        after = self.spans[token + 1] if token + 1 < len(self.spans) else (end, end)
        written = self.text[after[0] : after[1]]
        return start, after[1] if after[0] == end and ticks_of(written) and written else end


def shown(tune: Tune, number: int = 1, title: str = "", above: Mapping[int, str] = NOTHING) -> Shown:
    """The tune as ABC text. `title` stands in where the tune has none of its own; `above` are chord symbols by the body
    token that they stand above."""
    pieces = [header_of(tune, number, title)]
    spans = []
    length = len(pieces[0])
    for index, (space, token) in enumerate(zip(_gaps(tune), tune.body, strict=True)):
        gap = space + (f'"{above[index]}"' if index in above else "")
        start = length + len(gap)
        pieces += (gap, token)
        length = start + len(token)
        spans.append((start, length))
    return Shown("".join(pieces) + "\n", tuple(spans))


def header_of(tune: Tune, number: int = 1, title: str = "") -> str:
    """The lines above the music."""
    said = "".join(sign for sign in (tune.title or title) if sign.isprintable()).replace("%", "").strip()[:MOST_TITLE]
    lines = ["%abc-2.1", f"X:{number}", f"T:{said}", f"R:{tune.rhythm}", f"M:{tune.meter}", "L:1/8", f"K:{tune.key}"]
    return "\n".join(line for line in lines if line != "T:") + "\n"


def _gaps(tune: Tune) -> list[str]:
    """What stands before each token: nothing, a space between groups, or the end of a line."""
    meter = meter_numbers(tune.meter)
    group = EIGHTH * (3 if meter in COMPOUND else _GROUPS.get(meter, 2))
    bars, onsets = measured(tune)
    gaps = [" " if onsets.get(index) and onsets[index] % group == 0 else "" for index in range(len(tune.body))]
    count = 0
    for bar, following in pairwise(bars):
        count += 2 * bar.ticks >= bar_ticks(meter)
        if count >= BARS_A_LINE or (count and bar.line != "|"):
            first = following.marks[0][0] if following.marks else following.start
            gaps[first], count = "\n", 0
    return gaps


def music_of(text: str) -> str:
    """What stands below the key of a text that is shown: all that an opening needs where the rest is wished.

    >>> music_of("X:1\\nK:Dmaj\\nA|d2A FAd|\\n")
    'A|d2A FAd|'
    """
    return text.partition("\nK:")[2].partition("\n")[2].strip()
