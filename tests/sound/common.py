"""What the tests of sound share: music to play, measures of what was heard."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from engine import synth
from engine.music import Audio, Key, Progression, Slot
from engine.render import to_midi
from engine.synth import fluid
from engine.synth.level import TARGET_LUFS, loudness
from engine.synth.performance import Performance, Sounding, write_performance
from engine.theory import read_chord
from engine.voicing import arrange

RATE = fluid.SAMPLE_RATE
ROOT = Path(__file__).resolve().parents[2]
Samples = npt.NDArray[np.float32]


def played(*notes: tuple[int, float, float], velocity: int = 80, program: int = 0, rest: float = 0.0) -> Performance:
    """(pitch, start, end) in seconds as a performance."""
    soundings = tuple(Sounding(pitch, velocity, start, end, program) for pitch, start, end in notes)
    return Performance(soundings, max(end for _, _, end in notes) + rest)


def midi_of(performance: Performance) -> bytes:
    return write_performance(performance, 0.0)


def song(instrument: int = 0) -> bytes:
    """I-V-vi-IV, each chord 1.5 seconds."""
    slots = tuple(Slot(read_chord(symbol), 3.0) for symbol in ("C", "G", "Am", "F"))
    return to_midi(arrange(Progression(Key("C"), slots), 120, instrument))


def spectrum(samples: Samples) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    mono = samples.mean(axis=1)
    size = 1 << 18
    strength = np.abs(np.fft.rfft(mono.astype(np.float64) * np.hanning(len(mono)), size))
    return np.asarray(np.fft.rfftfreq(size, 1 / RATE), np.float64), np.asarray(strength, np.float64)


def cents_off(samples: Samples, pitch: int) -> float:
    """How far the strongest partial near a pitch lies from it."""
    hertz, strength = spectrum(samples)
    wanted = 440.0 * 2 ** ((pitch - 69) / 12)
    near = np.abs(np.log2(np.maximum(hertz, 1.0) / wanted)) < 0.5 / 12
    return float(1200 * np.log2(hertz[np.argmax(strength * near)] / wanted))


def true_peak(samples: Samples) -> float:
    """Highest value in dBFS, between samples too (four times oversampled, BS.1770-4 annex 2)."""
    highest = 0.0
    for at in range(0, len(samples), RATE):
        part = samples[max(0, at - 512) : at + RATE + 512].T
        dense = np.fft.irfft(np.fft.rfft(part), part.shape[1] * 4) * 4
        highest = max(highest, float(np.abs(dense[:, 1024:-1024]).max()))
    return 20 * float(np.log10(max(highest, float(np.abs(samples).max()))))


def assert_well_made(audio: Audio, music_seconds: float) -> None:
    """Length, level, peak, the ringing and the end: what holds for every sound that leaves the house."""
    assert audio.samples.dtype == np.float32 and audio.samples.shape[1] == 2
    assert audio.seconds == pytest.approx(music_seconds + synth.TAIL, abs=0.002)
    assert loudness(audio.samples, audio.sample_rate) == pytest.approx(TARGET_LUFS, abs=1.5)
    assert true_peak(audio.samples) <= -1.0
    assert np.abs(audio.samples[-20:]).max() < 1e-4
    tail = audio.samples[int((music_seconds + 0.1) * audio.sample_rate) :]
    assert np.abs(np.diff(tail, axis=0)).max() < 0.1  # no click once the keys are let go
    assert np.isfinite(audio.samples).all()


def missing(what: str) -> None:
    """Skips here; fails where all is to be checked, so that the sound never goes untested unnoticed."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is not installed, and the environment variable CI says that everything is to be tested")
    pytest.skip(f"{what} is not installed here")


def sine(decibels: float, seconds: float, rate: int = 48_000, hertz: float = 1000.0, sides: int = 2) -> Samples:
    time_axis = np.arange(int(seconds * rate)) / rate
    mono = 10 ** (decibels / 20) * np.sin(2 * np.pi * hertz * time_axis)
    return np.repeat(mono[:, None], sides, axis=1).astype(np.float32)


EVERY_INSTRUMENT = {known.program: known for known in (*synth.INSTRUMENTS, *synth.TUNE_INSTRUMENTS)}
