"""The studio component: what it is given to draw, and what its presses do to the sheet."""

from __future__ import annotations

from typing import Any

import streamlit as st

from engine.compose import Advice
from engine.music import Suggestion
from pages.parts import edit, kept, session
from pages.parts.component import answering, component
from pages.parts.language import _, tell
from pages.parts.session import own
from pages.parts.shown import cards, look, pads

_KEY = "studio"
SUGGESTIONS = 16  # eight pads and as many chips


def studio() -> None:
    """Draws cards and pads for the present sheet; its presses change the sheet."""
    drawn = component("studio", "studio/studio.js", "sounds")
    with st.container(key="studio_place"):  # is there, and as high, before the browser has the script
        drawn(key=_KEY, data=_data(), on_event_change=answering(_KEY, edit.apply))


def _data() -> dict[str, Any]:
    now = session.work()
    sheet = now.history.present
    at = session.place()
    suggested = advice()
    return {
        "cards": cards(sheet, sheet.progression),
        "example": cards(sheet, edit.example(sheet)),
        "pads": pads(_others_than_here(suggested, now), sheet, at),
        "others": _others(suggested),
        "notice": tell(suggested.notice) if suggested.notice else "",
        "kind": sheet.kind,
        "kinds": _kinds(),
        "padTitle": _pad_title(now),
        "selected": now.selected,
        "anchor": now.anchor,
        "inserting": now.inserting,
        "tempo": sheet.tempo_bpm,
        "span": sheet.beats_per_chord,
        "row": 4 * sheet.beats_per_bar,
        "canUndo": bool(now.history.past),
        "canRedo": bool(now.history.future),
        "ack": session.acknowledged(_KEY),
        "fresh": now.fresh,
        "trail": session.trail(),
        "labels": _labels(),
    }


def advice() -> Advice:
    """What the visitor's sheet suggests for the place at hand."""
    now = session.work()
    return kept.advice(now.history.present, session.place(), now.inserting, SUGGESTIONS + 1, own.mark())


def _others_than_here(suggested: Advice, now: session.Work) -> list[Suggestion]:
    """What goes on pads and chips: in place of a chord, everything but that chord."""
    here = None if now.selected is None or now.inserting else now.history.present.progression.slots[now.selected].chord
    return [item for item in suggested.suggestions if item.chord != here][:SUGGESTIONS]


def _others(suggested: Advice) -> str:
    """How much probability is not on the pads, and how much the chosen kind keeps away."""
    words = _("all others {share} %").format(share=round(suggested.rest * 100))
    if suggested.left_out < 0.005:
        return words
    return words + _(" · other kinds {share} %").format(share=round(suggested.left_out * 100))


def _kinds() -> list[tuple[str, str, str]]:
    """The kinds of chords that can be asked for: value, name, meaning."""
    return [
        ("anything", _("Anything"), _("Whatever the model expects")),
        ("in key", _("In key"), _("Only chords of the key")),
        ("borrowed", _("Borrowed"), _("Only chords borrowed from the parallel mode")),
        ("secondary", _("Secondary"), _("Only secondary dominants and their substitutes")),
    ]


def _pad_title(now: session.Work) -> str:
    progression = now.history.present.progression
    if not progression.slots:
        return _("Good openings")
    if now.selected is None:
        return _("Next chord")
    chord = look(now.history.present).written(progression.slots[now.selected].chord)
    return (_("Before {chord}") if now.inserting else _("Instead of {chord}")).format(chord=chord)


def _labels() -> dict[str, str]:
    return {
        "play": _("Play"),
        "stop": _("Stop"),
        "loop": _("Loop"),
        "undo": _("Undo"),
        "redo": _("Redo"),
        "clear": _("Clear"),
        "remove": _("Remove"),
        "double": _("Duplicate"),
        "copy": _("Copy"),
        "paste": _("Paste"),
        "several": _("Shift and a press, or a long touch, selects up to there."),
        "insert": _("Insert before"),
        "shorter": _("Shorter"),
        "longer": _("Longer"),
        "lock": _("Lock"),
        "whole": _("Show all bars"),
        "done": _("Done"),
        "chord": _("Chord"),
        "progression": _("Chord progression"),
    }
