"""Train your own: a network for one's own music, trained while the page stays alive, heard, compared, taken away."""

import streamlit as st

from pages.parts.frame import frame
from pages.parts.language import _
from pages.parts.workshop.choosing import choosing
from pages.parts.workshop.runs import runs
from pages.parts.workshop.training import training
from pages.parts.workshop.visit import visit

with frame(_("Train your own")):
    st.subheader(_("Train your own"))
    st.caption(_("Give a small network some music, let it learn, and hear after every round what it has understood."))
    choosing()
    training()
    runs()
    visit()
