"""Below the tune: sound from the soundfont with its waveform, and the piano roll; worked out when asked for."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import streamlit as st

from engine import plots
from engine.theory import function_of, write_chord
from pages.parts.instrument import instrument
from pages.parts.kept import tunes as kept
from pages.parts.language import _, tell_safely, translate
from pages.parts.tunes import edit
from pages.parts.tunes.chosen import looked_at
from pages.parts.tunes.table import Stand

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def views(stand: Stand) -> None:
    """Nothing is worked out until it is asked for, and asking again puts it away."""
    labels = {"listen": _("Listen"), "piano roll": _("Piano roll")}
    chosen = st.segmented_control(
        _("Views"), list(labels), format_func=labels.__getitem__, key="tune_views", label_visibility="collapsed"
    )
    take = looked_at()
    if take is None or not kept.score(take).notes or not chosen:
        return
    if chosen == "listen":
        _listen(stand, take)
    else:
        score = kept.score(take)
        _figure(plots.piano_roll(score, chord_marks(take), translate, dark=_dark()), "tune_roll")


def _listen(stand: Stand, take: kept.Take) -> None:
    instrument("tune_instrument", kept.instruments(stand.instrument), stand.instrument, edit.change_instrument)
    audio, score = kept.audio(take), kept.score(take)
    st.audio(kept.wav(take), format="audio/wav")
    for notice in audio.notices:
        st.caption(tell_safely(notice))
    seconds = 60 / score.tempo_bpm
    bars = [edge * seconds for edge in score.bar_edges]
    marks = plots.in_seconds(chord_marks(take), score.tempo_bpm)
    _figure(plots.waveform(audio, marks, bars, translate, dark=_dark()), "tune_waveform")


def chord_marks(take: kept.Take) -> list[plots.ChordMark]:
    """The chords under the tune where they change, with what they do in its key; none where they are not asked for."""
    if not take.chords:
        return []
    under = kept.chords(take.tune).progression
    struck = [pair for pair in zip(under.onsets, under.chords, strict=True) if not pair[1].is_silent]
    changes = [next(same) for _, same in groupby(struck, key=lambda pair: pair[1])]
    return [plots.ChordMark(onset, write_chord(chord), function_of(chord, under.key)) for onset, chord in changes]


def _figure(figure: Figure, name: str) -> None:
    st.plotly_chart(figure, config=dict(plots.CONFIG), theme=None, key=name)


def _dark() -> bool:
    return st.context.theme.type == "dark"
