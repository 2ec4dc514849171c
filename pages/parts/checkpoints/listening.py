"""Window and stream side by side: the last chords again and again, or all of the song carried along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from engine.music import TokenProbability
from engine.plots.probabilities import percent
from pages.parts import session
from pages.parts.frame import when_changed
from pages.parts.kept import checkpoints as kept
from pages.parts.language import _, bold, harmless
from pages.parts.session.checkpoints import DESK, LONGEST_CONTEXT


def listening(source: kept.Source) -> None:
    st.text_input(
        _("After these chords"),
        key=session.mirror("models_context", DESK.held().context),
        on_change=when_changed("models_context", _choose),
        max_chars=LONGEST_CONTEXT,
    )
    tokens, heard = kept.heard(source, DESK.held().context)
    st.caption(_("It reads: {tokens}").format(tokens=harmless(" ".join(tokens)) or "–"))
    window, stream = st.columns(2, gap="medium")
    config = kept.chord_model(source).config
    with window:
        st.markdown(bold(_("Window")))
        st.caption(
            _("all of it, too: this model remembers the song")
            if config.memory
            else _("the last {count}, from nothing each time").format(count=config.seq_len)
        )
        _list(heard.window)
    with stream:
        st.markdown(bold(_("Stream")))
        st.caption(_("all of it, carried along"))
        _list(heard.stream)
    st.caption(_("They disagree by {share}.").format(share=percent(heard.apart)))


def _list(told: Sequence[TokenProbability]) -> None:
    rows = [f"| {harmless(item.token)} | {percent(item.probability)} |" for item in told]
    head = (_("Chord"), _("Probability"))
    st.markdown("\n".join([f"| {' | '.join(head)} |", "| --- | ---: |", *rows]))


def _choose(text: str | None) -> None:
    DESK.put(replace(DESK.held(), context=(text or "")[:LONGEST_CONTEXT]))
