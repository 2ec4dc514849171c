"""The chords of a sheet as a chart in letters, which the reader of progressions reads back."""

from __future__ import annotations

from math import ceil

from engine.music import NO_CHORD
from engine.sheet.value import Sheet
from engine.theory import write_chord
from engine.theory.slashes import slashes


def write_text(sheet: Sheet) -> str:
    """The chords as lines of four bars that the reader of progressions reads back, every length as it is.

    Where a bar's chords do not share it as the reader would, slashes tell how long each goes on (see `slashes`). A
    chord held over a bar line is written again in the next bar, and a last bar that is not full ends in a rest (N.C.).
    A bar with lengths that slashes cannot count, thirds of a beat, is read as shared by its chords.
    """
    cells = [_write_bar(pieces, sheet.beats_per_bar) for pieces in _bars(sheet)]
    lines = ["| " + " | ".join(cells[start : start + 4]) + " |" for start in range(0, len(cells), 4)]
    return "\n".join(lines) + "\n"


def _bars(sheet: Sheet) -> list[list[tuple[str, float]]]:
    """For each bar its chords with the beats they have in it."""
    bar = sheet.beats_per_bar
    bars: list[list[tuple[str, float]]] = [[] for _ in range(ceil(sheet.progression.beats / bar))]
    for slot, onset in zip(sheet.progression, sheet.progression.onsets, strict=True):
        for number in range(int(onset // bar), ceil((onset + slot.beats) / bar)):
            beats = min(onset + slot.beats, (number + 1) * bar) - max(onset, number * bar)
            bars[number].append((write_chord(slot.chord), beats))
    rest = len(bars) * bar - sheet.progression.beats
    if rest:
        bars[-1].append((write_chord(NO_CHORD), rest))
    return bars


def _write_bar(pieces: list[tuple[str, float]], beats_per_bar: int) -> str:
    held = slashes(tuple(beats for _, beats in pieces), beats_per_bar)
    return " ".join(symbol + " /" * count for (symbol, _), count in zip(pieces, held, strict=True))
