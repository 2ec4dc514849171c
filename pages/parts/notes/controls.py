"""The bar of the notes page: what is written, after what, how long and how bold; behind one button what is rarer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from engine.music import Key
from engine.theory import ALL_KEYS
from pages.parts import session
from pages.parts.bar import key_name
from pages.parts.choice import choice
from pages.parts.frame import when_changed
from pages.parts.language import _
from pages.parts.notes.examples import example
from pages.parts.own import own_model
from pages.parts.session.notes import DESK, METERS, TEMPO_RANGE, Form, Sketch, Source

MOST_BARS = 64
_AS_OPENING = "opening"


def controls() -> None:
    """Every change is kept at once; nothing is written before it is asked for."""
    stand = DESK.held()
    with st.container(horizontal=True, key="notes_bar", vertical_alignment="bottom", gap="small"):
        _segments(_("Write"), "form", _forms(), stand.form)
        _segments(_("Opening"), "source", _sources(), stand.source)
        _number(_("Bars"), "bars", (0, MOST_BARS), stand.wish.bars, _("0: until the model ends the piece."))
        _number(_("Tempo"), "tempo", TEMPO_RANGE, stand.tempo, _("Beats per minute"))
        surprise = _("How bold the model is. Temperature; 1 is as learnt.")
        _slider(_("Familiar ↔ surprising"), "temperature", (0.3, 2.0), stand.wish.temperature, surprise, 210)
        with st.popover(_("More"), icon=":material/tune:", key="notes_more"):
            _more()
    if stand.form == "melody":
        own_model("notes")


def _forms() -> dict[Any, str]:
    return {"melody": _("Melody"), "chorale": _("Chorale")}


def _sources() -> dict[Any, str]:
    return {"example": _("Example"), "random": _("None"), "file": _("File"), "played": _("Played")}


def _segments(label: str, name: str, names: dict[Any, str], value: object) -> None:
    st.segmented_control(
        label,
        list(names),
        format_func=names.__getitem__,
        key=session.mirror(f"notes_{name}", value),
        on_change=when_changed(f"notes_{name}", _choose_form if name == "form" else _choose_source),
        required=True,
        label_visibility="collapsed" if name == "form" else "visible",
    )


def _choose_form(form: Form | None) -> None:
    stand = DESK.held()
    chosen = replace(stand, form=form or stand.form)
    if stand.source == "example" and stand.sketch.order is None:
        chosen = chosen.with_sketch(Sketch(example(chosen.form)))
    DESK.put(chosen)


def _choose_source(source: Source | None) -> None:
    """Another source begins with its own opening; what lay in the roll is one undo away."""
    stand = DESK.held()
    if source is None or source == stand.source:
        return
    opening = example(stand.form) if source == "example" else stand.brought if source == "file" else None
    DESK.put(replace(stand, source=source).with_sketch(Sketch(opening)))


def _number(label: str, name: str, limits: tuple[int, int], value: int, meaning: str | None = None) -> None:
    st.number_input(
        label,
        *limits,
        step=1,
        help=meaning,
        key=session.mirror(f"notes_{name}", value),
        on_change=when_changed(f"notes_{name}", lambda chosen: change(**{name: chosen})),
        width=104,
    )


def change(**settings: Any) -> None:
    """New values of the wish, or of the stand where it has a field of that name."""
    stand = DESK.held()
    of_stand = {name: value for name, value in settings.items() if name in ("tempo", "follow", "opening_bars")}
    of_wish = {name: value for name, value in settings.items() if name not in of_stand}
    if "tempo" in settings:
        of_wish["tempo_bpm"] = float(settings["tempo"])
    DESK.put(replace(stand, wish=replace(stand.wish, **of_wish), **of_stand))


def _more() -> None:
    stand, wish = DESK.held(), DESK.held().wish
    _slider(_("Fewer ↔ more notes"), "density", (-2.0, 2.0), wish.density, _("0 is as learnt."))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _key_field(wish.key)
        _choice(_("Meter"), "meter", {meter: "{}/{}".format(*meter) for meter in METERS}, wish.meter, 96)
    _toggle(_("Only notes of the scale"), "lock", wish.lock)
    _toggle(_("Keep the opening"), "keep_opening", wish.keep_opening)
    chords = session.sheet().progression
    _toggle(
        _("Follow the chords in Compose"), "follow", stand.follow,
        None if chords.slots else _("There are no chords in Compose yet."),
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _number(_("Variations"), "variations", (1, 8), wish.variations)
        same = _("The same take of the same settings is the same notes. (Random seed)")
        _number(_("Take"), "rng_seed", (0, 9_999), wish.rng_seed, same)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _number(_("Best only"), "top_k", (0, 100), wish.top_k, _("Top-k: how many notes may be drawn from; 0 is all."))
        _slider(
            _("Likely only"), "top_p", (0.05, 1.0), wish.top_p, _("Top-p: drawn from this share of likelihood."), 120
        )


def _key_field(key: Key | None) -> None:
    names: dict[Any, str] = {_AS_OPENING: _("As the opening")} | {known: key_name(known) for known in ALL_KEYS}
    if key is not None and key not in names:
        names[key] = key_name(key)
    _choice(_("Key"), "key", names, key or _AS_OPENING, 160)


def _choice(label: str, name: str, names: dict[Any, str], value: object, width: int) -> None:
    def choose(it: object) -> None:
        change(**{name: None if it == _AS_OPENING else it})

    choice(label, f"notes_{name}", names, value, choose, width=width)


def _slider(  # noqa: PLR0917
    label: str, name: str, limits: tuple[float, float], value: float, meaning: str, width: int = 250
) -> None:
    st.slider(
        label,
        *limits,
        step=0.05,
        help=meaning,
        width=width,
        key=session.mirror(f"notes_{name}", min(max(value, limits[0]), limits[1])),
        on_change=when_changed(f"notes_{name}", lambda chosen: change(**{name: float(chosen)})),
    )


def _toggle(label: str, name: str, value: bool, meaning: str | None = None) -> None:
    st.toggle(
        label,
        help=meaning,
        disabled=bool(meaning) and not value,
        key=session.mirror(f"notes_{name}", value),
        on_change=when_changed(f"notes_{name}", lambda chosen: change(**{name: bool(chosen)})),
    )
