"""ABC text to a piece: the first tune, as it sounds with its repeats."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import islice

from engine.abc.lengths import meter_numbers
from engine.abc.reading import decoded, read_one
from engine.abc.sounding import sounded
from engine.abc.tokens import Tune, UnreadableTune, fifths
from engine.music import Score
from engine.notes.assembly import piece_of
from engine.notes.nouns import Piece, UnreadableNotes
from engine.notes.raw import MOST_NOTES, Raw, RawNote, RawVoice, clean
from engine.words import Sentence, say

TICKS = 10_080  # in a beat
MOST_BYTES = 2_000_000
LONGEST_TUNE = 50_000  # characters; long ones have some 3,000
_NUMBER = re.compile(r"^X:", re.MULTILINE)


def read_abc(data: bytes | str) -> Piece:
    """A piece from the first tune of a text. Raises UnreadableNotes when there is none, or the text is too long."""
    if len(data) > MOST_BYTES:
        raise UnreadableNotes(
            say("The ABC text is longer than {most} characters. Choose a file of one tune.", most=MOST_BYTES)
        )
    try:
        text, more = _first(data if isinstance(data, str) else decoded(data))
        found = read_one(text)
    except UnreadableTune as problem:
        raise UnreadableNotes(problem.sentence) from problem
    raw = _raw(found.tune, sounded(found.tune).score)
    raw.notices = [*more, *(notice.sentence for notice in found.notices)]
    return piece_of(raw)


def _first(text: str) -> tuple[str, list[Sentence]]:
    """The text up to the second tune, with a word if there is one."""
    starts = [found.start() for found in islice(_NUMBER.finditer(text), 2)]
    text, more = (
        (text[: starts[1]], [say("The text holds several tunes: the first was read.")]) if starts[1:] else (text, [])
    )
    if len(text) > LONGEST_TUNE:
        raise UnreadableNotes(
            say("The ABC tune is longer than {most} characters. Choose a shorter one.", most=LONGEST_TUNE)
        )
    return text, more


def _raw(tune: Tune, score: Score) -> Raw:
    if not score.notes:
        raise UnreadableNotes(say("There is no note in the ABC text. Write notes such as DEF GAB."))
    if len(score.notes) > MOST_NOTES:
        raise UnreadableNotes(say("The file has more than {most} notes. Export a shorter part of it.", most=MOST_NOTES))
    notes = [
        RawNote(_ticks(note.onset), _ticks(note.duration), note.pitch, note.velocity, note.spelling)
        for note in score.notes
    ]
    count, unit = meter_numbers(score.meter)
    raw = Raw(TICKS, [RawVoice(notes)], [(0, score.tempo_bpm)], [(0, (count, unit))], title=clean(tune.title))
    raw.keys, raw.end = [(0, (fifths(tune.key), score.key.mode))], _ticks(score.beats)
    full = TICKS * 4 * count // unit
    raw.pickup = _ticks(score.bars[1]) if len(score.bars) > 1 and _ticks(score.bars[1]) < full else 0
    return raw


def _ticks(beats: float) -> int:
    return round(Fraction(beats).limit_denominator(960) * TICKS)
