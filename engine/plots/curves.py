"""Learning curves: loss over epochs, of what is learned from and of what is held out, the best epoch marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.palette import Palette, palette
from engine.plots.canvas import Translate, blank, graph_objects, said
from engine.words import Sentence, say

if TYPE_CHECKING:
    import plotly.graph_objects as go

HEIGHT = 260  # pixels
DASHES = ("solid", "dash", "dot", "dashdot")  # lines are told apart without colour


@dataclass(frozen=True, slots=True)
class Curve:
    """One line: its name beside its end, a value per epoch (the first is epoch 1), and the epoch to mark, or None."""

    name: str
    values: tuple[float, ...]
    best: int | None = None


def learning_curves(
    curves: Sequence[Curve],
    unit: Sentence,
    epochs: int,
    translate: Translate = str,
    dark: bool = False,
) -> go.Figure:
    """Lines over epochs 1 to `epochs`; `unit` says what the values are. Names stand at the lines' ends."""
    go = graph_objects()

    colours = palette(dark)
    figure = blank([_line(go, curve, place, colours) for place, curve in enumerate(curves)], colours, HEIGHT)
    for place, curve in enumerate(curves):
        _name_end(figure, curve, place, colours)
        if curve.best is not None:
            _mark(figure, curve, curve.best, translate, colours)
    figure.update_xaxes(
        title_text=said(say("Round (epoch)"), translate), range=[0.7, max(2.0, epochs) * 1.12], nticks=8, showgrid=False
    )
    highest = max((max(curve.values) for curve in curves if curve.values), default=1.0)
    figure.update_yaxes(title_text=said(unit, translate), range=[0, 1.08 * highest], nticks=6)
    return figure


def _line(go: object, curve: Curve, place: int, colours: Palette) -> object:
    colour = colours.quiet if place else colours.ink
    return go.Scatter(  # type: ignore[attr-defined]
        x=list(range(1, len(curve.values) + 1)),
        y=list(curve.values),
        name=curve.name,
        mode="lines+markers" if len(curve.values) < 3 else "lines",
        line={"color": colour, "width": 2, "dash": DASHES[place % len(DASHES)]},
        marker={"color": colour, "size": 6},
        hovertemplate=f"{curve.name}: %{{y:.3f}}<extra></extra>",
    )


def _name_end(figure: go.Figure, curve: Curve, place: int, colours: Palette) -> None:
    if not curve.values:
        return
    figure.add_annotation(
        x=len(curve.values),
        y=curve.values[-1],
        text=curve.name,
        showarrow=False,
        xanchor="right" if len(curve.values) > 2 else "left",
        yanchor="bottom" if place else "top",
        yshift=6 if place else -6,
        xshift=0 if len(curve.values) > 2 else 10,
        font={"size": 13, "color": colours.quiet if place else colours.ink},
    )


def _mark(figure: go.Figure, curve: Curve, best: int, translate: Translate, colours: Palette) -> None:
    figure.add_vline(x=best, line={"color": colours.line, "width": 1, "dash": "dot"}, layer="below")
    figure.add_annotation(
        x=best,
        y=1,
        yref="paper",
        text=said(say("best: {value}", value=f"{curve.values[best - 1]:.3f}"), translate),
        showarrow=False,
        xanchor="right" if best > 2 else "left",
        yanchor="top",
        font={"size": 13, "color": colours.ink},
    )
