"""Names that several views of a model share."""

from __future__ import annotations

import streamlit as st

from engine.music import Function, Mode
from pages.parts.language import _


def function_names() -> dict[Function, str]:
    return {
        "tonic": _("Tonic"),
        "subdominant": _("Subdominant"),
        "dominant": _("Dominant"),
        "borrowed": _("Borrowed"),
        "other": _("Other"),
    }


def mode_control() -> Mode:
    """Functions depend on the mode: that of C major or of A minor."""
    names: dict[Mode, str] = {"major": _("In major"), "minor": _("In minor")}
    chosen: Mode | None = st.segmented_control(
        _("Mode"), list(names), format_func=names.__getitem__, default="major", key="models_mode",
        label_visibility="collapsed",
    )  # fmt: skip
    return chosen or "major"
