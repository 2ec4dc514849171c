"""Below the roll: score and sound, which cost nothing until they are asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from engine import plots
from engine.music import Score
from engine.palette import palette
from pages.parts import kept
from pages.parts.instrument import instrument
from pages.parts.kept import notes as kept_notes
from pages.parts.language import _, tell_safely, translate
from pages.parts.session.notes import DESK

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

MOST_BARS = 64  # of a score that is drawn; a thousand would take seconds


def views(score: Score | None, writing: bool) -> None:
    """What to look at, once it is written; asking again puts it away."""
    labels = {"score": _("Score"), "listen": _("Listen"), "spectrogram": _("Spectrogram")}
    draw = {"score": _score, "listen": _listen, "spectrogram": _spectrogram}
    chosen = st.segmented_control(
        _("Views"), list(labels), format_func=labels.__getitem__, key="notes_views", label_visibility="collapsed"
    )
    if not chosen or writing:
        return
    if score is None or not score.notes:
        st.caption(_("There are no notes yet."))
        return
    draw[chosen](score)


def _dark() -> bool:
    return st.context.theme.type == "dark"


def _figure(figure: Figure, name: str) -> None:
    st.plotly_chart(figure, config=dict(plots.CONFIG), theme=None, key=name)


def _score(score: Score) -> None:
    shown = beginning(replace(score, choir=()), MOST_BARS)  # two staves, which a page has the room for
    st.image(kept_notes.engraving(shown, palette(_dark()).ink), width="stretch")
    if len(score.bar_edges) > MOST_BARS + 1:
        st.caption(_("The first {bars} bars. MusicXML has them all.").format(bars=MOST_BARS))


def beginning(score: Score, bars: int) -> Score:
    """The first bars of a score; a note that is held beyond them ends there."""
    edges = score.bar_edges
    if len(edges) <= bars + 1:
        return score
    end = edges[bars]
    notes = (replace(n, duration=min(n.duration, end - n.onset)) for n in score.notes if n.onset < end)
    names = tuple(named for named in score.chord_names if named[0] < end)
    return replace(score, notes=tuple(notes), chord_names=names, bars=score.bars[:bars], beats=end)


def _listen(score: Score) -> None:
    _instrument()
    audio = kept_notes.audio(score)
    st.audio(kept_notes.wav(score), format="audio/wav")
    for notice in audio.notices:
        st.caption(tell_safely(notice))
    bars = [edge * 60 / score.tempo_bpm for edge in score.bar_edges]
    _figure(plots.waveform(audio, (), bars, translate, dark=_dark()), "notes_waveform")


def _spectrogram(score: Score) -> None:
    _instrument()
    bars = [edge * 60 / score.tempo_bpm for edge in score.bar_edges]
    _figure(plots.spectrogram(kept_notes.audio(score), bars, translate, dark=_dark()), "notes_spectrogram")


def _instrument() -> None:
    chosen = DESK.held().instrument
    instrument("notes_instrument", kept.instruments(chosen), chosen, _choose)


def _choose(program: int) -> None:
    DESK.put(replace(DESK.held(), instrument=program))
