"""A map of tokens: places in a plane, coloured and marked by the function of their chord."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.music import Function
from engine.palette import LETTERS, Palette, palette
from engine.plots.canvas import Translate, blank, graph_objects, said
from engine.words import say

if TYPE_CHECKING:
    import plotly.graph_objects as go

HEIGHT = 520  # pixels
# Functions are told apart by the shape of their mark, too.
SHAPES: dict[Function, str] = {
    "tonic": "circle", "subdominant": "square", "dominant": "diamond", "borrowed": "triangle-up",
    "other": "x-thin-open",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """One token: where it lies, its name, its function; `named` ones bear their name on the map."""

    x: float
    y: float
    name: str
    function: Function
    named: bool = False


def token_map(
    places: Sequence[Place],
    shares: tuple[float, float],
    names: dict[Function, str],
    translate: Translate = str,
    dark: bool = False,
) -> go.Figure:
    """Tokens near each other are alike to the model. `shares` of all difference for each axis, 0 to 1; `names` of the
    functions in the reader's language, for the legend and on hover."""
    colours = palette(dark)
    traces = [
        _trace([place for place in places if place.function == function], function, names[function], colours)
        for function in LETTERS
        if any(place.function == function for place in places)
    ]
    figure = blank(traces, colours, HEIGHT)
    first, second = (
        said(say("{axis} direction ({share} % of the difference)", axis=axis, share=round(100 * share)), translate)
        for axis, share in zip((say("first"), say("second")), shares, strict=True)
    )
    figure.update_xaxes(title_text=first, showticklabels=False, nticks=5)
    figure.update_yaxes(title_text=second, showticklabels=False, nticks=5)
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0})
    return figure


def _trace(places: Sequence[Place], function: Function, name: str, colours: Palette) -> object:
    go = graph_objects()

    return go.Scatter(
        x=[place.x for place in places],
        y=[place.y for place in places],
        mode="markers+text",
        name=f"{LETTERS[function]} {name}",
        text=[place.name if place.named else "" for place in places],
        textposition="top center",
        textfont={"color": colours.texts[function], "size": 13},
        customdata=[place.name for place in places],
        hovertemplate=f"%{{customdata}} · {name}<extra></extra>",
        marker={
            "color": colours.marks[function],
            "symbol": SHAPES[function],
            "size": [10 if place.named else 7 for place in places],
            "line": {"width": 1, "color": colours.marks[function]},
        },
    )
