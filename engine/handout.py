"""A lesson on paper: headings, paragraphs, tables and lines to write on, as a PDF. The only door to fpdf2.

Texts come translated; the PDF's own fonts hold Latin-1, so musical and mathematical signs beyond it are written out.
The same handout gives the same bytes: no date, no random mark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from engine.errors import EngineError
from engine.words import say

if TYPE_CHECKING:
    from fpdf import FPDF

MOST_BLOCKS = 200
_FONT = "helvetica"
_MARGIN = 20  # millimetres
_LINE = 6
_WRITTEN_OUT = {
    "♭": "b", "♯": "#", "♮": "=", "→": "->", "←": "<-", "≤": "<=", "≥": ">=", "−": "-", "–": "-", "—": "-", "’": "'",
    "“": '"', "”": '"', "…": "...", "∂": "d", "Δ": "D", "σ": "s", "Σ": "Sum", "ᵀ": "'", "ₜ": "(t)", "₋": "-", "₁": "1",
    "∘": "o", "⊙": "*", "√": "sqrt",
}  # fmt: skip


class HandoutError(EngineError):
    """A handout that cannot be printed."""


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Formula:
    """Set apart, in a font of fixed width."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, the first of them the head; every row has as many cells."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Empty lines to write on."""

    count: int


@dataclass(frozen=True, slots=True)
class NewPage:
    """What follows stands on a new page, for instance the answers."""


Block = Heading | Paragraph | Formula | Table | Lines | NewPage


def to_pdf(title: str, blocks: Sequence[Block], language: str = "en") -> bytes:
    """The handout on A4 pages with numbers. Raises HandoutError for more than 200 blocks or ragged tables."""
    if len(blocks) > MOST_BLOCKS:
        raise HandoutError(
            say("A handout has at most {most} parts, not {given}. Choose fewer.", most=MOST_BLOCKS, given=len(blocks))
        )
    paper = _paper(title, language)
    for block in blocks:
        _draw(paper, block)
    return bytes(paper.output())


def _paper(title: str, language: str) -> FPDF:
    from fpdf import FPDF  # at first use: the page opens without it

    class Paper(FPDF):
        def footer(self) -> None:
            self.set_y(-12)
            self.set_font(_FONT, size=9)
            self.cell(0, 6, f"Cadencia  {self.page_no()}", align="C")

    paper = Paper(format="A4")
    paper.set_creation_date(datetime(2000, 1, 1, tzinfo=UTC))
    paper.set_title(title)
    paper.set_lang(language)
    paper.set_margins(_MARGIN, _MARGIN)
    paper.set_auto_page_break(auto=True, margin=_MARGIN)
    paper.add_page()
    _write(paper, title, size=20, style="B", height=9)
    paper.ln(3)
    return paper


def _draw(paper: FPDF, block: Block) -> None:
    match block:
        case Heading(text):
            paper.ln(3)
            _write(paper, text, size=14, style="B", height=7)
            paper.ln(1)
        case Paragraph(text):
            _write(paper, text)
            paper.ln(2)
        case Formula(text):
            _write(paper, text, font="courier", indent=8)
            paper.ln(2)
        case Table(rows):
            _table(paper, rows)
        case Lines(count):
            _lines(paper, count)
        case NewPage():
            paper.add_page()


def _write(
    paper: FPDF,
    text: str,
    *,
    font: str = _FONT,
    size: int = 11,
    style: str = "",
    height: float = _LINE,
    indent: int = 0,
) -> None:
    paper.set_font(font, style=style, size=size)
    paper.set_x(_MARGIN + indent)
    paper.multi_cell(0, height, in_latin_1(text), new_x="LMARGIN", new_y="NEXT")


def _table(paper: FPDF, rows: tuple[tuple[str, ...], ...]) -> None:
    if len({len(row) for row in rows}) != 1:
        raise HandoutError(say("Every row of a table needs as many cells as the first."))
    paper.set_font(_FONT, size=10)
    with paper.table(line_height=_LINE, text_align="LEFT") as table:
        for cells in rows:
            row = table.row()
            for cell in cells:
                row.cell(in_latin_1(cell))
    paper.ln(3)


def _lines(paper: FPDF, count: int) -> None:
    for _ in range(count):
        paper.ln(8)
        paper.line(_MARGIN, paper.get_y(), paper.w - _MARGIN, paper.get_y())
    paper.ln(4)


def in_latin_1(text: str) -> str:
    """With signs beyond Latin-1 written out; what has no spelling becomes a question mark.

    >>> in_latin_1("B♭ → acorde único ≤ 5 漢")
    'Bb -> acorde único <= 5 ?'
    """
    written = "".join(_WRITTEN_OUT.get(sign, sign) for sign in text)
    return written.encode("latin-1", errors="replace").decode("latin-1")
