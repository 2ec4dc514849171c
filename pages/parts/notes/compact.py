"""A piece as compact text for links and project files, and back. Text from outside is read under limits.

The text is `meter;tempo;key;pickup;end;voice;voice…`, packed (zlib) and spelled in letters a link may hold (base64 for
addresses). A voice is `program:pitch.gap.length,…`; times are ticks, 24 to a beat, `gap` counts from the onset before.
"""

from __future__ import annotations

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from engine.music import Mode
from engine.notes import KeySignature, Meter, Piece, PieceNote, Tempo, Voice

TICKS = 24  # to a beat: sixteenths, their halves, and triplets
MOST_TEXT = 200_000  # characters of packed text that are looked at
_MOST_BYTES = 400_000  # unpacked: 4,000 notes take a tenth of it
_MOST_NOTES = 4_000  # as many as an opening may have
_MOST_BEATS = 4_096
_MOST_VOICES = 64
_UNITS = (1, 2, 4, 8, 16, 32)


@lru_cache(maxsize=64)
def packed(piece: Piece) -> str:
    """The piece without title and names; times are rounded to ticks."""
    key = piece.keys[0] if piece.keys else None
    head = [
        str(piece.meter),
        f"{piece.tempos[0].bpm:g}",
        f"{key.sharps}{key.mode[:2]}" if key else "",
        str(round(piece.pickup * TICKS)),
        str(round(piece.end * TICKS)),
    ]
    text = ";".join([*head, *(_voice_text(voice) for voice in piece.voices)])
    return urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def _voice_text(voice: Voice) -> str:
    before, notes = 0, []
    for note in voice.notes:
        onset = round(note.onset * TICKS)
        notes.append(f"{note.pitch}.{onset - before}.{max(1, round(note.duration * TICKS))}")
        before = onset
    return f"{voice.program}:{','.join(notes)}"


def unpacked(text: str) -> Piece | None:
    """The piece of a text; None where it is none, or more than a page carries."""
    try:
        return _piece(_plain(text))
    except (ValueError, zlib.error, IndexError):
        return None


def _plain(text: str) -> str:
    if len(text) > MOST_TEXT or not text.isascii():
        raise ValueError("too long")
    opened = zlib.decompressobj()
    data = opened.decompress(urlsafe_b64decode(text + "=" * (-len(text) % 4)), _MOST_BYTES)
    if not opened.eof:
        raise ValueError("too long, or cut off")
    return data.decode("ascii")


def _piece(text: str) -> Piece:
    meter, tempo, key, pickup, end, *voices = text.split(";")
    if not 1 <= len(voices) <= _MOST_VOICES:
        raise ValueError("no voices")
    budget = iter(range(_MOST_NOTES))
    read = tuple(_voice(number, voice, budget) for number, voice in enumerate(voices))
    last = max((note.end for voice in read for note in voice.notes), default=Fraction(0))
    if not last:
        raise ValueError("no notes")
    measure = _meter(meter)
    mode: Mode = "minor" if key.endswith("mi") else "major"
    return Piece(
        read,
        max(last, Fraction(_whole(end, _MOST_BEATS * TICKS), TICKS)),
        (Tempo(Fraction(0), float(_whole(tempo.partition(".")[0], 300, 20))),),
        (measure,),
        (KeySignature(Fraction(0), _whole(key[:-2], 7, -7), mode),) if key else (),
        Fraction(_whole(pickup, int(measure.bar * TICKS)), TICKS),
    )


def _voice(number: int, text: str, budget: Iterator[int]) -> Voice:
    program, _, body = text.partition(":")
    now, notes = 0, []
    for part in body.split(",") if body else []:
        if next(budget, None) is None:
            raise ValueError("too many notes")
        pitch, gap, length = part.split(".")
        now += _whole(gap, _MOST_BEATS * TICKS)
        if now >= _MOST_BEATS * TICKS:
            raise ValueError("too late")
        ticks = _whole(length, _MOST_BEATS * TICKS - now, 1)
        notes.append(PieceNote(_whole(pitch, 127), Fraction(now, TICKS), Fraction(ticks, TICKS)))
    return Voice(tuple(notes), part=number, program=_whole(program, 127))


def _meter(text: str) -> Meter:
    count, _, unit = text.partition("/")
    if _whole(unit, 32) not in _UNITS:
        raise ValueError("no meter")
    return Meter(Fraction(0), _whole(count, 32, 1), int(unit))


def _whole(text: str, high: int, low: int = 0) -> int:
    if len(text) > 7 or not text.removeprefix("-").isdigit():
        raise ValueError("no number")
    number = int(text)
    if not low <= number <= high:
        raise ValueError("out of range")
    return number
