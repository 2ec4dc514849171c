"""What is asked of a tune: type, meter, key, length and form, how daring, and the button that writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from engine.abc import METERS
from engine.abc.keys import tonics as tonics_of
from engine.tunewriter import Wish
from pages.parts import session as visit
from pages.parts.choice import choice
from pages.parts.component import answering
from pages.parts.frame import action, when_changed
from pages.parts.kept import text
from pages.parts.kept.tunes import checked
from pages.parts.language import _
from pages.parts.own import own_model
from pages.parts.session.tunes import CANDIDATES, DESK, FORMS, MOST_SEED, MOST_TOP_K, TEMPERATURES
from pages.parts.tunes import edit, words
from pages.parts.tunes.component import STYLE, key_of, part, told

BARS = (0, 4, 6, 8, 12, 16, 24, 32)
_PRESSED = action(edit.apply)


def asking() -> None:
    """One row for what a musician asks, the rest under "more"; then the opening."""
    wish = DESK.held().wish
    st.html(f"<style>{text(STYLE)}</style>")
    with st.container(horizontal=True, vertical_alignment="bottom", key="tune_wish"):
        _choice(_("Type"), "rhythm", words.rhythm_names(), wish.rhythm, 130)
        _choice(_("Meter"), "meter", {meter: meter for meter in METERS} | {"": _("Any")}, wish.meter, 90)
        _key(wish)
        lengths = {bars: str(bars) if bars else _("Any") for bars in sorted({*BARS, wish.bars})}
        _choice(_("Bars"), "bars", lengths, wish.bars, 90, help_text=_("Bars in each part"))
        forms = {form: form or _("Any") for form in FORMS}
        _choice(_("Form"), "form", forms, wish.form, 116, help_text=_("A letter for every time a part is played"))
        _surprise(wish)
        _more(wish)
    own_model("tunes")


def opening() -> None:
    """The field for the first notes, and what begins the writing."""
    wish = DESK.held().wish
    read = checked(wish.opening, edit.like(wish), whole=False) if wish.opening.strip() else None
    labels = {"opening": _("Opening, in ABC; it may stay empty"), "placeholder": "A|dfa afd|"}
    part("opening", {"text": wish.opening, "faults": told(read.faults) if read else [], "labels": labels}, _PRESSED)
    with st.container(horizontal=True, key="tune_write", vertical_alignment="center"):
        st.button(_("Write"), type="primary", on_click=_after(edit.write), key="write", icon=":material/edit_note:")
        st.button(_("Random opening"), on_click=_after(edit.random_opening), key="random_opening")
        st.caption(_("Take {number}").format(number=wish.rng_seed))


def _after(do: Callable[[], None]) -> Callable[[], None]:
    """What was typed just before the press comes first: both may arrive at once, and then in no order."""

    @action
    def pressed() -> None:
        answering(key_of("opening"), _PRESSED)()
        do()

    return pressed


def _key(wish: Wish) -> None:
    mode = wish.key[-3:]
    if mode:
        names = {tonic: words.pretty(tonic) for tonic in tonics_of(mode, wish.key[:-3])}
        _choice(_("Key"), "tonic", names, wish.key[:-3], 80, do=edit.change_tonic)
    modes = words.mode_names() | {"": _("Any key")}
    _choice(_("Mode"), "mode", modes, mode, 130, do=edit.change_mode)


def _surprise(wish: Wish) -> None:
    low, high = TEMPERATURES
    st.slider(
        _("Surprise"),
        low,
        high,
        step=0.05,
        key=visit.mirror("tune_temperature", min(max(wish.temperature, low), high)),
        on_change=_changing("temperature"),
        help=_("Temperature: low keeps to what is usual, high dares more."),
        width=150,
    )


def _more(wish: Wish) -> None:
    with st.popover(_("More"), key="tune_more"):
        counts = {count: str(count) for count in CANDIDATES}
        _choice(_("Tunes at once"), "candidates", counts, wish.candidates, 160)
        same = _("The same take of the same wishes is the same tunes. (Random seed)")
        _whole(_("Take"), "rng_seed", (0, MOST_SEED), wish.rng_seed, same)
        top_k = _("Only so many of the likeliest signs are drawn from; 0 means all.")
        _whole(_("Top k"), "top_k", (0, MOST_TOP_K), wish.top_k, top_k)
        st.number_input(
            _("Top p"),
            0.05,
            1.0,
            step=0.05,
            key=visit.mirror("tune_top_p", wish.top_p),
            on_change=_changing("top_p"),
            help=_("Only the likeliest signs that share this much probability are drawn from; 1 means all."),
            width=160,
        )
        st.toggle(
            _("Always valid"),
            key=visit.mirror("tune_valid", wish.valid),
            on_change=_changing("valid"),
            help=_("Bars add up, brackets close, parts keep their length. Without it the model writes as it likes."),
        )
        st.toggle(
            _("Comes home"),
            key=visit.mirror("tune_home", wish.home),
            on_change=_changing("home"),
            disabled=not wish.valid,
            help=_("Leans towards the tonic at the end, so that as many tunes close on it as in print, three of four."),
        )


def _choice(
    label: str,
    name: str,
    options: Mapping[Any, str],
    value: object,
    width: int,
    *,
    help_text: str | None = None,
    do: Callable[[Any], None] | None = None,
) -> None:
    choose = do or partial(edit.change_wish, name)
    choice(label, f"tune_{name}", options, value, choose, width=width, help_text=help_text)


def _whole(label: str, name: str, bounds: tuple[int, int], value: int, help_text: str) -> None:
    st.number_input(
        label,
        *bounds,
        step=1,
        key=visit.mirror(f"tune_{name}", value),
        on_change=_changing(name),
        help=help_text,
        width=160,
    )


def _changing(name: str) -> Callable[[], None]:
    return when_changed(f"tune_{name}", partial(edit.change_wish, name))
