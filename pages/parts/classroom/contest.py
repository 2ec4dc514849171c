"""RNN, LSTM and GRU on one text: what is compared, learning with live curves, and the results."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from engine import plots
from engine.classroom import TEXT, Contest, Moment, Score, is_overfitting
from engine.plots.learning import Ground, Line, lines_chart
from engine.recurrent import Cell
from engine.words import say
from pages.parts import session
from pages.parts.choice import choice
from pages.parts.classroom.inside import inside
from pages.parts.frame import action, part, when_changed
from pages.parts.kept import classroom as room
from pages.parts.language import _, translate, whole
from pages.parts.session import classroom as state
from pages.parts.session.classroom import CELLS, DESK

LIVE_SECONDS = 1.0  # between two looks at a run that learns
NAMES: dict[Cell, str] = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}  # the same in every language
WIDTHS = (16, 32, 64, 128, 192)
EPOCHS = (5, 10, 20, 40)


def contest() -> None:
    """The whole chapter."""
    st.caption(_("The same text, the same order, the same seed: which kind of memory learns it best? A few lines are "
                 "soon known by heart, and knowing by heart is not understanding."))  # fmt: skip
    wanted = DESK.held().contest
    _settings(wanted)
    found = state.run()
    if found is None:
        st.caption(_("Nothing learnt yet. It takes some seconds."))
        return
    progress = room.runner().look(found[0])
    learning = progress.state == "learning"
    shown = learning, bool(progress.moments)
    part(partial(_live, shown), LIVE_SECONDS if learning else None)
    if progress.moments:
        inside(*found)


def _settings(wanted: Contest) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.pills(
            _("Networks"),
            CELLS,
            selection_mode="multi",
            format_func=NAMES.__getitem__,
            key=session.mirror("cells", list(wanted.cells)),
            on_change=when_changed("cells", _set_cells),
        )
        _choice(_("Equal"), "equal", {"width": _("Width"), "parameters": _("Number of weights")})
        _choice(_("Hidden units"), "width", {width: str(width) for width in sorted({*WIDTHS, wanted.width})})
        _choice(_("Epochs"), "epochs", {count: str(count) for count in sorted({*EPOCHS, wanted.epochs})})
        with st.popover(_("More"), icon=":material/tune:"):
            _more(wanted)
        st.button(_("Learn"), type="primary", key="learn", on_click=_learn)
    st.toggle(
        _("Keep the last fifth of the text for testing"),
        key=session.mirror("held_out", wanted.held_out),
        on_change=when_changed("held_out", partial(_set, "held_out")),
    )


def _choice(label: str, name: str, options: dict[str, str] | dict[int, str]) -> None:
    value = getattr(DESK.held().contest, name)
    choice(label, f"contest_{name}", dict(options), value, partial(_set, name), width=150)


def _more(wanted: Contest) -> None:
    st.text_area(
        _("Text"), wanted.text, height=220, key="widget_corpus", on_change=when_changed("corpus", partial(_set, "text"))
    )
    left, right = st.columns(2)
    for column, label, name, step in (
        (left, _("Window"), "window", 1),
        (right, _("Windows in a batch"), "batch", 1),
        (left, _("Learning rate"), "learning_rate", 0.001),
        (right, _("Take"), "rng_seed", 1),
    ):
        column.number_input(
            label,
            step=step,
            format="%.4f" if isinstance(step, float) else "%d",
            key=session.mirror(f"contest_{name}", getattr(wanted, name)),
            on_change=when_changed(f"contest_{name}", partial(_set, name)),
        )
    with st.container(horizontal=True):
        if wanted.text != TEXT:
            st.button(_("Our ten lines again"), key="our_lines", on_click=_our_lines)
        if wanted != Contest(text=wanted.text):
            st.button(_("As it was"), key="contest_as_it_was", on_click=_as_it_was)


def _set(name: str, value: object) -> None:
    stand = DESK.held()
    DESK.put(replace(stand, contest=replace(stand.contest, **{name: value})))  # type: ignore[arg-type]


def _set_cells(chosen: list[str]) -> None:
    _set("cells", tuple(cell for cell in CELLS if cell in chosen))


@action
def _our_lines() -> None:
    _set("text", TEXT)
    session.mirror("corpus", TEXT)


@action
def _as_it_was() -> None:
    stand = DESK.held()
    DESK.put(replace(stand, contest=Contest(text=stand.contest.text)))


@action
def _learn() -> None:
    wanted = DESK.held().contest
    found = state.run()
    if found:
        room.runner().put_away(found[0])
    state.set_run(room.runner().start(wanted), wanted)


# --- while it learns, and after -------------------------------------------------------------------------------------


def _live(shown: tuple[bool, bool]) -> None:
    """`shown`: whether the page was drawn for a run that learns, and for one that has something to show."""
    found = state.run()
    if found is None:
        return
    number, compared = found
    progress = room.runner().look(number)
    if shown != (progress.state == "learning", bool(progress.moments)):
        st.rerun()  # the whole page: what can be looked at, and how often this part looks
    with st.container(border=True, key="contest_live"):
        _standing(number, compared, progress.state, progress.moments, progress.side_by_side)
        _curves(compared, progress.moments)
        _table(compared, progress.moments)


def _standing(number: str, compared: Contest, stands: str, moments: tuple[Moment, ...], others: int) -> None:
    """How far it is, and the buttons that belong there."""
    done = sum(max((m.epochs for m in moments if m.cell == cell), default=0.0) for cell in compared.cells)
    share = done / (compared.epochs * len(compared.cells))
    names = {"learning": _("Learning"), "paused": _("Paused"), "done": _("Done"), "failed": _("It could not learn.")}
    words = names[stands]
    if stands == "learning" and others > 1:
        words += " · " + _("{count} comparisons take turns").format(count=others)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(min(share, 1.0), words)
        if stands == "learning":
            st.button(_("Pause"), key="contest_pause", on_click=action(room.runner().pause), args=(number,))
        if stands == "paused":
            st.button(_("Go on"), key="contest_resume", on_click=action(room.runner().resume), args=(number,))
        if stands in ("learning", "paused"):
            st.button(_("Stop"), key="contest_stop", on_click=action(room.runner().stop), args=(number,))


def _curves(compared: Contest, moments: tuple[Moment, ...]) -> None:
    lines = []
    for cell in compared.cells:
        tone = CELLS.index(cell)
        own = [moment for moment in moments if moment.cell == cell]
        lines.append(Line(NAMES[cell], tuple(m.epochs for m in own), tuple(m.loss for m in own), tone))
        tests = [(moment.epochs, moment.held_out.loss) for moment in own if moment.held_out]
        name = _("{network}, kept text").format(network=NAMES[cell])
        lines.append(Line(name, tuple(x for x, _y in tests), tuple(y for _x, y in tests), tone, dashed=True))
    ground = Ground(say("Epoch"), say("Loss (nats per character)"), (0, compared.epochs))
    figure = lines_chart(lines, ground, translate, dark=st.context.theme.type == "dark")
    st.plotly_chart(figure, config=dict(plots.CONFIG), theme=None, key="contest_curves")


def _table(compared: Contest, moments: tuple[Moment, ...]) -> None:
    """One column a network, so that a phone has room for it."""
    columns = {NAMES[cell]: figures(compared, moments, cell) for cell in compared.cells}
    names = next(iter(columns.values()))
    rows = [{"": name} | {network: column[name] for network, column in columns.items()} for name in names]
    st.table(rows, border="horizontal")
    st.caption(judgement(compared, moments))


def figures(compared: Contest, moments: tuple[Moment, ...], cell: Cell) -> dict[str, str]:
    last = next((m for m in reversed(moments) if m.cell == cell and m.learnt), Moment(cell, 0, 0))
    told = {
        _("Hidden units"): str(compared.sizes(cell).hidden_size),
        _("Weights"): whole(compared.parameters(cell)),
        _("Learnt text: right"): _right(last.learnt),
        _("Learnt text: perplexity"): _perplexity(last.learnt),
    }
    if compared.held_out:
        told |= {
            _("Kept text: right"): _right(last.held_out),
            _("Kept text: perplexity"): _perplexity(last.held_out),
        }
    return told


def _right(found: Score | None) -> str:
    return f"{100 * found.accuracy:.1f}\u00a0%" if found else "…"


def _perplexity(found: Score | None) -> str:
    return f"{found.perplexity:.2f}" if found else "…"


def judgement(compared: Contest, moments: tuple[Moment, ...]) -> str:
    if any(is_overfitting(moments, cell) for cell in compared.cells):
        return _("Overfitting: the learnt text still gets easier, the kept one harder. It learns by heart now.")
    if compared.held_out:
        return _("What counts is the kept text: nobody has learnt it.")
    return _("These figures are of the very text that is learnt. Who knows it by heart has overfitted: keep a fifth of "
             "it for testing to see that.")  # fmt: skip
