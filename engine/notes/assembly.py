"""From a file's ticks to a piece on its grid: the same for every kind of file.

Whole silent bars before the first note are cut. A pitch struck again in its voice ends there. Notes beyond beat 4,096
are left out: nothing in the house writes or plays a longer score.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TypeVar

from engine.notes.grid import division_at, measure, snap
from engine.notes.nouns import Grid, KeySignature, Meter, Piece, PieceNote, Tempo, UnreadableNotes, Voice
from engine.notes.pickup import pickup_of
from engine.notes.raw import Raw, RawNote, RawVoice
from engine.words import say

MOST_BEATS = 4_096
_FAR_OFF = 1 / 24  # of a beat, mean: what is played further from the grid is changed audibly by moving it there

What = TypeVar("What")  # a tempo, a meter or a key


def piece_of(raw: Raw) -> Piece:
    """The piece that a file holds. Raises UnreadableNotes when no note is left within the limits."""
    _cut_silence(raw)
    _cut_length(raw)
    ends = [note.tick + note.ticks for voice in raw.voices for note in voice.notes]
    grid = measure(_onsets(raw), raw.ticks_per_beat, ends)
    if grid.mean_off > _FAR_OFF:
        raw.notices.append(
            say("The notes lie {percent} % of a beat from the grid on average: they were moved to it.",
                percent=round(100 * grid.mean_off))
        )  # fmt: skip
    voices = tuple(_voice(voice, raw.ticks_per_beat, grid) for voice in raw.voices if voice.notes)
    meters = _meters(raw, grid)
    return Piece(
        voices,
        _end(raw, grid, voices),
        _tempos(raw, grid),
        meters,
        _keys(raw, grid),
        pickup_of(raw, voices, meters),
        raw.title,
        grid,
        raw.ticks_per_beat,
        tuple(raw.notices),
    )


def _onsets(raw: Raw) -> list[int]:
    return [note.tick for voice in raw.voices for note in voice.notes]


def _cut_silence(raw: Raw) -> None:
    """Moves everything so that the first note stands in the first bar."""
    first = min(_onsets(raw), default=0) + raw.ticks_per_beat // 16  # a note may be played just before its bar
    start, bar = 0, Fraction(4)
    for tick, (count, unit) in sorted(raw.meters):
        if tick <= first:
            start, bar = tick, Fraction(4 * count, unit)
    length = bar * raw.ticks_per_beat
    cut = start + round((first - start) // length * length)
    if cut <= 0 or (raw.pickup is not None and cut <= raw.pickup):
        return
    for voice in raw.voices:
        voice.notes = [note._replace(tick=max(0, note.tick - cut)) for note in voice.notes]
    raw.tempos, raw.meters, raw.keys = _moved(raw.tempos, cut), _moved(raw.meters, cut), _moved(raw.keys, cut)
    raw.end, raw.pickup = max(0, raw.end - cut), None
    raw.notices.append(say("The silence before the first note was left out."))


def _moved(signs: Iterable[tuple[int, What]], cut: int) -> list[tuple[int, What]]:
    """Signs before the cut stand at it, in the order they came: the last one counts."""
    return [(max(0, tick - cut), what) for tick, what in sorted(signs, key=_tick)]


def _cut_length(raw: Raw) -> None:
    limit = MOST_BEATS * raw.ticks_per_beat
    before = sum(len(voice.notes) for voice in raw.voices)
    for voice in raw.voices:
        voice.notes = [_within(note, limit) for note in voice.notes if note.tick < limit]
    kept = sum(len(voice.notes) for voice in raw.voices)
    if not kept:
        raise UnreadableNotes(say("There is no note in the first {most} beats.", most=MOST_BEATS))
    if kept < before:
        raw.notices.append(
            say("Only the first {most} beats were read: {n} notes come later.", most=MOST_BEATS, n=before - kept)
        )


def _within(note: RawNote, limit: int) -> RawNote:
    return note if note.tick + note.ticks <= limit else note._replace(ticks=limit - note.tick)


def _voice(raw: RawVoice, ticks_per_beat: int, grid: Grid) -> Voice:
    """The notes on the grid; of two that fall together the longer one stays."""
    by_pitch: dict[int, list[PieceNote]] = {}
    for note in sorted(raw.notes):
        struck_again(by_pitch.setdefault(note.pitch, []), _placed(note, ticks_per_beat, grid))
    notes = sorted((note for line in by_pitch.values() for note in line), key=lambda note: (note.onset, note.pitch))
    return Voice(tuple(notes), raw.name, raw.part, raw.program)


def _placed(note: RawNote, ticks_per_beat: int, grid: Grid) -> PieceNote:
    """A note on the grid, at least one step of its beat long."""
    onset = snap(note.tick, ticks_per_beat, grid)
    end = snap(note.tick + note.ticks, ticks_per_beat, grid)
    step = Fraction(1, division_at(int(onset), grid))
    length = end - onset if end > onset else step
    return PieceNote(note.pitch, onset, length, note.velocity, note.spelling, note.tick, note.ticks)


def struck_again(line: list[PieceNote], note: PieceNote) -> None:
    """A further note of one pitch: it ends the one before, or takes its place where both begin together."""
    if line and line[-1].onset == note.onset:
        if note.duration > line[-1].duration:
            line[-1] = note
        return
    if line and line[-1].end > note.onset:
        last = line[-1]
        line[-1] = PieceNote(
            last.pitch, last.onset, note.onset - last.onset, last.velocity, last.spelling, last.tick, last.ticks
        )
    line.append(note)


def _end(raw: Raw, grid: Grid, voices: Sequence[Voice]) -> Fraction:
    """Where the last note ends, or where the file does if that is within a bar after it."""
    last = max(note.end for voice in voices for note in voice.notes)
    told = snap(min(raw.end, MOST_BEATS * raw.ticks_per_beat), raw.ticks_per_beat, grid)
    count, unit = raw.meters[-1][1] if raw.meters else (4, 4)
    bar = Fraction(4 * count, unit)
    return told if last < told <= last + bar else last


def _in_time(signs: Iterable[tuple[int, What]], raw: Raw, grid: Grid) -> list[tuple[Fraction, What]]:
    """In order of time; the last of those at one moment; none that says the same as the one before."""
    limit = MOST_BEATS * raw.ticks_per_beat
    latest = {snap(tick, raw.ticks_per_beat, grid): what for tick, what in sorted(signs, key=_tick) if tick < limit}
    kept: list[tuple[Fraction, What]] = []
    for time, what in latest.items():
        if not kept or kept[-1][1] != what:
            kept.append((time, what))
    return kept


def _tick(sign: tuple[int, What]) -> int:
    return sign[0]


def _tempos(raw: Raw, grid: Grid) -> tuple[Tempo, ...]:
    found = [Tempo(time, bpm) for time, bpm in _in_time(raw.tempos, raw, grid)]
    return tuple(found) if found and not found[0].onset else (Tempo(Fraction(0), 120.0), *found)


def _meters(raw: Raw, grid: Grid) -> tuple[Meter, ...]:
    found = [Meter(time, *meter) for time, meter in _in_time(raw.meters, raw, grid)]
    return tuple(found) if found and not found[0].onset else (Meter(Fraction(0), 4, 4), *found)


def _keys(raw: Raw, grid: Grid) -> tuple[KeySignature, ...]:
    return tuple(KeySignature(time, *key) for time, key in _in_time(raw.keys, raw, grid))
