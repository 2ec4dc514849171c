"""The embeddings as a map: chords that the model takes for alike lie near each other."""

from __future__ import annotations

import streamlit as st

from engine import plots
from engine.plots.maps import Place, token_map
from pages.parts.checkpoints.names import function_names, mode_control
from pages.parts.kept import checkpoints as kept
from pages.parts.language import _, translate

# Named on the map: the chords of the key and what is next to them, in both languages; more would hide each other.
NAMED = frozenset(
    ("I", "ii", "iim", "iim7", "iii", "iiim", "IV", "V", "V7", "vi", "vim", "viio", "bVII", "iv", "ivm", "i", "im",
     "bIII", "III", "bVI", "VI", "v", "vm", "V/V", "II7")
)  # fmt: skip


def mapping(source: kept.Source) -> None:
    st.caption(_("Chords that the model takes for alike lie near each other. (Embeddings, principal components)"))
    drawn = kept.embedding_map(source, mode_control())
    places = [
        Place(point.x, point.y, point.token, point.function, named=point.token in NAMED) for point in drawn.points
    ]
    dark = st.context.theme.type == "dark"
    figure = token_map(places, drawn.shares, function_names(), translate, dark)
    st.plotly_chart(figure, config=dict(plots.CONFIG), theme=None, key="models_map")
