"""The studio component: what it is given to draw, and what its presses do to the sheet."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import streamlit as st

from engine import palette
from engine.compose import Advice
from engine.music import Suggestion
from pages.parts import edit, kept, session
from pages.parts.frame import telling
from pages.parts.language import _, tell
from pages.parts.session import own
from pages.parts.shown import cards, look, pads

_ROOT = Path(__file__).parents[2]
_PARTS = _ROOT / "assets" / "components" / "studio"
_KEY = "studio"
SUGGESTIONS = 16  # eight pads and as many chips


def studio() -> None:
    """Draws cards and pads for the present sheet and reports presses to `_answer`."""
    _component()(key=_KEY, data=_data(), on_event_change=_answer)


@lru_cache(maxsize=1)
def _component() -> Any:
    served = sorted(path for room in ("studio", "sounds") for path in (_ROOT / "static" / room).iterdir())
    version = sha256(b"".join(path.read_bytes() for path in served)).hexdigest()[:12]
    return st.components.v2.component(
        "cadencia_studio",
        html=kept.text(_PARTS / "studio.html"),
        css=_colours() + kept.text(_PARTS / "studio.css"),
        js=kept.text(_PARTS / "loader.js").replace("__VERSION__", version),
    )


def _colours() -> str:
    light, dark = palette.css_variables(), palette.css_variables(dark=True)
    return f".studio {{ {light} }} .studio.dark {{ {dark} }}\n"


@telling
def _answer() -> None:
    for event in session.studio_events(_KEY):
        edit.apply(event)


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
        "inserting": now.inserting,
        "tempo": sheet.tempo_bpm,
        "span": sheet.beats_per_chord,
        "row": 4 * sheet.beats_per_bar,
        "canUndo": bool(now.history.past),
        "canRedo": bool(now.history.future),
        "ack": now.acknowledged,
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
        "insert": _("Insert before"),
        "shorter": _("Shorter"),
        "longer": _("Longer"),
        "lock": _("Lock"),
        "whole": _("Show all bars"),
        "done": _("Done"),
        "chord": _("Chord"),
        "progression": _("Chord progression"),
    }
