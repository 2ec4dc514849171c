"""What is heard: right pitches, right length, one loudness, a quiet end, and a sound whatever is missing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from shutil import which
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from engine import synth
from engine.errors import SoundError, UnreadableSoundfont
from engine.music import Audio, Key, Progression, Slot
from engine.render import to_midi
from engine.synth import builtin, command, fluid, soundfont
from engine.synth.level import TARGET_LUFS, limit, loudness, normalise
from engine.synth.performance import (
    MAX_NOTES,
    Performance,
    Sounding,
    channels,
    read_performance,
    write_performance,
)
from engine.theory import read_chord
from engine.voicing import arrange

RATE = fluid.SAMPLE_RATE
ROOT = Path(__file__).resolve().parents[1]

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


def strength_at(samples: Samples, pitch: int) -> float:
    hertz, strength = spectrum(samples)
    near = np.abs(np.log2(np.maximum(hertz, 1.0) / 440.0) * 12 + 69 - pitch) < 0.3
    return float(strength[near].max())


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


@pytest.fixture
def embedded() -> Path:
    """The soundfont every installation has: the same samples, so the same figures, everywhere."""
    path = soundfont._embedded()
    assert path is not None
    return path


def missing(what: str) -> None:
    """Skips here; fails where all is to be checked, so that the sound never goes untested unnoticed."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is not installed, and the environment variable CI says that everything is to be tested")
    pytest.skip(f"{what} is not installed here")


@pytest.fixture
def library() -> None:
    try:
        fluid.library()
    except fluid.LibraryMissing:
        missing("FluidSynth's library")


@pytest.fixture
def program() -> None:
    if which("fluidsynth") is None:
        missing("FluidSynth's command")


@pytest.fixture
def no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine without libfluidsynth, where importing the binding fails."""
    fluid.forget()
    monkeypatch.setitem(sys.modules, "fluidsynth", None)


@pytest.fixture
def no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "which", lambda name: None)


@pytest.fixture
def bare_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No soundfont anywhere; the folder that stands for assets/soundfonts."""
    monkeypatch.delenv(soundfont.ENVIRONMENT_VARIABLE, raising=False)
    monkeypatch.setattr(soundfont, "SYSTEM_PLACES", ())
    monkeypatch.setattr(soundfont, "PROJECT_FOLDER", tmp_path / "soundfonts")
    monkeypatch.setattr(soundfont, "_embedded", lambda: None)
    (tmp_path / "soundfonts").mkdir()
    return tmp_path / "soundfonts"


def fake_soundfont(path: Path) -> Path:
    """A file with a soundfont's header and nothing in it."""
    path.write_bytes(b"RIFF" + (4).to_bytes(4, "little") + b"sfbk")
    return path


# --- loudness -------------------------------------------------------------------------------------------------------


def sine(decibels: float, seconds: float, rate: int = 48_000, hertz: float = 1000.0, sides: int = 2) -> Samples:
    time_axis = np.arange(int(seconds * rate)) / rate
    mono = 10 ** (decibels / 20) * np.sin(2 * np.pi * hertz * time_axis)
    return np.repeat(mono[:, None], sides, axis=1).astype(np.float32)


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


# --- MIDI in and out ------------------------------------------------------------------------------------------------


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


# --- soundfonts -----------------------------------------------------------------------------------------------------


