"""What all figures share: the empty figure in the house's colours, and chord names along its time axis.

Conventions: names may carry plotly's inline markup (<sup>, <sub>); onsets are in the unit of the figure's time axis.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from engine.music import Function
from engine.palette import LETTERS, Palette
from engine.words import Sentence

if TYPE_CHECKING:
    import plotly.graph_objects as go

FONT = "Cadencia Sans, Source Sans, sans-serif"
# For st.plotly_chart: the tool bar appears on hover only, with nothing but "download the picture".
CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "responsive": True,
    "scrollZoom": False,
    "modeBarButtons": [["toImage"]],
}
PHONE_WIDTH = 320  # pixels of the time axis on a phone 390 pixels wide: names that fit there fit anywhere
CHARACTER_WIDTH = 8  # pixels, about, of one character of a chord name
LABEL_ROWS, MOST_ROWS = 2, 3  # of names that would touch their neighbour: room for some, and for a third where needed
ROW_HEIGHT = 18  # pixels of one row of names

Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class ChordMark:
    """A chord's name and function where it begins: `onset` in beats for the piano roll, in seconds for the waveform."""

    onset: float
    name: str
    function: Function = "other"


def in_seconds(marks: Iterable[ChordMark], tempo_bpm: float) -> tuple[ChordMark, ...]:
    """Marks given in beats, moved to seconds at a tempo.

    >>> in_seconds([ChordMark(4.0, "F")], tempo_bpm=120)[0].onset
    2.0
    """
    return tuple(replace(mark, onset=mark.onset * 60 / tempo_bpm) for mark in marks)


def said(sentence: Sentence, translate: Translate) -> str:
    return sentence.text(translate)


def named(name: str, function: Function) -> str:
    """A name with its function's letter beside it, smaller."""
    return f'{name}  <span style="font-size:11px">{LETTERS[function]}</span>'


def graph_objects() -> Any:
    """Plotly's figures, once pandas is whole.

    Plotly looks for pandas among the modules without waiting for its import; where another visitor's table is just
    importing it, half of it is found and every figure fails. Asked for in this way, the import is waited for.
    """
    import plotly.graph_objects as go
    from plotly.optional_imports import get_module

    get_module("pandas")
    return go


def blank(traces: object, colours: Palette, height: int, **more: Any) -> go.Figure:
    """`more` of the layout, that of the axes beside what is told of them here.

    Said at once it costs a third of what it costs to update a figure.
    """
    go = graph_objects()
    axis = {"color": colours.quiet, "gridcolor": colours.line, "zeroline": False, "fixedrange": True}
    axis |= {"tickfont": {"size": 13}, "title_font_size": 13, "automargin": True}
    layout = {
        "height": height,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 14, "color": colours.ink},
        "margin": {"l": 8, "r": 16, "t": 12, "b": 8, "pad": 4},
        "showlegend": False,
        "dragmode": False,
        "hoverlabel": {"bgcolor": colours.surface, "font": {"family": FONT, "color": colours.ink}},
        **more,
        "xaxis": {**axis, **more.get("xaxis", {})},
        "yaxis": {**axis, **more.get("yaxis", {})},
    }
    return go.Figure(data=traces, layout=layout)


def mark_chords(
    figure: go.Figure, marks: Sequence[ChordMark], end: float, colours: Palette, bars: Sequence[float] = ()
) -> None:
    """A tinted field from each chord to the next, above it the name and the function's letter, and bar lines."""
    placed = _rows_of_labels(marks, end)
    ends = [mark.onset for mark in marks[1:]] + [end]
    fields = [_field(mark, stop, colours) for mark, stop in zip(marks, ends, strict=False)]
    figure.update_layout(
        shapes=[*fields, *(_bar_line(onset, colours) for onset in bars)],
        annotations=[
            *(_name(mark, row, colours) for mark, row in placed),
            *(_letter(mark, colours) for mark, _ in placed),
        ],
        margin_t=max(LABEL_ROWS, *(row + 1 for _, row in placed), 0) * ROW_HEIGHT + 12,
    )


def _field(mark: ChordMark, end: float, colours: Palette) -> dict[str, Any]:
    place = {"type": "rect", "xref": "x", "yref": "paper", "x0": mark.onset, "x1": end, "y0": 0, "y1": 1}
    return {**place, "fillcolor": colours.marks[mark.function], "opacity": 0.14, "layer": "below", "line": {"width": 0}}


def _rows_of_labels(marks: Sequence[ChordMark], end: float) -> list[tuple[ChordMark, int]]:
    """The marks whose names find room, each with its row (0 is the lower)."""
    free = [0.0] * MOST_ROWS  # where each row ends so far, in pixels
    placed = []
    for mark in marks:
        start = PHONE_WIDTH * mark.onset / max(end, 1e-9)
        row = next((row for row, taken in enumerate(free) if taken <= start), None)
        if row is not None:
            free[row] = start + CHARACTER_WIDTH * (len(_without_markup(mark.name)) + 1)
            placed.append((mark, row))
    return placed


def _without_markup(name: str) -> str:
    return re.sub(r"<[^>]*>", "", name)


def _name(mark: ChordMark, row: int, colours: Palette) -> dict[str, Any]:
    place = {"x": mark.onset, "y": 1, "yshift": row * ROW_HEIGHT, "xanchor": "left", "yanchor": "bottom"}
    return {**place, **_written(mark, 14, colours), "text": mark.name}


def _letter(mark: ChordMark, colours: Palette) -> dict[str, Any]:
    place = {"x": mark.onset, "y": 1, "xanchor": "left", "yanchor": "top"}
    return {**place, **_written(mark, 11, colours), "text": LETTERS[mark.function]}


def _written(mark: ChordMark, size: int, colours: Palette) -> dict[str, Any]:
    font = {"color": colours.texts[mark.function], "size": size}
    return {"xref": "x", "yref": "paper", "showarrow": False, "font": font}


def _bar_line(onset: float, colours: Palette) -> dict[str, Any]:
    place = {"type": "line", "xref": "x", "yref": "paper", "x0": onset, "x1": onset, "y0": 0, "y1": 1}
    return {**place, "layer": "below", "line": {"color": colours.quiet, "width": 1, "dash": "dot"}}
