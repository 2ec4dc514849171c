"""The handout of the comparison: the cells with their gates as formulas, the set-up, the results if there are any."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from engine.classroom import Contest, Moment
from engine.handout import Block, Code, Heading, Paragraph, Table
from engine.recurrent import Cell
from pages.parts.classroom.contest import NAMES, figures, judgement
from pages.parts.classroom.inside import gate_names
from pages.parts.classroom.paper.pieces import number, opening, questions, settings
from pages.parts.handout import Sheet
from pages.parts.kept import classroom as room
from pages.parts.language import _
from pages.parts.session.classroom import LINKED_TEXT, Stand

SHOWN_LINES, SHOWN_SIGNS = 10, 80  # of the text; a longer one goes on on the screen
MOST_EPOCHS = 5  # whose losses are told
GATES: dict[Cell, dict[str, str]] = {
    "rnn": {"h": "hₜ = tanh(U xₜ + W hₜ₋₁ + b)"},
    "lstm": {
        "f": "fₜ = σ(Uᶠ xₜ + Wᶠ hₜ₋₁ + bᶠ)",
        "i": "iₜ = σ(Uⁱ xₜ + Wⁱ hₜ₋₁ + bⁱ)",
        "g": "gₜ = tanh(Uᵍ xₜ + Wᵍ hₜ₋₁ + bᵍ)",
        "o": "oₜ = σ(Uᵒ xₜ + Wᵒ hₜ₋₁ + bᵒ)",
        "c": "cₜ = fₜ ∘ cₜ₋₁ + iₜ ∘ gₜ",
        "h": "hₜ = oₜ ∘ tanh(cₜ)",
    },
    "gru": {
        "z": "zₜ = σ(Uᶻ xₜ + Wᶻ hₜ₋₁ + bᶻ)",
        "r": "rₜ = σ(Uʳ xₜ + Wʳ hₜ₋₁ + bʳ)",
        "n": "nₜ = tanh(Uⁿ xₜ + bⁿ + rₜ ∘ (Wⁿ hₜ₋₁ + b′))",
        "h": "hₜ = (1 − zₜ) ∘ nₜ + zₜ ∘ hₜ₋₁",
    },
}


def compared(wanted: Contest, run: tuple[str, Contest] | None, here: str) -> Sheet:
    """Title and contents; the results are those of the visitor's run, which may have had other settings by now."""
    contest = run[1] if run else wanted
    moments = room.moments(run[0]) if run else ()
    blocks: list[Block] = [
        *opening(here, Stand("contest", contest=contest)),
        *_unlinked(contest),
        Paragraph(_("The same text, the same order, the same seed: which kind of memory learns it best? A few lines "
                    "are soon known by heart, and knowing by heart is not understanding.")),
        *_cells(),
        *_set_up(contest),
        *_results(contest, moments),
        *questions(_questions(contest)),
    ]  # fmt: skip
    return _("RNN against LSTM and GRU"), tuple(blocks)


def _unlinked(contest: Contest) -> list[Block]:
    if len(contest.text) <= LINKED_TEXT:
        return []
    return [Paragraph(_("The text is too long for a link; paste it once more."))]


def _cells() -> list[Block]:
    rows: list[tuple[str, ...]] = [(_("Network"), _("Formula"), _("What it is"))]
    for cell, formulas in GATES.items():
        names = gate_names(cell)
        rows += [
            ("" if at else NAMES[cell], formula, names[name]) for at, (name, formula) in enumerate(formulas.items())
        ]
    return [
        Heading(_("Three kinds of memory")),
        Table(tuple(rows)),
        Paragraph(_("σ squeezes any number between 0 and 1, and ∘ multiplies entry by entry: so each gate says, for "
                    "every unit, how much passes. In all three x is the character read and h what is remembered of "
                    "the ones before.")),
    ]  # fmt: skip


def _set_up(contest: Contest) -> list[Block]:
    equal = {"width": _("Width"), "parameters": _("Number of weights")}
    told = {
        _("Embedding"): str(contest.embedding),
        _("Hidden units"): str(contest.width),
        _("Window"): str(contest.window),
        _("Windows in a batch"): str(contest.batch),
        _("Learning rate"): f"{contest.learning_rate:g}",
        _("Epochs"): str(contest.epochs),
        _("Equal"): equal[contest.equal],
        _("Take"): str(contest.rng_seed),
        _("Text, in characters"): str(len(contest.text)),
    }
    lines = contest.text.splitlines()
    seen = [line[:SHOWN_SIGNS] for line in lines[:SHOWN_LINES]]
    if len(lines) > SHOWN_LINES or any(len(line) > SHOWN_SIGNS for line in lines[:SHOWN_LINES]):
        seen.append("…")
    return [Heading(_("What is compared")), settings(told), Code("\n".join(seen))]


def _results(contest: Contest, moments: tuple[Moment, ...]) -> list[Block]:
    columns = [figures(contest, moments, cell) for cell in contest.cells]
    learnt = any(moment.learnt for moment in moments)
    rows = [("", *(NAMES[cell] for cell in contest.cells))]
    rows += [(name, *(column[name].replace("…", "") for column in columns)) for name in columns[0]]
    blocks: list[Block] = [Heading(_("Results"))]
    if not learnt:
        blocks.append(Paragraph(_("Nothing had been learnt when this sheet was made. Press Learn, wait some seconds "
                                  "and fill in the table.")))  # fmt: skip
    blocks.append(Table((*rows, *_losses(contest, moments))))
    if learnt:
        blocks.append(Paragraph(judgement(contest, moments)))
    return blocks


def _losses(contest: Contest, moments: tuple[Moment, ...]) -> Iterable[tuple[str, ...]]:
    """The learnt text's loss after each epoch, of many epochs some, the last among them."""
    ends = {(moment.cell, round(moment.epochs)): moment.learnt.loss for moment in moments if moment.learnt}
    epochs = range(1, contest.epochs + 1)
    for epoch in epochs[:: -ceil(len(epochs) / MOST_EPOCHS)][::-1]:
        found = (ends.get((cell, epoch)) for cell in contest.cells)
        name = _("Loss after epoch {epoch}").format(epoch=epoch)
        yield name, *("" if loss is None else number(loss) for loss in found)


def _questions(contest: Contest) -> Iterable[tuple[str, int]]:
    yield _("Count in the formulas: how many weight matrices has an RNN, a GRU, an LSTM? Does that agree with the "
            "numbers of weights in the table?"), 1  # fmt: skip
    yield _("Which network is ahead in characters right, and which in perplexity? How can the two disagree?"), 2
    yield _("Each window of {window} characters begins with nothing read. Why can nobody have all of its first "
            "characters right, and what does that mean for the best possible figure?").format(
        window=contest.window
    ), 2  # fmt: skip
    yield _("An LSTM's forget gate stands at 1 and its input gate at 0 for ten steps. What becomes of c? And if the "
            "forget gate stands at 0.5?"), 1  # fmt: skip
    yield _("On its way back through one step, a gradient is multiplied by W and the slope of tanh in an RNN, but only "
            "by f along the c of an LSTM. Why does that help with what lies far back?"), 2  # fmt: skip
    yield (
        _("A network knows these lines by heart. What would you do to find out whether it has learnt anything else?"),
        2,
    )
