"""Three ways in: from nothing, from a famous turn, from a song of one's own."""

from __future__ import annotations

import streamlit as st

from engine.theory import ALL_KEYS
from pages.parts import edit, session
from pages.parts.bar import key_name
from pages.parts.choice import choice_here
from pages.parts.frame import action, complain, pages, telling
from pages.parts.language import _, tell
from pages.parts.turns import TURNS

COMPOSE = "pages/compose.py"


def start_empty() -> None:
    st.subheader(_("From nothing"))
    st.caption(_("Choose a key. Eight good openings wait."))
    key = choice_here(_("Key"), "home_key", {known: key_name(known) for known in ALL_KEYS})
    if st.button(_("Start in {key}").format(key=key_name(key)), type="primary", width="stretch"):
        session.change(edit.new_sheet(key))
        st.switch_page(COMPOSE)


def start_from_turn() -> None:
    st.subheader(_("From a famous turn"))
    st.caption(_("Hear it, bend it, go somewhere else with it."))
    with st.container(horizontal=True, gap="small"):
        for number, turn in enumerate(TURNS):
            if st.button(tell(turn.title), key=f"turn_{number}"):
                session.change(turn.sheet())
                st.switch_page(COMPOSE)


def start_from_song() -> None:
    st.subheader(_("From your song"))
    st.caption(_("Letters, numerals or Do Re Mi; bars and repeats too."))
    text = st.text_area(_("Chords"), key="home_song", placeholder="| Am | F | C | G7 |", height=132)
    if st.button(_("Continue it"), width="stretch") and text:
        before = session.sheet()
        action(telling(edit.open_song, beside="typed_problems"))(text)
        if session.sheet() != before:
            st.switch_page(COMPOSE)
    for problem in session.work().typed_problems:
        complain(problem)


def ways_in() -> None:
    """The three side by side; on a phone, one under the other."""
    for column, way_in in zip(st.columns(3), (start_empty, start_from_turn, start_from_song), strict=True):
        with column, st.container(border=True, height="stretch"):
            way_in()


def other_rooms() -> None:
    """What else the house holds, one line each."""
    names, words = pages(), _what_for()
    rooms = [page for page in names if page in words]
    for start in range(0, len(rooms), 3):
        for column, page in zip(st.columns(3), rooms[start : start + 3], strict=False):
            with column, st.container(border=True, height="stretch"):
                st.page_link(page, label=f"**{names[page]}**")
                st.caption(words[page])


def _what_for() -> dict[str, str]:
    return {
        "pages/tunes.py": _("Give a jig or a reel its first bar; hear how it goes on."),
        "pages/notes.py": _("Play or drop in a melody; continue it, harmonise it, follow your chords."),
        "pages/classroom.py": _("Step through a network that learns, letter by letter."),
        "pages/exercises.py": _("Guess the next chord by ear, alone or as a class."),
        "pages/workshop.py": _("Train a small network on your own chords, tunes or MIDI."),
        "pages/checkpoints.py": _("Open a model file, see what is in it and what it knows."),
    }
