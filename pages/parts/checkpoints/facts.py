"""What a file says of itself: sizes, settings, measures, date, environment; of a shipped model, its card."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from engine.workshop import Inspection
from pages.parts.kept import checkpoints as kept
from pages.parts.language import _, harmless


def facts(source: kept.Source) -> None:
    """Tables side by side; what comes from the file is plain text here."""
    inspection = kept.inspection(source)
    left, right = st.columns(2, gap="medium")
    with left:
        _table(_("Sizes"), _sizes(inspection))
        _table(_("Settings of its training"), _others(inspection))
    with right:
        _table(_("Measures"), {name: f"{value:.4g}" for name, value in kept.metrics_of(inspection).items()})
        made = {_("Made at"): inspection.created_at} if inspection.created_at else {}
        _table(_("Made with"), made | dict(inspection.env))


def _sizes(inspection: Inspection) -> dict[str, str]:
    return kept.sizes_of(inspection) | {_("numbers learned"): f"{kept.parameters_of(inspection):,}"}


def _others(inspection: Inspection) -> dict[str, str]:
    told = kept.sizes_of(inspection)
    return {name: value for name, value in inspection.settings.items() if name not in told}


def _table(title: str, entries: Mapping[str, str]) -> None:
    st.markdown(f"**{title}**")
    if not entries:
        st.caption(_("The file says nothing of this."))
        return
    rows = [f"| {harmless(name)} | {harmless(value)} |" for name, value in entries.items()]
    st.markdown("\n".join(["| | |", "| --- | --- |", *rows]))
