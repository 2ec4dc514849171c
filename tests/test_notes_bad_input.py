"""The table of bad MIDI files: each is refused or mended in words, after counted work and in little memory."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from itertools import chain

import pytest

from engine.notes import Piece, UnreadableNotes, read, read_midi, score_of
from engine.notes.assembly import MOST_BEATS
from engine.notes.midi import raw_of_midi
from engine.notes.raw import MOST_NOTES
from engine.notes.smf import MOST_BYTES, MOST_EVENTS, MOST_TRACKS, Budget, open_midi
from tests.fixtures.midi.regenerate import FOLDER, MEANT

MOST_MEMORY = 50_000_000  # bytes, a quarter of what a reading may take
END = b"\x00\xff\x2f\x00"
NOTE = b"\x00\x90\x3c\x50\x60\x80\x3c\x00"  # 96 ticks of middle C
HOURS = b"\xff\xff\xff\x7f"  # 268,435,455 ticks to wait


def midi(*tracks: bytes, kind: int = 1, division: int = 96, promised: int | None = None) -> bytes:
    count = len(tracks) if promised is None else promised
    header = b"MThd" + (6).to_bytes(4) + kind.to_bytes(2) + count.to_bytes(2) + division.to_bytes(2)
    return header + b"".join(b"MTrk" + len(track).to_bytes(4) + track for track in tracks)


def meta(kind: int, content: bytes, wait: bytes = b"\x00") -> bytes:
    return wait + bytes([0xFF, kind, len(content)]) + content


def valid(name: str = "mido_type1") -> bytes:
    return (FOLDER / f"{name}.mid").read_bytes()


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty file": (lambda: b"", "empty"),
    "text named .mid": (lambda: b"Just some words.\n" * 50, "MThd"),
    "a picture named .mid": (lambda: b"\x89PNG\r\n" + bytes(500), "MThd"),
    "a soundfont named .mid": (lambda: b"RIFF" + bytes(4) + b"sfbk" + bytes(500), "MThd"),
    "header alone": (lambda: valid()[:14], "not a single note"),
    "half a header": (lambda: valid()[:9], "within its header"),
    "truncated before a note": (lambda: valid()[:30], "not a single note"),
    "division zero": (lambda: midi(NOTE + END, division=0), "0 ticks"),
    "SMPTE division": (lambda: midi(NOTE + END, division=0xE728), "SMPTE"),
    "format 2": (lambda: midi(NOTE + END, NOTE + END, kind=2), "format 2"),
    "format 9": (lambda: midi(NOTE + END, kind=9), "format 9"),
    "200 tracks": (lambda: midi(*[NOTE + END] * 200), f"{MOST_TRACKS} tracks"),
    "60,000 empty tracks": (lambda: midi(*[b""] * 60_000), f"{MOST_TRACKS} tracks"),
    "tracks promised, none there": (lambda: midi(promised=65_535), "not a single note"),
    "a million notes": (lambda: midi(b"\x00\x90\x3c\x50" + b"\x01\x3c\x50" * 999_999), f"{MOST_BYTES}"),
    "600,000 notes": (lambda: midi(b"\x00\x90\x3c\x50" + b"\x01\x3c\x50" * 600_000), f"{MOST_NOTES} notes"),
    "notes one too many": (lambda: midi(NOTE * (MOST_NOTES + 1)), f"{MOST_NOTES} notes"),
    "a flood of controllers": (lambda: midi(b"\x00\xb0\x07\x40" + b"\x00\x07\x40" * 200_000), f"{MOST_EVENTS} events"),
    "a flood over 64 tracks": (lambda: midi(*[meta(1, b"") * 3_000] * 64), f"{MOST_EVENTS} events"),
    "running status without status": (lambda: midi(b"\x00\x3c\x50" * 1000), "not a single note"),
    "data bytes that are none": (lambda: midi(b"\x00\x90\xff\xff"), "not a single note"),
    "endless number": (lambda: midi(b"\xff" * 100_000), "not a single note"),
    "a text longer than the file": (lambda: midi(b"\x00\xff\x01\xff\xff\xff\x7f"), "not a single note"),
    "only drums": (lambda: midi(NOTE.replace(b"\x90", b"\x99").replace(b"\x80", b"\x89") + END), "drums"),
    "only releases": (lambda: midi(b"\x00\x80\x3c\x00" * 100 + END), "not a single note"),
    "only meta events": (lambda: midi(meta(3, b"Nothing") + END), "not a single note"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_in_words(case: str) -> None:
    make, word = REFUSED[case]
    data = make()
    assert word in str(measured(data))
    with pytest.raises(UnreadableNotes):
        read(data, "song.mid")


def slow_then_fast() -> bytes:
    return midi(meta(0x51, bytes(3)) + NOTE + meta(0x51, b"\xff\xff\xff") + NOTE + meta(0x51, b"\x00\x00\x01") + NOTE)


MENDED: dict[str, tuple[Callable[[], bytes], int, str]] = {
    "truncated within a track": (lambda: valid("music21_chords")[:100], 6, "breaks off"),
    "fewer tracks than promised": (lambda: midi(NOTE + END, promised=7), 1, "breaks off"),
    "garbage after a note": (lambda: midi(NOTE + b"\x00\xf4\x90\xff" * 9), 1, "breaks off"),
    "running status garbage": (lambda: midi(NOTE + b"\x00\x90" + bytes(range(129)) * 9), 86, "breaks off"),
    "tempo zero": (slow_then_fast, 3, "between 10 and 400"),
    "a note held for hours": (lambda: midi(b"\x00\x90\x3c\x50" + HOURS + b"\x80\x3c\x00" + END), 1, ""),
    "hours of silence before": (lambda: midi(HOURS * 1 + NOTE[1:] + END), 1, "silence"),
    "hours of silence between": (lambda: midi(NOTE + HOURS + NOTE[1:] + END), 1, "1 notes come later"),
    "hours of silence after": (lambda: midi(NOTE + HOURS + END[1:]), 1, ""),
    "hours of hours": (lambda: midi(NOTE + (HOURS + b"\xb0\x07\x40") * 10_000 + HOURS + NOTE[1:]), 1, "come later"),
    "no end mark": (lambda: midi(NOTE), 1, ""),
    "a track after its end mark": (lambda: midi(NOTE + END + NOTE * 9), 1, ""),
    "notes without release": (lambda: midi(b"\x00\x90" + b"".join(bytes([p, 80, 0]) for p in range(99))), 99, "never"),
    "every pitch a thousand times at once": (
        lambda: midi(b"".join(b"\x00\x90" + bytes([p % 128, 80]) for p in range(MOST_NOTES)) + END), 128, "never",
    ),
    "releases without strikes": (lambda: midi(b"\x00\x80\x3c\x00" * 20_000 + NOTE + END), 1, ""),
    "a meter of zero": (lambda: midi(meta(0x58, b"\x00\xff\x18\x08") + NOTE + END), 1, ""),
    "a meter of a thirty-second": (lambda: midi(meta(0x58, b"\x01\x05\x18\x08") + NOTE * 3000 + END), 3000, ""),
    "a key of 99 sharps": (lambda: midi(meta(0x59, b"\x63\x07") + NOTE + END), 1, ""),
    "a meta event of the wrong length": (lambda: midi(meta(0x51, b"\x01") + meta(0x58, b"") + NOTE + END), 1, ""),
    "a hostile title": (lambda: midi(meta(3, b"<script>\x00\x1b[31m\xe2\x80\xae" + b"x" * 100) + NOTE + END), 1, ""),
    "one tick a beat": (lambda: midi(NOTE * 40 + END, division=1), 40, ""),
    "32,767 ticks a beat": (lambda: midi(NOTE * 40 + END, division=32_767), 1, "moved to it"),
    "chunks of unknown kind": (lambda: midi() + b"XFIHabcd" * 1000 + midi(NOTE + END)[14:], 1, ""),
    "a chunk that claims four gigabytes": (lambda: midi() + b"MTrk\xff\xff\xff\xff" + NOTE, 1, "breaks off"),
    "signs without end": (
        lambda: midi(NOTE + b"".join(meta(0x58, bytes([1 + n % 9, 2]), b"\x60") for n in range(9_000)) + END), 1, "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", MENDED)
def test_it_is_mended_with_a_word(case: str) -> None:
    make, notes, word = MENDED[case]
    piece = measured(make())
    assert isinstance(piece, Piece), str(piece)
    assert len(piece.notes) == notes
    assert word in " ".join(map(str, piece.notices))
    assert bool(piece.notices) == bool(word)
    score = score_of(piece)
    assert 0 < score.beats <= MOST_BEATS
    assert score.notes


def measured(data: bytes) -> Piece | UnreadableNotes:
    """What becomes of the bytes; fails where that costs more than its share of memory or of steps."""
    tracemalloc.start()
    try:
        outcome: Piece | UnreadableNotes = read_midi(data)
    except UnreadableNotes as refusal:
        outcome = refusal
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < MOST_MEMORY
    assert steps(data) <= min(MOST_EVENTS + 1, len(data))
    return outcome


def steps(data: bytes) -> int:
    """Events that were looked at, each once."""
    budget = Budget()
    with suppress(UnreadableNotes):
        raw_of_midi(open_midi(data, budget))
    return budget.spent


def test_the_largest_piece_there_is_stays_within_its_share() -> None:
    """As many notes as are read, over all tracks, at places that lie on no grid."""
    chance = random.Random(7)
    tracks = [
        b"".join(
            bytes([chance.randrange(90), 0x90, pitch, 80, chance.randrange(1, 90), 0x80, pitch, 0])
            for pitch in (chance.randrange(128) for _ in range(MOST_NOTES // MOST_TRACKS))
        )
        for _ in range(MOST_TRACKS)
    ]
    piece = measured(midi(*tracks))
    assert isinstance(piece, Piece)
    assert len(piece.voices) == MOST_TRACKS
    assert len(piece.notes) > 0.9 * MOST_NOTES


def test_the_title_is_harmless() -> None:
    piece = measured(MENDED["a hostile title"][0]())
    assert isinstance(piece, Piece)
    assert piece.title.startswith("<script>[31mxxx")
    assert len(piece.title) <= 80
    assert piece.title.isprintable()


@pytest.mark.parametrize("name", sorted(MEANT))
def test_truncated_anywhere_it_is_a_piece_or_a_reason(name: str) -> None:
    data = valid(name)
    found = [outcome_of(data[:length]) for length in range(len(data))]
    sizes = [len(piece.notes) for piece in found if piece]
    assert sizes == sorted(sizes), "a longer beginning never holds fewer notes"
    assert all(piece.notices for piece in found[:-1] if piece)


@pytest.mark.parametrize("name", sorted(MEANT))
def test_damaged_by_chance_it_is_a_piece_or_a_reason(name: str) -> None:
    """Thirty times: bytes changed, cut out, doubled or put in."""
    chance = random.Random(name)
    for _ in range(30):
        data = bytearray(valid(name))
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(data))
            data[at : at + chance.randint(0, 3)] = chance.choice(
                [bytes([chance.randrange(256)]), b"", bytes(data[at : at + 9]), b"\xff\xff", b"\x00\x90"]
            )
        piece = outcome_of(bytes(data))
        if piece:
            assert all(note.duration > 0 for note in chain.from_iterable(voice.notes for voice in piece.voices))
            assert 0 < score_of(piece).beats <= MOST_BEATS


def outcome_of(data: bytes) -> Piece | None:
    """The piece, or None for a refusal in words; anything else that is raised fails the test."""
    try:
        return read_midi(data)
    except UnreadableNotes as refusal:
        assert str(refusal).endswith((".", "!"))
        return None
