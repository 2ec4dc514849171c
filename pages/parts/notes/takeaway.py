"""What goes out: files of notes and of sound, the link, and a project file for what no link can carry."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import urlencode

import streamlit as st

from engine.music import Score
from pages.parts.kept import notes as kept
from pages.parts.language import _
from pages.parts.notes.compact import MOST_TEXT
from pages.parts.notes.opening import MARK
from pages.parts.session.notes import DESK, fits_link, state, write

MUSICXML = "application/vnd.recordare.musicxml+xml"


def takeaway(score: Score | None) -> None:
    with st.container(horizontal=True, key="notes_exchange"):
        # All is there before a pop-up opens: where it opens is chosen by how high it is at that moment.
        with st.popover(_("Download"), icon=":material/download:", key="notes_files"):
            _files(score)
        with st.popover(_("Link"), icon=":material/link:", key="notes_link"):
            _link()


def _files(score: Score | None) -> None:
    if score is None or not score.notes:
        st.caption(_("There are no notes yet."))
        return
    _file("MIDI", lambda: kept.midi(score), "cadencia-notes.mid", "audio/midi")
    _file("MusicXML", lambda: kept.musicxml(score), "cadencia-notes.musicxml", MUSICXML)
    _file("WAV", lambda: kept.wav(score), "cadencia-notes.wav", "audio/wav")
    _file("MP3", lambda: kept.mp3(score), "cadencia-notes.mp3", "audio/mpeg")
    text = project()
    _file(_("Project"), lambda: text, "cadencia-notes.json", "application/json")
    st.caption(_("A project opens here again, under Opening: File."))


def _file(label: str, make: Callable[[], bytes], name: str, mime: str) -> None:
    st.download_button(label, make, name, mime, on_click="ignore", width="stretch", key=f"notes_file_{name}")


def project() -> bytes:
    """Everything that makes the same notes again, as JSON; those of one's own model themselves."""
    told = {"file": MARK, "version": 1, "notes": write(DESK.held(), MOST_TEXT)}
    return json.dumps(told, indent=1).encode()


def _too_long(is_own: bool) -> str:
    if is_own:
        return _("These notes are too long for a link. Download the project instead; it opens under Opening: File.")
    return _("The opening is too long for a link. Download the project instead; it opens under Opening: File.")


def _link() -> None:
    stand, order = DESK.held(), DESK.held().sketch.order
    is_own = order is not None and bool(order.mark)
    if not fits_link(stand):
        st.caption(_too_long(is_own))
        return
    st.caption(
        _("Your own model wrote this and stays here: the link brings its notes, as an opening, and your changes.")
        if is_own
        else _("This link writes the same notes anywhere Cadencia runs: opening, settings, take and changes.")
    )
    if order and order == state().halted and not is_own:
        st.caption(_("It was stopped early. Opened from the link, it is written to its end."))
    here = (st.context.url or "").split("?")[0]
    st.code(f"{here}?{urlencode(DESK.entries())}", language=None, wrap_lines=True)
