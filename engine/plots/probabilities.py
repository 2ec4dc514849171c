"""The probability chart: how likely each suggestion is, and all others together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.music import Suggestion
from engine.palette import palette
from engine.plots.canvas import Translate, blank, graph_objects, named, said
from engine.words import say

if TYPE_CHECKING:
    import plotly.graph_objects as go

BAR_HEIGHT = 34  # pixels of one row


def percent(probability: float) -> str:
    """A probability (0 to 1) as a musician reads it.

    >>> percent(0.413), percent(0.004), percent(0.0)
    ('41 %', '<1 %', '0 %')
    """
    return "<1 %" if 0 < probability < 0.005 else f"{100 * probability:.0f} %"


def probability_chart(
    suggestions: Sequence[Suggestion],
    rest: float,
    names: Sequence[str],
    translate: Translate = str,
    dark: bool = False,
) -> go.Figure:
    """Bars of the suggestions (`names` as shown, one each), best on top, and last `rest`: what all others share.

    Lengths are probabilities in per cent. The function is told by colour and by its letter beside the name.
    """
    go = graph_objects()

    colours = palette(dark)
    labels = [named(name, s.function) for name, s in zip(names, suggestions, strict=True)]
    shares = [s.probability for s in suggestions] + [rest]
    bars = go.Bar(
        x=[100 * share for share in shares],
        y=list(range(len(shares))),
        orientation="h",
        marker={
            "color": [colours.marks[s.function] for s in suggestions] + [colours.line],
            "cornerradius": 4,
            "line": {"color": colours.quiet, "width": [0] * len(suggestions) + [1]},
        },
        text=[percent(share) for share in shares],
        textposition="outside",
        cliponaxis=False,
        customdata=[said(s.reason, translate) for s in suggestions] + [""],
        hovertemplate="%{text}<br>%{customdata}<extra></extra>",
    )
    figure = blank(bars, colours, height=len(shares) * BAR_HEIGHT + 56)
    ends = {"range": [0, _room_for_text(max(shares))], "ticksuffix": " %", "nticks": 5}
    figure.update_xaxes(title_text=said(say("Probability (%)"), translate), **ends)
    ticks = {"tickvals": list(range(len(shares))), "ticktext": [*labels, said(say("all others"), translate)]}
    figure.update_yaxes(autorange="reversed", showgrid=False, automargin=True, **ticks)
    return figure


def _room_for_text(longest: float) -> float:
    """End of the percent axis: the longest bar leaves room for its number."""
    return float(max(10.0, 100 * longest * 1.18))
