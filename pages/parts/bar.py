"""The slim bar over the progression: key, tempo, length, notation, and behind one button what is seldom needed."""

from __future__ import annotations

from functools import partial

import streamlit as st

from engine import theory
from engine.music import Chord, Key
from engine.sheet import BAR_RANGE, BEATS_RANGE, REPETITION_RANGE, SURPRISE_RANGE, TEMPO_RANGE
from pages.parts import edit, kept, session
from pages.parts.choice import choice
from pages.parts.frame import action, when_changed
from pages.parts.language import _
from pages.parts.own import own_model

WORTH_TELLING = 0.5  # belief in another key below which it is no news
MIN_CHORDS_FOR_KEY = 3  # fewer say too little about a key


def bar() -> None:
    """Draws the bar; every change goes to the sheet at once."""
    with st.container(horizontal=True, key="bar", vertical_alignment="bottom", gap="small"):
        _key_field()
        _choice(_("Style"), "style", _styles())
        _number(_("Tempo"), "tempo_bpm", TEMPO_RANGE)
        _choice(_("Notation"), "notation", _notations())
        with st.popover(_("More"), icon=":material/tune:"):
            _more()
    _found_key()
    own_model("compose")


def _colours() -> dict[str, str]:
    return {"free": _("As they come"), "triads": _("Triads"), "sevenths": _("Sevenths")}


def _styles() -> dict[str, str]:
    return {
        "any": _("Any style"),
        "jazz": _("Jazz"),
        "pop": _("Pop and rock"),
        "mandopop": _("Mandopop"),
        "traditional": _("Older popular song"),
    }


def _notations() -> dict[str, str]:
    return {"letters": _("Letters"), "numerals": _("Numerals"), "latin": _("Do Re Mi")}


def key_name(key: Key) -> str:
    """A key as the reader's language and the sheet's notation write it."""
    root, _quality, _bass = theory.display_parts(Chord(key.tonic), session.sheet().letters)
    return (_("{tonic} major") if key.mode == "major" else _("{tonic} minor")).format(tonic=root)


def _key_field() -> None:
    key = session.sheet().key
    keys = theory.ALL_KEYS if key in theory.ALL_KEYS else (*theory.ALL_KEYS, key)
    choice(_("Key"), "key", {known: key_name(known) for known in keys}, key, edit.set_key, width=150)


def _number(label: str, name: str, limits: tuple[int, int]) -> None:
    st.number_input(
        label,
        *limits,
        help=_("From {low} to {high}").format(low=limits[0], high=limits[1]),
        key=session.mirror(name, getattr(session.sheet(), name)),
        on_change=when_changed(name, partial(edit.change_setting, name)),
        width=110,
    )


def _length_field() -> None:
    st.number_input(
        _("Beats per chord"),
        *BEATS_RANGE,
        key=session.mirror("usual", session.sheet().beats_per_chord),
        on_change=when_changed("usual", edit.set_usual_length),
        width=130,
    )


def _bar_field() -> None:
    st.number_input(
        _("Beats per bar"),
        *BAR_RANGE,
        key=session.mirror("bar", session.sheet().beats_per_bar),
        on_change=when_changed("bar", edit.set_bar),
        width=130,
    )


def _choice(label: str, name: str, options: dict[str, str]) -> None:
    choice(label, name, options, getattr(session.sheet(), name), partial(edit.change_setting, name), width=140)


def _more() -> None:
    _choice(_("Chords"), "colour", _colours())
    with st.container(horizontal=True):
        _length_field()
        _bar_field()
    _slider(
        _("Familiar ↔ surprising"),
        "surprise",
        SURPRISE_RANGE,
        _("Left: the likeliest, and what this song did before. Right: the unusual. (Temperature, memory)"),
    )
    _slider(
        _("Repeats"), "repetition", REPETITION_RANGE, _("Left: never the same chord twice. Right: as the model has it.")
    )


def _slider(label: str, name: str, limits: tuple[float, float], meaning: str) -> None:
    st.slider(
        label,
        *limits,
        step=0.05,
        key=session.mirror(name, float(getattr(session.sheet(), name))),
        on_change=when_changed(name, partial(edit.change_setting, name)),
        help=meaning,
    )


def _found_key() -> None:
    """One line of reserved height: an invitation, the key the chords suggest, or what a new key left to decide."""
    with st.container(
        horizontal=True, key="keyline", vertical_alignment="center", height=32, gap="small", border=False
    ):
        left = session.work().left_key
        if left is not None:
            _offer_to_move(left)
        elif session.sheet().progression.slots:
            _estimate()
        else:
            st.caption(_("Press a suggestion to begin, or play this example."))


def _offer_to_move(left: Key) -> None:
    here = session.sheet().key
    kept_sound = _("The chords kept their sound and are now read in {key}.").format(key=key_name(here))
    st.caption(kept_sound, width="content")
    label = _("Move them from {source} to {key}").format(source=key_name(left), key=key_name(here))
    st.button(label, type="tertiary", on_click=action(edit.move_to_key), args=(left,), key="move")


def _estimate() -> None:
    sheet = session.sheet()
    if len(sheet.progression) < MIN_CHORDS_FOR_KEY:
        return
    found = kept.key_estimate(sheet.progression.chords)
    if found.confidence < WORTH_TELLING and found.key != sheet.key:
        return
    words = _("Sounds like {key}, {share} % sure.").format(key=key_name(found.key), share=round(found.confidence * 100))
    st.caption(words, width="content")
    if found.key != sheet.key:
        st.button(_("Use it"), type="tertiary", on_click=action(edit.use_key), args=(found.key,), key="use_key")
