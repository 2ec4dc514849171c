"""Music to MIDI and MusicXML: the only door to music21.

Conventions: one part per hand, one staff for a melody, in MusicXML a part per singer of a choir; what outlasts its bar
is tied over; times are exact fractions of a beat. The same score gives the same bytes: no chance, no dates. music21 has
tables of its own: one thread at a time.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

from engine.errors import RenderError
from engine.music import Score
from engine.render.signs import title_of
from engine.render.times import exact
from engine.render.writer import Writer
from engine.words import say

TICKS_PER_BEAT = 480  # music21's own 10080 makes 256 whole notes too long for most readers

_SHORTEST = Fraction(1, 32)  # of a beat
_MOST_BEATS = 16 * 256
_MOST_BARS = _MOST_BEATS // 4  # so many of 4/4; 32,768 of 1/32 would hold music21, and all who wait for it, for minutes

MOST_NOTES = 4000  # more take music21 tens of seconds, while others wait
WAIT_SECONDS = 20.0

_one_at_a_time = threading.Lock()


def to_midi(score: Score) -> bytes:
    """A standard MIDI file: title, tempo, metre, key, then a track for each hand; it ends where the music ends.

    The title is UTF-8, which sequencers read today, though the standard of 1988 knows ASCII alone.
    """
    _check(score)
    with _turn():
        library = _music21()
        file = library.midi.translate.streamToMidiFile(Writer(library, score).runs())
        file.tracks[0].events[:0] = _title(library, file.tracks[0], title_of(score))
        for track in file.tracks:
            _end_at(track, round(exact(score.beats) * TICKS_PER_BEAT))
        return bytes(file.writestr())


def to_musicxml(score: Score) -> bytes:
    """A MusicXML partwise score with chord symbols, key, metre and tempo, in UTF-8: on a grand staff or in parts."""
    _check(score)
    with _turn():
        library = _music21()
        exporter = library.musicxml.m21ToXml.GeneralObjectExporter()
        exporter.makeNotation = False
        text = exporter.parse(Writer(library, score).bars())
    return re.sub(rb"\s*<encoding-date>[^<]*</encoding-date>", b"", bytes(text))


@contextmanager
def _turn() -> Iterator[None]:
    """music21's tables to oneself; refused in words when others take too long with theirs, or when it has no signs."""
    if not _one_at_a_time.acquire(timeout=WAIT_SECONDS):
        raise RenderError(say("Other scores are being written just now. Try again in a minute."))
    try:
        yield
    except _music21().exceptions21.Music21Exception as error:
        raise RenderError(say("This music has something in it that no score can show.")) from error
    finally:
        _one_at_a_time.release()


def _music21() -> Any:
    """The library, imported at first use; the caller holds the lock."""
    import music21
    import music21.musicxml.m21ToXml

    music21.defaults.ticksPerQuarter = TICKS_PER_BEAT
    return music21


def _check(score: Score) -> None:
    """Refuses what cannot be written down: nothing, too much, or notes shorter than a 128th."""
    if not score.notes and not score.chord_names:
        raise RenderError(say("There is nothing to write: add a chord first."))
    if not 0 < score.beats <= _MOST_BEATS:
        raise RenderError(
            say("A score of {beats} beats cannot be written: up to {most} can.", beats=score.beats, most=_MOST_BEATS)
        )
    if len(score.bars) > _MOST_BARS:
        most = round(score.beats * _MOST_BARS / len(score.bars))  # in bars as short as these
        raise RenderError(
            say("A score of {beats} beats cannot be written: up to {most} can.", beats=score.beats, most=most)
        )
    if len(score.notes) > MOST_NOTES:
        raise RenderError(
            say(
                "A score of {given} notes cannot be written: up to {most} can.", given=len(score.notes), most=MOST_NOTES
            )
        )
    for note in score.notes:
        if not (note.duration >= _SHORTEST and 0 <= note.onset <= score.beats and 0 <= note.pitch <= 127):
            raise RenderError(
                say("A note of {beats} beats at beat {onset} cannot be written.", beats=note.duration, onset=note.onset)
            )


def _title(library: Any, track: Any, title: str) -> list[Any]:
    """What stands at the head of a track: at once, its name."""
    midi = library.midi
    wait, named = midi.DeltaTime(track, time=0), midi.MidiEvent(track, type=midi.MetaEvents.SEQUENCE_TRACK_NAME)
    named.data = title.encode()
    return [wait, named]


def _end_at(track: Any, ticks: int) -> None:
    """Moves a track's end mark to `ticks`: music21 puts it a beat after the last note."""
    waits = [event for event in track.events if event.isDeltaTime()]
    elapsed = sum(wait.time for wait in waits[:-1])
    waits[-1].time = max(0, ticks - elapsed)
