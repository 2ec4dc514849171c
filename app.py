"""Home: what one can do here, and three ways in."""

import streamlit as st

from pages.parts.frame import frame
from pages.parts.home import other_rooms, ways_in
from pages.parts.language import _

with frame(_("Home")):
    st.title(_("Find the next chord"))
    st.markdown(_("Press a suggestion, hear it at once, see where the music wants to go. What you make is yours."))
    with st.container(key="doors", gap="small"):
        ways_in()
        other_rooms()
