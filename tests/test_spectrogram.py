"""The spectrogram: a tone stands where its pitch is, silence is silence, a picture of any length has one size."""

from __future__ import annotations

import numpy as np
import pytest

from engine.music import Audio
from engine.palette import palette
from engine.plots import spectrogram
from engine.plots.spectrogram import BINS, COLUMNS, LOWEST, OCTAVES, RANGE_DB, edges, levels

RATE = 44_100


def tone(*hertz: float, seconds: float = 1.0) -> Audio:
    time = np.arange(int(seconds * RATE)) / RATE
    sound = sum(np.sin(2 * np.pi * each * time) for each in hertz) / len(hertz)
    return Audio(np.stack([sound, sound], axis=1).astype(np.float32), RATE, "builtin")


def row_of(hertz: float) -> int:
    return round(float(BINS * np.log2(hertz / LOWEST)))


@pytest.mark.parametrize("hertz", [110.0, 220.0, 440.0, 466.16, 880.0, 3_520.0])
def test_a_tone_stands_where_its_pitch_is(hertz: float) -> None:
    seen, _ = levels(tone(hertz))
    middle = seen[:, seen.shape[1] // 2]
    assert abs(int(middle.argmax()) - row_of(hertz)) <= 1
    assert middle.max() > -3
    assert middle[row_of(hertz * 2**0.5)] < -40  # half an octave away there is nothing


def test_two_notes_a_semitone_apart_are_two() -> None:
    seen, _ = levels(tone(440.0, 466.16))
    middle = seen[:, seen.shape[1] // 2]
    low, high = row_of(440.0), row_of(466.16)
    assert middle[low] > -3
    assert middle[high] > -3
    assert middle[low + 1] < -6


def test_time_runs_to_the_right() -> None:
    silent = np.zeros((RATE, 2), np.float32)
    audio = Audio(np.concatenate([silent, tone(440.0).samples]), RATE, "builtin")
    seen, times = levels(audio)
    assert times[0] < 0.01
    assert abs(times[-1] - 2.0) < 0.01
    assert seen[row_of(440.0), times < 0.85].max() == -RANGE_DB
    assert seen[row_of(440.0), times > 1.15].min() > -20


@pytest.mark.parametrize("frames", [0, 1, 100, 5_000, 3 * RATE])
def test_any_length_is_drawn(frames: int) -> None:
    audio = Audio(np.full((frames, 2), 0.1, np.float32), RATE, "builtin")
    seen, times = levels(audio)
    assert seen.dtype == np.int8
    assert seen.shape == (OCTAVES * BINS, len(times))
    assert len(times) <= COLUMNS
    assert spectrogram(audio).data[0].z.shape == seen.shape


def test_silence_is_silence() -> None:
    seen, _ = levels(Audio(np.zeros((RATE, 2), np.float32), RATE, "builtin"))
    assert set(seen.ravel().tolist()) == {-RANGE_DB}


def test_rows_share_their_edges() -> None:
    bounds = edges()
    assert len(bounds) == OCTAVES * BINS + 1
    assert np.all(np.diff(bounds) > 0)
    assert bounds[0] < LOWEST < bounds[1]


@pytest.mark.parametrize("dark", [False, True])
def test_the_figure_has_units_bars_and_the_house_colours(dark: bool) -> None:
    figure = spectrogram(tone(440.0), bars=(0.0, 0.5), translate=lambda text: f"<{text}>", dark=dark)
    assert figure.layout.xaxis.title.text == "<Time (seconds)>"
    assert figure.layout.yaxis.title.text == "<Pitch (frequency)>"
    assert "A4 · 440 Hz" in figure.layout.yaxis.ticktext
    assert [shape.x0 for shape in figure.layout.shapes] == [0.0, 0.5]
    assert figure.data[0].colorscale[-1][1] == palette(dark).ink
