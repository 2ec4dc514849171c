"""FluidSynth as a library and as a command: in tune, at level, the same whatever was played before, ended in time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from engine import synth
from engine.errors import SoundError
from engine.synth import command, fluid
from engine.synth.performance import Performance, Sounding
from tests.sound.common import EVERY_INSTRUMENT, RATE, ROOT, assert_well_made, cents_off, midi_of, played


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
