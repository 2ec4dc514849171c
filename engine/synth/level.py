"""How loud a sound is, and bringing it to the level at which everything here is heard.

Conventions: samples are float32 (frames, channels) with full scale at 1; loudness is in LUFS after ITU-R BS.1770-4
(K-weighting, 400 ms blocks three quarters overlapping, gates at -70 LUFS and 10 LU below the mean).
The measure is written here, in NumPy, because the libraries that offer it bring SciPy along, fifty megabytes for one
filter; the tests hold it to the standard's own reference values.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Samples = npt.NDArray[np.float32]

TARGET_LUFS = -16.0
CEILING = 10 ** (-1.5 / 20)  # sample peak: half a decibel below the promised -1 dBFS for what lies between samples

_STEPS = 9  # tenths of a second filtered at once: a transform of 65,536 stays in the cache, and memory stays small
_SETTLE = 1 << 13  # frames after which the weighting filter has forgotten
_LIMIT_BLOCK = 64  # frames per step of the limiter's gain
_LIMIT_REACH = 24  # steps it looks ahead and takes to recover (35 ms at 44.1 kHz)
_LIMIT_CHUNK = _LIMIT_BLOCK << 12  # frames turned down at once


def loudness(samples: Samples, sample_rate: int) -> float:
    """Integrated loudness in LUFS; minus infinity for silence."""
    power = _block_powers(samples, sample_rate)
    heard = power[power > _power(-70.0)]
    if heard.size == 0:
        return -math.inf
    heard = heard[heard > heard.mean() / 10]
    return _lufs(float(heard.mean()))


def normalise(samples: Samples, sample_rate: int, target: float = TARGET_LUFS) -> Samples:
    """Brings a sound, in place, to `target` LUFS with its highest peaks eased below the ceiling; silence stays."""
    measured = loudness(samples, sample_rate)
    if not math.isfinite(measured):
        return samples
    samples *= np.float32(10 ** ((target - measured) / 20))
    return limit(samples)


def limit(samples: Samples, ceiling: float = CEILING) -> Samples:
    """Turns peaks above `ceiling` down, in place, smoothly a little before they come, all channels alike."""
    frames = samples.shape[0]
    needed = np.minimum(1.0, ceiling * (1 - 1e-6) / np.maximum(_peaks(samples), 1e-9))
    if needed.min(initial=1.0) >= 1.0:
        return samples
    middles = (np.arange(len(needed)) + 0.5) * _LIMIT_BLOCK
    eased = _eased(needed)
    for at in range(0, frames, _LIMIT_CHUNK):
        part = samples[at : at + _LIMIT_CHUNK]
        part *= np.interp(np.arange(at, at + len(part)), middles, eased)[:, None].astype(np.float32)
    return samples


def _peaks(samples: Samples) -> npt.NDArray[np.float32]:
    """The highest sample of every block, the last one perhaps shorter, over all channels."""
    starts = np.arange(0, samples.size, _LIMIT_BLOCK * samples.shape[1])
    if not len(starts):
        return np.zeros(0, np.float32)
    interleaved = samples.reshape(-1)
    return np.asarray(np.maximum(np.maximum.reduceat(interleaved, starts), -np.minimum.reduceat(interleaved, starts)))


def _eased(needed: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """A smooth gain nowhere above the needed one: the lowest in reach, then its running mean over a shorter reach."""
    wide = np.lib.stride_tricks.sliding_window_view(np.pad(needed, _LIMIT_REACH, mode="edge"), 2 * _LIMIT_REACH + 1)
    lowest = np.pad(wide.min(axis=1), _LIMIT_REACH - 1, mode="edge")
    return np.asarray(np.lib.stride_tricks.sliding_window_view(lowest, 2 * _LIMIT_REACH - 1).mean(axis=1))


def _power(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))


def _lufs(power: float) -> float:
    return -0.691 + 10 * math.log10(power)


def _block_powers(samples: Samples, sample_rate: int) -> npt.NDArray[np.float64]:
    """Mean weighted power, channels added, of every 400 ms block; a shorter sound is one block."""
    step = sample_rate // 10
    if samples.shape[0] == 0:
        return np.zeros(0)
    if samples.shape[0] < 4 * step:
        return np.array([_weighted_squares(samples, sample_rate, 0, samples.shape[0]).mean()])
    whole = samples.shape[0] // step * step
    chunks = ((at, min(at + _STEPS * step, whole)) for at in range(0, whole, _STEPS * step))
    squares = (_weighted_squares(samples, sample_rate, start, end) for start, end in chunks)
    tenths = np.concatenate([part.reshape(-1, step).mean(axis=1) for part in squares])
    return np.asarray(np.lib.stride_tricks.sliding_window_view(tenths, 4).mean(axis=1))


def _weighted_squares(samples: Samples, sample_rate: int, start: int, end: int) -> npt.NDArray[np.float64]:
    """Squares of the K-weighted samples from `start` to `end`, summed over channels."""
    before = max(0, start - _SETTLE)
    size = 1 << (end - before + _SETTLE).bit_length()
    channels = np.ascontiguousarray(samples[before:end].T)
    filtered = np.fft.irfft(np.fft.rfft(channels, size) * _k_weighting(size, sample_rate), size)
    return np.asarray((filtered[:, start - before : end - before] ** 2).sum(axis=0, dtype=np.float64))


@lru_cache(maxsize=4)
def _k_weighting(size: int, sample_rate: int) -> npt.NDArray[np.complex64]:
    """Response of the two filters of BS.1770 at the frequencies of a real FFT of `size`, at any sample rate.

    The analogue prototypes behind the standard's 48 kHz coefficients are those found by Brecht De Man
    ("Evaluation of Implementations of the EBU R128 Loudness Measurement", AES 145, 2018).
    """
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    return np.asarray(_shelf(z, sample_rate) * _high_pass(z, sample_rate), np.complex64)


def _shelf(z: npt.NDArray[np.complex128], sample_rate: int) -> npt.NDArray[np.complex128]:
    """The head: four decibels more from about 1.7 kHz. `z` is one sample's delay."""
    quality, gain = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    k = math.tan(math.pi * 1681.974450955533 / sample_rate)
    middle = gain**0.4996667741545416
    top = gain + middle * k / quality + k * k
    end = gain - middle * k / quality + k * k
    return np.asarray((top + 2 * (k * k - gain) * z + end * z * z) / _pole(z, k, quality))


def _high_pass(z: npt.NDArray[np.complex128], sample_rate: int) -> npt.NDArray[np.complex128]:
    """The ear: nothing below about 38 Hz. The numerator is not scaled, as in the standard."""
    quality = 0.5003270373238773
    k = math.tan(math.pi * 38.13547087602444 / sample_rate)
    return np.asarray((1 - 2 * z + z * z) / (_pole(z, k, quality) / (1 + k / quality + k * k)))


def _pole(z: npt.NDArray[np.complex128], k: float, quality: float) -> npt.NDArray[np.complex128]:
    return np.asarray((1 + k / quality + k * k) + 2 * (k * k - 1) * z + (1 - k / quality + k * k) * z * z)
