"""Standard MIDI Files (1.0, MIDI Association 1996): bytes to events, each byte looked at once.

A file that breaks off, or a track that makes no sense from some byte on, gives what came before and says so. The limits
bound time and memory: 150,000 events are read in half a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from engine.notes.nouns import UnreadableNotes
from engine.words import say

MOST_BYTES = 2_000_000  # a symphony's movement with all its controllers has half a megabyte
MOST_TRACKS = 64  # a full orchestra has 40 staves
MOST_EVENTS = 150_000  # three times a long piano performance with its pedal

META, SYSEX, SYSEX_MORE = 0xFF, 0xF0, 0xF7
END_OF_TRACK = 0x2F

HEADER_WITHIN = 256  # bytes before the header that a RIFF or MacBinary wrapping may take
_SYSTEM_LENGTHS = {0xF1: 1, 0xF2: 2, 0xF3: 1}  # what follows; the other system messages stand alone


class Event(NamedTuple):
    """A channel message (two data bytes, the second 0 where there is one) or a meta event (its type and content)."""

    tick: int
    status: int
    first: int
    second: int = 0
    content: bytes = b""


@dataclass(slots=True)
class Budget:
    """How many events may still be read; `spent` counts the work of a whole file."""

    most: int = MOST_EVENTS
    spent: int = 0

    def spend(self) -> None:
        self.spent += 1
        if self.spent > self.most:
            raise UnreadableNotes(
                say("The MIDI file has more than {most} events. Export a shorter part of it.", most=self.most)
            )


class _Nonsense(Exception):
    """Bytes that are no event."""


@dataclass(slots=True)
class Track:
    """The events of one track. `whole` is False when reading stopped before its end."""

    data: bytes
    budget: Budget
    whole: bool = True
    end: int = 0  # ticks at the last event

    def __iter__(self) -> Iterator[Event]:
        """Events until the end of the track, of the bytes or of sense; each may be walked once."""
        try:
            for event in _events(self.data, self.budget):
                self.end = event.tick
                if event.status == META and event.first == END_OF_TRACK:
                    return
                yield event
        except (_Nonsense, IndexError):
            self.whole = False


@dataclass(frozen=True, slots=True)
class MidiFile:
    """Format 0 or 1, ticks in a quarter note, and the tracks; `whole` is False when the file breaks off."""

    format: int
    ticks_per_beat: int
    tracks: tuple[Track, ...]
    whole: bool


def open_midi(data: bytes, budget: Budget | None = None) -> MidiFile:
    """The tracks of a MIDI file, not yet walked.

    Raises UnreadableNotes for what is no MIDI file, is too large, or has no time in beats.
    """
    if len(data) > MOST_BYTES:
        raise UnreadableNotes(
            say("The MIDI file has {size} bytes; at most {most} are read.", size=len(data), most=MOST_BYTES)
        )
    start = data.find(b"MThd", 0, HEADER_WITHIN)
    if start < 0:
        raise UnreadableNotes(
            say("This is not a MIDI file: it does not begin with the mark MThd. Export it as a Standard MIDI File.")
        )
    if len(data) < start + 14:
        raise UnreadableNotes(say("The MIDI file ends within its header. Copy or export it again."))
    kind = int.from_bytes(data[start + 8 : start + 10])
    division = int.from_bytes(data[start + 12 : start + 14])
    _check_header(kind, division)
    chunks, whole = _chunks(data, start + 8 + max(6, int.from_bytes(data[start + 4 : start + 8])))
    promised = int.from_bytes(data[start + 10 : start + 12])
    shared = budget or Budget()
    tracks = tuple(Track(chunk, shared) for chunk in chunks)
    return MidiFile(kind, division, tracks, whole and len(tracks) >= promised)


def _check_header(kind: int, division: int) -> None:
    if kind == 2:
        raise UnreadableNotes(
            say("This MIDI file (format 2) holds separate patterns, not one piece. Export it as format 0 or 1.")
        )
    if kind > 2:
        raise UnreadableNotes(say("MIDI format {kind} is unknown: formats 0 and 1 are read.", kind=kind))
    if division & 0x8000:
        raise UnreadableNotes(
            say("This MIDI file counts film frames (SMPTE), not beats. Export it with ticks per quarter note.")
        )
    if division == 0:
        raise UnreadableNotes(
            say("This MIDI file says that a beat has 0 ticks, so its notes have no time. Export it again.")
        )


def _chunks(data: bytes, position: int) -> tuple[list[bytes], bool]:
    """The contents of the track chunks; other chunks and stray bytes between them are passed over."""
    found: list[bytes] = []
    while position >= 0 and position + 8 <= len(data):
        if data[position : position + 4] != b"MTrk":
            position = data.find(b"MTrk", position + 1)
            continue
        end = position + 8 + int.from_bytes(data[position + 4 : position + 8])
        found.append(data[position + 8 : end])
        if len(found) > MOST_TRACKS:
            raise UnreadableNotes(
                say("The MIDI file has more than {most} tracks. Export fewer of them.", most=MOST_TRACKS)
            )
        position = end
    return found, position <= len(data)


def _events(data: bytes, budget: Budget) -> Iterator[Event]:
    """The events of one track; raises IndexError where the bytes end within one."""
    position = now = running = 0
    while position < len(data):
        budget.spend()
        wait, position = number_at(data, position)
        now += wait
        status = data[position]
        if status >= SYSEX:
            content, first, after = _long(data, position)
            if status == META:
                yield Event(now, META, first, 0, content)
            position = after
            continue
        if status >= 0x80:
            running = status
            position += 1
        event, position = _short(data, position, now, running)
        yield event


def _short(data: bytes, position: int, now: int, status: int) -> tuple[Event, int]:
    """A channel message whose data bytes begin at `position`."""
    if status < 0x80:
        raise _Nonsense
    first = data[position]
    second = 0 if 0xC0 <= status < 0xE0 else data[position + 1]
    if first > 0x7F or second > 0x7F:
        raise _Nonsense
    return Event(now, status, first, second), position + (1 if 0xC0 <= status < 0xE0 else 2)


def _long(data: bytes, position: int) -> tuple[bytes, int, int]:
    """Content, type and end of a meta event; system messages have neither and are passed over."""
    status = data[position]
    if status not in (META, SYSEX, SYSEX_MORE):
        return b"", 0, position + 1 + _SYSTEM_LENGTHS.get(status, 0)
    kind, start = (data[position + 1], position + 2) if status == META else (0, position + 1)
    length, start = number_at(data, start)
    if start + length > len(data):
        raise IndexError
    return data[start : start + length] if status == META else b"", kind, start + length


def number_at(data: bytes, position: int) -> tuple[int, int]:
    """A variable-length number of at most four bytes, and the position after it.

    >>> number_at(bytes([0x81, 0x48]), 0)
    (200, 2)
    """
    value = 0
    for here in range(position, position + 4):
        byte = data[here]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, here + 1
    raise _Nonsense
