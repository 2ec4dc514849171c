"""MIDI files of several makers are read as they were meant, and come back from a round trip unchanged."""

from __future__ import annotations

import io
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import mido  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.music import Key
from engine.notes import Piece, UnreadableNotes, read_midi, score_of
from engine.notes.grid import measure, snap
from engine.notes.smf import Budget, open_midi
from engine.render import to_midi
from tests.fixtures.midi.regenerate import FOLDER, MEANT, WRITERS, events_of

NAMES = sorted(MEANT)


def file_of(name: str) -> bytes:
    return (FOLDER / f"{name}.mid").read_bytes()


def heard(piece: Piece) -> list[tuple[Any, int, Any]]:
    return [(note.onset, note.pitch, note.duration) for note in piece.notes]


def vlq(value: int) -> bytes:
    """A variable-length number of up to three bytes."""
    parts = [value >> 14, value >> 7 & 0x7F, value & 0x7F]
    first = next(index for index, part in enumerate(parts) if part or index == 2)
    return bytes([*(0x80 | part for part in parts[first:-1]), parts[-1]])


def midi(*tracks: bytes, kind: int = 1, division: int = 480, promised: int | None = None) -> bytes:
    """A file around the bytes of tracks."""
    count = len(tracks) if promised is None else promised
    header = b"MThd" + (6).to_bytes(4) + kind.to_bytes(2) + count.to_bytes(2) + division.to_bytes(2)
    return header + b"".join(b"MTrk" + len(track).to_bytes(4) + track for track in tracks)


END = b"\x00\xff\x2f\x00"


def track_of(*events: tuple[int, bytes]) -> bytes:
    """(ticks to wait, message) and an end mark."""
    return b"".join(vlq(wait) + message for wait, message in events) + END


def on(pitch: int, velocity: int = 80, channel: int = 0) -> bytes:
    return bytes([0x90 | channel, pitch, velocity])


def off(pitch: int, channel: int = 0) -> bytes:
    return bytes([0x80 | channel, pitch, 0])


# --- files of several makers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_read_as_it_was_meant(name: str) -> None:
    assert heard(read_midi(file_of(name))) == MEANT[name]


def test_there_is_a_file_for_everything_that_is_meant() -> None:
    assert set(WRITERS) == set(MEANT) == {path.stem for path in Path(FOLDER).glob("*.mid")}


@pytest.mark.parametrize("name", ["running_status_type0", "mido_type1", "tempo_changes", "triplets", "swing_played"])
def test_the_files_are_what_their_script_writes(name: str) -> None:
    assert WRITERS[name]() == file_of(name)


@pytest.mark.parametrize("name", NAMES)
def test_ticks_are_kept_as_another_reader_finds_them(name: str) -> None:
    piece = read_midi(file_of(name))
    ours = sorted((note.tick, note.pitch, note.velocity) for note in piece.notes)
    assert ours == sorted(_strikes(file_of(name)))


def _strikes(data: bytes) -> Iterator[tuple[int, int, int]]:
    for track in mido.MidiFile(file=io.BytesIO(data)).tracks:
        now = 0
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity and message.channel != 9:
                yield now, message.note, message.velocity


@pytest.mark.parametrize("name", NAMES)
def test_a_piece_written_as_score_and_midi_is_read_as_itself(name: str) -> None:
    piece = read_midi(file_of(name))
    again = read_midi(to_midi(score_of(piece)))
    assert heard(again) == heard(piece)
    assert again.meters[0].bar == piece.meter.bar
    assert again.tempos[0].bpm == pytest.approx(piece.tempos[0].bpm, abs=0.01)


def test_signs_are_kept() -> None:
    piece = read_midi(file_of("tempo_changes"))
    assert [(float(tempo.onset), tempo.bpm) for tempo in piece.tempos] == [(0, 120), (1, 60), (4, 150)]
    assert [(float(meter.onset), str(meter)) for meter in piece.meters] == [(0, "4/4"), (4, "2/2")]
    named = read_midi(file_of("mido_type1"))
    assert (named.title, named.key, str(named.meter), named.tempos[0].bpm) == (
        "Two voices", Key("A", "minor"), "2/4", 80,
    )  # fmt: skip


