"""Loudness as the standard measures it, peaks held; MIDI read under limits and written."""

from __future__ import annotations

import os
from io import BytesIO
from typing import Any

import numpy as np
import pytest

from engine import synth
from engine.errors import SoundError
from engine.synth.level import TARGET_LUFS, limit, loudness, normalise
from engine.synth.performance import MAX_NOTES, Performance, Sounding, channels, read_performance, write_performance
from tests.sound.common import RATE, midi_of, played, sine, song


@pytest.mark.parametrize("rate", [32_000, 44_100, 48_000])
def test_loudness_agrees_with_the_standards_reference_values(rate: int) -> None:
    # ITU-R BS.1770-4: a 0 dBFS 997 Hz sine in one front channel reads -3.01; EBU Tech 3341, cases 1 and 2.
    assert loudness(sine(0, 5, rate, 997, sides=1), rate) == pytest.approx(-3.01, abs=0.01 if rate == 48_000 else 0.05)
    assert loudness(sine(-23, 20, rate), rate) == pytest.approx(-23, abs=0.1)
    assert loudness(sine(-33, 20, rate), rate) == pytest.approx(-33, abs=0.1)


def test_quiet_passages_do_not_count() -> None:
    # EBU Tech 3341, cases 3 and 4: relative and absolute gate.
    loud, soft, faint = sine(-23, 60), sine(-36, 10), sine(-72, 10)
    assert loudness(np.concatenate([soft, loud, soft]), 48_000) == pytest.approx(-23, abs=0.1)
    assert loudness(np.concatenate([faint, soft, loud, soft, faint]), 48_000) == pytest.approx(-23, abs=0.1)


def test_the_ear_hears_treble_more_than_bass() -> None:
    low, middle, high = (loudness(sine(-20, 3, hertz=hertz), 48_000) for hertz in (30, 1000, 8000))
    assert low < middle - 3 and high > middle + 3  # the standard's curve: -5.5 and +4 dB or so


def test_silence_and_a_sound_shorter_than_a_block_have_a_loudness() -> None:
    assert loudness(np.zeros((0, 2), np.float32), RATE) == -np.inf
    assert loudness(np.zeros((RATE, 2), np.float32), RATE) == -np.inf
    assert loudness(sine(-20, 0.1, RATE), RATE) == pytest.approx(-20, abs=1)


@pytest.mark.parametrize("decibels", [-60.0, -30.0, 0.0])
def test_loud_and_soft_come_to_the_same_level(decibels: float) -> None:
    assert loudness(normalise(sine(decibels, 3, RATE), RATE), RATE) == pytest.approx(TARGET_LUFS, abs=0.1)


def test_silence_stays_silent() -> None:
    assert not normalise(np.zeros((RATE, 2), np.float32), RATE).any()


def test_the_limiter_holds_peaks_without_a_corner() -> None:
    samples = sine(-20, 2, RATE, hertz=100)
    samples[RATE : RATE + 400] *= 20  # a burst far above full scale
    untouched = samples[: RATE // 2].copy()
    limited = limit(samples, 0.8)
    assert np.abs(limited).max() <= 0.8
    assert np.array_equal(limited[: RATE // 2], untouched)
    before = limited[RATE - 1500 : RATE, 0] / sine(-20, 2, RATE, hertz=100)[RATE - 1500 : RATE, 0].clip(-9, 9)
    gains = before[np.isfinite(before)]
    assert np.abs(np.diff(gains)).max() < 0.02  # it turns down gradually


def test_a_performance_written_and_read_is_the_same() -> None:
    notes = (Sounding(60, 80, 0.0, 1.0), Sounding(64, 70, 0.5, 2.0, 48), Sounding(38, 90, 1.0, 1.25, 0, True))
    again = read_performance(write_performance(Performance(notes, 3.0), 0.5))
    assert [(n.pitch, n.velocity, n.program, n.is_drum) for n in again.notes] == [
        (60, 80, 0, False),
        (64, 70, 48, False),
        (38, 90, 0, True),
    ]
    assert [(n.start, n.end) for n in again.notes] == [pytest.approx((n.start, n.end), abs=0.001) for n in notes]
    assert again.seconds == pytest.approx(3.5, abs=0.001)


def test_a_rendered_song_is_read_with_its_times() -> None:
    performance = read_performance(song(instrument=48))
    assert performance.seconds == pytest.approx(6.0)
    assert performance.programs == ((48, False),)
    assert sorted({round(note.start, 3) for note in performance.notes}) == [0.0, 1.5, 3.0, 4.5]


def test_the_same_note_struck_again_and_a_hanging_note_end_properly() -> None:
    import mido  # type: ignore[import-untyped]

    def on(delay: int, velocity: int) -> Any:
        return mido.Message("note_on", note=60, velocity=velocity, time=delay)

    track = mido.MidiTrack([on(0, 80), on(480, 0), on(0, 90), mido.MetaMessage("end_of_track", time=960)])
    out = BytesIO()
    mido.MidiFile(ticks_per_beat=480, tracks=[track]).save(file=out)
    first, second = read_performance(out.getvalue()).notes
    assert (first.start, first.end, second.start, second.end) == (0.0, 0.5, 0.5, 1.5)


@pytest.mark.parametrize("midi", [b"", b"MThd", b"RIFF0000sfbk", os.urandom(0) + b"MThd\x00\x00\x00\x06\x00\x02" * 9])
def test_what_is_no_midi_is_refused_in_words(midi: bytes) -> None:
    with pytest.raises(SoundError, match="not a MIDI file"):
        synth.synthesize(midi)


def test_every_truncation_of_a_midi_file_is_read_or_refused() -> None:
    whole = midi_of(played((60, 0, 1), (64, 0, 1)))
    for length in range(len(whole)):
        try:
            read_performance(whole[:length])
        except SoundError:
            continue


def test_what_would_fill_memory_or_never_end_is_refused() -> None:
    hour = midi_of(played((60, 0, 3600)))
    assert len(hour) < 200
    with pytest.raises(SoundError, match="10 minutes"):
        synth.synthesize(hour)
    with pytest.raises(SoundError, match="1000 kB"):
        synth.synthesize(b"\x00" * 1_500_000)
    many = midi_of(played(*((60, index / 100, index / 100 + 0.001) for index in range(MAX_NOTES + 10))))
    with pytest.raises(SoundError, match="too long"):
        synth.synthesize(many)
    with pytest.raises(SoundError, match="add a chord"):
        synth.synthesize(write_performance(Performance((), 2.0), 0.0))


def test_every_program_gets_a_channel_and_drums_keep_theirs() -> None:
    notes = (*(Sounding(60, 80, 0, 1, program) for program in range(20)), Sounding(36, 80, 0, 1, 0, True))
    taken = channels(Performance(notes, 1.0))
    assert taken[0, True] == 9
    assert all(0 <= channel < 16 and channel != 9 for key, channel in taken.items() if not key[1])
    assert len({taken[program, False] for program in range(15)}) == 15
