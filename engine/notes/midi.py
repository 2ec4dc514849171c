"""A Standard MIDI File to a piece: notes are paired, drums and pedals left out, each with a word.

A note ends at the first release after it (first struck, first released). A strike with velocity 0 is a release; a note
never released lasts until its track ends, at most four beats.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.notes.assembly import piece_of
from engine.notes.nouns import Piece, UnreadableNotes
from engine.notes.raw import MOST_NOTES, MOST_SIGNS, Raw, RawNote, RawVoice, clean
from engine.notes.smf import META, Event, MidiFile, Track, open_midi
from engine.words import say

DRUMS = 9  # the tenth channel of General MIDI
SUSTAIN = 64  # the controller of the right pedal
SLOWEST, FASTEST = 10.0, 400.0  # beats a minute
LONGEST_HANGING = 4  # beats

Held = dict[tuple[int, int], deque[tuple[int, int]]]  # (channel, pitch) -> (tick, velocity) of each strike, in order


def read_midi(data: bytes) -> Piece:
    """A piece from the bytes of a Standard MIDI File of format 0 or 1, without trust.

    Raises UnreadableNotes with the reason; what could be mended stands in the piece's notices.
    """
    if not data:
        raise UnreadableNotes(say("The file is empty. Choose a file that holds notes."))
    return piece_of(raw_of_midi(open_midi(data)))


def raw_of_midi(file: MidiFile) -> Raw:
    """All tracks of a file, walked once."""
    hearing = _Hearing(file)
    for number, track in enumerate(file.tracks):
        hearing.hear(number, track)
    return hearing.raw()


@dataclass(slots=True)
class _Seen:
    """What has to be told afterwards."""

    notes: int = 0
    drums: int = 0
    hanging: int = 0
    pedal: bool = False
    slow_or_fast: bool = False
    broken_tracks: int = 0


@dataclass(slots=True)
class _Hearing:
    """The state of reading one file."""

    file: MidiFile
    seen: _Seen = field(default_factory=_Seen)
    voices: dict[tuple[int, int], RawVoice] = field(default_factory=dict)  # (track, channel)
    names: dict[int, str] = field(default_factory=dict)
    programs: dict[tuple[int, int], int] = field(default_factory=dict)
    held: Held = field(default_factory=dict)
    signs: Raw = field(default_factory=lambda: Raw(1))
    track: int = 0

    def hear(self, number: int, track: Track) -> None:
        self.track, self.held = number, {}
        for event in track:
            action = _ACTIONS.get(event.status & 0xF0)
            if action:
                action(self, event)
        self._let_go(track.end)
        self.signs.end = max(self.signs.end, track.end)
        self.seen.broken_tracks += not track.whole

    def _strike(self, event: Event) -> None:
        if not event.second:
            self._release(event)
        elif event.status & 0x0F == DRUMS:
            self.seen.drums += 1
        else:
            self.seen.notes += 1
            if self.seen.notes > MOST_NOTES:
                raise UnreadableNotes(
                    say("The file has more than {most} notes. Export a shorter part of it.", most=MOST_NOTES)
                )
            key = (event.status & 0x0F, event.first)
            self.held.setdefault(key, deque()).append((event.tick, event.second))

    def _release(self, event: Event) -> None:
        channel = event.status & 0x0F
        waiting = self.held.get((channel, event.first))
        if waiting:
            tick, velocity = waiting.popleft()
            self._keep(channel, RawNote(tick, event.tick - tick, event.first, velocity))

    def _keep(self, channel: int, note: RawNote) -> None:
        place = (self.track, channel)
        self.voices.setdefault(place, RawVoice(part=self.track)).notes.append(note)

    def _let_go(self, end: int) -> None:
        """Ends what the track never released."""
        longest = LONGEST_HANGING * self.file.ticks_per_beat
        for (channel, pitch), waiting in self.held.items():
            for tick, velocity in waiting:
                self.seen.hanging += 1
                self._keep(channel, RawNote(tick, min(end - tick, longest), pitch, velocity))

    def _control(self, event: Event) -> None:
        self.seen.pedal |= event.first == SUSTAIN and event.second >= 64

    def _program(self, event: Event) -> None:
        self.programs.setdefault((self.track, event.status & 0x0F), event.first)

    def _meta(self, event: Event) -> None:
        if event.status == META and event.first == 3:
            self.names.setdefault(self.track, clean(_decoded(event.content)))
        elif event.status == META:
            action = _SIGNS.get((event.first, len(event.content)))
            if action:
                action(self, event)

    def _tempo(self, event: Event) -> None:
        microseconds = int.from_bytes(event.content)
        bpm = 60_000_000 / microseconds if microseconds else 0.0
        kept = min(max(bpm, SLOWEST), FASTEST) if microseconds else 120.0
        self.seen.slow_or_fast |= kept != bpm
        if len(self.signs.tempos) < MOST_SIGNS:
            self.signs.tempos.append((event.tick, round(kept, 3)))

    def _meter(self, event: Event) -> None:
        count, power = event.content[0], event.content[1]
        if 1 <= count <= 32 and power <= 5 and 8 * count >= 2**power and len(self.signs.meters) < MOST_SIGNS:
            self.signs.meters.append((event.tick, (count, 2**power)))

    def _key(self, event: Event) -> None:
        sharps = int.from_bytes(event.content[:1], signed=True)
        if -7 <= sharps <= 7 and len(self.signs.keys) < MOST_SIGNS:
            self.signs.keys.append((event.tick, (sharps, "minor" if event.content[1] == 1 else "major")))

    def raw(self) -> Raw:
        raw = self.signs
        raw.ticks_per_beat = self.file.ticks_per_beat
        for (track, channel), voice in sorted(self.voices.items()):
            voice.name = self.names.get(track, "")
            voice.program = self.programs.get((track, channel), 0)
            raw.voices.append(voice)
        raw.title = self._title()
        self._check_notes()
        self._tell()
        return raw

    def _title(self) -> str:
        """The name of the first track, unless that is one of several that play."""
        playing = {track for track, _ in self.voices}
        return self.names.get(0, "") if 0 not in playing or len(playing) == 1 else ""

    def _check_notes(self) -> None:
        if not self.voices and self.seen.drums:
            raise UnreadableNotes(say("The MIDI file holds nothing but drums: there is no pitch to read."))
        if not self.voices:
            raise UnreadableNotes(say("There is not a single note in the MIDI file. Choose one that sounds."))

    def _tell(self) -> None:
        seen, tell = self.seen, self.signs.notices.append
        if seen.broken_tracks or not self.file.whole:
            tell(say("The file is damaged or breaks off: what could be read before that was kept."))
        if seen.drums:
            tell(say("The drums were left out: {n} strokes.", n=seen.drums))
        if seen.pedal:
            tell(say("The pedal was left out: notes end where their keys are released."))
        if seen.hanging:
            tell(say("Notes that were never released were ended: {n}.", n=seen.hanging))
        if seen.slow_or_fast:
            tell(
                say(
                    "A tempo of the file cannot be played and was brought between {slow} and {fast} beats a minute.",
                    slow=round(SLOWEST), fast=round(FASTEST),
                )
            )  # fmt: skip


_ACTIONS: Mapping[int, Callable[[_Hearing, Event], None]] = {
    0x80: _Hearing._release, 0x90: _Hearing._strike, 0xB0: _Hearing._control, 0xC0: _Hearing._program,
    0xF0: _Hearing._meta,
}  # fmt: skip
_SIGNS: Mapping[tuple[int, int], Callable[[_Hearing, Event], None]] = {  # type and length of the content
    (0x51, 3): _Hearing._tempo, (0x58, 4): _Hearing._meter, (0x58, 2): _Hearing._meter, (0x59, 2): _Hearing._key,
}  # fmt: skip


def _decoded(content: bytes) -> str:
    """Names are UTF-8 today and were Latin-1 before."""
    short = content[:400]
    try:
        return short.decode("utf-8")
    except UnicodeDecodeError:
        return short.decode("latin-1")
