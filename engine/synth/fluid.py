"""FluidSynth as a library, its soundfont kept loaded between renders.

A loaded synthesiser is shared by every visitor, so each has a lock; it is reset before every render and fed in its own
blocks of 64 frames, so the same music gives the same samples. Only what the instruments in use need is in memory.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import SoundError
from engine.synth.performance import Performance, channels
from engine.synth.soundfont import unreadable
from engine.words import Sentence, say

if TYPE_CHECKING:
    import numpy.typing as npt

    Samples = npt.NDArray[np.float32]

SAMPLE_RATE = 44_100
_BLOCK = 64  # frames FluidSynth computes at once
_MOST_LOADED = 2  # soundfonts kept in memory
_FLOAT = 4  # bytes

_shelf: dict[Path, _Loaded] = {}
_shelf_lock = threading.Lock()


class LibraryMissing(SoundError):
    """FluidSynth's library is not installed, or is one this program cannot talk to."""


class _Loaded:
    """One synthesiser with one soundfont."""

    def __init__(self, binding: Any, soundfont: Path) -> None:
        self.lock = threading.Lock()
        self.closed = False
        self._write_float, self._set_rate = _float_writer(binding), _rate_setter(binding)
        self._synth = binding.Synth(
            gain=0.5,
            samplerate=SAMPLE_RATE,
            channels=16,
            **{"synth.dynamic-sample-loading": 1, "synth.chorus.active": 0, "synth.polyphony": 128},
        )
        self._font = self._synth.sfload(str(soundfont))
        if self._font < 0:
            self._synth.delete()
            raise unreadable(soundfont)
        self._synth.set_reverb(roomsize=0.35, damping=0.3, width=0.6, level=0.25)

    def play(self, performance: Performance, seconds: float) -> Samples:
        """The performance as (frames, 2); the caller holds the lock."""
        blocks = -(-int(seconds * SAMPLE_RATE) // _BLOCK)
        samples = np.zeros((blocks * _BLOCK, 2), np.float32)
        self._prepare(performance)
        done = 0
        for block, pitch, velocity, channel in _strokes(performance):
            at = min(block, blocks)
            self._write(samples, done, at)
            done = at
            if velocity:
                self._synth.noteon(channel, pitch, velocity)
            else:
                self._synth.noteoff(channel, pitch)
        self._write(samples, done, blocks)
        return samples

    def close(self) -> None:
        """Frees the synthesiser when the render under way has ended."""
        with self.lock:
            self.closed = True
            self._synth.delete()

    def _prepare(self, performance: Performance) -> None:
        self._reset()
        for (program, is_drum), channel in channels(performance).items():
            self._synth.program_select(channel, self._font, 128 if is_drum else 0, program)

    def _reset(self) -> None:
        """Leaves nothing of what was played before.

        FluidSynth's own reset keeps two things: each voice's last loudness, heard in the attack of its next note, and
        where the reverb's slow wandering was. A breath of every voice clears the one, a change of rate the other.
        """
        self._clear()
        for pitch in range(36, 96):
            self._synth.noteon(0, pitch, 1)
        self._synth.get_samples(8 * _BLOCK)
        self._clear()

    def _clear(self) -> None:
        self._synth.system_reset()
        for rate in (48_000.0, float(SAMPLE_RATE)):
            if self._set_rate is not None:
                self._set_rate(self._synth.synth, rate)
            self._synth.get_samples(_BLOCK)

    def _write(self, samples: Samples, start: int, end: int) -> None:
        """Blocks `start` to `end` of sound, left and right interleaved, straight into the array as floats."""
        if end > start:
            here = samples.ctypes.data + start * _BLOCK * 2 * _FLOAT
            self._write_float(self._synth.synth, (end - start) * _BLOCK, here, 0, 2, here, 1, 2)


def render(performance: Performance, soundfont: Path, seconds: float) -> Samples:
    """The first `seconds` of a performance as float32 samples (frames, 2), not levelled yet.

    Raises LibraryMissing without FluidSynth, UnreadableSoundfont for a file FluidSynth refuses.
    """
    while True:
        loaded = _loaded(soundfont)
        with loaded.lock:
            if not loaded.closed:  # another visitor's soundfont may have pushed it out meanwhile
                return loaded.play(performance, seconds)


def library() -> Any:
    """The binding; importing it searches for the library of the system."""
    try:
        import fluidsynth
    except (ImportError, OSError, AttributeError) as error:
        raise LibraryMissing(missing()) from error
    return fluidsynth


def missing() -> Sentence:
    return say(
        "FluidSynth's library is missing: install it with {linux} (Linux), {mac} (macOS) or {windows} (Windows).",
        linux="sudo apt install libfluidsynth3",
        mac="brew install fluid-synth",
        windows="choco install fluidsynth",
    )


def forget() -> None:
    """Unloads every soundfont, each once nobody plays it."""
    with _shelf_lock:
        for path in tuple(_shelf):
            _shelf.pop(path).close()


def _loaded(soundfont: Path) -> _Loaded:
    with _shelf_lock:
        if soundfont in _shelf:
            return _shelf[soundfont]
        while len(_shelf) >= _MOST_LOADED:
            _shelf.pop(next(iter(_shelf))).close()
        _shelf[soundfont] = _Loaded(library(), soundfont)
        return _shelf[soundfont]


def _strokes(performance: Performance) -> list[tuple[int, int, int, int]]:
    """(block, pitch, velocity, channel) in order of time; velocity 0 lets a key go, before others are struck."""
    channel_of = channels(performance)
    strokes = []
    for note in performance.notes:
        channel = channel_of[note.program, note.is_drum]
        strokes.append((_block_at(note.start), note.pitch, note.velocity, channel))
        strokes.append((max(_block_at(note.end), _block_at(note.start) + 1), note.pitch, 0, channel))
    return sorted(strokes, key=lambda stroke: (stroke[0], stroke[2] > 0, stroke[1], stroke[3]))


def _block_at(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE / _BLOCK)


def _float_writer(binding: Any) -> Any:
    """FluidSynth's own writer of floats: the binding offers 16-bit samples with dither, which differs at each call."""
    from ctypes import c_int, c_void_p

    sides = [
        (side + name, kind) for side in "lr" for name, kind in (("out", c_void_p), ("off", c_int), ("incr", c_int))
    ]
    arguments = [("synth", c_void_p), ("len", c_int), *sides]
    return binding.cfunc("fluid_synth_write_float", c_int, *((name, kind, 1) for name, kind in arguments))


def _rate_setter(binding: Any) -> Any:
    from ctypes import c_float, c_void_p

    return binding.cfunc("fluid_synth_set_sample_rate", None, ("synth", c_void_p, 1), ("rate", c_float, 1))