def test_drums_are_left_out_with_a_word() -> None:
    piece = read_midi(file_of("pretty_midi_drums"))
    assert [str(notice) for notice in piece.notices] == ["The drums were left out: 8 strokes."]
    assert [voice.program for voice in piece.voices] == [0, 32]


@pytest.mark.parametrize(
    ("name", "pickup", "place"),
    [
        ("accents_a_tick_late", Fraction(1, 2), Fraction(5, 2)),
        ("abc2midi_jig", Fraction(1, 2), Fraction(5, 2)),
        ("short_first_meter", Fraction(1), Fraction(0)),
        ("mido_type1", Fraction(0), Fraction(0)),
    ],
)
def test_the_pickup_is_found(name: str, pickup: Fraction, place: Fraction) -> None:
    piece = read_midi(file_of(name))
    assert (piece.pickup, piece.place_in_bar(Fraction(0))) == (pickup, place)
    assert piece.place_in_bar(pickup) == 0


# --- the grid -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "feel"),
    [("mido_type1", "straight"), ("triplets", "both"), ("swing_played", "triplet"), ("coarse_ticks", "straight")],
)
def test_the_feel_is_measured(name: str, feel: str) -> None:
    assert read_midi(file_of(name)).grid.feel == feel


def test_how_far_notes_lie_from_the_grid_is_measured() -> None:
    assert read_midi(file_of("triplets")).grid.worst_off == 0
    late = read_midi(file_of("abc2midi_jig")).grid
    assert late.mean_off == pytest.approx(1 / 480) == late.worst_off
    assert str(late.sentence) == (
        "Straight sixteenths or finer; the notes lay 0.2 % of a beat from their places on average, 0.2 % at most."
    )
    played = read_midi(file_of("swing_played")).grid
    assert 0.01 < played.mean_off < played.worst_off <= 16 / 480


def test_what_lies_far_from_any_grid_is_told() -> None:
    onsets = [tick * 480 + 55 for tick in range(40)]
    events = [message for tick in onsets for message in ((tick, on(60)), (tick + 100, off(60)))]
    waits = [(now - before, message) for (before, _), (now, message) in zip([(0, b""), *events], events, strict=False)]
    piece = read_midi(midi(track_of(*waits)))
    assert any("from the grid on average" in str(notice) for notice in piece.notices)


@given(
    division=st.sampled_from([4, 6, 8, 12]),
    ticks=st.sampled_from([96, 192, 480, 960]),
    places=st.sets(st.integers(0, 95), min_size=1),
)
def test_exact_onsets_are_on_the_measured_grid(division: int, ticks: int, places: set[int]) -> None:
    exact = [Fraction(place, division) for place in sorted(places)]
    onsets = [int(onset * ticks) for onset in exact]
    grid = measure(onsets, ticks)
    assert [snap(tick, ticks, grid) for tick in onsets] == exact
    assert grid.worst_off == 0
    assert max(grid.divisions) <= division  # never finer than needed


# --- pairing --------------------------------------------------------------------------------------------------------


def test_overlapping_strikes_end_in_the_order_they_began() -> None:
    piece = read_midi(midi(track_of((0, on(60)), (240, on(64)), (240, off(60)), (480, off(64)))))
    assert [(note.pitch, note.duration) for note in piece.notes] == [(60, 1), (64, Fraction(3, 2))]


def test_a_pitch_struck_again_ends_there() -> None:
    piece = read_midi(midi(track_of((0, on(60)), (480, on(60)), (480, off(60)), (480, off(60)))))
    assert heard(piece) == [(0, 60, 1), (1, 60, 2)]


def test_hanging_notes_are_ended_with_a_word() -> None:
    piece = read_midi(midi(track_of((0, on(60)), (480, on(62)), (480, off(62)), (9600, b"\xb0\x07\x40"))))
    assert heard(piece) == [(0, 60, 4), (1, 62, 1)]
    assert "Notes that were never released were ended: 1." in [str(notice) for notice in piece.notices]


