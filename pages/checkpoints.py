"""Models: what is in a model file, checked line by line, and what the model is like. Nothing in a file is ever run."""

import streamlit as st

from pages.parts.checkpoints.choosing import choosing
from pages.parts.checkpoints.views import views
from pages.parts.frame import frame
from pages.parts.language import _

with frame(_("Models")):
    st.subheader(_("Models"))
    st.caption(
        _("Open a model that is here, or drop a file. It is read apart from everything else; nothing in it runs.")
    )
    views(choosing())
