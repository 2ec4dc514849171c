"""What goes out: the text, files, and a link that makes the same tune again. Drawings go out of the score itself."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import streamlit as st

from pages.parts.kept import tunes as kept
from pages.parts.language import _, tell
from pages.parts.session.tunes import DESK, recipe
from pages.parts.tunes.chosen import looked_at
from pages.parts.tunes.table import Stand

MUSICXML = "application/vnd.recordare.musicxml+xml"


def takeaway(stand: Stand) -> None:
    """Two folded lists: files and the link."""
    with st.container(horizontal=True, key="tune_away"):
        with st.popover(_("Download"), icon=":material/download:", on_change="rerun", key="tune_files") as opened:
            if opened.open:
                _files(stand)
        with st.popover(_("Link"), icon=":material/link:", on_change="rerun", key="tune_link") as opened:
            if opened.open:
                _link(stand)


def _files(stand: Stand) -> None:
    one, take = stand.table.looked_at, looked_at()
    if one is None or take is None or not kept.score(take).notes:
        st.caption(_("Nothing to download yet. Press Write."))
        return
    written = kept.abc(take) if stand.chords else one.text
    _file("ABC", written.encode, "abc", "text/vnd.abc")
    _file("MIDI", lambda: kept.midi(take), "mid", "audio/midi")
    _file("MusicXML", lambda: kept.musicxml(take), "musicxml", MUSICXML)
    _file("WAV", lambda: kept.wav(take), "wav", "audio/wav")
    _file("MP3", lambda: kept.mp3(take), "mp3", "audio/mpeg")
    played_on = tell(kept.instruments(stand.instrument)[stand.instrument])
    st.caption(_("Instrument: {name}. Listen offers others.").format(name=played_on))
    st.caption(_("SVG and PDF are above the score."))


def _file(label: str, make: Callable[[], bytes], ending: str, mime: str) -> None:
    name = f"cadencia-tune.{ending}"
    st.download_button(label, make, name, mime, on_click="ignore", width="stretch", key=f"tune_file_{ending}")


def _link(stand: Stand) -> None:
    st.caption(_("This link opens the same tune, with all that is needed to write it again."))
    here = (st.context.url or "").split("?")[0]
    entries = {f"{DESK.name}.{name}": value for name, value in recipe(stand).items()}
    st.code(f"{here}?{urlencode(entries)}", language=None, wrap_lines=True)
