"""The working form of melodies and of parts: notes and rests one after another, in whole steps of a grid.

A line sounds one note at a time: of notes struck together the highest counts, and one that sounds wholly under another
is left out. Steps are sixteenths unless asked otherwise; what lies between them goes to the nearest step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from engine.notes.nouns import SIXTEENTH, KeySignature, Meter, Piece, PieceNote, Tempo, Voice

COMMON_TIME = Meter(Fraction(0), 4, 4)

_SHARE_OF_MELODY = 0.25  # of the notes of the fullest voice: a higher voice with fewer is a descant


class NoteEvent(NamedTuple):
    """A pitch, or None for a rest; its duration in steps (1 or more); the steps since its bar line."""

    pitch: int | None
    duration: int
    place: int


def melody_events(piece: Piece, step: Fraction = SIXTEENTH) -> list[NoteEvent]:
    """The melody with its rests: the highest of the voices that have much to say, as one line."""
    fullest = max((len(voice.notes) for voice in piece.voices), default=0)
    leading = [voice for voice in piece.voices if len(voice.notes) >= _SHARE_OF_MELODY * fullest]
    return _events(max(leading, key=lambda voice: voice.height).notes, piece, step) if leading else []


def parts_events(piece: Piece, step: Fraction = SIXTEENTH) -> list[list[NoteEvent]]:
    """Every part as a line, from the highest to the lowest; the voices of one part of several are one line."""
    return [_events(notes, piece, step) for notes in parts_of(piece)]


def parts_of(piece: Piece) -> list[tuple[PieceNote, ...]]:
    """The notes of each part, from the highest part to the lowest; a file of one part gives its voices."""
    parts: dict[int, list[Voice]] = {}
    several = len({voice.part for voice in piece.voices}) > 1
    for number, voice in enumerate(piece.voices):
        parts.setdefault(voice.part if several else number, []).append(voice)
    joined = [Voice(tuple(note for voice in voices for note in voice.notes)) for voices in parts.values()]
    return [voice.notes for voice in sorted(joined, key=lambda voice: -voice.height)]


def _events(notes: Iterable[PieceNote], piece: Piece, step: Fraction) -> list[NoteEvent]:
    """One line with rests between its notes, and up to the first one."""
    events: list[NoteEvent] = []
    now = 0
    for onset, end, pitch in _line(notes, step):
        if onset > now:
            events.append(NoteEvent(None, onset - now, _place(now, piece, step)))
        events.append(NoteEvent(pitch, end - onset, _place(onset, piece, step)))
        now = end
    return events


def _place(at: int, piece: Piece, step: Fraction) -> int:
    return int(piece.place_in_bar(at * step) / step)


def _line(notes: Iterable[PieceNote], step: Fraction) -> list[tuple[int, int, int]]:
    """Onset and end in steps and pitch, one after another."""
    line: list[tuple[int, int, int]] = []
    for onset, pitch, end in sorted(_steps(notes, step), key=lambda note: (note[0], -note[1])):
        if line and (line[-1][0] == onset or (line[-1][1] >= end and line[-1][2] >= pitch)):
            continue
        if line and line[-1][1] > onset:
            line[-1] = (line[-1][0], onset, line[-1][2])
        line.append((onset, end, pitch))
    return line


def _steps(notes: Iterable[PieceNote], step: Fraction) -> Iterator[tuple[int, int, int]]:
    """Onset, pitch and end of each note in whole steps; a note is at least one step long."""
    for note in notes:
        onset = _nearest(note.onset, step)
        yield onset, note.pitch, max(onset + 1, _nearest(note.end, step))


def _nearest(time: Fraction, step: Fraction) -> int:
    """Halves go down: the middle one of three notes in two steps keeps its place."""
    return -int((Fraction(1, 2) - time / step) // 1)


def piece_of_events(
    parts: Sequence[Iterable[NoteEvent]],
    *,
    meter: Meter = COMMON_TIME,
    tempo_bpm: float = 100.0,
    key: KeySignature | None = None,
    pickup: Fraction = Fraction(0),
    step: Fraction = SIXTEENTH,
    title: str = "",
) -> Piece:
    """The piece whose parts are these lines, read from beat 0; only pitches and durations of the events are looked at.

    `pickup` is in beats, `step` is the length of a step in beats.
    """
    voices = tuple(Voice(tuple(_sounding(line, step)), part=number) for number, line in enumerate(parts))
    end = max((note.end for voice in voices for note in voice.notes), default=Fraction(0))
    tempos, keys = (Tempo(Fraction(0), tempo_bpm),), (key,) if key else ()
    return Piece(voices, end, tempos, (meter,), keys, pickup, title)


def _sounding(line: Iterable[NoteEvent], step: Fraction) -> Iterator[PieceNote]:
    now = 0
    for event in line:
        if event.pitch is not None:
            yield PieceNote(event.pitch, now * step, event.duration * step)
        now += event.duration
