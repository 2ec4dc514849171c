"""A model of one's own, at once: it writes something, and a chord model says what it would play next."""

from __future__ import annotations

import streamlit as st

from engine import plots
from engine.workshop import MOST_SEED, Run
from pages.parts import session
from pages.parts.kept import own as own_models
from pages.parts.kept import workshop as kept
from pages.parts.language import _, translate
from pages.parts.session import own
from pages.parts.session import workshop as state
from pages.parts.session.own import Page
from pages.parts.shown import Look
from pages.parts.workshop.samples import player, shown

LONGEST = 200  # characters of chords to try it on


def trying(run: Run, data: bytes) -> None:
    """What it writes, drawn anew at every press; below it, for chords, what comes next."""
    _writing(run, data)
    page = kept.page_for(run)
    if page is not None:
        _use(page, run, data)
    if page == "compose":
        _suggesting(data)


def _writing(run: Run, data: bytes) -> None:
    now = state.state()
    label = {"chords": _("Write a song"), "tunes": _("Write a tune"), "notes": _("Write a melody")}[run.kind]
    st.button(label, icon=":material/stylus_note:", on_click=_draw, args=(run.ticket,), key="train_draw")
    if now.drawn is None or now.drawn[0] != run.ticket:
        return
    tokens = kept.drawn(run.kind, run.choice.cell, data, now.drawn[1])
    st.markdown(shown(run.kind, tokens))
    player(run.kind, tokens)
    if run.kind == "tunes":
        st.caption(_("Drawn so that every bar is full, the best of four; the samples above are as they come."))


def _draw(ticket: int) -> None:
    now = state.state()
    take = now.drawn[1] + 1 if now.drawn and now.drawn[0] == ticket else 1
    now.drawn, now.heard = (ticket, take % MOST_SEED), None  # one player at a time


def _use(page: Page, run: Run, data: bytes) -> None:
    """That page asks this model from here on, until it is given back there."""
    labels = {"compose": _("Use in Compose"), "tunes": _("Use in Tunes"), "notes": _("Use in Notes")}
    if st.button(labels[page], icon=":material/piano:", key="train_use"):
        own.use(page, own_models.keep(page, data, kept.for_page(page, run.choice.cell, data)))
        st.switch_page(f"pages/{page}.py")


def _suggesting(data: bytes) -> None:
    now = state.state()
    now.tried = st.text_input(_("Try it: what comes after"), now.tried, max_chars=LONGEST, key="train_try")
    tried = kept.tried(data, now.tried)
    look = Look(tried.progression.key, session.sheet().notation, False)
    names = [look.on_chart(item.chord) for item in tried.advice.suggestions]
    dark = st.context.theme.type == "dark"
    figure = plots.probability_chart(tried.advice.suggestions, tried.advice.rest, names, translate, dark=dark)
    st.plotly_chart(figure, config=dict(plots.CONFIG), theme=None, key="train_tried")
