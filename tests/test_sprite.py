"""What the browser plays: manifests say where the notes lie, MP3 files hold them, in tune and at level."""

from __future__ import annotations

import json
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from engine.synth.instruments import PIANO, STEEL_GUITAR, TUNE_INSTRUMENTS
from engine.synth.level import TARGET_LUFS, loudness
from engine.voicing import BASS_RANGE, RIGHT_RANGE

FOLDER = Path(__file__).resolve().parents[1] / "static" / "sounds"
MANIFEST: dict[str, Any] = json.loads((FOLDER / "piano.json").read_text("utf-8"))
NOTES: list[dict[str, float]] = MANIFEST["notes"]
RATE: int = MANIFEST["sampleRate"]

Mono = npt.NDArray[np.float32]


@cache
def decoded() -> Mono:
    samples, rate = soundfile.read(FOLDER / "piano.mp3", dtype="float32")
    assert rate == RATE and samples.ndim == 1
    return np.asarray(samples, np.float32)


def sound_of(note: dict[str, float]) -> Mono:
    start = int(note["start"] * RATE)
    return decoded()[start : start + int(note["duration"] * RATE)]


def as_the_browser_plays(pitch: int) -> Mono:
    """The nearest note at another speed."""
    nearest = min(NOTES, key=lambda note: abs(note["pitch"] - pitch))
    sound = sound_of(nearest)
    rate = 2 ** ((pitch - nearest["pitch"]) / 12)
    return np.asarray(np.interp(np.arange(int(len(sound) / rate)) * rate, np.arange(len(sound)), sound), np.float32)


def test_the_whole_register_of_the_voicings_is_near_a_note() -> None:
    pitches = [note["pitch"] for note in NOTES]
    assert pitches == sorted(set(pitches))
    for pitch in range(BASS_RANGE[0] - 4, RIGHT_RANGE[1] + 8):
        assert min(abs(pitch - known) for known in pitches) <= 2


def test_it_is_small_enough_for_a_phone_and_its_licence_lies_beside_it() -> None:
    assert 100_000 < (FOLDER / "piano.mp3").stat().st_size < 260_000
    licence = (FOLDER / "LICENSE-FluidR3.txt").read_text("utf-8")
    assert "Frank Wen" in licence and "Permission is hereby granted, free of charge" in licence


def test_the_manifest_describes_the_decoded_file() -> None:
    assert len(decoded()) / RATE == pytest.approx(MANIFEST["seconds"], abs=0.001)
    first = int(np.argmax(np.abs(decoded()) > MANIFEST["onsetLevel"])) / RATE
    assert first == pytest.approx(MANIFEST["firstOnset"], abs=0.001)
    assert NOTES[0]["start"] == MANIFEST["firstOnset"]
    for one, other in pairwise(NOTES):
        assert one["start"] + one["duration"] + 0.1 <= other["start"]


@pytest.mark.parametrize("note", NOTES, ids=lambda note: str(note["pitch"]))
def test_every_slot_holds_its_note_from_start_to_silence(note: dict[str, float]) -> None:
    sound = sound_of(note)
    start = int(note["start"] * RATE)
    assert np.abs(decoded()[start - int(0.06 * RATE) : start - int(0.004 * RATE)]).max() < 0.006  # silent before
    assert np.argmax(np.abs(sound) > 0.02) / RATE < 0.005  # sounds at once
    assert 0.2 < np.abs(sound).max() < 0.35  # four together do not clip
    assert np.abs(sound[-int(0.01 * RATE) :]).max() < 1e-3  # and ends in silence
    cents, share = off_pitch(sound, int(note["pitch"]))
    assert abs(cents) < 15
    assert share > 0.3  # the fundamental, not a stray partial


def off_pitch(sound: Mono, pitch: int) -> tuple[float, float]:
    """Cents from the pitch to the strongest tone near it, and its share of the strongest of all."""
    wanted, size = 440.0 * 2 ** ((pitch - 69) / 12), 1 << 19
    strength = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), size))
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    near = strength * (np.abs(hertz / wanted - 1) < 0.025)
    return float(1200 * np.log2(hertz[np.argmax(near)] / wanted)), float(near.max() / strength.max())


def test_all_notes_are_equally_loud() -> None:
    levels = [loudness(sound_of(note)[:RATE, None], RATE) for note in NOTES]
    assert max(levels) - min(levels) < 3


@pytest.mark.parametrize("chord", [(48, 64, 67, 72), (43, 62, 67, 71), (50, 65, 69, 72), (41, 65, 68, 72)])
def test_a_chord_of_four_is_as_loud_as_the_rendered_files_and_does_not_clip(chord: tuple[int, ...]) -> None:
    voices = [as_the_browser_plays(pitch) for pitch in chord]
    frames = min(map(len, voices))
    mixed = np.asarray(sum(voice[:frames] for voice in voices), np.float32)
    both_sides = np.repeat(mixed[:, None], 2, axis=1)
    assert loudness(both_sides, RATE) == pytest.approx(TARGET_LUFS, abs=1.5)
    assert np.abs(mixed).max() < 0.9


# --- the instruments of tunes: a sprite each --------------------------------------------------------------------------

PROGRAMS = [one.program for one in TUNE_INSTRUMENTS if one.program != PIANO]


@cache
def sprite_of(program: int) -> tuple[dict[str, Any], Mono]:
    samples, rate = soundfile.read(FOLDER / f"{program}.mp3", dtype="float32")
    manifest = json.loads((FOLDER / f"{program}.json").read_text("utf-8"))
    assert rate == manifest["sampleRate"] and samples.ndim == 1
    return manifest, np.asarray(samples, np.float32)


def notes_of(program: int) -> list[tuple[int, Mono]]:
    manifest, samples = sprite_of(program)
    rate = manifest["sampleRate"]
    spans = [(note["pitch"], int(note["start"] * rate), int(note["duration"] * rate)) for note in manifest["notes"]]
    return [(pitch, samples[start : start + frames]) for pitch, start, frames in spans]


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_instrument_is_in_tune_at_once_and_as_loud_as_the_piano(program: int) -> None:
    piano = float(np.mean([loudness(sound_of(note)[:RATE, None], RATE) for note in NOTES]))
    for pitch, sound in notes_of(program):
        cents, share = off_pitch(sound, pitch)
        assert abs(cents) < 20
        assert share > 0.04  # a guitar's lowest notes ring in their partials
        assert np.argmax(np.abs(sound) > 0.02) / RATE < 0.02
        assert 0.1 < np.abs(sound).max() < 0.35
        assert np.abs(sound[-int(0.01 * RATE) :]).max() < 2e-3
        assert -5 < loudness(sound[:RATE, None], RATE) - piano < 1  # what is plucked dies away


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_instrument_is_small_and_reaches_what_a_fiddle_does(program: int) -> None:
    pitches = [pitch for pitch, _ in notes_of(program)]
    assert max(min(abs(pitch - known) for known in pitches) for pitch in range(55, 89)) <= 2
    assert (FOLDER / f"{program}.mp3").stat().st_size < 140_000


def test_chords_under_a_tune_have_notes_near_on_the_guitar() -> None:
    pitches = [pitch for pitch, _ in notes_of(STEEL_GUITAR)]
    assert max(min(abs(pitch - known) for known in pitches) for pitch in range(41, 80)) <= 2
