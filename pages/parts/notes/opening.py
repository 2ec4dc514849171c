"""The opening from outside: a file of notes, or a project saved here; refusals stand beside the uploader."""

from __future__ import annotations

import json
from dataclasses import replace
from math import ceil
from typing import Any

import streamlit as st

from engine.errors import EngineError
from engine.notes import Piece
from engine.words import Sentence, say
from pages.parts import session
from pages.parts.frame import complain, when_changed
from pages.parts.kept import notes as kept_notes
from pages.parts.language import _, tell_safely
from pages.parts.session.notes import DESK, Sketch, Stand, read, state

ENDINGS = ["mid", "midi", "musicxml", "xml", "mxl", "abc", "txt", "json"]
MOST_PROJECT = 300_000  # bytes; a project holds one opening as packed text
MOVED = 0.01  # of a beat on average, from which the grid is worth a word
MARK = "cadencia-notes"
_PLACE = "upload"


class UnreadableProject(EngineError):
    """A project file that was not written by this page."""


def opening() -> None:
    """What belongs to the chosen source; an example and no opening need nothing."""
    stand = DESK.held()
    if stand.source == "file":
        _file(stand)
    elif stand.source == "played":
        with st.container(key="notes_played"):  # by it page.css knows that there is a keyboard
            st.caption(_("Play on the keys below the roll, with mouse, touch, letters, or a MIDI keyboard."))


def _file(stand: Stand) -> None:
    with st.container(horizontal=True, key="notes_file", vertical_alignment="bottom"):
        name = f"notes_upload_{state().uploads}"
        st.file_uploader(
            _("MIDI, MusicXML, ABC, or a project saved here"),
            ENDINGS,
            key=f"widget_{name}",
            on_change=when_changed(name, taken),
        )
        if stand.brought:
            _bars(stand, stand.brought)
    problem = state().problems.get(_PLACE)
    if problem:
        complain(problem)
    if stand.brought:
        st.caption(" ".join(tell_safely(notice) for notice in _about(stand.brought)))


def _bars(stand: Stand, brought: Piece) -> None:
    most = bars_of(brought)
    if most < 2:
        return
    st.number_input(
        _("Bars of it"),
        1,
        most,
        step=1,
        help=_("How many of its {bars} bars are continued or harmonised.").format(bars=most),
        key=session.mirror("notes_opening_bars", min(stand.opening_bars, most)),
        on_change=when_changed("notes_opening_bars", use_bars),
        width=120,
    )


def bars_of(piece: Piece) -> int:
    return max(1, ceil((piece.end - piece.pickup) / piece.meter.bar))


def _about(piece: Piece) -> list[Sentence]:
    """Its title, its size, and what was mended; how it lay on the grid only where it had to be moved."""
    sizes = say("Notes: {notes} · voices: {voices} · bars: {bars}.",
                notes=len(piece.notes), voices=len(piece.voices), bars=bars_of(piece))  # fmt: skip
    moved = [piece.grid.sentence] if piece.grid.mean_off > MOVED else []
    return [*([say("{title}.", title=piece.title)] if piece.title else []), sizes, *moved, *piece.notices]


def use_bars(bars: int) -> None:
    stand = DESK.held()
    if stand.brought:
        opened = kept_notes.first_bars(stand.brought, bars)
        DESK.put(replace(stand, opening_bars=bars).with_sketch(Sketch(opened)))


def taken(file: Any) -> None:
    """A file was chosen: it becomes the opening, or what is wrong with it is told beside it and all stays."""
    state().problems.pop(_PLACE, None)
    if file is None:
        return
    try:
        take(file.getvalue(), file.name)
    except EngineError as error:
        state().problems[_PLACE] = error.sentence


def take(data: bytes, name: str) -> None:
    """Raises UnreadableNotes or UnreadableProject; then nothing has changed."""
    stand = DESK.held()
    if name.lower().endswith(".json"):
        DESK.put(project_in(data, stand))
        state().uploads += 1
        return
    piece = kept_notes.piece_in(data, name)
    tempo = min(max(round(piece.tempos[0].bpm), 40), 240)
    bars = min(stand.opening_bars, bars_of(piece))
    brought = replace(
        stand, brought=piece, tempo=tempo, source="file", wish=replace(stand.wish, tempo_bpm=float(tempo))
    )
    DESK.put(brought.with_sketch(Sketch(kept_notes.first_bars(piece, bars))))


def project_in(data: bytes, stand: Stand) -> Stand:
    """What a project file lays on the desk, with what lay there one undo away. Raises UnreadableProject."""
    try:
        told = json.loads(data.decode("utf-8")) if len(data) <= MOST_PROJECT else None
    except (ValueError, RecursionError):
        told = None
    entries = told.get("notes") if isinstance(told, dict) and told.get("file") == MARK else None
    if not isinstance(entries, dict):
        raise UnreadableProject(say("This is no project of Notes. Choose the file that “Project” saved."))
    found = read({name: value for name, value in entries.items() if isinstance(value, str)})
    return replace(found, history=replace(stand.history.changed(found.sketch), future=()))
