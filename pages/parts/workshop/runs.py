"""Runs side by side, the best marked; each can be taken away and tried at once."""

from __future__ import annotations

import streamlit as st

from engine.workshop import Run
from pages.parts.frame import telling
from pages.parts.kept import workshop as kept
from pages.parts.language import _, bold, tell_safely, whole
from pages.parts.session import workshop as state
from pages.parts.workshop.trying import trying
from pages.parts.workshop.words import minutes

# On a phone what is said elsewhere makes room: material, numbers, perplexity, time.
STYLE = """<style>
.st-key-runs table { width: 100%; font-variant-numeric: tabular-nums; }
.st-key-runs td, .st-key-runs th { white-space: nowrap; }
@media (max-width: 640px) {
  .st-key-runs :is(td, th):is(:nth-child(2), :nth-child(4), :nth-child(8), :nth-child(9)) { display: none; }
  .st-key-runs :is(td, th) { padding-inline: 6px; }
}
</style>"""


def runs() -> None:
    """The table, and what can be done with the chosen run."""
    rows = kept.shop().runs(state.visitor())
    if not rows:
        return
    st.markdown(bold(_("Your runs")))
    with st.container(key="runs"):
        st.html(STYLE)
        st.markdown(table(rows, kept.best_of(rows)))
    st.caption(_("★ the best of those that learned from the same as the latest. Measured on what none of them saw."))
    _actions(_chosen(rows))


def table(rows: tuple[Run, ...], best: Run | None) -> str:
    """As a Markdown table; what came from outside means nothing in it."""
    head = ("", _("Material"), _("Network"), _("Numbers"), _("Rounds"), _("Loss"), _("Foretold"), _("Perplexity"),
            _("Time"))  # fmt: skip
    lines = [_line(head), _line(("---",) * len(head))]
    return "\n".join([*lines, *(_line(_cells(run, run == best)) for run in rows)])


def name(run: Run) -> str:
    """A network in few signs: cell, width, layers when there are several."""
    layers = f" × {run.choice.layers}" if run.choice.layers > 1 else ""
    return f"{run.choice.cell.upper()} {run.choice.width}{layers}"


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cells(run: Run, best: bool) -> tuple[str, ...]:
    values = (
        "★" if best else "",
        tell_safely(run.material),
        name(run),
        whole(run.parameters),
        str(run.epochs),
        f"{run.loss:.3f}",
        f"{100 * run.accuracy:.0f} %",
        f"{run.perplexity:.2f}",
        minutes(run.seconds),
    )
    return tuple(f"**{value}**" if best and value else value for value in values)


def _chosen(rows: tuple[Run, ...]) -> Run:
    """The run looked at: the latest, unless another is chosen."""
    tickets = [run.ticket for run in rows]
    now = state.state()
    if now.run not in tickets:
        now.run = tickets[-1]
    if len(rows) > 1:
        named = {run.ticket: f"{place}. {name(run)}" for place, run in enumerate(rows, start=1)}
        now.run = st.segmented_control(
            _("Run"), tickets, format_func=named.__getitem__, default=now.run, key=f"train_run_{tickets[-1]}"
        ) or now.run  # fmt: skip
    return next(run for run in rows if run.ticket == now.run)


def _actions(run: Run) -> None:
    visitor = state.visitor()  # the file is made outside this run of the page, where there is no session
    with st.container(horizontal=True, key="train_actions"):
        st.download_button(
            _("Download the model"),
            lambda: kept.shop().checkpoint(visitor, run.ticket),
            f"cadencia-{run.kind}-{run.choice.cell}-{run.choice.width}.pt",
            "application/octet-stream",
            on_click="ignore",
            icon=":material/download:",
            key=f"train_file_{run.ticket}",
        )
        st.button(_("Take off the table"), on_click=_forget, args=(run.ticket,), key="train_forget")
    trying(run, kept.shop().checkpoint(visitor, run.ticket))


@telling
def _forget(ticket: int) -> None:
    kept.shop().forget(state.visitor(), ticket)
