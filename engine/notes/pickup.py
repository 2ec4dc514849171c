"""The incomplete first bar: as the file tells it, as a short first meter shows it, or as the accents betray it.

Programs that play from notation strike the first note of a bar hardest. Where one place of the bar is struck harder
than every other nearly always, that place is the bar line.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from engine.notes.nouns import SIXTEENTH, Meter, PieceNote, Voice
from engine.notes.raw import Raw

_FEWEST_BARS = 3
_NEARLY_ALWAYS = 0.8  # of the hardest strokes fall on the bar line, and of the strokes there are among the hardest


def pickup_of(raw: Raw, voices: Sequence[Voice], meters: Sequence[Meter]) -> Fraction:
    """Beats before the first full bar, less than a bar; 0 where nothing tells of an upbeat."""
    if raw.pickup is not None:
        return Fraction(raw.pickup, raw.ticks_per_beat).limit_denominator(48) % meters[0].bar
    if len(meters) > 1 and meters[1].onset == meters[0].bar < meters[1].bar:
        return meters[0].bar
    return _from_accents([note for voice in voices for note in voice.notes], meters[0].bar)


def _from_accents(notes: Sequence[PieceNote], bar: Fraction) -> Fraction:
    """The place of the bar, in sixteenths, where the hardest strokes are."""
    steps = int(bar / SIXTEENTH)
    hardest = max(note.velocity for note in notes)
    accents, strokes = [0] * (steps or 1), [0] * (steps or 1)
    for note in notes:
        place = int(note.onset % bar / SIXTEENTH)
        if note.onset % SIXTEENTH == 0 and place < len(strokes):
            strokes[place] += 1
            accents[place] += note.velocity == hardest
    best = max(range(len(accents)), key=accents.__getitem__)
    clear = accents[best] >= _NEARLY_ALWAYS * sum(accents) and accents[best] >= _NEARLY_ALWAYS * strokes[best]
    return best * SIXTEENTH if clear and accents[best] >= _FEWEST_BARS else Fraction(0)
