"""What a wish adds to the model's own beliefs: scale, chords, density, voice leading, a close, no going in circles.

Added to logits, so 1 makes a token e times as likely beside the others. A scale that is locked forbids instead.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.music import Chord, Key, pitch_class_of
from engine.notewriter.breathing import Breathing
from engine.notewriter.chorale import ChoraleReader
from engine.notewriter.close import Classes, Close, at_limit
from engine.notewriter.form import Reader
from engine.notewriter.heading import Heading
from engine.notewriter.leading import Leading
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
    is_pitch,
)
from engine.notewriter.wish import NoteWish
from engine.theory import pitch_classes, scale

Floats = npt.NDArray[np.float64]

ON_BEAT, OFF_BEAT = 2.0, 0.7  # how strongly a chord weighs on the notes that begin there
ROOT_IN_BASS = 1.0
CLOSING = 16.0  # for the chord of the close, and against what would sound on into it: a phrase known by heart weighs 10
CADENCE = 8.0  # for the dominant in the beat before
HELD = 8.0  # for a length that fills what is left, so that no upbeat begins a bar that never comes
CIRCLING = 4.0  # against a note that would go on repeating the bar before, for each bar that has been so
_PITCHES = slice(FIRST_PITCH, FIRST_LENGTH)
_TILT = -np.log2(np.array(LENGTHS) / TICKS)


class Leaning:
    """The wish, laid out for one heading. Times in ticks; no limit is None, `close` is where else it ends."""

    def __init__(
        self, wish: NoteWish, heading: Heading, start: int, limit: int | None, close: Close | None = None
    ) -> None:
        self._wish, self._heading, self._start, self._limit = wish, heading, start, limit
        pitches = np.arange(LOWEST, LOWEST + FIRST_LENGTH - FIRST_PITCH) + heading.shift
        self._classes = pitches % 12
        self._leading, self._breathing = Leading(heading.shift), Breathing(heading, start)
        key = wish.key or heading.key
        self._outside = ~self._holds(scale_classes(key)) if wish.lock else None
        followed = self.chord_at(limit - 1) if limit is not None and wish.follow else None
        self._close = close if limit is None else at_limit(heading, key, limit, followed)

    def of(self, reader: Reader) -> Floats:
        """What is added to the logits of the token to come, (vocab,)."""
        added = np.zeros(SIZE)
        if self._outside is not None:
            added[_PITCHES][self._outside] = -np.inf
        added[FIRST_LENGTH:] += self._wish.density * _TILT
        added[HOLD] -= self._wish.density / 2
        if isinstance(reader, ChoraleReader):
            added += self._leading.of(reader) + self._breathing.of(reader)
        if isinstance(reader, MelodyReader):
            self._away_from_circle(added, reader)
        if self._wish.progression is not None and self._wish.follow:
            self._towards_chord(added, reader)
        if self._limit is not None:
            added[END] = -np.inf
        if self._close is not None:
            self._towards_close(added, reader, self._close)
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

    def _towards_close(self, added: Floats, reader: Reader, close: Close) -> None:
        """Into the close nothing else sounds on; in it its chord, and then long enough to fill it."""
        now = reader.now
        lengths = np.array(LENGTHS)
        if now >= close.start:
            self._towards(added, reader, close.chord, close.root, CLOSING)
            added[REST] -= CLOSING
            added[FIRST_LENGTH:][lengths >= close.end - now] += HELD
            return
        if now >= close.start - TICKS and close.before and isinstance(reader, ChoraleReader):
            self._towards_cadence(added, reader, close)
        if reader.voice is None and not self._closes(reader, close):
            added[FIRST_LENGTH:][lengths > close.start - now] -= CLOSING

    def _towards_cadence(self, added: Floats, reader: ChoraleReader, close: Close) -> None:
        """The dominant, where the soprano has a tone of it."""
        soprano = reader.sounding[0]
        if reader.turn == 0 or (is_pitch(soprano) and self._class_of(soprano) in close.before):
            self._towards(added, reader, close.before, close.before_root, CADENCE)

    def _towards(self, added: Floats, reader: Reader, chord: Classes, root: int, weight: float) -> None:
        """A chord, with its root in the bass, or its root in a melody alone."""
        alone = _is_bass(reader) or not isinstance(reader, ChoraleReader)
        classes = frozenset({root}) if alone else chord
        added[_PITCHES] += np.where(self._holds(classes), weight, 0.0)
        if isinstance(reader, ChoraleReader) and reader.voice is not None:
            own = reader.sounding[reader.voice]
            added[HOLD] += weight if is_pitch(own) and self._class_of(own) in classes else 0.0

    def _closes(self, reader: Reader, close: Close) -> bool:
        """Whether what sounds can sound on to the end."""
        if isinstance(reader, MelodyReader):
            return reader.pitch is not None and self._class_of(reader.pitch) == close.root
        sounding = reader.sounding if isinstance(reader, ChoraleReader) else []
        inside = all(is_pitch(token) and self._class_of(token) in close.chord for token in sounding)
        return inside and self._class_of(sounding[-1]) == close.root

    def _class_of(self, token: int) -> int:
        """The pitch class of a pitch token; of a rest none, -1."""
        return int(self._classes[token - FIRST_PITCH]) if is_pitch(token) else -1

    def _holds(self, classes: frozenset[int]) -> npt.NDArray[np.bool_]:
        return np.isin(self._classes, list(classes))


def scale_classes(key: Key) -> frozenset[int]:
    """The pitch classes of a key's scale; minor with both its sixths and sevenths."""
    classes = {pitch_class_of(name) for name in scale(key)}
    raised = {(key.pitch_class + 9) % 12, (key.pitch_class + 11) % 12} if key.mode == "minor" else set()
    return frozenset(classes | raised)


def _is_bass(reader: Reader) -> bool:
    return isinstance(reader, ChoraleReader) and reader.voice == 3
