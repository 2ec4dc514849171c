"""The synthesiser of our own, and files of sound; what plays in the browser."""

from __future__ import annotations

import wave
from io import BytesIO

import numpy as np
import pytest

from engine import synth
from engine.music import Audio
from engine.synth import builtin
from engine.synth.performance import Performance, Sounding
from tests.sound.common import EVERY_INSTRUMENT, RATE, ROOT, cents_off, played, sine


@pytest.mark.parametrize("program_number", [0, 11, 16, 24, 46, 48, 89, 127])
def test_the_built_in_synth_is_in_tune_and_without_clicks(program_number: int) -> None:
    piece = played((45, 0, 1), (64, 0, 1), (72, 0, 1), program=program_number)
    samples = builtin.render(piece, 2.0)
    for pitch in (45, 64, 72):
        assert abs(cents_off(samples[:RATE], pitch)) < 3
    assert np.abs(np.diff(samples, axis=0)).max() < 0.1
    assert not samples[int(1.3 * RATE) :].any()


def test_the_built_in_synth_plays_loud_and_soft_long_and_short() -> None:
    soft, loud = (np.abs(builtin.render(played((60, 0, 1), velocity=v), 2.0)).max() for v in (40, 120))
    assert loud > 4 * soft > 0
    assert builtin.render(played((60, 0, 40), program=48), 41.0)[39 * RATE :].shape == (2 * RATE, 2)
    assert not builtin.render(Performance((Sounding(38, 90, 0, 1, 0, True),), 1.0), 1.0).any()


def test_a_wav_holds_the_samples() -> None:
    samples = sine(-6, 7, RATE)
    samples[0] = (2.0, -2.0)  # clipped, not wrapped
    data = synth.to_wav(Audio(samples, RATE, "builtin"))
    with wave.open(BytesIO(data)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, RATE)
        again = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2) / 32767
    assert np.abs(again - samples.clip(-1, 1)).max() < 2e-5


def test_an_mp3_holds_the_sound_in_a_tenth_of_the_bytes() -> None:
    import soundfile

    audio = Audio(sine(-12, 3, RATE, hertz=440), RATE, "builtin")
    data = synth.to_mp3(audio)
    assert len(data) < len(synth.to_wav(audio)) / 8
    again, rate = soundfile.read(BytesIO(data), dtype="float32")
    assert rate == RATE and len(again) / rate == pytest.approx(3, abs=0.1)
    assert abs(cents_off(again, 69)) < 1


def test_instruments_are_general_midi_programs_with_names() -> None:
    for known in (synth.INSTRUMENTS, synth.TUNE_INSTRUMENTS):
        programs = [instrument.program for instrument in known]
        assert len(set(programs)) == len(programs) and all(0 <= program <= 127 for program in programs)
    assert str(synth.instrument_name(0)) == "Piano" and "100" in str(synth.instrument_name(99))
    assert str(synth.instrument_name(110)) == "Fiddle"


def test_an_instrument_has_one_name() -> None:
    known = {(each.program, str(each.name)) for each in (*synth.INSTRUMENTS, *synth.TUNE_INSTRUMENTS)}
    assert len(known) == len(EVERY_INSTRUMENT)


def test_chords_are_under_a_tune_on_piano_or_guitar() -> None:
    under = {known.program: synth.accompanying(known.program) for known in synth.TUNE_INSTRUMENTS}
    assert under.pop(0) == 0
    assert set(under.values()) == {25}


def test_the_browser_plays_what_lies_there_and_the_piano_for_all_else() -> None:
    static = ROOT / "static" / "sounds"
    for program in range(128):
        played = synth.sampled(program)
        assert played in (program, 0)
        assert (static / f"{played or 'piano'}.mp3").is_file()
        assert (static / f"{synth.accompanying(played) or 'piano'}.mp3").is_file()
    assert all(synth.sampled(one.program) == one.program for one in synth.TUNE_INSTRUMENTS)
