"""The ways to look at a model; each is worked out when it is opened, not before."""

from __future__ import annotations

import streamlit as st

from pages.parts import session
from pages.parts.checkpoints.checks import checks, verdict
from pages.parts.checkpoints.facts import facts
from pages.parts.checkpoints.listening import listening
from pages.parts.checkpoints.mapping import mapping
from pages.parts.checkpoints.scoring import songs, suite
from pages.parts.checkpoints.words import words
from pages.parts.frame import when_changed
from pages.parts.kept import checkpoints as kept
from pages.parts.language import _
from pages.parts.session.checkpoints import DESK, View

DRAW = {
    "checks": checks,
    "facts": facts,
    "vocabulary": words,
    "map": mapping,
    "listening": listening,
    "suite": suite,
    "songs": songs,
}


def views(source: kept.Source) -> None:
    with st.spinner(_("Reading the file …")):
        inspection = kept.inspection(source)
    verdict(inspection)
    labels = _labels()
    if inspection.chords is None:
        shown = ("checks",) if inspection.tokens is None else ("checks", "facts", "vocabulary")
        labels = {view: label for view, label in labels.items() if view in shown}
    view = DESK.held().view if DESK.held().view in labels else "checks"
    st.segmented_control(
        _("Views"),
        list(labels),
        format_func=labels.__getitem__,
        key=session.mirror("models_view", view),
        on_change=when_changed("models_view", _choose),
        label_visibility="collapsed",
    )
    DRAW[view](source)


def _labels() -> dict[View, str]:
    return {
        "checks": _("Checks"),
        "facts": _("Facts"),
        "vocabulary": _("Vocabulary"),
        "map": _("Map"),
        "listening": _("Listening"),
        "suite": _("Theory"),
        "songs": _("On songs"),
    }


def _choose(view: View | None) -> None:
    """A press on the open view takes the choice away: then it stays."""
    if view is not None:
        DESK.put(DESK.held().with_view(view))
