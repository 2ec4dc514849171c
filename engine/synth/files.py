"""Sound as files to take away."""

from __future__ import annotations

import wave
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from engine.music import Audio

if TYPE_CHECKING:
    import numpy.typing as npt

_CHUNK = 1 << 18  # frames converted at once


def to_wav(audio: Audio) -> bytes:
    """A WAV of 16-bit samples."""
    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(audio.samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(audio.sample_rate)
        for at in range(0, len(audio.samples), _CHUNK):
            file.writeframesraw(_sixteen_bits(audio.samples[at : at + _CHUNK]))
    return out.getvalue()


def to_mp3(audio: Audio) -> bytes:
    """An MP3 of variable bit rate, about 130 kbit/s for chords."""
    import soundfile

    out = BytesIO()
    soundfile.write(
        out,
        audio.samples,
        audio.sample_rate,
        format="MP3",
        subtype="MPEG_LAYER_III",
        bitrate_mode="VARIABLE",
        compression_level=0.4,
    )
    return out.getvalue()


def _sixteen_bits(samples: npt.NDArray[np.float32]) -> bytes:
    scaled = np.clip(samples, -1.0, 1.0) * 32767
    return np.rint(scaled).astype("<i2").tobytes()
