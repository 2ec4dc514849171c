"""The training that runs or waits: how far it is, its curves, what it writes. It redraws itself while there is news."""

from __future__ import annotations

from functools import partial

import streamlit as st

from engine import plots
from engine.plots.curves import Curve, learning_curves
from engine.words import say
from engine.workshop import Progress, View
from pages.parts.frame import complain, part, telling
from pages.parts.kept import workshop as kept
from pages.parts.language import _, tell_safely, translate, whole
from pages.parts.session import workshop as state
from pages.parts.workshop.samples import samples
from pages.parts.workshop.words import minutes

LIVE_SECONDS, WAITING_SECONDS = 1.5, 3.0  # between two looks: a child tells twice a second, a line moves slowly


def training() -> None:
    """Nothing before the first training of a visit; while one runs, a part of the page that redraws itself."""
    view = kept.shop().look(state.visitor())
    if view is None:
        return
    every = None if view.is_over else WAITING_SECONDS if view.place else LIVE_SECONDS
    part(partial(_live, view.is_over, view.place is None), every)


def _live(was_over: bool, worked: bool) -> None:
    view = kept.shop().look(state.visitor())
    if view is None:
        return
    if view.is_over != was_over or (view.place is None) != worked:
        st.rerun()  # the whole page: the table, the button, and how often this part looks
    with st.container(border=True, key="train_live"):
        _standing(view)
        if view.progress.epochs or view.progress.state == "training":
            _curves(view)
            samples(view.kind, view.ticket, view.progress.samples)


def _standing(view: View) -> None:
    """Where it stands, in one line with its one button."""
    progress = view.progress
    with st.container(horizontal=True, vertical_alignment="center"):
        if view.place is not None:
            words = _("Number {number} in the line, for about {time}. You may look around meanwhile; come back here.")
            st.markdown(words.format(number=view.place.ahead, time=minutes(view.place.wait)))
            _button(_("Leave the line"), "train_stop", _stop, view.ticket)
        elif not view.is_over:
            st.progress(progress.fraction, _how_far(view))
            _button(_("Stop"), "train_stop", _stop, view.ticket)
        else:
            st.markdown(_over(view))
            if progress.state == "stopped" or (progress.state == "failed" and progress.epochs):
                _button(_("Go on"), "train_resume", _resume, view.ticket)
    if progress.why is not None:
        complain(progress.why)


def _how_far(view: View) -> str:
    progress, epochs = view.progress, view.choice.epochs
    if progress.state == "starting" or not progress.fraction:
        return _("It begins …")
    words = _("Round {round} of {rounds} · {speed} signs a second · about {time} left")
    done = min(len(progress.epochs) + 1, epochs)
    return words.format(round=done, rounds=epochs, speed=whole(progress.speed), time=minutes(progress.left))


def _over(view: View) -> str:
    progress = view.progress
    names = {"done": _("Done"), "stopped": _("Stopped"), "failed": _("Broken off")}
    head = f"**{names[progress.state]}** · {tell_safely(view.material)}"
    if progress.best is None:
        return head
    best = progress.epochs[progress.best - 1]
    words = _("Best after round {round}: it foretells {share} % of the signs that it has never seen.")
    return f"{head} · " + words.format(round=progress.best, share=round(100 * best.accuracy))


def _curves(view: View) -> None:
    progress = view.progress
    lines = [
        Curve(_("learned from"), tuple(epoch.train_loss for epoch in progress.epochs)),
        Curve(_("never seen"), tuple(epoch.check_loss for epoch in progress.epochs), progress.best),
    ]
    dark = st.context.theme.type == "dark"
    figure = learning_curves(lines, say("Loss (nats per sign)"), view.choice.epochs, translate, dark)
    st.plotly_chart(figure, config=dict(plots.CONFIG), theme=None, key="train_curves")
    if _overfits(progress):
        st.caption(_("What it learned from gets easier, what it has never seen harder: it learns by heart now."))


def _overfits(progress: Progress) -> bool:
    """Whether the loss on what is held out has risen clearly since its best."""
    best = progress.best
    return best is not None and progress.epochs[-1].check_loss > 1.03 * progress.epochs[best - 1].check_loss


def _button(label: str, key: str, do: object, ticket: int) -> None:
    st.button(label, key=key, on_click=do, args=(ticket,))  # type: ignore[arg-type]


@telling
def _stop(ticket: int) -> None:
    kept.shop().stop(state.visitor(), ticket)


@telling
def _resume(ticket: int) -> None:
    kept.shop().resume(state.visitor(), ticket)
