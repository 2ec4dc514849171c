"""The waveform: level over time, with bars and chord names along it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.music import Audio
from engine.palette import palette
from engine.plots.canvas import ChordMark, Translate, blank, graph_objects, mark_chords, said
from engine.words import say

if TYPE_CHECKING:
    import plotly.graph_objects as go

WAVEFORM_BUCKETS = 1_500  # a lowest and a highest point each: 3,000 points, whatever the length

Edges = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float32]


def envelope(samples: Floats, buckets: int = WAVEFORM_BUCKETS) -> tuple[Floats, Floats, Edges]:
    """Lowest and highest sample of every bucket over all channels, and the frame where each bucket begins.

    `samples` is (frames, channels); no more buckets than frames are made, so none is empty.
    """
    frames = samples.shape[0]
    count = min(buckets, frames)
    edges = np.arange(count, dtype=np.intp) * frames // max(count, 1)
    if not count:
        return np.empty(0, np.float32), np.empty(0, np.float32), edges
    low = np.minimum.reduceat(samples.min(axis=1), edges)
    high = np.maximum.reduceat(samples.max(axis=1), edges)
    return low, high, edges


def waveform(
    audio: Audio,
    marks: Sequence[ChordMark] = (),
    bars: Sequence[float] = (),
    translate: Translate = str,
    dark: bool = False,
) -> go.Figure:
    """Level over time, at most 2 × WAVEFORM_BUCKETS points; `marks` and `bars` (bar lines) in seconds."""
    go = graph_objects()

    colours = palette(dark)
    low, high, edges = envelope(audio.samples)
    time = np.round(edges / audio.sample_rate, 4).astype(np.float32)
    line = {"color": colours.quiet, "width": 0.5}
    top = go.Scatter(x=time, y=high, mode="lines", line=line, hoverinfo="skip")
    bottom = go.Scatter(
        x=time, y=low, mode="lines", line=line, fill="tonexty", fillcolor=colours.quiet, hoverinfo="skip"
    )
    figure = blank([top, bottom], colours, height=220)
    mark_chords(figure, marks, audio.seconds, colours, bars)
    figure.update_xaxes(
        title_text=said(say("Time (seconds)"), translate), range=[0, audio.seconds], showgrid=False, nticks=8
    )
    figure.update_yaxes(title_text=said(say("Level (1 = full)"), translate), range=[-1.05, 1.05], tickvals=[-1, 0, 1])
    return figure
