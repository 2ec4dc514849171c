"""One line while a page asks a model of the visitor's own, and the way back to the house's."""

from __future__ import annotations

import streamlit as st

from pages.parts import kept
from pages.parts.frame import action
from pages.parts.language import _
from pages.parts.session import own
from pages.parts.session.own import Page


def own_model(page: Page) -> None:
    if not kept.own.has(page, own.mark(page)):
        return
    said = {
        "compose": _("Suggestions come from your own model."),
        "tunes": _("Tunes are written by your own model."),
        "notes": _("Melodies are written by your own model."),
    }
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(said[page], width="content")
        back = action(own.use)
        st.button(_("Back to the house's"), type="tertiary", on_click=back, args=(page, ""), key=f"house_{page}")
