"""What goes out: the text, files, and a link that makes the same tune again. Drawings go out of the score itself."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import streamlit as st

from engine.abc.titles import titled
from pages.parts.kept import own as own_models
from pages.parts.kept import tunes as kept
from pages.parts.language import _, tell
from pages.parts.session import own
from pages.parts.session.tunes import DESK, recipe
from pages.parts.tunes.chosen import file_of, looked_at
from pages.parts.tunes.table import Candidate, Stand

MUSICXML = "application/vnd.recordare.musicxml+xml"


def takeaway(stand: Stand) -> None:
    """Two folded lists: files and the link."""
    with st.container(horizontal=True, key="tune_away"):
        # All is there before a pop-up opens: where it opens is chosen by how high it is at that moment.
        with st.popover(_("Download"), icon=":material/download:", key="tune_files"):
            _files(stand)
        with st.popover(_("Link"), icon=":material/link:", key="tune_link"):
            _link(stand)


def _files(stand: Stand) -> None:
    one, take = stand.table.looked_at, looked_at()
    if one is None or take is None or not kept.heard(take.tune, take.tempo_bpm, 0).score.notes:
        st.caption(_("Nothing to download yet. Press Write."))
        return
    name = file_of(one, take.tune)
    _file("ABC", lambda: text_of(one, take).encode(), f"{name}.abc", "text/vnd.abc")
    _file("MIDI", lambda: kept.midi(take), f"{name}.mid", "audio/midi")
    _file("MusicXML", lambda: kept.musicxml(take), f"{name}.musicxml", MUSICXML)
    _file("WAV", lambda: kept.wav(take), f"{name}.wav", "audio/wav")
    _file("MP3", lambda: kept.mp3(take), f"{name}.mp3", "audio/mpeg")
    played_on = tell(kept.instruments(stand.instrument)[stand.instrument])
    st.caption(_("Instrument: {name}. Listen offers others.").format(name=played_on))
    st.caption(_("SVG and PDF are above the score."))


def text_of(one: Candidate, take: kept.Take) -> str:
    """The text as it stands, with a title where it has none; with chords on, or without a key, as it was read."""
    if take.chords or not any(line.startswith("K:") for line in one.text.splitlines()):
        return kept.abc(take)
    return one.text if take.tune.title else titled(one.text, take.title)


def _file(label: str, make: Callable[[], bytes], name: str, mime: str) -> None:
    st.download_button(label, make, name, mime, on_click="ignore", width="stretch", key=f"tune_file_{label}")


def _link(stand: Stand) -> None:
    st.caption(_("This link opens the same tune, with its settings."))
    if own_models.has("tunes", own.mark("tunes")):
        st.caption(_("Your own model does not go with it: from there, the house's model writes."))
    here = (st.context.url or "").split("?")[0]
    entries = {f"{DESK.name}.{name}": value for name, value in recipe(stand).items()}
    st.code(f"{here}?{urlencode(entries)}", language=None, wrap_lines=True)
