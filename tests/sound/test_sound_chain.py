"""Whatever is missing a song sounds, and says with what: soundfonts found in order, the next one where one fails."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from engine import synth
from engine.errors import UnreadableSoundfont
from engine.synth import builtin, command, fluid, soundfont
from engine.synth.performance import Performance
from tests.sound.common import RATE, Samples, assert_well_made, cents_off, midi_of, played, song, spectrum


def strength_at(samples: Samples, pitch: int) -> float:
    hertz, strength = spectrum(samples)
    near = np.abs(np.log2(np.maximum(hertz, 1.0) / 440.0) * 12 + 69 - pitch) < 0.3
    return float(strength[near].max())


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
