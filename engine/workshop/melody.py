"""Melodies as the house's note writer hears them, so that what is trained here can be used where notes are written.

A piece of tokens begins with its heading (`head:sharps:mode:count:unit:pickup`), which is known and never foretold;
then pitch (or rest) and length in turn, moved so that the signature has no sharps or flats; the end mark last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from engine.abc import Tune
from engine.abc.lengths import meter_numbers
from engine.abc.sounding import sounded
from engine.notes import KeySignature, Meter, NoteEvent, Piece, PieceNote, Voice, piece_of_events
from engine.notewriter import vocabulary as notes
from engine.notewriter.form import Ids, tokens_of, written_out
from engine.notewriter.heading import Heading, heading_of, sharps_of
from engine.notewriter.melody import MelodyReader
from engine.vocab import EOS

HEAD = "head:"
TEMPO = 100.0  # quarter notes a minute, of what a network writes
FEWEST_NOTES = 8  # of a melody that teaches something
_IDS = {token: number for number, token in enumerate(notes.TOKENS)}


def tokens_of_piece(piece: Piece) -> tuple[str, ...]:
    """Heading, melody and end mark of a piece; nothing when there is hardly any."""
    heading = heading_of(piece)
    ids = tokens_of("melody", piece, heading)
    if sum(notes.is_pitch(number) for number in ids) < FEWEST_NOTES:
        return ()
    return (_head(heading), *(notes.TOKENS[number] for number in ids), EOS)


def tokens_of_tune(tune: Tune) -> tuple[str, ...]:
    """A tune's melody as it is played, repeats and all."""
    score = sounded(tune).score
    sounding = tuple(PieceNote(note.pitch, _exact(note.onset), _exact(note.duration)) for note in score.notes)
    key = KeySignature(Fraction(0), sharps_of(score.key), score.key.mode)
    meter = Meter(Fraction(0), *meter_numbers(tune.meter))
    upbeat = _exact(score.bars[1]) if len(score.bars) > 1 and _exact(score.bars[1]) < meter.bar else Fraction(0)
    return tokens_of_piece(Piece((Voice(sounding),), _exact(score.beats), meters=(meter,), keys=(key,), pickup=upbeat))


def read_out(piece: Sequence[str]) -> tuple[Ids, Ids]:
    """Ids with the start before them, and the streams that are read beside them; of a piece of tokens with heading."""
    reader = MelodyReader(heading_in(piece[0]))
    return written_out(reader, (_IDS[token] for token in piece[1:]))


def heading_in(head: str) -> Heading:
    """The heading that a head token tells.

    >>> heading_in("head:2:minor:6:8:6").count
    6
    """
    sharps, mode, count, unit, pickup = head.removeprefix(HEAD).split(":")
    return Heading(int(sharps), "minor" if mode == "minor" else "major", int(count), int(unit), int(pickup), TEMPO)


def piece_of_tokens(tokens: Sequence[str]) -> Piece | None:
    """What tokens sound as, in C; what does not fit together is passed over. None when nothing sounds."""
    events = list(_events(tokens))
    if all(event.pitch is None for event in events):
        return None
    return piece_of_events([events], tempo_bpm=TEMPO, step=notes.STEP)


def _head(heading: Heading) -> str:
    return f"{HEAD}{heading.sharps}:{heading.mode}:{heading.count}:{heading.unit}:{heading.pickup}"


def _events(tokens: Sequence[str]) -> Iterator[NoteEvent]:
    for first, second in pairwise(_IDS.get(token, notes.UNKNOWN) for token in tokens):
        if notes.is_length(second) and (notes.is_pitch(first) or first == notes.REST):
            yield NoteEvent(notes.pitch_of(first, 0), notes.ticks_of(second), 0)


def _exact(beats: float) -> Fraction:
    return Fraction(beats).limit_denominator(5040)
