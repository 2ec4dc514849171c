"""A tune as it is printed: every bar once, with its repeat signs and endings, as notation programs want it.

Where a repeat goes back to is written out, though ABC may leave it to the reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from engine.abc.faults import Bar, bars_of, measured
from engine.abc.sounding import QUARTER, in_order, unfolded
from engine.abc.tokens import Tune
from engine.music import Score

_ENDINGS = ("[1", "[2")
_DOUBLE = frozenset({"||", "|]"})


@dataclass(frozen=True, slots=True)
class Printed:
    """The score, its bars with their signs, and for each token that begins a note, chord or rest its onset in beats."""

    score: Score
    onsets: Mapping[int, float]


def printed(tune: Tune, tempo_bpm: float = 0.0, instrument: int = 0) -> Printed:
    """The tune's bars in the order of the text, faulty or not; bars without a note are left out."""
    bars = [bar for bar in bars_of(tune) if bar.ticks]
    score = in_order(tune, bars, tempo_bpm, instrument).score
    if len(score.bars) != len(bars):  # so faulty that its bars are told by nothing
        return Printed(score, {})
    starts = dict(zip((bar.start for bar in bars), score.bars, strict=True))
    score = replace(score, signs=tuple(_signs(bars)))
    return Printed(score, dict(_onsets(measured(tune)[1], bars, starts)))


def _onsets(ticks: Mapping[int, int], bars: Sequence[Bar], starts: Mapping[int, float]) -> Iterator[tuple[int, float]]:
    for bar in bars:
        for token in range(bar.start, bar.end + 1):
            if token in ticks:
                yield token, starts[bar.start] + ticks[token] / QUARTER


def _signs(bars: Sequence[Bar]) -> Iterator[tuple[str, ...]]:
    """What stands at each bar: a repeat begins where playing goes back to, and ends where it goes back from."""
    place = {bar.start: at for at, bar in enumerate(bars)}
    order = [place[bar.start] for bar in unfolded(bars)]
    back = {(before, after) for before, after in pairwise(order) if after <= before}
    ends, begins = {before for before, _ in back}, {after for _, after in back}
    over = _endings(bars)
    for at, bar in enumerate(bars):
        yield tuple(
            sign
            for sign, stands in (
                ("|:", at in begins),
                (over.get(at, ""), at in over),
                (":|", at in ends),
                ("||", bar.line in _DOUBLE and at not in ends),
            )
            if stands
        )


def _endings(bars: Sequence[Bar]) -> dict[int, str]:
    """Which ending a bar belongs to: one goes on to a repeat sign or a double bar."""
    found, now = {}, ""
    for at, bar in enumerate(bars):
        now = next((mark for _, mark in bar.marks if mark in _ENDINGS), now)
        if now:
            found[at] = now
        if bar.line != "|":
            now = ""
    return found
