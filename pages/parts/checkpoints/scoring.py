"""What a model is worth: contexts with an answer every musician knows, and songs that come with the house."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.parts.checkpoints.checks import SIGNS
from pages.parts.kept import checkpoints as kept
from pages.parts.language import _, bold, harmless

if TYPE_CHECKING:
    from engine.evaluate.suite import Case

ALONE, USUAL = 1.0, 0.5  # share of its probability that the chord just played keeps


def suite(source: kept.Source) -> None:
    """The theory suite, run here and now."""
    st.caption(
        _("Short beginnings after which every musician expects certain chords: one of them among the first five.")
    )
    held = st.toggle(_("Hold back the chord just played"), value=True, key="models_repetition")
    cases = kept.cases(source, USUAL if held else ALONE)
    passed = sum(case.passes for case in cases)
    st.markdown(bold(_("{count} of {all}").format(count=passed, all=len(cases))))
    head = ("", _("After"), _("Expected"), _("The model offers"))
    st.markdown("\n".join([f"| {' | '.join(head)} |", "| --- | --- | --- | --- |", *map(_row, cases)]))


def _row(case: Case) -> str:
    sign = SIGNS["passed" if case.passes else "failed"]
    context = harmless(" ".join(case.context)) or _("(nothing)")
    offered = " ".join(f"**{harmless(t)}**" if t in case.acceptable else harmless(t) for t in case.offered)
    return f"| {sign} | {context} | {harmless(' '.join(case.acceptable))} | {offered} |"


def songs(source: kept.Source) -> None:
    """On the house's own songs; a model that was trained on them has an easy time."""
    with st.spinner(_("Listening to the songs …")):
        judged = kept.judged(source)
    words = _("{count} chords of songs made of well-worn turns, each foretold from all that came before it.")
    st.caption(words.format(count=judged.positions))
    values = {
        _("first"): judged.top1,
        _("among 3"): judged.top3,
        _("among 5"): judged.top5,
    }
    with st.container(horizontal=True):
        for name, value in values.items():
            st.metric(name, f"{100 * value:.0f} %", width="content")
        st.metric("MRR", f"{judged.mrr:.3f}", width="content")
        st.metric(_("Perplexity"), f"{judged.perplexity:.2f}", width="content")
    if judged.unknown:
        st.caption(_("{share} % of these chords are not in its vocabulary.").format(share=round(100 * judged.unknown)))
    st.caption(_("A model trained on this very set has seen these songs: for it the figures say little."))
