"""How networks learn and what happens inside them: lines with their names above, and heat maps over a text.

Conventions: `tone` tells lines of different networks apart, a dash what was not learnt from; pointing at a line names
it, so nothing is told by colour alone. Values of heat maps go from orange (negative) over the ground to blue.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.music import Function
from engine.palette import Palette, palette
from engine.plots.canvas import Translate, blank, graph_objects, said
from engine.words import Sentence, say

if TYPE_CHECKING:
    import plotly.graph_objects as go

HEIGHT = 320  # pixels, names included: on a phone they take several rows
TONES: tuple[Function, ...] = ("tonic", "dominant", "borrowed", "subdominant")
MOST_TICKS = 8
UNIT_HEIGHT = 5  # pixels of one row of a heat map, at least
MAP_HEIGHTS = (160, 560)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its name, its points, which network's tone it has, and whether it is dashed and thinner."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    tone: int = 0
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """What lines are drawn upon: words for both axes, where x ends and begins, the highest y or None for the lines'."""

    x: Sentence
    y: Sentence
    x_range: tuple[float, float]
    top: float | None = None
    mark: float | None = None  # an x to mark with an upright line


def lines_chart(lines: Sequence[Line], ground: Ground, translate: Translate = str, dark: bool = False) -> go.Figure:
    """Lines, their names in rows above them."""
    colours = palette(dark)
    drawn = [line for line in lines if line.x]
    top = ground.top or 1.08 * max((value for line in drawn for value in line.y), default=1.0)
    first, last = ground.x_range
    ticks = {"range": [first, last + 0.01 * (last - first)], "tickvals": _ticks(first, last), "showgrid": False}
    return blank(
        [_line(line, colours) for line in drawn],
        colours,
        HEIGHT,
        showlegend=len(drawn) > 1,
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom", "font": {"size": 13}},
        xaxis={"title_text": said(ground.x, translate), **ticks},
        yaxis={"title_text": said(ground.y, translate), "range": [0, top], "nticks": 6},
        shapes=[] if ground.mark is None else [_upright(ground.mark, colours)],
    )


def _upright(x: float, colours: Palette) -> dict[str, Any]:
    place = {"type": "line", "x0": x, "x1": x, "xref": "x", "y0": 0, "y1": 1, "yref": "y domain"}
    return {**place, "line": {"color": colours.accent, "width": 1}}


def _line(line: Line, colours: Palette) -> dict[str, Any]:
    colour = colours.marks[_tone(line)]
    return {
        "type": "scatter",
        "x": list(line.x),
        "y": list(line.y),
        "name": line.name,
        "mode": "lines+markers" if len(line.x) < 4 else "lines",
        "line": {"color": colour, "width": 1.6 if line.dashed else 2.4, "dash": "dot" if line.dashed else "solid"},
        "marker": {"color": colour, "size": 6},
        "hovertemplate": f"{line.name}: %{{y:.3f}}<extra></extra>",
    }


def _tone(line: Line) -> Function:
    return TONES[line.tone % len(TONES)]


def _ticks(first: float, last: float) -> list[float]:
    """Round numbers within the lines' reach and none under their names.

    >>> _ticks(0, 5), _ticks(1, 40), _ticks(0, 160)
    ([0, 1, 2, 3, 4, 5], [5, 10, 15, 20, 25, 30, 35, 40], [0, 20, 40, 60, 80, 100, 120, 140, 160])
    """
    step = next(width for width in (1, 2, 5, 10, 20, 50, 100, 1000) if (last - first) / width <= MOST_TICKS)
    return [at * step for at in range(math.ceil(first / step), math.floor(last / step) + 1)]


def activity_map(
    values: Sequence[Sequence[float]],
    letters: Sequence[str],
    bound: float,
    translate: Translate = str,
    dark: bool = False,
) -> go.Figure:
    """Units (rows, from the top) over the letters of a text; `values` is (units, letters), within ±bound."""
    go = graph_objects()
    colours = palette(dark)
    drawn = go.Heatmap(
        z=[[round(float(value), 4) for value in row] for row in values],
        x=list(range(len(letters))),
        y=list(range(1, len(values) + 1)),
        customdata=[list(letters)] * len(values),
        zmin=-bound,
        zmax=bound,
        colorscale=[[0, colours.marks["dominant"]], [0.5, colours.ground], [1, colours.marks["tonic"]]],
        colorbar={"thickness": 10, "outlinewidth": 0, "tickfont": {"size": 12, "color": colours.quiet}},
        hovertemplate="%{customdata} · %{y}: %{z:.3f}<extra></extra>",
    )
    low, high = MAP_HEIGHTS
    figure = blank(drawn, colours, min(high, max(low, UNIT_HEIGHT * len(values) + 60)))
    ticks = {"tickvals": list(range(len(letters))), "ticktext": list(letters), "tickangle": 0, "showgrid": False}
    figure.update_xaxes(**ticks)
    figure.update_yaxes(title_text=said(say("Unit"), translate), autorange="reversed", nticks=6, showgrid=False)
    return figure
