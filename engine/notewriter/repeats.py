"""Endless repetition, measured: the share of bars that are as the bar before."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise

from engine.notes.nouns import Piece

Bar = frozenset[tuple[int, Fraction, int]]  # voice, place in the bar, pitch


def repeated_bars(piece: Piece, from_beat: float = 0.0) -> float | None:
    """Of the bars beginning at or after a beat, the share whose notes are those of the bar before, place by place.

    A bar of silence repeats nothing. None where fewer than two bars can be compared.
    """
    bars = bars_of(piece)
    first = -((piece.pickup - Fraction(from_beat)) // piece.meter.bar) + 1
    numbers = [number for number in sorted(bars) if number >= first]
    pairs = [(before, after) for before, after in pairwise(numbers) if after == before + 1]
    if not pairs:
        return None
    return sum(bars[before] == bars[after] for before, after in pairs) / len(pairs)


def bars_of(piece: Piece) -> Mapping[int, Bar]:
    """What begins in each bar, by its number; 0 is the pickup."""
    bars: dict[int, set[tuple[int, Fraction, int]]] = {}
    for voice in piece.voices:
        for note in voice.notes:
            number, place = divmod(note.onset - piece.pickup, piece.meter.bar)
            bars.setdefault(int(number) + 1, set()).add((voice.part, place, note.pitch))
    return {number: frozenset(notes) for number, notes in bars.items()}
