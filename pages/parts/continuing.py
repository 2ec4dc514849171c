"""Let the model write on: some bars to a chosen ending, or the unlocked chords once more."""

from __future__ import annotations

import streamlit as st

from engine.generate import Search
from pages.parts import edit, session
from pages.parts.choice import choice_here
from pages.parts.frame import action, complain
from pages.parts.language import _

MOST_BARS = 16


def continuing() -> None:
    """The button and what stands behind it."""
    # All is there before the pop-up opens: where it opens is chosen by how high it is at that moment.
    with st.popover(_("Continue"), icon=":material/stylus_note:", key="continuing"):
        _wishes()


def _wishes() -> None:
    endings = _endings()
    left, right = st.columns(2)
    left.number_input(_("Bars"), 1, MOST_BARS, 4, key="widget_bars")
    right.number_input(
        _("Take"),
        0,
        edit.MOST_SEED,
        key=session.mirror("rng_seed", session.work().rng_seed),
        on_change=_choose_seed,
        help=_("The same take of the same chords is the same music. (Random seed)"),
    )
    choice_here(_("Ending"), "cadence", endings)
    st.toggle(_("The likeliest path, no chance"), key="widget_beam", help=_("Beam search instead of drawing"))
    for problem in session.work().problems:
        complain(problem)
    st.button(_("Write on"), on_click=_write_on, type="primary", width="stretch", key="write_on")
    meaning = _("Locked chords stay. What is selected is drawn, else what was written on last, else all.")
    st.button(_again(), on_click=_draw_again, width="stretch", key="draw_again", help=meaning)
    drawn = session.work().drawn_with
    st.caption(_("Nothing drawn yet.") if drawn is None else _("This was take {number}.").format(number=drawn))


def _again() -> str:
    """What is drawn again, as its button says it."""
    if session.work().selected is not None:
        return _("Draw the selected chords again")
    return _("Draw unlocked chords again") if edit.drawn_again() is None else _("Draw the written chords again")


def _endings() -> dict[str, str]:
    return {
        "authentic": _("Full close (V–I)"),
        "plagal": _("Plagal (IV–I)"),
        "half": _("Half close (on V)"),
        "deceptive": _("Deceptive (V–vi)"),
        "none": _("Open"),
    }


@action
def _choose_seed() -> None:
    session.work().rng_seed = session.widget("rng_seed")


@action
def _write_on() -> None:
    edit.write_on(session.widget("bars"), session.widget("cadence"), _search())


@action
def _draw_again() -> None:
    edit.draw_again(session.widget("cadence"), _search())


def _search() -> Search:
    return "beam" if session.widget("beam") else "sample"
