"""What sounds when: a MIDI file read into notes timed in seconds, and written again for a program that wants a file.

Every synthesiser here plays a `Performance`, never the file it came from, so no synthesiser's own MIDI reader
meets bytes that were not written in this module. Reading is mido's, which pretty_midi brings along.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from engine.errors import SoundError
from engine.words import say

MAX_BYTES = 1_000_000  # of MIDI; 256 chords take about 20,000
MAX_NOTES = 20_000
MAX_SECONDS = 600.0  # ten minutes of stereo sound are 212 MB of samples

_DRUM_CHANNEL = 9
_TICKS_PER_SECOND = 960  # of a file written here: 480 to the quarter at 120 beats per minute


@dataclass(frozen=True, slots=True)
class Sounding:
    """One note: MIDI pitch, velocity 1 to 127, start and end in seconds, General MIDI program, whether it is a drum."""

    pitch: int
    velocity: int
    start: float
    end: float
    program: int = 0
    is_drum: bool = False


@dataclass(frozen=True, slots=True)
class Performance:
    """Notes by start and pitch, and how long the music lasts in seconds, closing rests included."""

    notes: tuple[Sounding, ...]
    seconds: float

    @property
    def programs(self) -> tuple[tuple[int, bool], ...]:
        """Each (program, is drum) that sounds, in order."""
        return tuple(sorted({(note.program, note.is_drum) for note in self.notes}))


def read_performance(midi: bytes) -> Performance:
    """The notes of a MIDI file. Raises SoundError for what is not one, has no notes, or is too long to play."""
    if len(midi) > MAX_BYTES:
        raise SoundError(
            say(
                "This MIDI has {size} kB: up to {most} kB can be played.",
                size=len(midi) // 1000,
                most=MAX_BYTES // 1000,
            )
        )
    notes, seconds = _timed(_messages(midi))
    if not notes:
        raise SoundError(say("There is nothing to hear: add a chord first."))
    return Performance(tuple(sorted(notes, key=lambda note: (note.start, note.pitch))), seconds)


def _messages(midi: bytes) -> list[Any]:
    """The file's messages in order, each with the seconds since the one before."""
    import mido  # type: ignore[import-untyped]

    try:
        return list(mido.MidiFile(file=BytesIO(midi)))
    except Exception as error:  # mido raises whatever the bytes made it stumble over
        raise _unreadable() from error


def _unreadable() -> SoundError:
    return SoundError(say("These bytes are not a MIDI file that can be played: write it again from the chords."))


def _timed(messages: list[Any]) -> tuple[list[Sounding], float]:
    """Notes in seconds and the time of the last message; a note left hanging ends with the music."""
    notes: list[Sounding] = []
    held: dict[tuple[int, int], list[tuple[float, int, int]]] = {}
    programs, now = [0] * 16, 0.0
    for message in messages:
        now += message.time
        if now > MAX_SECONDS or len(notes) > MAX_NOTES:
            raise _too_long(now)
        if message.type == "program_change":
            programs[message.channel] = message.program
        elif message.type == "note_on" and message.velocity:
            started = (now, message.velocity, programs[message.channel])
            held.setdefault((message.channel, message.note), []).append(started)
        elif message.type in ("note_on", "note_off") and held.get((message.channel, message.note)):
            notes.append(_ended(message.channel, message.note, held[message.channel, message.note].pop(0), now))
    for (channel, pitch), hanging in held.items():
        notes += [_ended(channel, pitch, started, now) for started in hanging]
    return notes, now


def _ended(channel: int, pitch: int, started: tuple[float, int, int], now: float) -> Sounding:
    start, velocity, program = started
    is_drum = channel == _DRUM_CHANNEL
    return Sounding(pitch, velocity, start, now, 0 if is_drum else program, is_drum)


def _too_long(seconds: float) -> SoundError:
    return SoundError(
        say(
            "This music is too long to render: up to {minutes} minutes and {notes} notes can be played. "
            "Raise the tempo or take fewer chords.",
            minutes=int(MAX_SECONDS // 60),
            notes=MAX_NOTES,
        )
    )


def channels(performance: Performance) -> dict[tuple[int, bool], int]:
    """A MIDI channel for every (program, is drum); drums on theirs. More than fifteen programs share the last."""
    free = [channel for channel in range(16) if channel != _DRUM_CHANNEL]
    pitched = [key for key in performance.programs if not key[1]]
    taken = {key: free[min(place, len(free) - 1)] for place, key in enumerate(pitched)}
    return taken | {key: _DRUM_CHANNEL for key in performance.programs if key[1]}


def write_performance(performance: Performance, tail: float) -> bytes:
    """A plain MIDI file of the performance that ends `tail` seconds after the music."""
    import mido

    channel_of = channels(performance)
    timed: list[tuple[float, int, Any]] = []
    for (program, is_drum), channel in channel_of.items():
        timed.append((0.0, 0, mido.Message("program_change", channel=channel, program=0 if is_drum else program)))
    for note in performance.notes:
        channel = channel_of[note.program, note.is_drum]
        timed.append((note.end, 1, mido.Message("note_off", channel=channel, note=note.pitch)))
        timed.append((note.start, 2, mido.Message("note_on", channel=channel, note=note.pitch, velocity=note.velocity)))
    timed.append((performance.seconds + tail, 3, mido.MetaMessage("end_of_track")))
    track, ticks = mido.MidiTrack(), 0
    for seconds, _, message in sorted(timed, key=lambda entry: entry[:2]):
        here = round(seconds * _TICKS_PER_SECOND)
        track.append(message.copy(time=here - ticks))
        ticks = here
    out = BytesIO()
    mido.MidiFile(ticks_per_beat=_TICKS_PER_SECOND // 2, tracks=[track]).save(file=out)
    return out.getvalue()
