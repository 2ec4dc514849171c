"""A chord model of one's own, at once: some chords, and what it would play next."""

from __future__ import annotations

import streamlit as st

from engine import plots
from engine.workshop.choices import Run
from pages.parts import session
from pages.parts.kept import workshop as kept
from pages.parts.language import _, translate
from pages.parts.session import workshop as state
from pages.parts.shown import Look

LONGEST = 200  # characters of chords to try it on


def can_be_tried(run: Run) -> bool:
    """Compose hears chords with an LSTM: the published format knows no other network."""
    return run.kind == "chords" and run.choice.cell == "lstm"


def trying(run: Run) -> None:
    """A field for chords and the chart of what comes next."""
    now = state.state()
    now.tried = st.text_input(_("Try it: what comes after"), now.tried, max_chars=LONGEST, key="train_try")
    data = kept.shop().checkpoint(state.visitor(), run.ticket)
    tried = kept.tried(data, now.tried)
    look = Look(tried.progression.key, session.sheet().notation, False)
    names = [look.on_chart(item.chord) for item in tried.advice.suggestions]
    dark = st.context.theme.type == "dark"
    figure = plots.probability_chart(tried.advice.suggestions, tried.advice.rest, names, translate, dark=dark)
    st.plotly_chart(figure, config=dict(plots.CONFIG), theme=None, key="train_tried")
