"""The spectrogram: how loud every pitch is at every time, on a scale of semitones.

Conventions: levels in decibels below the loudest place, 0 to -RANGE_DB; frequencies on a logarithmic axis, BINS to an
octave from LOWEST (A1) up, so that an octave is as high everywhere and notes can be read off.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from engine.music import Audio
from engine.palette import Palette, palette
from engine.plots.canvas import Translate, blank, graph_objects, said
from engine.words import say

if TYPE_CHECKING:
    import plotly.graph_objects as go

LOWEST = 55.0  # hertz, A1
OCTAVES = 7  # up to A8, 7,040 hertz
BINS = 24  # to an octave: a quarter tone each
COLUMNS = 600  # times that are drawn, whatever the length
WINDOW = 8_192  # frames, 0.19 s at 44.1 kHz: neighbouring semitones part from about 190 hertz up
RANGE_DB = 70
_BATCH = 64  # windows at once, so that an hour takes no more memory than a minute

Levels = npt.NDArray[np.int8]  # decibels


def levels(audio: Audio, columns: int = COLUMNS) -> tuple[Levels, npt.NDArray[np.float32]]:
    """Decibels (OCTAVES * BINS, columns) below the loudest place, and the middle of each column in seconds.

    No sound at all gives no columns; silence is -RANGE_DB all over.
    """
    mono = audio.samples.mean(axis=1) if audio.samples.ndim == 2 else audio.samples
    frames = mono.shape[0]
    count = min(columns, max(1, frames // 256)) if frames else 0
    centres = (np.arange(count) + 0.5) * frames / max(1, count)
    power = np.concatenate(
        [_power(mono, centres[start : start + _BATCH], audio.sample_rate) for start in range(0, count, _BATCH)]
        or [np.empty((0, OCTAVES * BINS), np.float32)]
    ).T
    loudest = power.max(initial=0.0)
    decibels = 10 * np.log10(np.maximum(power / loudest, 10 ** (-RANGE_DB / 10))) if loudest > 0 else power - RANGE_DB
    return np.round(decibels).astype(np.int8), np.round(centres / audio.sample_rate, 3).astype(np.float32)


def edges() -> npt.NDArray[np.float64]:
    """Where the rows begin and the last one ends, in hertz: half a row below the pitches they stand for."""
    return LOWEST * 2 ** ((np.arange(OCTAVES * BINS + 1) - 0.5) / BINS)


def _power(mono: npt.NDArray[np.float32], centres: npt.NDArray[np.float64], rate: int) -> npt.NDArray[np.float32]:
    """(centres, rows): the strongest line of the spectrum in each row; below, rows take the line nearest to them."""
    padded = np.pad(mono, WINDOW // 2)
    window = np.hanning(WINDOW).astype(np.float32)
    cut = np.stack([padded[int(centre) : int(centre) + WINDOW] for centre in centres]) * window
    spectrum = np.abs(np.fft.rfft(cut, axis=1)) ** 2
    lines = edges() * WINDOW / rate
    first = np.minimum(np.round(lines[:-1]).astype(int), spectrum.shape[1] - 1)
    last = np.minimum(np.maximum(np.round(lines[1:]).astype(int), first + 1), spectrum.shape[1])
    rows = [spectrum[:, low:high].max(axis=1, initial=0.0) for low, high in zip(first, last, strict=True)]
    return np.stack(rows, axis=1).astype(np.float32)


def spectrogram(audio: Audio, bars: Sequence[float] = (), translate: Translate = str, dark: bool = False) -> go.Figure:
    """Pitches over time, darker (on a dark ground lighter) where louder; `bars` (bar lines) in seconds."""
    go = graph_objects()

    colours = palette(dark)
    seen, times = levels(audio)
    pitches = LOWEST * 2 ** (np.arange(OCTAVES * BINS) / BINS)
    picture = go.Heatmap(
        z=seen,
        x=times,
        y=pitches,
        zmin=-RANGE_DB,
        zmax=0,
        colorscale=_scale(colours),
        colorbar=_colour_bar(colours, said(say("dB"), translate)),
        hovertemplate="%{y:.0f} Hz<br>%{x:.1f} s<br>%{z} dB<extra></extra>",
    )
    figure = blank([picture], colours, height=360)
    figure.update_layout(shapes=[_bar(second, colours) for second in bars])
    figure.update_xaxes(
        title_text=said(say("Time (seconds)"), translate), range=[0, audio.seconds], showgrid=False, nticks=8
    )
    figure.update_yaxes(
        type="log",
        title_text=said(say("Pitch (frequency)"), translate),
        tickvals=[440 * 2.0**octave for octave in range(-3, 5)],
        ticktext=[f"A{octave + 4} · {440 * 2.0**octave:g} Hz" for octave in range(-3, 5)],
        showgrid=False,
    )
    return figure


def _scale(colours: Palette) -> list[tuple[float, str]]:
    """From the ground by way of one hue to the ink: order and lightness say the same, whoever looks."""
    return [(0.0, colours.ground), (0.35, colours.line), (0.7, colours.marks["tonic"]), (1.0, colours.ink)]


def _colour_bar(colours: Palette, title: str) -> dict[str, Any]:
    font = {"color": colours.quiet, "size": 12}
    return {"thickness": 8, "outlinewidth": 0, "tickfont": font, "title": {"text": title, "font": font}, "nticks": 4}


def _bar(second: float, colours: Palette) -> dict[str, Any]:
    place = {"type": "line", "xref": "x", "yref": "paper", "x0": second, "x1": second, "y0": 0, "y1": 1}
    return {**place, "line": {"color": colours.quiet, "width": 1, "dash": "dot"}, "opacity": 0.5}
