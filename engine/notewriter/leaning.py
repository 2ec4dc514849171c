"""What a wish adds to the model's own beliefs: scale, chords, density, a close, no going round in circles.

Added to logits, so 1 makes a token e times as likely beside the others. A scale that is locked forbids instead.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.music import Chord, Key, pitch_class_of
from engine.notewriter.chorale import ChoraleReader
from engine.notewriter.form import Reader
from engine.notewriter.heading import Heading
from engine.notewriter.melody import MelodyReader
from engine.notewriter.vocabulary import (
    END,
    FIRST_LENGTH,
    FIRST_PITCH,
    HOLD,
    LENGTHS,
    LOWEST,
    REST,
    SIZE,
    TICKS,
)
from engine.notewriter.wish import NoteWish
from engine.theory import pitch_classes, scale

Floats = npt.NDArray[np.float64]

ON_BEAT, OFF_BEAT = 2.0, 0.7  # how strongly a chord weighs on the notes that begin there
ROOT_IN_BASS = 1.0
CLOSING = 6.0  # for the tonic where the bars run out
HELD = 8.0  # for a length that fills what is left, so that no upbeat begins a bar that never comes
# What choirs sing without strain, MIDI pitches from soprano to bass: C4 to A5, F3 to D5, C3 to A4, E2 to D4.
RANGES = ((60, 81), (53, 74), (48, 69), (40, 62))
CIRCLING = 4.0  # against a note that would go on repeating the bar before, for each bar that has been so
_PITCHES = slice(FIRST_PITCH, FIRST_LENGTH)
_TILT = -np.log2(np.array(LENGTHS) / TICKS)


class Leaning:
    """The wish, laid out for one heading. `start` and `limit` in ticks; no limit is None."""

    def __init__(self, wish: NoteWish, heading: Heading, start: int, limit: int | None) -> None:
        self._wish, self._heading, self._start, self._limit = wish, heading, start, limit
        pitches = np.arange(LOWEST, LOWEST + FIRST_LENGTH - FIRST_PITCH) + heading.shift
        self._classes = pitches % 12
        self._beyond = [(pitches < low) | (pitches > high) for low, high in RANGES]
        key = wish.key or heading.key
        self._outside = ~self._holds(scale_classes(key)) if wish.lock else None
        self._tonic = self._holds(tonic_classes(key))
        self._root = self._classes == key.pitch_class

    def of(self, reader: Reader) -> Floats:
        """What is added to the logits of the token to come, (vocab,)."""
        added = np.zeros(SIZE)
        if self._outside is not None:
            added[_PITCHES][self._outside] = -np.inf
        added[FIRST_LENGTH:] += self._wish.density * _TILT
        added[HOLD] -= self._wish.density / 2
        if isinstance(reader, ChoraleReader) and reader.voice is not None:
            added[_PITCHES][self._beyond[reader.voice]] = -np.inf
        if isinstance(reader, MelodyReader):
            self._away_from_circle(added, reader)
        if self._wish.progression is not None and self._wish.follow:
            self._towards_chord(added, reader)
        if self._limit is not None:
            self._towards_close(added, reader, self._limit)
        return added

    def chord_at(self, now: int) -> Chord | None:
        """The chord of the progression that sounds at a time in ticks."""
        progression = self._wish.progression
        if progression is None or now < self._start:
            return None
        beat = (now - self._start) / TICKS % progression.beats
        index = int(np.searchsorted(progression.onsets, beat + 1e-9, side="right")) - 1
        return progression.slots[index].chord

    def _towards_chord(self, added: Floats, reader: Reader) -> None:
        chord = self.chord_at(reader.now)
        if chord is None or chord.is_silent:
            return
        weight = self._wish.follow * (OFF_BEAT if (reader.now - self._heading.pickup) % TICKS else ON_BEAT)
        inside = self._holds(pitch_classes(chord))
        added[_PITCHES] += np.where(inside, 0.0, -weight)
        if _is_bass(reader):
            bass = pitch_class_of(chord.bass or chord.root)
            added[_PITCHES] += np.where(self._classes == bass, ROOT_IN_BASS * self._wish.follow, 0.0)

    def _away_from_circle(self, added: Floats, reader: MelodyReader) -> None:
        """Cooled networks repeat a bar for ever; the longer it has gone on, the less likely its next note becomes."""
        token, ticks = reader.circle()
        if token < SIZE and 2 * ticks >= self._heading.bar:
            added[token] -= CIRCLING * ticks / self._heading.bar

    def _towards_close(self, added: Floats, reader: Reader, limit: int) -> None:
        """No end before the limit; in the last half bar the tonic, and then long enough to fill it."""
        added[END] = -np.inf
        left = limit - reader.now
        if left > self._heading.bar // 2:
            return
        wanted = self._tonic if isinstance(reader, ChoraleReader) and not _is_bass(reader) else self._root
        added[_PITCHES] += np.where(wanted, CLOSING, 0.0)
        added[REST] -= CLOSING
        added[FIRST_LENGTH:][np.array(LENGTHS) >= left] += HELD

    def _holds(self, classes: frozenset[int]) -> npt.NDArray[np.bool_]:
        return np.isin(self._classes, list(classes))


def scale_classes(key: Key) -> frozenset[int]:
    """The pitch classes of a key's scale; minor with both its sixths and sevenths."""
    classes = {pitch_class_of(name) for name in scale(key)}
    raised = {(key.pitch_class + 9) % 12, (key.pitch_class + 11) % 12} if key.mode == "minor" else set()
    return frozenset(classes | raised)


def tonic_classes(key: Key) -> frozenset[int]:
    return pitch_classes(Chord(key.tonic, "m" if key.mode == "minor" else ""))


def _is_bass(reader: Reader) -> bool:
    return isinstance(reader, ChoraleReader) and reader.voice == 3
