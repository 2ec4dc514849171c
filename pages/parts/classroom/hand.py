"""Back-propagation by hand: the lesson's settings, the window step by step, learning on, and the numeric check."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise

import streamlit as st

from engine import plots
from engine.classroom import (
    AGREED,
    CLIP_RANGE,
    EPOCHS,
    HIDDEN_RANGE,
    LONGEST_TEXT,
    RATE_RANGE,
    SEED_RANGE,
    WINDOW_RANGE,
    Lesson,
    shown,
)
from engine.plots.learning import Ground, Line, lines_chart
from engine.words import say
from pages.parts import session
from pages.parts.classroom.unrolled import unrolled
from pages.parts.frame import action, when_changed
from pages.parts.kept import classroom as room
from pages.parts.language import _, bold, harmless, translate
from pages.parts.session.classroom import DESK, Stand

JUMP = 1.5  # of the loss from one epoch to the next: no noise of so steady an order of windows
EXAMPLES = 3  # windows whose next letter is shown


def hand() -> None:
    """The whole chapter."""
    st.caption(_("A network with a handful of units learns which letter comes next. Nothing is hidden: every number "
                 "can be taken apart."))  # fmt: skip
    stand = DESK.held()
    _bar(stand)
    unrolled()
    _learnt(stand)
    _check(stand)


def _bar(stand: Stand) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _button(_("1 epoch on"), "epoch_1", 1)
        _button(_("10 epochs on"), "epoch_10", 10)
        _button(_("To the end"), "epoch_all", EPOCHS)
        st.button(_("Forget everything"), key="forget", on_click=_go, args=(0,), disabled=stand == stand.moved(0))
        with st.popover(_("Change the network"), icon=":material/tune:"):
            _settings(stand.lesson)
    place = _("Epoch {epoch} of {epochs}, window {window} of {windows}").format(
        epoch=stand.epoch, epochs=EPOCHS, window=stand.window + 1, windows=len(stand.lesson.windows)
    )
    st.caption(place)


def _button(label: str, key: str, epochs: int) -> None:
    stand = DESK.held()
    to = min(stand.epoch + epochs, EPOCHS)
    st.button(label, key=key, on_click=_go, args=(to,), disabled=stand.epoch >= EPOCHS)


@action
def _go(epoch: int) -> None:
    DESK.put(DESK.held().moved(epoch))


def _settings(lesson: Lesson) -> None:
    st.text_input(
        _("Text"), lesson.text, LONGEST_TEXT, key="widget_text", on_change=when_changed("text", partial(_set, "text"))
    )
    left, right = st.columns(2)
    with left:
        _field(_("Hidden units"), "hidden", HIDDEN_RANGE, 1)
        _field(_("Letters in a window"), "window", WINDOW_RANGE, 1)
        _field(_("Take"), "rng_seed", SEED_RANGE, 1, _("Decides the first weights. (Random seed)"))
    with right:
        _field(_("Learning rate"), "learning_rate", RATE_RANGE, 0.01)
        _field(_("Clipping"), "clip", CLIP_RANGE, 0.5, _("Longest gradient that is followed as it is; 0 for any."))
    if lesson != Lesson():
        st.button(_("As it was"), key="as_it_was", on_click=_as_it_was)


@action
def _as_it_was() -> None:
    DESK.put(DESK.held().anew(Lesson()))
    session.mirror("text", Lesson().text)


def _field(label: str, name: str, limits: tuple[float, float], step: float, meaning: str | None = None) -> None:
    lesson = DESK.held().lesson
    st.number_input(
        label,
        *limits,
        step=step,
        format="%d" if step == 1 else "%.3f" if name == "learning_rate" else "%.1f",
        key=session.mirror(f"lesson_{name}", getattr(lesson, name)),
        on_change=when_changed(f"lesson_{name}", partial(_set, name)),
        help=meaning,
    )


def _set(name: str, value: object) -> None:
    stand = DESK.held()
    DESK.put(stand.anew(replace(stand.lesson, **{name: value})))  # type: ignore[arg-type]


def _learnt(stand: Stand) -> None:
    """The loss of every epoch so far, and what the network foretells now."""
    losses = room.course(stand.lesson, stand.epoch).losses
    left, right = st.columns([3, 2], gap="medium")
    with left:
        line = Line(_("loss"), tuple(range(1, len(losses) + 1)), losses)
        ground = Ground(say("Epoch"), say("Loss of an epoch (nats)"), (0, EPOCHS))
        figure = lines_chart([line], ground, translate, dark=st.context.theme.type == "dark")
        st.plotly_chart(figure, config=dict(plots.CONFIG), theme=None, key="epoch_losses")
        if losses:
            st.caption(
                _("First epoch {first}, last epoch {last}.").format(first=f"{losses[0]:.1f}", last=f"{losses[-1]:.1f}")
            )
        if exploded(losses):
            st.caption(_("The loss jumped: a gradient exploded. A smaller learning rate or clipping keeps it in hand."))
    with right:
        _foretold(stand)


def exploded(losses: tuple[float, ...]) -> bool:
    """Whether an epoch lost more than half as much again as the one before it."""
    return any(later > JUMP * earlier for earlier, later in pairwise(losses))


def _foretold(stand: Stand) -> None:
    st.markdown(bold(_("What comes next?")))
    lesson = stand.lesson
    for at in range(min(EXAMPLES, len(lesson.windows))):
        letters = lesson.text[at : at + lesson.window]
        ranked = room.foretold(lesson, stand.epoch, letters)[:3]
        read = harmless("".join(map(shown, letters)))
        (best, share), *others = [(harmless(shown(letter)), _percent(share)) for letter, share in ranked]
        rest = ", ".join(f"{letter} {other}" for letter, other in others)
        st.markdown(f"{read} → **{best}** {share} :gray[· {rest}]")
    st.caption(_("Before learning all letters are about equally likely. After 160 epochs of the alphabet: abc → d, "
                 "bcd → e, cde → f."))  # fmt: skip


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _check(stand: Stand) -> None:
    """Both ways to each gradient, when asked for."""
    if not st.toggle(_("Check the gradients by moving every weight"), key="widget_check"):
        return
    compared = room.check(stand.lesson, stand.epoch, stand.window)
    rows = [
        {
            _("Weights"): found.symbol,
            _("By hand"): f"{found.lengths[0]:.6f}",
            _("Measured"): f"{found.lengths[1]:.6f}",
            _("Relative error"): f"{found.relative_error:.1e}",
            "": "✓" if found.agrees else "✗",
        }
        for found in compared
    ]
    st.table(rows, border="horizontal")
    worst = max(found.relative_error for found in compared)
    words = _("Largest relative error {error}; up to {limit} is rounding.").format(
        error=f"{worst:.1e}", limit=f"{AGREED:.0e}"
    )
    st.caption(words + " " + _("Every weight is moved up and down by 0.00001 and the loss measured anew; the "
                               "difference of both gradients is divided by the sum of their lengths."))  # fmt: skip
