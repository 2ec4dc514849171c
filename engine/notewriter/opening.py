"""What is to be continued or harmonised: the first bars of a piece, or notes somebody played."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from engine.music import Key, Note
from engine.notes.assembly import piece_of
from engine.notes.events import NoteEvent, melody_events, parts_events
from engine.notes.nouns import Piece, PieceNote
from engine.notes.raw import Raw, RawNote, RawVoice
from engine.notewriter.chorale import VOICES, tokens_of_chorale
from engine.notewriter.form import Form
from engine.notewriter.heading import Heading, heading_of, sharps_of
from engine.notewriter.melody import tokens_of_melody
from engine.notewriter.vocabulary import STEP
from engine.notewriter.wish import NoteWish, UnwritableNotes
from engine.words import say

MOST_NOTES = 4_000  # of an opening: read in about two seconds
PLAYED_TICKS = 480  # to a beat, for notes played on the page


def first_bars(piece: Piece, bars: int) -> Piece:
    """The first full bars of a piece, with its pickup; notes that last longer are cut at the bar line."""
    end = piece.pickup + max(1, bars) * piece.meter.bar
    if end >= piece.end:
        return piece
    voices = (replace(voice, notes=tuple(_cut(voice.notes, end))) for voice in piece.voices)
    return replace(piece, voices=tuple(voice for voice in voices if voice.notes), end=end)


def _cut(notes: Iterable[PieceNote], end: Fraction) -> Iterable[PieceNote]:
    return (replace(n, duration=min(n.duration, end - n.onset)) for n in notes if n.onset < end)


def piece_of_notes(notes: Iterable[Note], key: Key | None = None, meter: tuple[int, int] = (4, 4),
                   tempo_bpm: float = 100.0) -> Piece:  # fmt: skip
    """A piece from played notes in beats, laid on the grid that suits them. Raises UnwritableNotes without notes."""
    raw = Raw(PLAYED_TICKS, [RawVoice([_raw(note) for note in notes])], [(0, tempo_bpm)], [(0, meter)])
    if not raw.voices[0].notes:
        raise UnwritableNotes(say("Nothing has been played yet. Play a few notes first."))
    if key is not None:
        raw.keys = [(0, (sharps_of(key), key.mode))]
    raw.end, raw.pickup = max(note.tick + note.ticks for note in raw.voices[0].notes), 0
    return piece_of(raw)


def _raw(note: Note) -> RawNote:
    ticks = max(1, round(note.duration * PLAYED_TICKS))
    return RawNote(max(0, round(note.onset * PLAYED_TICKS)), ticks, note.pitch, note.velocity, note.spelling)


def heading_for(wish: NoteWish, opening: Piece | None) -> Heading:
    """The opening's, in the key that is wished for if one is."""
    if opening is None:
        return wish.heading()
    heading = heading_of(opening)
    return heading if wish.key is None else replace(heading, sharps=sharps_of(wish.key), mode=wish.key.mode)


def opening_tokens(form: Form, opening: Piece, heading: Heading) -> list[int]:
    """The tokens of an opening, without start. Raises UnwritableNotes for one that the form cannot go on from."""
    if sum(len(voice.notes) for voice in opening.voices) > MOST_NOTES:
        raise UnwritableNotes(
            say("The opening has more than {most} notes. Choose fewer of its bars.", most=MOST_NOTES)
        )  # fmt: skip
    if form == "melody":
        return list(tokens_of_melody(melody_line(opening), heading))
    parts = parts_events(opening, STEP)
    if len(parts) != VOICES:
        raise UnwritableNotes(
            say("A chorale has four voices and this piece has {n}. Have its melody harmonised instead.", n=len(parts))
        )
    return list(tokens_of_chorale(parts, heading))


def melody_line(piece: Piece) -> list[NoteEvent]:
    """The melody in ticks, with the rest after it up to the end of the piece."""
    events = melody_events(piece, STEP)
    left = int(piece.end / STEP) - sum(event.duration for event in events)
    return [*events, NoteEvent(None, left, 0)] if left > 0 and events else events
