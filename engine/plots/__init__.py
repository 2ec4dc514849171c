"""Figures: probabilities, waveform and piano roll. The only door to plotly.

Conventions: times are beats or seconds as each function says; figures have a transparent ground and no title, and want
`st.plotly_chart(figure, theme=None, config=CONFIG)`. Names may carry plotly's inline markup (<sup>, <sub>).
"""

from engine.plots.canvas import CONFIG, ChordMark, in_seconds
from engine.plots.piano_roll import piano_roll
from engine.plots.probabilities import probability_chart
from engine.plots.spectrogram import spectrogram
from engine.plots.waveform import waveform

__all__ = ["CONFIG", "ChordMark", "in_seconds", "piano_roll", "probability_chart", "spectrogram", "waveform"]