def test_the_pedal_does_not_hold_notes() -> None:
    piece = read_midi(midi(track_of((0, b"\xb0\x40\x7f"), (0, on(60)), (480, off(60)), (480, b"\xb0\x40\x00"))))
    assert heard(piece) == [(0, 60, 1)]
    assert str(piece.notices[0]).startswith("The pedal was left out")


def test_sysex_and_unknown_events_are_passed_over() -> None:
    sysex, unknown = b"\xf0\x03\x43\x10\xf7", b"\xff\x7f\x04abcd"
    piece = read_midi(midi(track_of((0, sysex), (0, on(60)), (240, unknown), (240, b"\x3c\x00"), (0, b"\xf8"))))
    assert heard(piece) == [(0, 60, 1)]
    assert piece.notices == ()


def test_silent_bars_before_the_first_note_are_cut_and_signs_move_along() -> None:
    signs = track_of((0, b"\xff\x58\x04\x03\x02\x18\x08"), (480 * 30, b"\xff\x51\x03\x07\xa1\x20"))
    piece = read_midi(midi(signs, track_of((0, b"\xc0\x28"), (2 * 16000, on(60)), (480, off(60)))))
    assert 0 <= piece.notes[0].onset < 3
    assert piece.notes[0].tick == 32000 - 480 * 66
    assert [tempo.bpm for tempo in piece.tempos] == [120]
    assert piece.voices[0].program == 40


def test_the_header_may_be_wrapped() -> None:
    inside = file_of("mido_type1")
    wrapped = b"RIFF" + (len(inside) + 12).to_bytes(4, "little") + b"RMIDdata" + len(inside).to_bytes(4, "little")
    assert heard(read_midi(wrapped + inside)) == MEANT["mido_type1"]


# --- any bytes ------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(30, 90), st.integers(1, 8)), min_size=1, max_size=40))
def test_any_notes_on_the_grid_are_read_back(raw: list[tuple[int, int, int]]) -> None:
    """Onset and length in sixteenths; a pitch is not struck while it sounds."""
    meant, free = [], dict[int, int]()
    for onset, pitch, length in sorted(raw):
        if free.get(pitch, 0) <= onset:
            meant.append((Fraction(onset, 4), pitch, Fraction(length, 4)))
            free[pitch] = onset + length
    events = [(tick, on(pitch) if strike else off(pitch)) for tick, strike, pitch in events_of(meant, 480)]
    first = min(onset for onset, _, _ in meant) // 4 * 4
    waits = [(now - before, message) for (before, _), (now, message) in zip([(0, b""), *events], events, strict=False)]
    assert heard(read_midi(midi(track_of(*waits)))) == sorted((onset - first, p, d) for onset, p, d in meant)


@given(st.sampled_from(NAMES), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=12), st.floats(0, 1))
def test_damaged_files_give_a_piece_or_a_reason(name: str, edits: list[tuple[float, int]], kept: float) -> None:
    data = bytearray(file_of(name))
    for place, value in edits:
        data[int(place * (len(data) - 1))] = value
    check_read(bytes(data[: max(1, int(len(data) * (0.5 + kept / 2)))]))


@given(st.binary(max_size=400))
def test_random_tracks_give_a_piece_or_a_reason(noise: bytes) -> None:
    check_read(midi(b"\x00\x90\x3c\x50" + noise))
    check_read(noise)


def check_read(data: bytes) -> None:
    """Whatever the bytes are: a piece that keeps its own laws and can be written again, or the room's own error."""
    try:
        piece = read_midi(data)
    except UnreadableNotes as refusal:
        assert str(refusal)
        return
    assert piece.voices and piece.tempos[0].onset == 0 == piece.meters[0].onset
    assert all(note.duration > 0 and 0 <= note.onset < note.end <= piece.end + 4096 for note in piece.notes)
    assert min(tempo.bpm for tempo in piece.tempos) >= 10
    score = score_of(piece)
    assert 0 < score.beats <= 4096
    assert list(score.bars) == sorted(set(score.bars))


def test_every_event_is_counted_once() -> None:
    budget = Budget()
    tracks = open_midi(midi(track_of((0, on(60)), (480, off(60)))), budget).tracks
    assert [len(list(track)) for track in tracks] == [2]
    assert budget.spent == 3  # with the end mark
