"""Exercises: guess the next chord by ear, alone or as a class."""

import streamlit as st

from pages.parts.exercises.quiz import quiz
from pages.parts.exercises.settings import settings
from pages.parts.exercises.teaching import teaching
from pages.parts.frame import frame
from pages.parts.language import _

with frame(_("Exercises")):
    st.subheader(_("Guess the next chord"))
    settings()
    quiz()
    teaching()
