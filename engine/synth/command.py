"""FluidSynth as a command, through midi2audio: the second way to sound, where the library does not load.

midi2audio checks nothing (a wrong soundfont becomes a default one, a failure is silent) and its command could run for
ever, so a worker process runs it on a file written here, under limits, and the WAV it leaves is checked by length.
The worker lives as long as this process holds its standard input open, and takes the command with it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import SoundError
from engine.synth.performance import Performance, write_performance
from engine.words import Sentence, say

if TYPE_CHECKING:
    import numpy.typing as npt

    Samples = npt.NDArray[np.float32]

SAMPLE_RATE = 44_100
_WORKER = Path(__file__).with_name("command_worker.py")
_SILENCE = 1e-4  # of full scale: below, nothing was played
_PATIENCE = (20.0, 0.25)  # seconds a render may take: a start, and a share of the music's length


class CommandMissing(SoundError):
    """There is no FluidSynth command on this machine."""


def render(performance: Performance, soundfont: Path, seconds: float) -> Samples:
    """The first `seconds` of a performance as float32 samples (frames, 2), not levelled yet.

    Raises CommandMissing without the program, SoundError when it fails, takes too long or leaves too little sound.
    """
    if which("fluidsynth") is None:
        raise CommandMissing(missing())
    with tempfile.TemporaryDirectory(prefix="cadencia-", ignore_cleanup_errors=True) as folder:
        midi, wav = Path(folder, "music.mid"), Path(folder, "music.wav")
        midi.write_bytes(write_performance(performance, seconds - performance.seconds))
        _run(soundfont.resolve(), midi, wav, seconds)
        return _read(wav, performance.seconds, seconds)


def missing() -> Sentence:
    return say(
        "The FluidSynth program is missing: install it with {linux} (Linux), {mac} (macOS) or {windows} (Windows).",
        linux="sudo apt install fluidsynth",
        mac="brew install fluid-synth",
        windows="choco install fluidsynth",
    )


def _run(soundfont: Path, midi: Path, wav: Path, seconds: float) -> None:
    patience = _PATIENCE[0] + _PATIENCE[1] * seconds
    limits = [str(SAMPLE_RATE), str(int(patience) + 1)]
    command = [sys.executable, str(_WORKER), str(soundfont), str(midi), str(wav), *limits]
    worker = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with worker:
        try:
            worker.wait(patience)
        except subprocess.TimeoutExpired as error:
            raise SoundError(say("FluidSynth took too long to render this music.")) from error
        finally:
            _end(worker)


def _end(worker: subprocess.Popen[bytes]) -> None:
    """Ends a worker that still runs, with all it started."""
    if worker.poll() is not None:
        return
    if hasattr(os, "killpg"):
        os.killpg(worker.pid, signal.SIGKILL)
    else:
        worker.kill()


def _read(wav: Path, least: float, seconds: float) -> Samples:
    """The WAV's samples, exactly `seconds` of them; its length tells whether the render went well."""
    import soundfile

    try:
        samples, rate = soundfile.read(wav, dtype="float32", always_2d=True)
    except (OSError, RuntimeError) as error:
        raise SoundError(say("The FluidSynth program left no sound.")) from error
    frames = int(seconds * SAMPLE_RATE)
    if rate != SAMPLE_RATE or samples.shape[0] < least * SAMPLE_RATE or samples.shape[1] != 2:
        raise SoundError(say("The FluidSynth program left too little sound."))
    if float(np.abs(samples).max()) < _SILENCE:
        raise SoundError(say("The FluidSynth program left only silence: choose another soundfont."))
    whole = np.zeros((frames, 2), np.float32)
    whole[: samples.shape[0]] = samples[:frames]
    return whole