def test_soundfonts_are_found_in_the_documented_order(
    bare_places: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("wished", "named", "system", "embedded")
    wished, named, system, inside = (fake_soundfont(tmp_path / f"{name}.sf2") for name in names)
    second, first = fake_soundfont(bare_places / "b.sf2"), fake_soundfont(bare_places / "a.sf3")
    monkeypatch.setenv(soundfont.ENVIRONMENT_VARIABLE, str(named))
    monkeypatch.setattr(soundfont, "SYSTEM_PLACES", (str(tmp_path / "absent.sf2"), str(system)))
    monkeypatch.setattr(soundfont, "_embedded", lambda: inside)
    fonts, notices = soundfont.readable_soundfonts(wished)
    assert fonts == (wished, named, first, second, system, inside) and notices == ()
    assert synth.find_soundfont() == named


@pytest.mark.parametrize(
    "content",
    [b"", b"RIFF", b"RIFF\x10\x00\x00\x00WAVE" + b"\0" * 16, b"RIFF\xff\x00\x00\x00sfbk", b"ID3" + b"\0" * 99],
    ids=["empty", "short", "a WAV", "cut off", "an MP3"],
)
def test_a_file_that_is_no_soundfont_is_passed_over_in_words(
    content: bytes, bare_places: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.sf2").write_bytes(content)
    monkeypatch.setattr(soundfont, "_embedded", lambda: fake_soundfont(tmp_path / "good.sf2"))
    fonts, notices = soundfont.readable_soundfonts(tmp_path / "broken.sf2")
    assert [font.name for font in fonts] == ["good.sf2"]
    assert "broken.sf2" in str(notices[0])


def test_the_embedded_soundfont_is_there_and_nothing_found_is_an_error(embedded: Path, bare_places: Path) -> None:
    soundfont.check_soundfont(embedded)
    with pytest.raises(UnreadableSoundfont, match="assets/soundfonts"):
        synth.find_soundfont()


# --- the chain ------------------------------------------------------------------------------------------------------


def test_whatever_is_installed_a_song_sounds(embedded: Path) -> None:
    audio = synth.synthesize(song(), embedded)
    assert_well_made(audio, 6.0)
    for chord, pitches in enumerate([(48, 64, 67, 72), (43, 62, 67, 71), (45, 64, 69, 72), (41, 65, 69, 72)]):
        part = audio.samples[int(chord * 1.5 * RATE) : int((chord + 1) * 1.5 * RATE)]
        for pitch in pitches:
            assert strength_at(part, pitch) > 3 * strength_at(part, pitch + 1), (chord, pitch)


def test_without_the_library_the_command_plays_and_says_so(no_library: None, program: None, embedded: Path) -> None:
    audio = synth.synthesize(midi_of(played((60, 0, 1.2), (67, 0, 1.2))), embedded)
    assert audio.synth == "midi2audio"
    assert "libfluidsynth3" in str(audio.notices[0])
    assert_well_made(audio, 1.2)
    assert abs(cents_off(audio.samples, 60)) < 10 and abs(cents_off(audio.samples, 67)) < 10
    ringing = audio.samples[int(1.4 * RATE) : int(1.6 * RATE)]
    assert np.abs(ringing).max() > 1e-3  # the release is there, not cut with the last key


def test_without_library_and_command_the_built_in_synth_plays_and_says_so(
    no_library: None, no_program: None, embedded: Path
) -> None:
    audio = synth.synthesize(song(), embedded)
    assert audio.synth == "builtin"
    words = " ".join(map(str, audio.notices))
    assert "library is missing" in words and "program is missing" in words and "built-in sound" in words
    assert_well_made(audio, 6.0)


def test_without_a_soundfont_the_built_in_synth_plays_and_says_so(bare_places: Path) -> None:
    audio = synth.synthesize(song())
    assert audio.synth == "builtin"
    assert [soundfont.ENVIRONMENT_VARIABLE in str(notice) for notice in audio.notices] == [True]
    assert_well_made(audio, 6.0)


def test_an_unreadable_soundfont_is_named_and_the_next_one_plays(tmp_path: Path, library: None) -> None:
    (tmp_path / "mine.sf2").write_bytes(b"not at all")
    audio = synth.synthesize(song(), tmp_path / "mine.sf2")
    assert audio.synth == "fluidsynth"
    assert ["mine.sf2" in str(notice) for notice in audio.notices] == [True]
    assert_well_made(audio, 6.0)


def test_a_soundfont_that_only_looks_like_one_is_given_up_for_good(
    bare_places: Path, library: None, capfd: pytest.CaptureFixture[str]
) -> None:
    fake_soundfont(bare_places / "hollow.sf2")
    audio = synth.synthesize(song())
    assert audio.synth == "builtin"
    assert "hollow.sf2" in str(audio.notices[0]) and "built-in" in str(audio.notices[-1])
    capfd.readouterr()  # FluidSynth complains to the terminal


def test_at_most_two_render_at_once(no_program: None, bare_places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside, most, lock, play = 0, 0, threading.Lock(), builtin.render
    both = threading.Barrier(2)

    def slow(performance: Performance, seconds: float) -> Samples:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        both.wait(10)
        samples = play(performance, seconds)
        with lock:
            inside -= 1
        return samples

    monkeypatch.setattr(builtin, "render", slow)
    midi = midi_of(played((60, 0, 0.2)))
    with ThreadPoolExecutor(6) as pool:
        assert len(list(pool.map(lambda _: synth.synthesize(midi), range(6)))) == 6
    assert most == 2


# --- FluidSynth, the library ----------------------------------------------------------------------------------------


EVERY_INSTRUMENT = {known.program: known for known in (*synth.INSTRUMENTS, *synth.TUNE_INSTRUMENTS)}


@pytest.mark.parametrize("instrument", EVERY_INSTRUMENT.values(), ids=lambda instrument: str(instrument.name))
def test_every_instrument_is_in_tune_and_at_level(instrument: synth.Instrument, library: None, embedded: Path) -> None:
    midi = midi_of(played((48, 0, 2), (64, 0, 2), (67, 0, 2), (72, 0, 2), program=instrument.program))
    audio = synth.synthesize(midi, embedded)
    assert audio.synth == "fluidsynth" and audio.notices == ()
    assert_well_made(audio, 2.0)
    for pitch in (64, 67):
        assert abs(cents_off(audio.samples[: 2 * RATE], pitch)) < 15


@pytest.mark.parametrize("instrument", synth.TUNE_INSTRUMENTS, ids=lambda instrument: str(instrument.name))
def test_tunes_are_in_tune_over_a_fiddles_reach(instrument: synth.Instrument, library: None, embedded: Path) -> None:
    for pitch in (62, 69, 74, 78, 83, 86):
        samples = fluid.render(played((pitch, 0, 2), program=instrument.program), embedded, 2.0)
        assert abs(cents_off(samples, pitch)) < 20


def test_a_reference_note_is_within_ten_cents(library: None, embedded: Path) -> None:
    for pitch in (45, 57, 69, 76):
        samples = fluid.render(played((pitch, 0, 2)), embedded, 2.0)
        assert abs(cents_off(samples, pitch)) < 10


def test_soft_stays_softer_than_loud_within_a_piece(library: None, embedded: Path) -> None:
    notes = (Sounding(60, 30, 0.0, 1.0), Sounding(60, 110, 2.0, 3.0))
    samples = synth.synthesize(midi_of(Performance(notes, 3.0)), embedded).samples
    soft, loud = (float(np.sqrt((samples[at * RATE : (at + 1) * RATE] ** 2).mean())) for at in (0, 2))
    assert loud > 2 * soft > 0


def test_silence_stands_where_nothing_is_played_and_notes_begin_on_time(library: None, embedded: Path) -> None:
    samples = fluid.render(played((60, 1.0, 1.5)), embedded, 4.0)
    assert not np.abs(samples[: int(0.99 * RATE)]).max() > 1e-5
    assert 1.0 - 0.002 < np.argmax(np.abs(samples).max(axis=1) > 1e-3) / RATE < 1.02


def test_the_same_music_sounds_the_same_whatever_was_played_before(library: None, embedded: Path) -> None:
    piece = played((60, 0, 1), (64, 0.5, 1.5), (67, 1, 2))
    fluid.forget()
    first = fluid.render(piece, embedded, 3.0)
    fluid.render(played((50, 0, 1), (57, 0, 1), program=48), embedded, 1.0)
    assert np.array_equal(fluid.render(piece, embedded, 3.0), first)


def test_visitors_share_a_synth_without_hearing_each_other(library: None, embedded: Path) -> None:
    pieces = [played((60 + step, 0, 0.5), program=program) for step in range(4) for program in (0, 48)]
    alone = [fluid.render(piece, embedded, 1.0) for piece in pieces]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda piece: fluid.render(piece, embedded, 1.0), pieces * 3))
    for sound, expected in zip(together, alone * 3, strict=True):
        assert np.array_equal(sound, expected)


def test_only_two_soundfonts_stay_loaded(library: None, embedded: Path, tmp_path: Path) -> None:
    fluid.forget()
    copies = [tmp_path / f"{number}.sf2" for number in range(3)]
    for copy in copies:
        os.link(embedded, copy) if embedded.stat().st_dev == tmp_path.stat().st_dev else copy.symlink_to(embedded)
        assert np.abs(fluid.render(played((60, 0, 0.3)), copy, 0.4)).max() > 1e-3
    assert list(fluid._shelf) == copies[1:]
    fluid.forget()
    assert not fluid._shelf


# --- FluidSynth, the command ----------------------------------------------------------------------------------------

posix = pytest.mark.skipif(os.name != "posix", reason="stands in for the command with a shell script")


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Puts a shell script in the place of the fluidsynth command."""

    def place(script: str) -> Path:
        (tmp_path / "bin").mkdir()
        path = tmp_path / "bin" / "fluidsynth"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}{os.environ['PATH']}")
        return path

    return place


WRITER = "import sys, wave; w = wave.open(sys.argv[5], 'wb'); w.setparams((2, 2, 44100, 0, 'NONE', ''))"


def wav_of_zeros(frames: int) -> str:
    return f'exec "{sys.executable}" -c "{WRITER}; w.writeframes(bytes({4 * frames}))" "$@"'


@posix
@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("exit 0", "left no sound"),
        ('echo rubbish > "$5"', "left no sound"),
        (wav_of_zeros(1000), "too little"),
        (wav_of_zeros(441_000), "silence"),
    ],
    ids=["nothing", "rubbish", "too little", "silence"],
)
def test_a_command_that_fails_silently_is_found_out(
    script: str, words: str, stand_in: Callable[[str], Path], embedded: Path
) -> None:
    stand_in(script)
    with pytest.raises(SoundError, match=words):
        command.render(played((60, 0, 1)), embedded, 3.0)


@posix
def test_a_command_that_never_ends_is_ended_with_all_it_started(
    stand_in: Callable[[str], Path], embedded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(f'echo $$ > "{tmp_path}/pid"; exec sleep 300')
    monkeypatch.setattr(command, "_PATIENCE", (2.0, 0.0))
    with pytest.raises(SoundError, match="too long"):
        command.render(played((60, 0, 1)), embedded, 3.0)
    assert_gone(int((tmp_path / "pid").read_text()))


@posix
def test_a_command_ends_when_the_app_is_killed(stand_in: Callable[[str], Path], embedded: Path, tmp_path: Path) -> None:
    stand_in(f'echo $$ > "{tmp_path}/pid.new"; mv "{tmp_path}/pid.new" "{tmp_path}/pid"; exec sleep 300')
    program_text = (
        "import sys; from engine.synth.command import *; from engine.synth.performance import *;"
        "render(Performance((Sounding(60, 80, 0.0, 1.0),), 1.0), Path(sys.argv[1]), 3.0)"
    )
    app = subprocess.Popen([sys.executable, "-c", program_text, str(embedded)], cwd=ROOT)
    with app:
        assert eventually((tmp_path / "pid").exists)
        app.send_signal(signal.SIGKILL)
    assert_gone(int((tmp_path / "pid").read_text()))


def assert_gone(pid: int) -> None:
    def gone() -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        status = Path(f"/proc/{pid}/status")
        return status.exists() and "Z (zombie)" in status.read_text()

    assert eventually(gone)


def eventually(is_so: Callable[[], bool]) -> bool:
    """Waits for another process; generous, so that no slow machine fails."""
    for _ in range(600):
        if is_so():
            return True
        time.sleep(0.05)
    return False


# --- the built-in synth ---------------------------------------------------------------------------------------------


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


# --- files ----------------------------------------------------------------------------------------------------------


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
