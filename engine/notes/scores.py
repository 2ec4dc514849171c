"""A piece as a score of two staves, which the house draws, plays and writes to files; a choir has its parts beside."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Literal

from engine.music import Note, Part, Score
from engine.notes.assembly import MOST_BEATS, struck_again
from engine.notes.keys import key_of
from engine.notes.nouns import Piece, PieceNote, Voice
from engine.notes.spelling import named

Staff = Literal["right", "left"]
CHOIR = ("Soprano", "Alto", "Tenor", "Bass")

_MIDDLE = 60  # what lies below middle C is for the left hand
_STAVES: tuple[Staff, ...] = ("right", "left")


def score_of(piece: Piece) -> Score:
    """The score of a piece: onsets and durations as they are, in the first tempo and with the first program.

    A voice goes to one staff by its mean pitch, soprano and alto of four voices to the upper one; a single voice that
    sounds chords is divided at middle C. Where two voices of a staff meet on one pitch, it sounds once. Bars are those
    of the meters, the first one may be a pickup.
    """
    key = key_of(piece)
    piece = named(piece, key)
    starts = bar_starts(piece)
    bars, beats = starts[:-1], _last(piece, starts)
    notes = [_note(note, staff) for staff in _STAVES for note in _staff(piece, staff)]
    return Score(
        title=piece.title,
        key=key,
        tempo_bpm=piece.tempos[0].bpm,
        beats_per_bar=max(1, round(piece.meter.bar)),
        notes=tuple(sorted(notes, key=lambda note: (note.onset, note.pitch))),
        instrument=piece.voices[0].program if piece.voices else 0,
        beats=float(beats),
        meter=str(piece.meter),
        bars=tuple(float(start) for start in bars),
        choir=_choir(piece),
    )


def _choir(piece: Piece) -> tuple[Part, ...]:
    """What each singer reads, where the voices are those of a choir; a unison is read by both."""
    if tuple(voice.name for voice in piece.voices) != CHOIR:
        return ()
    lines = (sorted(_each_once(voice.notes), key=lambda note: (note.onset, note.pitch)) for voice in piece.voices)
    return tuple(
        Part(name, tuple(_note(note, "right") for note in line)) for name, line in zip(CHOIR, lines, strict=True)
    )


def bar_starts(piece: Piece) -> list[Fraction]:
    """Where each bar begins, in beats, and where the last one ends: not before the piece does."""
    starts, now = [Fraction(0)], Fraction(0)
    changes = [*(meter.onset for meter in piece.meters[1:]), Fraction(MOST_BEATS)]
    for meter, change in zip(piece.meters, changes, strict=True):
        while now < min(change, max(piece.end, Fraction(1))):
            first = piece.pickup if not now and piece.pickup else meter.bar
            now = min(now + first, change)
            starts.append(now)
    return starts


def _last(piece: Piece, starts: list[Fraction]) -> Fraction:
    """The end of the last bar; with a pickup that bar may be as much shorter."""
    short = starts[-1] - piece.pickup
    return short if piece.end == short > starts[-2] else starts[-1]


def _staff(piece: Piece, staff: Staff) -> list[PieceNote]:
    """The notes of one hand, each pitch once at a time."""
    return _each_once(_of_hand(piece, staff))


def _each_once(notes: Iterable[PieceNote]) -> list[PieceNote]:
    by_pitch: dict[int, list[PieceNote]] = {}
    for note in sorted(notes, key=lambda note: (note.onset, note.pitch)):
        struck_again(by_pitch.setdefault(note.pitch, []), note)
    return [note for line in by_pitch.values() for note in line]


def _of_hand(piece: Piece, staff: Staff) -> list[PieceNote]:
    rows = zip(piece.voices, staves_of(piece), strict=True)
    return [note for voice, staves in rows for note, own in zip(voice.notes, staves, strict=True) if own == staff]


def staves_of(piece: Piece) -> tuple[tuple[Staff, ...], ...]:
    """The staff on which the score has each note, voice by voice."""
    if len(piece.voices) == 1 and _has_chords(piece.voices[0]):
        return (tuple(_staff_of(note.pitch >= _MIDDLE) for note in piece.voices[0].notes),)
    upper = _upper(piece)
    return tuple((_staff_of(number in upper),) * len(voice.notes) for number, voice in enumerate(piece.voices))


def _staff_of(upper: bool) -> Staff:
    return "right" if upper else "left"


def _upper(piece: Piece) -> set[int]:
    """Which voices go to the upper staff: of four the higher two, else those above middle C."""
    ranked = sorted(range(len(piece.voices)), key=lambda number: -piece.voices[number].height)
    if len(ranked) == 4:
        return set(ranked[:2])
    return {number for number in ranked if piece.voices[number].height >= _MIDDLE}


def _has_chords(voice: Voice) -> bool:
    onsets = [note.onset for note in voice.notes]
    return len(set(onsets)) < len(onsets)


def _note(note: PieceNote, staff: Staff) -> Note:
    return Note(
        note.pitch,
        float(note.onset),
        float(note.duration),
        note.velocity,
        staff,
        note.spelling,
    )
