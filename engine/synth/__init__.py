"""MIDI to sound: FluidSynth as a library, FluidSynth as a command, and a built-in synthesiser, in that order.

Whatever plays, the result is at -16 LUFS with no peak above -1 dBFS, rings out for two seconds after the music and
ends in silence. What had to be done without is said in the audio's notices.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from engine.errors import SoundError, UnreadableSoundfont
from engine.music import Audio
from engine.synth import builtin, command, fluid
from engine.synth.files import to_mp3, to_wav
from engine.synth.instruments import (
    INSTRUMENTS,
    TUNE_INSTRUMENTS,
    Instrument,
    accompanying,
    instrument_name,
    sampled,
)
from engine.synth.level import loudness, normalise
from engine.synth.performance import MAX_SECONDS, Performance, read_performance
from engine.synth.soundfont import find_soundfont, no_soundfont, readable_soundfonts
from engine.words import Sentence, say

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = [
    "INSTRUMENTS",
    "MAX_SECONDS",
    "TUNE_INSTRUMENTS",
    "Instrument",
    "accompanying",
    "find_soundfont",
    "instrument_name",
    "loudness",
    "sampled",
    "synthesize",
    "to_mp3",
    "to_wav",
]

Samples: TypeAlias = "npt.NDArray[np.float32]"
TAIL = 2.0  # seconds of ringing after the music
FADE = 0.8  # of which the last bring silence

Synth = Literal["fluidsynth", "midi2audio", "builtin"]

_WITH_SOUNDFONT: tuple[tuple[Synth, Callable[[Performance, Path, float], Samples]], ...] = (
    ("fluidsynth", fluid.render),
    ("midi2audio", command.render),
)
_turns = threading.BoundedSemaphore(2)  # renders at once, whoever asks: each may need a few hundred megabytes


def synthesize(midi: bytes, soundfont: Path | None = None) -> Audio:
    """The sound of a MIDI file written by this app; `soundfont` is tried before the documented order.

    Raises SoundError for bytes that are no MIDI, hold no note, or last more than ten minutes.
    """
    performance = read_performance(midi)
    seconds = performance.seconds + TAIL
    with _turns:
        samples, synth, notices = _first_that_plays(performance, soundfont, seconds)
        samples = normalise(_faded(samples[: int(seconds * fluid.SAMPLE_RATE)]), fluid.SAMPLE_RATE)
    samples.setflags(write=False)  # shared by whoever asks for the same music
    return Audio(samples, fluid.SAMPLE_RATE, synth, notices)


def _first_that_plays(
    performance: Performance, wished: Path | None, seconds: float
) -> tuple[Samples, Synth, tuple[Sentence, ...]]:
    """Down the chain; each step that fails leaves a notice, and a soundfont refused once is not tried again."""
    readable, passed_over = readable_soundfonts(wished)
    fonts, notices = list(readable), list(passed_over)
    for synth, render in _WITH_SOUNDFONT:
        for font in tuple(fonts):
            try:
                return render(performance, font, seconds), synth, tuple(notices)
            except UnreadableSoundfont as refusal:
                fonts.remove(font)
                notices.append(refusal.sentence)
            except SoundError as refusal:
                notices.append(refusal.sentence)
                break
    notices.append(say("Until then the simple built-in sound plays.") if fonts else no_soundfont())
    return builtin.render(performance, seconds), "builtin", tuple(notices)


def _faded(samples: Samples) -> Samples:
    """The end brought smoothly to silence."""
    frames = min(int(FADE * fluid.SAMPLE_RATE), samples.shape[0])
    curve = np.cos(np.linspace(0, np.pi / 2, frames, dtype=np.float32)) ** 2
    samples[samples.shape[0] - frames :] *= curve[:, None]
    return samples
