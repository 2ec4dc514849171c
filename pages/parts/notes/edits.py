"""Notes moved, held for longer or shorter, or taken away by hand, as a short list beside the music they change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from engine.music import Note, Score
from engine.notes import Piece, PieceNote, Staff, Voice, staves_of
from engine.theory import spell
from pages.parts.notes.compact import TICKS

MOST_EDITS = 400  # that a link may bring
_LONGEST = 4_096 * TICKS
_Place = tuple[Staff, int, int]  # staff, pitch and onset in ticks: no two notes of a score share one


@dataclass(frozen=True, slots=True)
class Edit:
    """Where one note of a score went: its number there, its new pitch, onset and length in ticks; length 0 is gone."""

    note: int
    pitch: int = 0
    onset: int = 0
    length: int = 0

    def applied(self, note: Note, score: Score) -> Note | None:
        """The note as it is now, within the score."""
        if not self.length:
            return None
        length = min(self.length / TICKS, score.beats)
        onset = max(0.0, min(self.onset / TICKS, score.beats - length))
        spelling = note.spelling if self.pitch == note.pitch else spell(self.pitch % 12, score.key)
        return replace(note, pitch=self.pitch, onset=onset, duration=length, spelling=spelling)


Edits = tuple[Edit, ...]


def held(number: int, note: Note, length: float, reach: float, step: float) -> Edit | None:
    """The note held for `length` beats, or for as many as there are until `reach`, where it has to end.

    None where that is less than a step of the grid, or as long as the note is already.
    """
    longest = min(length, reach - note.onset)
    ticks = _ticks(longest)
    if ticks < _ticks(step) or ticks == _ticks(note.duration):
        return None
    return Edit(number, note.pitch, _ticks(note.onset), ticks)


def with_edit(edits: Edits, new: Edit) -> Edits:
    """One entry a note, in their order: the last word counts."""
    return tuple(sorted((*(old for old in edits if old.note != new.note), new), key=lambda edit: edit.note))


def edited(score: Score, edits: Edits) -> tuple[Note | None, ...]:
    """Every note of the score by its number, None where it was taken away."""
    notes: list[Note | None] = list(score.notes)
    for edit in edits:
        if edit.note < len(notes):
            notes[edit.note] = edit.applied(score.notes[edit.note], score)
    return tuple(notes)


def reaches(notes: Sequence[Note | None], score: Score) -> tuple[float, ...]:
    """The beat to which each note can be held: where the next of its pitch and staff begins, else the score's end."""
    ends = [score.beats] * len(notes)
    later: dict[tuple[str, int], tuple[float, float]] = {}  # onset and reach of the note that comes next
    sounding = sorted(((number, note) for number, note in enumerate(notes) if note), key=lambda each: each[1].onset)
    for number, note in reversed(sounding):
        onset, beyond = later.get((note.staff, note.pitch), (score.beats, score.beats))
        ends[number] = beyond if onset - note.onset < 1 / TICKS else onset
        later[note.staff, note.pitch] = note.onset, ends[number]
    return tuple(ends)


def edited_score(score: Score, edits: Edits) -> Score:
    """The score to be heard and written: of notes that meet on one pitch and staff the earlier one ends there."""
    if not edits:
        return score
    kept = sorted((note for note in edited(score, edits) if note), key=lambda note: (note.onset, note.pitch))
    return replace(score, notes=tuple(_cut(kept)))


def _cut(notes: Sequence[Note]) -> Iterable[Note]:
    later: dict[tuple[str, int], Note] = {}
    kept = []
    for note in reversed(notes):
        after = later.get((note.staff, note.pitch))
        if after is not None and after.onset - note.onset < 1 / TICKS:
            continue
        if after is not None:
            note = replace(note, duration=min(note.duration, after.onset - note.onset))  # noqa: PLW2901
        later[note.staff, note.pitch] = note
        kept.append(note)
    return reversed(kept)


def edited_piece(piece: Piece, score: Score, edits: Edits) -> Piece:
    """The same changes in the piece that the score was made of, voice by voice.

    A unison across the staves is two notes of the score, one voice each; on one staff it is one note for both voices.
    """
    changed = [(score.notes[edit.note], edit) for edit in edits if edit.note < len(score.notes)]
    places = {(note.staff, note.pitch, _ticks(note.onset)): edit.applied(note, score) for note, edit in changed}
    rows = zip(piece.voices, staves_of(piece), strict=True)
    voices = tuple(
        replace(voice, notes=tuple(sorted(_moved(voice, staves, places), key=lambda note: (note.onset, note.pitch))))
        for voice, staves in rows
    )
    return replace(piece, voices=voices)


def _moved(voice: Voice, staves: Sequence[Staff], places: Mapping[_Place, Note | None]) -> Iterable[PieceNote]:
    for note, staff in zip(voice.notes, staves, strict=True):
        now = places.get((staff, note.pitch, _ticks(note.onset)), note)
        if now is note:
            yield note
        elif now is not None:
            onset, length = Fraction(_ticks(now.onset), TICKS), Fraction(max(1, _ticks(now.duration)), TICKS)
            yield replace(note, pitch=now.pitch, onset=onset, duration=length, spelling=now.spelling)


def _ticks(beats: float | Fraction) -> int:
    return round(beats * TICKS)


def write_edits(edits: Edits) -> str:
    """As a link holds them: `12.64.96.24_13`.

    >>> write_edits((Edit(12, 64, 96, 24), Edit(13)))
    '12.64.96.24_13'
    """
    return "_".join(
        f"{edit.note}.{edit.pitch}.{edit.onset}.{edit.length}" if edit.length else str(edit.note) for edit in edits
    )


def read_edits(text: str) -> Edits:
    """The edits a link brings; what cannot be read is left out.

    >>> read_edits("12.64.96.24_13_x_1.999.0.1")
    (Edit(note=12, pitch=64, onset=96, length=24), Edit(note=13, pitch=0, onset=0, length=0))
    """
    found: Edits = ()
    for part in text.split("_", MOST_EDITS)[:MOST_EDITS]:
        numbers = [int(each) for each in part.split(".", 4) if each.isascii() and each.isdigit() and len(each) < 7]
        if len(numbers) == part.count(".") + 1 and len(numbers) in (1, 4):
            edit = Edit(*numbers)
            if edit.pitch < 128 and max(edit.onset, edit.length) <= _LONGEST:
                found = with_edit(found, edit)
    return found
