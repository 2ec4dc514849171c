"""What the classroom's handouts have in common: a line for the name, numbers, questions, the link at the end."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from engine.handout import Block, Heading, Lines, Link, Paragraph, Table
from pages.parts.handout import whose
from pages.parts.language import _, current
from pages.parts.session.classroom import DESK, Stand, write

PAIRS = 3  # of a setting and its value, side by side


def opening(here: str, stand: Stand) -> list[Block]:
    """Whose sheet it is, and the address of the same lesson in the same language; `here` is the classroom's."""
    entries = {f"{DESK.name}.{name}": value for name, value in write(stand).items()} | {"lang": current()}
    return [
        whose(),
        Paragraph(_("The same lesson on the screen:")),
        Link(f"{here}?{urlencode(entries)}"),
    ]


def number(value: float, digits: int = 3) -> str:
    """With a real minus, and never minus zero.

    >>> number(-0.25), number(-0.0001)
    ('−0.250', '0.000')
    """
    written = f"{value:.{digits}f}"
    return (written if float(written) else written.removeprefix("-")).replace("-", "−")


def settings(told: dict[str, str]) -> Table:
    """Settings and their values, some pairs in a row."""
    pairs = [*told.items()]
    pairs += [("", "")] * (-len(pairs) % PAIRS)
    rows = (sum(pairs[at : at + PAIRS], ()) for at in range(0, len(pairs), PAIRS))
    return Table(((_("Setting"), _("Value")) * PAIRS, *rows))


def questions(asked: Iterable[tuple[str, int]]) -> list[Block]:
    """Questions with their numbers, each with so many lines to write on."""
    blocks: list[Block] = [Heading(_("Questions"))]
    for at, (question, lines) in enumerate(asked, start=1):
        blocks += [Paragraph(f"{at}. {question}"), Lines(lines)]
    return blocks
