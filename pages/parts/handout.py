"""The button that takes a handout away; the handout is made when it is pressed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from engine.handout import Block, Paragraph
from pages.parts.kept.paper import pdf
from pages.parts.language import _, current, speaking

GAP = "\u00a0" * 4  # between words that are no sentence; plain spaces shrink to one
Sheet = tuple[str, tuple[Block, ...]]  # a title and what stands below it


def whose() -> Paragraph:
    """A line for the name and the date."""
    return Paragraph(_("Name") + ": " + "_" * 40 + GAP + " " + _("Date") + ": " + "_" * 16)


def handout_button(make: Callable[[], Sheet], name: str) -> None:
    """`make` runs outside the visitor's session: whatever it needs of that has to be in its hands already."""
    st.download_button(
        _("Handout (PDF)"),
        partial(printed, make, current()),
        name,
        "application/pdf",
        icon=":material/print:",
        on_click="ignore",
        key="handout",
    )


def printed(make: Callable[[], Sheet], language: str) -> bytes:
    """The handout in this language."""
    with speaking(language):
        title, blocks = make()
    return pdf(title, blocks, language)
