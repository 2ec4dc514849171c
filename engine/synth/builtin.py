"""The sound that needs nothing: added sine partials in NumPy, for machines without FluidSynth or a soundfont.

A voice is a row of partials (strength of each harmonic), how fast it dies away and how softly it begins, one for each
family of eight General MIDI programs that matters for chords. Higher partials die sooner, as in struck strings.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from engine.synth.performance import Performance, Sounding

if TYPE_CHECKING:
    import numpy.typing as npt

    Mono = npt.NDArray[np.float32]
    Samples = npt.NDArray[np.float32]

SAMPLE_RATE = 44_100
_RELEASE = 0.25  # seconds for a note to fall by 60 dB once the key is let go
_LONGEST = 20.0  # seconds a single note is computed for; a longer one has long died away or repeats its end


@dataclass(frozen=True, slots=True)
class _Voice:
    """Harmonic strengths, decay in 1/seconds (0 holds), attack in seconds."""

    partials: tuple[float, ...]
    decay: float
    attack: float


_STRUCK = _Voice((1.0, 0.5, 0.28, 0.16, 0.09, 0.05), 1.1, 0.004)
_BELL = _Voice((1.0, 0.0, 0.0, 0.3, 0.0, 0.08), 1.4, 0.003)
_PIPE = _Voice((1.0, 0.7, 0.35, 0.45, 0.0, 0.2, 0.0, 0.2), 0.0, 0.012)
_PLUCKED = _Voice((1.0, 0.6, 0.4, 0.25, 0.16, 0.1, 0.06), 1.6, 0.003)
_BOWED = _Voice((1.0, 0.5, 0.33, 0.22, 0.15, 0.1), 0.0, 0.09)
_SOFT = _Voice((1.0, 0.3, 0.12, 0.05), 0.0, 0.15)
_FAMILIES = (_STRUCK, _BELL, _PIPE, _PLUCKED, _PLUCKED, _BOWED, _BOWED, _PIPE, _PIPE, _PIPE, _PIPE, _SOFT)


def render(performance: Performance, seconds: float) -> Samples:
    """The first `seconds` of a performance as float32 samples (frames, 2), not levelled yet. Drums stay silent."""
    mono = np.zeros(int(seconds * SAMPLE_RATE), np.float32)
    for note in performance.notes:
        if not note.is_drum:
            _add(mono, note)
    return np.repeat(mono[:, None], 2, axis=1)


def _add(mono: Mono, note: Sounding) -> None:
    start, held = int(note.start * SAMPLE_RATE), int((note.end - note.start) * SAMPLE_RATE)
    if start >= len(mono):
        return
    tone = _tone(note.pitch, _family(note.program), math.ceil(min(note.end - note.start, _LONGEST) + _RELEASE))
    frames = min(held + int(_RELEASE * SAMPLE_RATE), len(tone), len(mono) - start)
    sound = tone[:frames] * np.float32((note.velocity / 127) ** 2)
    if frames > held:
        # A fall of 60 dB, then the last thousandth is brought to nothing so that no click remains.
        fall = np.linspace(0, 1, int(_RELEASE * SAMPLE_RATE), dtype=np.float32)[: frames - held]
        sound[held:] *= 10 ** (-3 * fall) * (1 - fall)
    mono[start : start + frames] += sound


def _family(program: int) -> int:
    """Families of eight programs; the harp sits among the strings but is plucked."""
    if program == 46:
        return 3
    return min(program // 8, len(_FAMILIES) - 1)


@lru_cache(maxsize=96)
def _tone(pitch: int, family: int, seconds: int) -> Mono:
    """A held note from its attack on, `seconds` long."""
    voice = _FAMILIES[family]
    hertz = 440.0 * 2 ** ((pitch - 69) / 12)
    time = np.arange(seconds * SAMPLE_RATE, dtype=np.float32) / SAMPLE_RATE
    phase = np.arange(seconds * SAMPLE_RATE) * (hertz / SAMPLE_RATE) % 1.0
    tone = np.zeros_like(time)
    for harmonic, strength in enumerate(voice.partials, start=1):
        if strength and harmonic * hertz < 0.45 * SAMPLE_RATE:
            wave = np.sin((2 * np.pi * harmonic) * phase).astype(np.float32)
            tone += np.float32(strength) * wave * np.exp(-voice.decay * harmonic**0.7 * time)
    return np.asarray(tone * np.minimum(1.0, time / voice.attack) * 0.2, np.float32)
