"""The handout of back-propagation by hand: one window of the visitor's own lesson, number by number."""

from __future__ import annotations

from collections.abc import Iterable
from math import exp

from engine.classroom import AGREED, EPOCHS, Lesson, Story, Trace, forward, shown
from engine.handout import Block, Heading, Paragraph, Table
from pages.parts.classroom.paper.pieces import number, opening, questions, settings
from pages.parts.handout import Sheet
from pages.parts.kept import classroom as room
from pages.parts.language import _, tell
from pages.parts.session.classroom import Stand

FORWARDS = ("a1", "h1", "z1", "p1", "L1")
BACKWARDS = ("dz1", "dh1", "s1", "da1", "gU1", "gW1", "gV1")
FEW_UNITS = 7  # whose values fit a line with three digits
EXAMPLES = 3  # beginnings of the text whose next letter is foretold


def by_hand(stand: Stand, here: str) -> Sheet:
    """Title and contents for the place where the visitor stands."""
    lesson = stand.lesson
    trace = forward(room.weights(lesson, stand.epoch, stand.window), lesson.windows[stand.window])
    told = room.story(lesson, stand.epoch, stand.window)
    blocks: list[Block] = [
        *opening(here, Stand(lesson=lesson, epoch=stand.epoch, window=stand.window, step=stand.step)),
        Paragraph(_("A small network reads a text letter by letter and says each time which letter it expects next. "
                    "All that it remembers stands in a few hidden values. Learning means: reading forwards, asking "
                    "backwards which weight was to blame, and moving every weight a little.")),
        *_network(stand),
        *_formulas(told),
        *_window(lesson, stand.window, trace, told),
        *_learning(stand, trace),
        *_checked(stand),
        *questions(_questions(lesson, stand.window)),
    ]  # fmt: skip
    return _("Back-propagation through time, by hand"), tuple(blocks)


def _network(stand: Stand) -> list[Block]:
    lesson = stand.lesson
    told = {
        _("Different letters"): str(len(lesson.alphabet)),
        _("Hidden units"): str(lesson.hidden),
        _("Letters in a window"): str(lesson.window),
        _("Learning rate"): f"{lesson.learning_rate:g}",
        _("Clipping"): f"{lesson.clip:g}",
        _("Take"): str(lesson.rng_seed),
    }
    place = _("Epoch {epoch} of {epochs}, window {window} of {windows}").format(
        epoch=stand.epoch, epochs=EPOCHS, window=stand.window + 1, windows=len(lesson.windows)
    )
    text = _("Text") + ": " + "".join(map(shown, lesson.text))
    return [Heading(_("Your network")), Paragraph(f"{text}  ·  {place}"), settings(told)]


def _formulas(told: Story) -> list[Block]:
    """As the page writes them for the first letter of the window."""
    named = (*FORWARDS, *BACKWARDS, "U+")
    rows = tuple((told.quantities[name].formula, tell(told.quantities[name].meaning)) for name in named)
    return [
        Heading(_("The formulas at the first letter")),
        Table(((_("Formula"), _("What it is")), *rows)),
        Paragraph(_("∂W, ∂V, ∂b and ∂c move their weights in the same way. What every step gives is added up.")),
    ]


def _window(lesson: Lesson, window: int, trace: Trace, told: Story) -> list[Block]:
    head = ("t", _("read"), _("next"), "h", "p", "L", _("Pull"))
    rows, digits = [head], 3 if lesson.hidden <= FEW_UNITS else 2
    for at, step in enumerate(trace.steps, start=1):
        letter, target = (shown(letter) for letter in lesson.text[window + at - 1 : window + at + 1])
        hidden = " ".join(number(value, digits) for value in step.h)
        pull = number(told.norms[f"dh{at}"])
        rows.append((str(at), letter, target, hidden, number(exp(-step.loss)), number(step.loss), pull))
    return [
        Heading(_("The numbers of this window")),
        Table(tuple(rows)),
        Paragraph(_("p is the probability of the next letter, L the loss in nats. Pull is the length of δh: how "
                    "strongly the loss pulls at the hidden values of that step.")),
        *_first_step(lesson, window, trace),
    ]  # fmt: skip


