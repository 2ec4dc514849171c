"""Which model is looked at: one that ships, or a file that is dropped."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from pages.parts.choice import choice
from pages.parts.kept import CHORD_MODEL
from pages.parts.kept import checkpoints as kept
from pages.parts.language import _
from pages.parts.session.checkpoints import DESK


def choosing() -> kept.Source:
    """A dropped file goes before the chosen name."""
    left, right = st.columns(2, gap="medium")
    names = kept.names()
    held = DESK.held()
    chosen = held.name if held.name in names else CHORD_MODEL
    with left:
        choice(_("A model that is here"), "models_name", {name: name for name in names}, chosen, _choose)
    with right:
        file = st.file_uploader(_("Or a file of yours (.pt)"), type=["pt"], key="models_file")
    if file is not None:
        return file.getvalue()
    return chosen


def _choose(name: str) -> None:
    DESK.put(replace(DESK.held(), name=name))
