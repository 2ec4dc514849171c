"""ABC text to a piece: the first tune, as it sounds with its repeats."""

from __future__ import annotations

from fractions import Fraction

from engine.abc.reading import decoded, read_one
from engine.abc.sounding import sounded
from engine.abc.tokens import Tune, UnreadableTune, fifths
from engine.music import Score
from engine.notes.assembly import piece_of
from engine.notes.nouns import Piece, UnreadableNotes
from engine.notes.raw import MOST_NOTES, Raw, RawNote, RawVoice, clean
from engine.words import say

TICKS = 10_080  # in a beat
MOST_BYTES = 200_000  # of text: the longest tunes have some 3,000 characters


def read_abc(data: bytes | str) -> Piece:
    """A piece from the first tune of a text. Raises UnreadableNotes when there is none, or the text is too long."""
    if len(data) > MOST_BYTES:
        raise UnreadableNotes(
            say("The ABC text is longer than {most} characters. Choose a file of one tune.", most=MOST_BYTES)
        )
    try:
        found = read_one(data if isinstance(data, str) else decoded(data))
    except UnreadableTune as problem:
        raise UnreadableNotes(problem.sentence) from problem
    raw = _raw(found.tune, sounded(found.tune).score)
    raw.notices = [notice.sentence for notice in found.notices]
    return piece_of(raw)


def _raw(tune: Tune, score: Score) -> Raw:
    if not score.notes:
        raise UnreadableNotes(say("There is no note in the ABC text. Write notes such as DEF GAB."))
    if len(score.notes) > MOST_NOTES:
        raise UnreadableNotes(say("The file has more than {most} notes. Export a shorter part of it.", most=MOST_NOTES))
    notes = [
        RawNote(_ticks(note.onset), _ticks(note.duration), note.pitch, note.velocity, note.spelling)
        for note in score.notes
    ]
    count, unit = (int(number) for number in score.meter.split("/"))
    raw = Raw(TICKS, [RawVoice(notes)], [(0, score.tempo_bpm)], [(0, (count, unit))], title=clean(tune.title))
    raw.keys, raw.end = [(0, (fifths(tune.key), score.key.mode))], _ticks(score.beats)
    full = TICKS * 4 * count // unit
    raw.pickup = _ticks(score.bars[1]) if len(score.bars) > 1 and _ticks(score.bars[1]) < full else 0
    return raw


def _ticks(beats: float) -> int:
    return round(Fraction(beats).limit_denominator(960) * TICKS)
