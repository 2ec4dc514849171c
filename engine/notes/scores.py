"""A piece as a score of two staves, which the house draws, plays and writes to files."""

from __future__ import annotations

from fractions import Fraction

from engine.music import Note, Score
from engine.notes.assembly import MOST_BEATS, struck_again
from engine.notes.keys import key_of
from engine.notes.nouns import Piece, PieceNote, Voice
from engine.notes.spelling import named

_MIDDLE = 60  # what lies below middle C is for the left hand


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
    notes = [_note(note, staff) for staff in ("right", "left") for note in _staff(piece, staff)]
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


def _staff(piece: Piece, staff: str) -> list[PieceNote]:
    """The notes of one hand, each pitch once at a time."""
    by_pitch: dict[int, list[PieceNote]] = {}
    for note in sorted(_of_hand(piece, staff == "right"), key=lambda note: (note.onset, note.pitch)):
        struck_again(by_pitch.setdefault(note.pitch, []), note)
    return [note for line in by_pitch.values() for note in line]


def _of_hand(piece: Piece, right: bool) -> list[PieceNote]:
    if len(piece.voices) == 1 and _has_chords(piece.voices[0]):
        return [note for note in piece.voices[0].notes if (note.pitch >= _MIDDLE) == right]
    upper = _upper(piece)
    return [note for number, voice in enumerate(piece.voices) if (number in upper) == right for note in voice.notes]


def _upper(piece: Piece) -> set[int]:
    """Which voices go to the upper staff: of four the higher two, else those above middle C."""
    ranked = sorted(range(len(piece.voices)), key=lambda number: -piece.voices[number].height)
    if len(ranked) == 4:
        return set(ranked[:2])
    return {number for number in ranked if piece.voices[number].height >= _MIDDLE}


def _has_chords(voice: Voice) -> bool:
    onsets = [note.onset for note in voice.notes]
    return len(set(onsets)) < len(onsets)


def _note(note: PieceNote, staff: str) -> Note:
    return Note(
        note.pitch,
        float(note.onset),
        float(note.duration),
        note.velocity,
        "right" if staff == "right" else "left",
        note.spelling,
    )
