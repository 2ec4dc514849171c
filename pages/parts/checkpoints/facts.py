"""What a file says of itself: sizes, settings, measures, date, environment; of a shipped model, its card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from engine.workshop import Inspection
from pages.parts.kept import checkpoints as kept
from pages.parts.language import _, bold, harmless, whole


def facts(source: kept.Source) -> None:
    """Tables side by side; what comes from the file is plain text here."""
    inspection = kept.inspection(source)
    _card(inspection)
    left, right = st.columns(2, gap="medium")
    with left:
        _table(_("Sizes"), _sizes(inspection))
        _table(_("Settings of its training"), _others(inspection))
    with right:
        _table(_("Measures"), {name: _number(value) for name, value in kept.metrics_of(inspection).items()})
        made = {_("Made at"): inspection.created_at} if inspection.created_at else {}
        _table(_("Made with"), made | dict(inspection.env))


def _sizes(inspection: Inspection) -> dict[str, str]:
    return kept.sizes_of(inspection) | {_("numbers learned"): whole(kept.parameters_of(inspection))}


def _others(inspection: Inspection) -> dict[str, str]:
    told = kept.sizes_of(inspection)
    return {name: value for name, value in inspection.settings.items() if name not in told}


def _number(value: float) -> str:
    return whole(value) if abs(value) >= 1000 else f"{value:.4g}"


def _card(inspection: Inspection) -> None:
    """What the house says of a model that it ships: what it is, what it was trained on, where it ends."""
    card = kept.card_of(inspection)
    if not card:
        return
    st.markdown(bold(_("Its card")))
    for title, entry in (("", "what"), (_("Learned from"), "data"), (_("Limits"), "limits")):
        _listed(title, [harmless(line) for line in _lines(card.get(entry))])


def _lines(told: object) -> list[str]:
    """What a card says under one name: a sentence, a list of them, or facts by name."""
    if isinstance(told, Mapping):
        return [f"{name}: {value}" for name, value in told.items()]
    return [str(line) for line in told] if isinstance(told, list) else [str(told)] if told else []


def _listed(title: str, lines: Sequence[str]) -> None:
    """One line as it is, several as a list, under a small title when there is one."""
    if title and lines:
        st.markdown(title)
    st.caption("\n".join(f"- {line}" for line in lines) if len(lines) > 1 else "".join(lines))


def _table(title: str, entries: Mapping[str, str]) -> None:
    st.markdown(bold(title))
    if not entries:
        st.caption(_("The file says nothing of this."))
        return
    rows = [f"| {harmless(name)} | {harmless(value)} |" for name, value in entries.items()]
    head = (_("Name"), _("Value"))
    st.markdown("\n".join([f"| {' | '.join(head)} |", "| --- | --- |", *rows]))
