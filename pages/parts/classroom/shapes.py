"""The usual mistakes: one switch each, the tensors' shapes on their way, and what becomes of the loss."""

from __future__ import annotations

from dataclasses import replace
from secrets import randbelow

import streamlit as st

from engine import plots
from engine.classroom import PITFALLS, Pitfall, Practice, Shape
from engine.plots.learning import Ground, Line, lines_chart
from engine.words import say
from pages.parts.choice import choice
from pages.parts.kept import classroom as room
from pages.parts.language import _, bold, harmless, tell, translate, whole
from pages.parts.session.classroom import DESK


def shapes() -> None:
    """The whole chapter."""
    st.caption(_("A small network learns chord phrases of unequal length. Each mistake is really made: what you see "
                 "are the shapes and losses of its run."))  # fmt: skip
    pitfall = next(known for known in PITFALLS if known.name == DESK.held().pitfall)
    names = {known.name: tell(known.title) for known in PITFALLS}
    choice(_("Mistake"), "pitfall", names, pitfall.name, _choose)
    wrong = st.toggle(_("Make the mistake"), value=True, key="widget_wrong")
    _explained(pitfall)
    with st.spinner(_("The program runs; it takes a second or two.")):
        right, mistaken = _runs(pitfall, wrong)
    _way(mistaken if wrong else right, right)
    _told(pitfall, right, mistaken, wrong)
    _line(mistaken if wrong else right)


def _choose(name: str) -> None:
    DESK.put(replace(DESK.held(), pitfall=name))


def _runs(pitfall: Pitfall, wrong: bool) -> tuple[Practice, Practice]:
    """The right run and the wrong one; where the seed is forgotten, two whose seeds chance has drawn."""
    if pitfall.wrong.rng_seed is not None:
        return room.practice(pitfall.right), room.practice(pitfall.wrong)
    if not wrong:
        return room.practice(pitfall.right), room.practice(pitfall.right)
    first = 1 + randbelow(room.POOL)
    second = 1 + (first + randbelow(room.POOL - 1)) % room.POOL
    return tuple(room.practice(replace(pitfall.wrong, rng_seed=seed)) for seed in (first, second))  # type: ignore[return-value]


def _explained(pitfall: Pitfall) -> None:
    for column, title, words in zip(
        st.columns(3, gap="medium"),
        (_("What happens"), _("How one notices"), _("What to do")),
        (pitfall.happens, pitfall.noticed, pitfall.remedy),
        strict=True,
    ):
        column.markdown(f"**{title}**  \n{harmless(tell(words))}")


def _way(run: Practice, right: Practice) -> None:
    """Every tensor with its shape; what differs from the right program is marked."""
    if run.error:
        st.markdown(_("Torch stops here and says:"))
        st.code(run.error, language=None, wrap_lines=True)
        return
    usual = {shape.sizes for shape in right.shapes}
    rows = [
        {_("Code"): f"`{shape.code}`", _("Shape"): sizes(shape), "": "" if shape.sizes in usual else "◀"}
        for shape in run.shapes
    ]
    st.table(rows, border="horizontal")


def sizes(shape: Shape) -> str:
    return " × ".join(f"**{size}** {tell(axis)}" for size, axis in zip(shape.sizes, shape.axes, strict=True))


def _told(pitfall: Pitfall, right: Practice, wrong: Practice, shown_wrong: bool) -> None:
    if wrong.error and shown_wrong:
        return
    figure = lines_chart(_lines(pitfall, right, wrong, shown_wrong), _ground(right), translate, _dark())
    st.plotly_chart(figure, config=dict(plots.CONFIG), theme=None, key="mistake_curves")
    st.caption(in_figures(pitfall, right, wrong))


def _lines(pitfall: Pitfall, right: Practice, wrong: Practice, shown_wrong: bool) -> list[Line]:
    epochs = tuple(range(1, len(right.told) + 1))
    if pitfall.wrong.rng_seed is None:
        names = [_("run with seed {seed}").format(seed=run.rng_seed) for run in (right, wrong)]
        return [
            Line(name, epochs, run.honest, tone)
            for tone, (name, run) in enumerate(zip(names, (right, wrong), strict=True))
        ]
    lines = [
        Line(_("right: test"), epochs, right.honest, 0),
        Line(_("right: learning"), epochs, right.told, 0, dashed=True),
    ]
    if shown_wrong:
        lines += [
            Line(_("mistake: true test"), epochs, wrong.honest, 1),
            Line(_("mistake: test as printed"), epochs, wrong.judged, 2),
            Line(_("mistake: learning"), epochs, wrong.told, 1, dashed=True),
        ]
    return lines


def _ground(right: Practice) -> Ground:
    return Ground(say("Epoch"), say("Loss (nats per chord)"), (1, len(right.told)))


def in_figures(pitfall: Pitfall, right: Practice, wrong: Practice) -> str:
    """What is to be seen in numbers, where the curves do not show it."""
    special = {
        "padding": _("The first batch's loss counts {right} chords; with the padding {wrong}.").format(
            right=right.counted, wrong=wrong.counted
        ),
        "judge_mode": _("The same test twice: {first} and {second}.").format(
            first=_loss(wrong.judged[-1:]), second=f"{wrong.judged_again:.3f}"
        ),
        "packed": _("The last hidden state is off by up to {gap}.").format(gap=f"{wrong.state_gap:.2f}"),
        "no_grad": _("Kept for a backward pass nobody makes: {size} kB in every test.").format(
            size=whole(wrong.graph_bytes / 1000)
        ),
        "entrance": _("Weights: {right} with an embedding, {wrong} with a number.").format(
            right=whole(right.parameters), wrong=whole(wrong.parameters)
        ),
        "one_hot": _("Weights: {right} with an embedding, {wrong} with one-hot.").format(
            right=whole(right.parameters), wrong=whole(wrong.parameters)
        ),
    }.get(pitfall.name, "")
    if pitfall.wrong.rng_seed is None:
        words = _("True test loss at the end: {first} and {second}.")
        return words.format(first=_loss(right.honest), second=_loss(wrong.honest))
    ends = _("True test loss at the end: right {right}, mistaken {wrong}.").format(
        right=_loss(right.honest), wrong=_loss(wrong.honest)
    )
    return special if pitfall.name == "no_grad" else f"{ends} {special}".strip()


def _loss(losses: tuple[float, ...]) -> str:
    return f"{losses[-1]:.3f}" if losses else "–"


def _line(run: Practice) -> None:
    """One phrase that was kept for testing: after each chord that was read, what came and what the network expected."""
    if run.line is None:
        return
    line = run.line
    st.markdown(bold(_("A phrase kept for testing")))
    offset = len(line.read) - len(line.came)  # one chord after the whole phrase, or one after each
    rows = [
        {
            _("read"): " ".join(
                map(_chord, line.read[: offset + 1] if at == 0 else line.read[offset + at : offset + at + 1])
            ),
            _("came"): _chord(came),
            _("expected"): _chord(expected),
            "": "✓" if came == expected else "",
        }
        for at, (came, expected) in enumerate(zip(line.came, line.expected, strict=True))
    ]
    st.table(rows, border="horizontal")


def _chord(numeral: str) -> str:
    """A numeral with a real flat sign."""
    return numeral.replace("b", "♭")


def _dark() -> bool:
    return st.context.theme.type == "dark"