def _first_step(lesson: Lesson, window: int, trace: Trace) -> list[Block]:
    """What reaches each unit at the first letter, one unit a column, with room for what follows from it."""
    letter, weights = trace.window.letters[0], trace.weights
    units = range(lesson.hidden)
    rows = (
        (_("Unit"), *(str(unit + 1) for unit in units)),
        (f"U[·, {shown(lesson.text[window])}]", *(number(weights.U[unit, letter]) for unit in units)),
        ("b", *(number(weights.b[unit]) for unit in units)),
        ("a₁", *("" for _unit in units)),
        ("h₁", *("" for _unit in units)),
    )
    return [
        Paragraph(_("To fill in: what reaches the hidden units at the first letter, where W h₀ is zero.")),
        Table(rows),
    ]


def _learning(stand: Stand, trace: Trace) -> list[Block]:
    lesson = stand.lesson
    after = forward(room.weights(lesson, stand.epoch, stand.window + 1), trace.window).loss
    words = _("The loss of this window is {before} nats; read again after the weights have moved, {after}.").format(
        before=number(trace.loss), after=number(after)
    )
    losses = room.course(lesson, stand.epoch).losses
    if losses:
        words += " " + _("All windows together: in the first epoch {first}, in the last one learnt {last}.").format(
            first=number(losses[0], 1), last=number(losses[-1], 1)
        )
    return [Heading(_("Before and after")), Paragraph(words), Paragraph(_foretold(stand))]


def _foretold(stand: Stand) -> str:
    """What comes next after some beginnings, as the page writes it."""
    lesson, found = stand.lesson, []
    for at in range(min(EXAMPLES, len(lesson.windows))):
        letters = lesson.text[at : at + lesson.window]
        letter, share = room.foretold(lesson, stand.epoch, letters)[0]
        found.append(f"{''.join(map(shown, letters))} → {shown(letter)} {100 * share:.0f} %")
    return _("What it expects after {epoch} epochs:").format(epoch=stand.epoch) + " " + "  ·  ".join(found)


def _checked(stand: Stand) -> list[Block]:
    """Both ways to each gradient."""
    compared = room.check(stand.lesson, stand.epoch, stand.window)
    rows = (
        (_("Weights"), *(found.symbol for found in compared)),
        (_("By hand"), *(number(found.lengths[0], 6) for found in compared)),
        (_("Measured"), *(number(found.lengths[1], 6) for found in compared)),
        (_("Relative error"), *(_small(found.relative_error) for found in compared)),
    )
    return [
        Heading(_("Are the gradients right?")),
        Paragraph(_("Every weight is moved up and down by 0.00001 and the loss measured anew; the "
                    "difference of both gradients is divided by the sum of their lengths.")
                  + " " + _("Up to {limit} is rounding.").format(limit=_small(AGREED))),
        Table(rows),
    ]  # fmt: skip


def _small(value: float) -> str:
    return f"{value:.0e}".replace("-", "−")


def _questions(lesson: Lesson, window: int) -> Iterable[tuple[str, int]]:
    letter = shown(lesson.text[window])
    yield _("Fill in a₁ and h₁ above and compare with the first row of the window. Why does W h₀ add nothing?"), 1
    yield _("Work out −ln(p) for each step with a calculator. Which letter surprised the network most?"), 1
    yield _("δz₁ = p₁ − y₁: what stands in it at the letter that came, and what is the sum of all its entries?"), 1
    yield (
        _("“{letter}” was read first. Which column of ∂U₁ is not zero, and why are all others?").format(letter=letter),
        1,
    )
    yield _("Suppose the way back through one step multiplies the pull by 0.5. What is left of it after 10 steps? "
            "And if it multiplies by 1.5? What does that mean for long windows?"), 2  # fmt: skip
    yield _("A small step down the slope makes the loss of this window fall. Must the loss of all the other windows "
            "fall too? Why are many small steps taken instead of one large one?"), 2  # fmt: skip
