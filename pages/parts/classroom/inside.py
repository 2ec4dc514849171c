"""Looking into the networks of a comparison: what they write, where they fail, what mattered, what the gates did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from engine import plots
from engine.classroom import Contest, Moment, Score, shown
from engine.plots.learning import Ground, Line, activity_map, lines_chart
from engine.recurrent import Cell
from engine.words import say
from pages.parts.choice import choice_here
from pages.parts.component import component
from pages.parts.kept import classroom as room
from pages.parts.language import _, translate
from pages.parts.session.classroom import CELLS

NAMES: dict[Cell, str] = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}
LONGEST = 60  # characters of a text that is looked into; each takes a backward pass of its own
LENGTHS = (20, 60, 120)  # of completions
TOLD = 8  # characters whose share is told
START = "One for the "


def inside(number: str, compared: Contest) -> None:
    """What to look at; nothing is worked out until it is chosen."""
    labels = {
        "write": _("What they write"),
        "where": _("Where they fail"),
        "matter": _("What mattered"),
        "gates": _("Gates"),
    }
    chosen = st.segmented_control(
        _("Look inside"), list(labels), format_func=labels.__getitem__, key="inside", label_visibility="collapsed"
    )
    draw: dict[str, Callable[[str, Contest, tuple[Moment, ...]], None]] = {
        "write": _write, "where": _where, "matter": _matter, "gates": _gates,
    }  # fmt: skip
    if chosen:
        draw[chosen](number, compared, room.runner().look(number).moments)


def _prompt(compared: Contest, longest: int, label: str) -> str:
    start = START if set(START) <= set(compared.text) else compared.text[:12]
    return st.text_input(label, start, longest, key="widget_prompt")


def _write(number: str, compared: Contest, moments: tuple[Moment, ...]) -> None:
    prompt = _prompt(compared, LONGEST, _("They go on from"))
    left, middle, right = st.columns(3)
    heat = left.slider(_("Familiar ↔ surprising"), 0.0, 2.0, 0.5, 0.1, key="widget_heat", help=_("Temperature"))
    length = middle.selectbox(_("Characters"), LENGTHS, 1, key="widget_length")
    seed = right.number_input(
        _("Take"), 0, 9999, 0, key="widget_dice", help=_("Both throw the same dice. (Random seed)")
    )
    written = room.completions(number, len(moments), compared, room.wish(prompt, heat, length, int(seed)))
    given = [(shown(character), True, 0.0) for character in prompt]
    rows = []
    for cell, drawn in written.items():
        signs = [(shown(one.character), False, dict(one.shares)[one.character]) for one in drawn]
        details: list[list[str]] = [[] for _given in prompt] + [
            [f"{shown(character)} {_percent(share)}" for character, share in one.shares[:TOLD]] for one in drawn
        ]
        rows.append({"name": NAMES[cell], "note": "", "characters": [*given, *signs], "details": details})
    _letters(
        rows,
        _("Point at a character, or tap it, to see what else could have come. The stronger the colour, the surer."),
    )


def _matter(number: str, compared: Contest, moments: tuple[Moment, ...]) -> None:
    text = _prompt(compared, LONGEST, _("They read"))
    rows = []
    for cell, found in room.influences(number, len(moments), compared, text).items():
        details = [
            [_("expects {character} ({share})").format(character=shown(one.expected), share=_percent(one.probability))]
            for one in found
        ]
        signs = [(shown(character), False, 0.0) for character in text]
        weights = [[round(weight, 3) for weight in one.weights] for one in found]
        rows.append({"name": NAMES[cell], "note": "", "characters": signs, "details": details, "weights": weights})
    hint = _("Point at a character: the stronger the colour of those up to it, the more they bear on what comes next.")
    _letters(rows, hint, start=len(text) - 1)
    st.caption(_("Length of the gradient of the likeliest character's score by each character read (after Madsen, "
                 "Distill 2019)."))  # fmt: skip


def _gates(number: str, compared: Contest, moments: tuple[Moment, ...]) -> None:
    text = _prompt(compared, LONGEST, _("They read"))
    cell: Cell = st.segmented_control(
        _("Network"), compared.cells, default=compared.cells[-1], format_func=NAMES.__getitem__, key="gate_cell"
    ) or compared.cells[-1]  # fmt: skip
    found = room.activity(number, len(moments), compared, text, cell)
    names = {name: words for name, words in gate_names(cell).items() if name in found.values}
    name = choice_here(_("Inside"), f"gate_{cell}", names)
    values = found.values[name]
    bound = max(1.0, float(abs(values).max()))
    letters = [shown(character) for character in text]
    figure = activity_map(values.T.tolist(), letters, bound, translate, dark=_dark())
    st.plotly_chart(figure, config=dict(plots.CONFIG), theme=None, key="gates")


def gate_names(cell: Cell) -> dict[str, str]:
    """What can be looked at in a cell, each with its letter and what it does."""
    names = {"h": _("h: the hidden values")}
    if cell == "lstm":
        return {
            "f": _("f: the forget gate, 1 keeps"),
            "i": _("i: the input gate, 1 lets in"),
            "g": _("g: what could be written"),
            "o": _("o: the output gate, 1 shows"),
            "c": _("c: the cell, the long memory"),
            **names,
        }
    return {
        "z": _("z: the update gate, 1 keeps"),
        "r": _("r: the reset gate, 0 forgets"),
        "n": _("n: what could be written"),
        **names,
    }


def _where(number: str, compared: Contest, moments: tuple[Moment, ...]) -> None:
    """Accuracy by place in the window, and by how far back what decides lies."""
    scores = {cell: _last(moments, cell) for cell in compared.cells}
    scored = [(CELLS.index(cell), cell, found) for cell, found in scores.items() if found]
    if not scored:
        st.caption(_("After the first epoch there is something to see."))
        return
    by_place = [
        Line(NAMES[cell], tuple(range(1, compared.window + 1)), tuple(100 * share for share in found.by_position), tone)
        for tone, cell, found in scored
    ]
    by_distance = []
    for tone, cell, found in scored:
        rows = room.by_distance(found)
        x, y = tuple(row[0] for row in rows), tuple(100 * row[1] for row in rows)
        by_distance.append(Line(NAMES[cell], x, y, tone))
    furthest = max((x for line in by_distance for x in line.x), default=2)
    left, right = st.columns(2)
    with left:
        _shares(
            by_place, Ground(say("Place in the window"), say("Right (%)"), (1, compared.window), top=104), "by_place"
        )
        st.caption(_("At the beginning of a window nothing is known yet, so nobody can be right."))
    with right:
        ground = Ground(say("Characters needed to be sure"), say("Right (%)"), (1, max(2, furthest)), top=104)
        _shares(by_distance, ground, "by_distance")
        st.caption(_("How many characters one must have read to be sure of the next; rare numbers are joined with "
                     "those above them."))  # fmt: skip


def _last(moments: tuple[Moment, ...], cell: Cell) -> Score | None:
    return next((m.learnt for m in reversed(moments) if m.cell == cell and m.learnt), None)


def _shares(lines: list[Line], ground: Ground, key: str) -> None:
    st.plotly_chart(lines_chart(lines, ground, translate, _dark()), config=dict(plots.CONFIG), theme=None, key=key)


def _dark() -> bool:
    return st.context.theme.type == "dark"


def _percent(share: float) -> str:
    return "<1 %" if share < 0.005 else f"{100 * share:.0f} %"


def _letters(rows: list[dict[str, Any]], hint: str, start: int | None = None) -> None:
    texts = [[sign for sign, *_rest in row["characters"]] for row in rows]
    data = {"rows": rows, "hint": hint, "start": start, "key": texts}
    component("letters", "classroom/letters.js")(key="letters", data=data)
