"""What stands at the head of a piece and what follows from it: signature, meter, pickup, the place in the bar."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from engine.music import Key, Mode
from engine.notes.keys import key_of
from engine.notes.nouns import KeySignature, Meter, Piece
from engine.notewriter.vocabulary import TICKS

SIGNATURES = 16  # values of its stream: -7 to 7 sharps, and unknown
UNKNOWN_SIGNATURE = 15
MODES = 3  # values of its stream: major, minor, unknown
UNKNOWN_MODE = 2
PLACES = 98  # values of the stream of places in the bar, in ticks; the last one is any place beyond two 4/4 bars
METERS = 8  # values of the stream of meters; 0 is any other one

_KNOWN_METERS = {(4, 4): 1, (2, 2): 1, (6, 8): 2, (12, 8): 3, (9, 8): 4, (2, 4): 5, (3, 4): 6, (3, 2): 7}


@dataclass(frozen=True, slots=True)
class Heading:
    """Sharps of the signature (negative: flats, -7 to 7), mode, meter, length of an incomplete first bar in ticks."""

    sharps: int = 0
    mode: Mode = "major"
    count: int = 4
    unit: int = 4
    pickup: int = 0
    tempo_bpm: float = 120.0

    @property
    def bar(self) -> int:
        """Length of a bar in ticks, at least 1."""
        return max(1, self.count * 4 * TICKS // self.unit)

    @property
    def beat(self) -> int:
        """Length of a beat in ticks: three eighths in 6/8, 9/8, 12/8.

        >>> Heading().beat, Heading(count=3, unit=2).beat, Heading(count=6, unit=8).beat
        (12, 24, 18)
        """
        return 3 * TICKS // 2 if self.unit == 8 and self.count % 3 == 0 else max(1, 4 * TICKS // self.unit)

    @property
    def shift(self) -> int:
        """Semitones from C up to the major tonic of the signature, -5 to 6.

        >>> Heading(sharps=2).shift, Heading(sharps=-3).shift, Heading(sharps=1).shift
        (2, 3, -5)
        """
        return (7 * self.sharps + 5) % 12 - 5

    @property
    def key(self) -> Key:
        return KeySignature(Fraction(0), self.sharps, self.mode).key

    @property
    def meter(self) -> Meter:
        return Meter(Fraction(0), self.count, self.unit)

    def place(self, now: int) -> int:
        """The stream's value of a time in ticks: ticks since the bar line."""
        return min((now - self.pickup) % self.bar, PLACES - 1)

    def bars(self, now: int) -> int:
        """Bar lines before or at a time, the one after a pickup included."""
        return (now - self.pickup) // self.bar + 1

    def streams(self, now: int) -> list[int]:
        """What every model is told of a time: its place in the bar, the meter, the signature, the mode."""
        return [self.place(now), self.meter_class, self.sharps + 7, int(self.mode == "minor")]

    @property
    def meter_class(self) -> int:
        return _KNOWN_METERS.get((self.count, self.unit), 0)


def heading_of(piece: Piece) -> Heading:
    """The heading of a piece; a missing signature is found from its notes."""
    key = key_of(piece)
    sharps = piece.keys[0].sharps if piece.keys else sharps_of(key)
    meter = piece.meter
    bar = int(meter.bar * TICKS)
    pickup = round(piece.pickup * TICKS) % max(1, bar)
    return Heading(sharps, key.mode, meter.count, meter.unit, pickup, piece.tempos[0].bpm)


def sharps_of(key: Key) -> int:
    """Sharps (negative: flats) in the signature of a key, the side with fewer of them.

    >>> sharps_of(Key("A")), sharps_of(Key("C", "minor")), sharps_of(Key("Gb"))
    (3, -3, -6)
    """
    fifths = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}[key.tonic[0]]
    sharps = fifths + 7 * (key.tonic.count("#") - key.tonic[1:].count("b")) - (3 if key.mode == "minor" else 0)
    return (sharps + 5) % 12 - 5 if abs(sharps) > 7 else sharps
