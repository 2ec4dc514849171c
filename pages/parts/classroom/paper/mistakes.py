"""The handout of the usual mistakes: the right program's shapes, the chosen mistake in numbers, all others in short."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from engine.classroom import PITFALLS, Pitfall, Practice
from engine.handout import Block, Code, Heading, Paragraph, Table
from pages.parts.classroom.paper.pieces import number, opening, questions
from pages.parts.classroom.shapes import in_figures, sizes
from pages.parts.handout import Sheet
from pages.parts.kept import classroom as room
from pages.parts.language import _, tell
from pages.parts.session.classroom import Stand

EPOCHS = (1, 2, 5, 10, 20, 30)  # whose losses are printed
SEEDS = (1, 2)  # of the two runs whose seed was forgotten: paper stays as it is printed


def mistakes(name: str, here: str) -> Sheet:
    """Title and contents for the chosen mistake."""
    pitfall = next(known for known in PITFALLS if known.name == name)
    right, wrong = _runs(pitfall)
    blocks: list[Block] = [
        *opening(here, Stand("shapes", pitfall=name)),
        Paragraph(_("A small network learns chord phrases of unequal length. Each mistake is really made: what you see "
                    "are the shapes and losses of its run.")),
        *_explained(pitfall),
        *_shapes(right, wrong),
        *_curves(pitfall, right, wrong),
        *_all(),
        *questions(_questions()),
    ]  # fmt: skip
    return _("What goes wrong: {title}").format(title=tell(pitfall.title)), tuple(blocks)


def _runs(pitfall: Pitfall) -> tuple[Practice, Practice]:
    if pitfall.wrong.rng_seed is not None:
        return room.practice(pitfall.right), room.practice(pitfall.wrong)
    first, second = (room.practice(replace(pitfall.wrong, rng_seed=seed)) for seed in SEEDS)
    return first, second


def _explained(pitfall: Pitfall) -> list[Block]:
    rows = (
        (_("What happens"), tell(pitfall.happens)),
        (_("How one notices"), tell(pitfall.noticed)),
        (_("What to do"), tell(pitfall.remedy)),
    )
    return [Table((("", tell(pitfall.title)), *rows))]


def _shapes(right: Practice, wrong: Practice) -> list[Block]:
    """The right program's tensors beside the mistaken one's, or torch's own word where that one stops."""
    blocks: list[Block] = [Heading(_("The shapes on their way"))]
    if wrong.error:
        rows: list[tuple[str, ...]] = [(shape.code, sizes(shape)) for shape in right.shapes]
        head: tuple[str, ...] = (_("Code"), _("Right"))
        after: list[Block] = [Paragraph(_("Torch stops here and says:")), Code(wrong.error)]
    else:
        pairs = zip(right.shapes, wrong.shapes, strict=True)
        rows = [(ours.code, sizes(ours), _difference(sizes(ours), sizes(theirs))) for ours, theirs in pairs]
        head, after = (_("Code"), _("Right"), _("With the mistake")), []
    plain = tuple(tuple(cell.replace("**", "") for cell in row) for row in rows)
    return [*blocks, Table((head, *plain)), *after]


def _difference(right: str, wrong: str) -> str:
    return _("the same") if right == wrong else f"{wrong} ←"


def _curves(pitfall: Pitfall, right: Practice, wrong: Practice) -> list[Block]:
    if wrong.error:
        return []
    return [
        Heading(_("Loss in nats per chord")),
        Table(tuple(_losses(pitfall, right, wrong))),
        Paragraph(in_figures(pitfall, right, wrong)),
    ]


def _losses(pitfall: Pitfall, right: Practice, wrong: Practice) -> Iterable[tuple[str, ...]]:
    if pitfall.wrong.rng_seed is None:
        columns = {_("run with seed {seed}").format(seed=run.rng_seed): run.honest for run in (right, wrong)}
    else:
        columns = {
            _("right: learning"): right.told,
            _("right: test"): right.honest,
            _("mistake: learning"): wrong.told,
            _("mistake: test as printed"): wrong.judged,
            _("mistake: true test"): wrong.honest,
        }
    yield _("Epoch"), *columns
    for epoch in EPOCHS:
        yield str(epoch), *(number(losses[epoch - 1]) for losses in columns.values())


def _all() -> list[Block]:
    rows = tuple((tell(known.title), tell(known.remedy)) for known in PITFALLS)
    return [Heading(_("All mistakes, and what to do")), Table(((_("Mistake"), _("What to do")), *rows))]


def _questions() -> Iterable[tuple[str, int]]:
    yield _("32 phrases of up to 20 chords, an embedding of 50, 100 hidden units, 500 chords in the vocabulary: "
            "write the shapes of ids, x, out, h and logits."), 2  # fmt: skip
    yield _("The phrase is I vi IV V I. Write what is read, and below it what is to be foretold."), 2
    yield _("Phrases of 5, 3, 8 and 2 chords are padded to one length. How many places are padding, and what share of "
            "the loss would they be if they counted?"), 2  # fmt: skip
    yield _("Which of the mistakes in the list stop the program, and which pass in silence? Which are worse?"), 2
    yield _("Somebody shows you a test loss that is too good to be true. Which three things do you look at first?"), 2
