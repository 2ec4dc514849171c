"""The line of a tune as it is written, without its repeats: what tunes are compared by, whatever their key."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from engine.abc.lengths import EIGHTH, in_time_of, meter_numbers, ticks_of
from engine.abc.tokens import BARS, CLOSE, LENGTHS, LETTERS, OPEN, REST, TIE, TUPLETS, Tune, pitch_of, signature

SCALE = (0, 2, 4, 5, 7, 9, 11)  # semitones of C D E F G A B


class Sound(NamedTuple):
    """A note of the line: semitones (middle C is 60), ticks, and the index of its first body token (`token`)."""

    pitch: int
    ticks: int
    token: int


def melody(tune: Tune) -> tuple[Sound, ...]:
    """The notes in order: of a chord the highest, tied notes as one, rests left out."""
    return tuple(_joined(_Line(tune, meter_numbers(tune.meter)).sounds()))


def intervals(tune: Tune) -> tuple[int, ...]:
    """Semitones from each note of the line to the next."""
    line = melody(tune)
    return tuple(after.pitch - before.pitch for before, after in pairwise(line))


class _Line:
    def __init__(self, tune: Tune, meter: tuple[int, int]) -> None:
        self._body, self._meter, self._signature = tune.body, meter, signature(tune.key)
        self._signs: dict[int, int] = {}  # accidentals of the bar, by diatonic step
        self._left, self._share = 0, (1, 1)  # notes of the open tuplet to come, the share of their length that counts

    def sounds(self) -> Iterator[tuple[Sound, bool]]:
        """Every written note with whether it is tied to the next; a rest has pitch -1."""
        body, at = self._body, 0
        while at < len(body):
            token, begin = body[at], at
            at += 1
            if token in BARS:
                self._signs = {}
            elif token in TUPLETS:
                notes = int(token[1:])
                self._left, self._share = notes, (in_time_of(notes, self._meter), notes)
            elif token in (OPEN, REST) or pitch_of(token):
                at = self._end_of(begin)
                pitch = max((self._sounding(each) for each in body[begin:at]), default=-1)
                length = body[at] if at < len(body) and body[at] in LENGTHS else ""
                at += bool(length)
                yield Sound(pitch, self._counted(ticks_of(length)), begin), at < len(body) and body[at] == TIE

    def _end_of(self, begin: int) -> int:
        if self._body[begin] != OPEN:
            return begin + 1
        try:
            return self._body.index(CLOSE, begin) + 1
        except ValueError:
            return len(self._body)

    def _counted(self, ticks: int) -> int:
        if not self._left:
            return ticks or EIGHTH
        self._left -= 1
        return ticks * self._share[0] // self._share[1]

    def _sounding(self, token: str) -> int:
        pitch = pitch_of(token)
        if pitch is None:
            return -1
        sign, steps = pitch
        octave, place = divmod(steps, 7)
        if sign is not None:
            self._signs[steps] = sign
        return 60 + 12 * octave + SCALE[place] + self._signs.get(steps, self._signature[LETTERS[place]])


def _joined(sounds: Iterator[tuple[Sound, bool]]) -> Iterator[Sound]:
    held: Sound | None = None
    tied = False
    for sound, goes_on in sounds:
        if held is not None and tied and sound.pitch == held.pitch:
            held = held._replace(ticks=held.ticks + sound.ticks)
        else:
            if held is not None:
                yield held
            held = sound if sound.pitch >= 0 else None
        tied = goes_on
    if held is not None:
        yield held
