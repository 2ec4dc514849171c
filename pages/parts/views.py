"""Below the fold: charts and sound that cost nothing until they are asked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from engine import plots
from engine.palette import palette
from engine.sheet import Sheet
from pages.parts import edit, kept, session, studio
from pages.parts.instrument import instrument
from pages.parts.language import _, tell_safely, translate
from pages.parts.shown import look

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

MOST_BARS = 64  # of a score that is drawn; a thousand would take seconds
CHARTED = 10  # bars; more names than that nobody compares


def views() -> None:
    """What to look at; nothing is worked out until it is asked for, and asking again puts it away."""
    labels = {
        "probabilities": _("Probabilities"),
        "listen": _("Listen"),
        "piano roll": _("Piano roll"),
        "score": _("Score"),
    }
    draw = {"probabilities": _probabilities, "listen": _listen, "piano roll": _piano_roll, "score": _score}
    chosen = st.segmented_control(
        _("Views"), list(labels), format_func=labels.__getitem__, key="views", label_visibility="collapsed"
    )
    if chosen:
        draw[chosen](session.sheet())


def _dark() -> bool:
    return st.context.theme.type == "dark"


def _figure(figure: Figure, name: str) -> None:
    st.plotly_chart(figure, config=dict(plots.CONFIG), theme=None, key=name)


def _probabilities(sheet: Sheet) -> None:
    advice = studio.advice()
    shown = advice.suggestions[:CHARTED]
    rest = advice.rest + sum(item.probability for item in advice.suggestions[CHARTED:])
    names = [look(sheet).on_chart(item.chord) for item in shown]
    _figure(plots.probability_chart(shown, rest, names, translate, dark=_dark()), "probability_chart")


def _listen(sheet: Sheet) -> None:
    known = kept.instruments(sheet.instrument)
    instrument("instrument", known, sheet.instrument, partial(edit.change_setting, "instrument"))
    if _empty(sheet):
        return
    audio = kept.audio(sheet)
    st.audio(kept.wav(sheet), format="audio/wav")
    for notice in audio.notices:
        st.caption(tell_safely(notice))
    marks = plots.in_seconds(_marks(sheet), sheet.tempo_bpm)
    bars = [bar * 60 / sheet.tempo_bpm for bar in _bar_lines(sheet)]
    _figure(plots.waveform(audio, marks, bars, translate, dark=_dark()), "waveform")


def _piano_roll(sheet: Sheet) -> None:
    if not _empty(sheet):
        score = kept.score(sheet)
        _figure(plots.piano_roll(score, _marks(sheet), translate, dark=_dark()), "piano_roll")


def _score(sheet: Sheet) -> None:
    if not _empty(sheet):
        shown = sheet.beginning(MOST_BARS)
        st.image(kept.engraving(shown, palette(_dark()).ink), width="stretch")
        if shown != sheet:
            st.caption(_("The first {bars} bars. MusicXML has them all.").format(bars=MOST_BARS))


def _empty(sheet: Sheet) -> bool:
    if not sheet.progression.slots:
        st.caption(_("Pick a first chord, or paste a song."))
    return not sheet.progression.slots


def _marks(sheet: Sheet) -> list[plots.ChordMark]:
    seen = look(sheet)
    rows = zip(sheet.progression.onsets, sheet.progression.chords, strict=True)
    return [plots.ChordMark(onset, seen.on_chart(chord), seen.function(chord)) for onset, chord in rows]


def _bar_lines(sheet: Sheet) -> range:
    return range(0, int(sheet.progression.beats) + 1, sheet.beats_per_bar)
