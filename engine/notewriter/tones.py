"""From tokens back to music: each voice's tones as they end, and the piece they make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from engine.music import Note
from engine.notes.nouns import KeySignature, Piece, PieceNote, Tempo, Voice
from engine.notewriter.form import Reader
from engine.notewriter.heading import Heading
from engine.notewriter.vocabulary import HOLD, NOTHING, STEP, TICKS, is_pitch, pitch_of

_NAMES = ("Soprano", "Alto", "Tenor", "Bass")
_DOWNBEAT, _BEAT, _BETWEEN = 92, 84, 76  # velocities: a pulse that can be felt without drums


@dataclass(frozen=True, slots=True)
class Tone:
    """A note of one voice (0 is the highest): MIDI pitch, onset and end in ticks."""

    voice: int
    pitch: int
    onset: int
    end: int

    def note(self, heading: Heading, from_tick: int = 0) -> Note:
        """As a note in beats counted from a tick."""
        staff = "right" if self.voice < 2 else "left"
        return Note(
            self.pitch,
            (self.onset - from_tick) / TICKS,
            (self.end - self.onset) / TICKS,
            velocity_at(self.onset, heading),
            "right" if staff == "right" else "left",
        )


class Tones:
    """Listens to the tokens of one piece and says which tones have ended."""

    def __init__(self, voices: int) -> None:
        self._began = [0] * voices
        self._sounding = [NOTHING] * voices

    def hear(self, reader: Reader, token: int) -> Tone | None:
        """To be called before `reader` reads the token: the tone that ends by it, if one does."""
        voice = reader.voice
        if voice is None or token == HOLD:
            return None
        ended = self._ended(voice, reader)
        self._sounding[voice], self._began[voice] = token, reader.now
        return ended

    def finish(self, reader: Reader) -> list[Tone]:
        """What still sounds ends now."""
        tones = [self._ended(voice, reader) for voice in range(len(self._began))]
        self._sounding = [NOTHING] * len(self._began)
        return [tone for tone in tones if tone]

    def _ended(self, voice: int, reader: Reader) -> Tone | None:
        token, began = self._sounding[voice], self._began[voice]
        if token == NOTHING or not is_pitch(token) or reader.now <= began:
            return None
        pitch = pitch_of(token, reader.heading.shift)
        return None if pitch is None else Tone(voice, min(max(pitch, 0), 127), began, reader.now)


def velocity_at(now: int, heading: Heading) -> int:
    """Bars and beats can be felt."""
    if heading.place(now) == 0:
        return _DOWNBEAT
    beat = TICKS * 3 // 2 if heading.unit == 8 and heading.count % 3 == 0 else TICKS
    return _BETWEEN if heading.place(now) % beat else _BEAT


def piece_of_tones(tones: Iterable[Tone], heading: Heading, end: int, title: str = "", voices: int = 1) -> Piece:
    """The piece in which the tones stand where they were written; `end` in ticks."""
    lines: list[list[PieceNote]] = [[] for _ in range(voices)]
    for tone in sorted(tones, key=lambda tone: tone.onset):
        length = (tone.end - tone.onset) * STEP
        lines[tone.voice].append(PieceNote(tone.pitch, tone.onset * STEP, length, velocity_at(tone.onset, heading)))
    return Piece(
        tuple(_voice(number, line, voices) for number, line in enumerate(lines)),
        end * STEP,
        (Tempo(Fraction(0), heading.tempo_bpm),),
        (heading.meter,),
        (KeySignature(Fraction(0), heading.sharps, heading.mode),),
        heading.pickup * STEP,
        title,
    )


def _voice(number: int, line: Sequence[PieceNote], voices: int) -> Voice:
    return Voice(tuple(line), _NAMES[number] if voices == len(_NAMES) else "", part=number)
