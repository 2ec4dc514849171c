"""Classroom: see how a recurrent network learns, by hand, side by side, and where it goes wrong."""

import streamlit as st

from pages.parts.classroom.chapters import chapters
from pages.parts.frame import frame
from pages.parts.language import _

with frame(_("Classroom")):
    st.subheader(_("How a network learns"))
    chapters()
