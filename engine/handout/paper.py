"""The sheet that blocks are set on: words to lines, lines to pages. Lengths in millimetres, sizes of type in points."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from fpdf import FPDF

from engine.handout.blocks import Block, Code, HandoutError, Heading, Lines, Link, NewPage, Paragraph, Table
from engine.handout.signs import Place, Run, runs
from engine.words import say

MARGIN = 16.0
FOOT = 17.0  # kept free below
GAP = 2.0  # after a block
INDENT = 8.0
RULING = 7.0  # from one line to write on to the next
CELL = 1.5  # left and right of what stands in a cell
AIR = 1.3  # above and below it, together
NARROWEST = 9.0  # a column
SMALLER = 0.68  # of the size of the type, for low and raised signs
RISE: dict[Place, float] = {"line": 0.0, "low": -0.2, "high": 0.36, "ring": -0.16}  # of the size of the type
POINT = 25.4 / 72  # millimetres


@dataclass(frozen=True, slots=True)
class Type:
    """A font, its style and size, and the height of its lines."""

    family: str = "helvetica"
    style: str = ""
    size: float = 10.5
    height: float = 5.2


TITLE = Type(style="B", size=19, height=9)
HEADING = Type(style="B", size=13, height=6.5)
TEXT = Type()
CODE = Type("courier", size=9.5, height=4.6)
CELLS = Type(size=9, height=4.6)
HEAD = Type(style="B", size=9, height=4.6)
SMALL = Type("courier", size=8.5, height=4.4)

_BREAKS = re.compile(r"[ \n\t]+")

Line = tuple[Run, ...]
Row = list[list[Line]]  # for each cell its lines


class Paper:
    """A handout as it grows from its title on."""

    def __init__(self, title: str, language: str) -> None:
        self._pdf = _Numbered(format="A4")
        self._pdf.set_creation_date(datetime(2000, 1, 1, tzinfo=UTC))
        self._pdf.set_title(title)
        self._pdf.set_lang(language)
        self._pdf.set_margins(MARGIN, MARGIN)
        self._pdf.set_auto_page_break(auto=False)
        self._pdf.add_page()
        self._write(title, TITLE)
        self._down(GAP)

    def bytes(self) -> bytes:
        return bytes(self._pdf.output())

    def put(self, group: Sequence[Block]) -> None:
        """Blocks that stay together, if a page has room for them at all."""
        if self._pdf.get_y() > MARGIN and sum(map(self._needs, group)) > self._left():
            self._pdf.add_page()
        for block in group:
            self._put(block)

    # --- blocks -----------------------------------------------------------------------------------------------------

    def _put(self, block: Block) -> None:
        match block:
            case NewPage():
                self._pdf.add_page()
            case Table(rows):
                self._table(rows)
                self._down(GAP)
            case Lines(count):
                self._rule(count)
            case Heading(text):
                self._down(GAP if self._pdf.get_y() > MARGIN else 0)
                self._write(text, HEADING)
                self._down(1)
            case _:
                self._set(block)
                self._down(GAP)

    def _set(self, block: Paragraph | Code | Link) -> None:
        match block:
            case Paragraph(text):
                self._write(text, TEXT)
            case Code(text):
                self._write(text, CODE, INDENT, kept_spaces=True)
            case Link(address):
                self._write(address, SMALL, link=address)

    def _needs(self, block: Block) -> float:
        """What must still fit on the page: all of a short block, the beginning of one that may go on overleaf."""
        needed = 0.0
        match block:
            case Link(address):
                needed = min(4, len(self._lines(address, SMALL, self._width))) * SMALL.height + GAP
            case Heading(text):
                needed = GAP + len(self._lines(text, HEADING, self._width)) * HEADING.height + 1
            case Paragraph(text):
                needed = min(4, len(self._lines(text, TEXT, self._width))) * TEXT.height + GAP
            case Code(text):
                needed = min(12, len(self._kept_lines(text, CODE, self._width - INDENT))) * CODE.height
            case Table(rows):
                needed = min(14, len(rows)) * (CELLS.height + AIR)
            case Lines(count):
                needed = min(count, 12) * RULING
        return needed

    def _rule(self, count: int) -> None:
        for _ in range(count):
            self._make_room(RULING)
            self._down(RULING)
            self._pdf.set_draw_color(150)
            self._pdf.line(MARGIN, self._pdf.get_y(), MARGIN + self._width, self._pdf.get_y())
        self._down(GAP + 1)

    # --- tables -----------------------------------------------------------------------------------------------------

    def _table(self, rows: tuple[tuple[str, ...], ...]) -> None:
        if len({len(row) for row in rows}) != 1:
            raise HandoutError(say("Every row of a table needs as many cells as the first."))
        widths = self._columns(rows)
        right = [all(map(_is_number, column[1:])) for column in zip(*rows, strict=True)]
        for number, row in enumerate(rows):
            face = CELLS if number else HEAD
            cells = [self._lines(cell, face, width - 2 * CELL) for cell, width in zip(row, widths, strict=True)]
            if self._make_room(_height(cells, face)) and number:
                self._row([self._lines(cell, HEAD, w - 2 * CELL) for cell, w in zip(rows[0], widths, strict=True)],
                          widths, right, HEAD)  # fmt: skip
            self._row(cells, widths, right, face)

    def _row(self, cells: Row, widths: Sequence[float], right: Sequence[bool], face: Type) -> None:
        top, x, height = self._pdf.get_y(), MARGIN, _height(cells, face)
        if face is HEAD:
            self._pdf.set_fill_color(238)
            self._pdf.rect(MARGIN, top, sum(widths), height, style="F")
        for lines, width, to_right in zip(cells, widths, right, strict=True):
            for at, line in enumerate(lines):
                inset = width - CELL - self._length(line, face) if to_right else CELL
                self._draw(line, face, x + inset, top + AIR / 2 + at * face.height)
            x += width
        self._pdf.set_draw_color(200)
        self._pdf.line(MARGIN, top + height, x, top + height)
        self._pdf.set_y(top + height)

    def _columns(self, rows: tuple[tuple[str, ...], ...]) -> list[float]:
        """As wide as each column wishes; if that is too much, what is left is shared among the widest."""
        wishes = [
            max(NARROWEST, 2 * CELL + 1 + max(self._length(runs(cell), HEAD if not at else CELLS)
                                              for at, cell in enumerate(column)))
            for column in zip(*rows, strict=True)
        ]  # fmt: skip
        return fitted(wishes, self._width)

    # --- lines ------------------------------------------------------------------------------------------------------

    def _write(self, text: str, face: Type, indent: float = 0, *, kept_spaces: bool = False, link: str = "") -> None:
        break_up = self._kept_lines if kept_spaces else self._lines
        for line in break_up(text, face, self._width - indent):
            self._make_room(face.height)
            y = self._pdf.get_y()
            self._draw(line, face, MARGIN + indent, y)
            if link:
                self._pdf.link(MARGIN, y, self._length(line, face), face.height, link)
            self._down(face.height)

    def _lines(self, text: str, face: Type, width: float) -> list[Line]:
        """The text broken between its words, and within a word that no line holds."""
        lines, held = [], ""
        for word in _words(text):
            longer = f"{held} {word}" if held else word
            if self._length(runs(longer), face) <= width:
                held = longer
                continue
            if held:
                lines.append(held)
            *full, held = self._broken(word, face, width)
            lines += full
        return [runs(line) for line in (*lines, held)]

    def _kept_lines(self, text: str, face: Type, width: float) -> list[Line]:
        """The lines of the text with their spaces; one that is too long is broken between its words."""
        kept: list[Line] = []
        for line in text.splitlines():
            whole = runs(line)
            kept += [whole] if self._length(whole, face) <= width else self._lines(line, face, width)
        return kept

    def _broken(self, word: str, face: Type, width: float) -> list[str]:
        parts, held = [], ""
        for sign in word:
            if held and self._length(runs(held + sign), face) > width:
                parts.append(held)
                held = ""
            held += sign
        return [*parts, held]

    def _length(self, line: Line, face: Type) -> float:
        return sum(self._measured(run, face) for run in line)

    def _measured(self, run: Run, face: Type) -> float:
        self._choose(run, face)
        return float(self._pdf.get_string_width(run.text))

    def _draw(self, line: Line, face: Type, x: float, y: float) -> None:
        base = y + 0.5 * face.height + 0.34 * face.size * POINT
        for run in line:
            length = self._measured(run, face)
            self._pdf.text(x, base - RISE[run.place] * face.size * POINT, run.text)
            x += length

    def _choose(self, run: Run, face: Type) -> None:
        size = face.size * (SMALLER if run.place in ("low", "high") else 1)
        if run.font == "text":
            self._pdf.set_font(face.family, style=face.style, size=size)
        else:
            self._pdf.set_font(run.font, size=size)

    # --- pages ------------------------------------------------------------------------------------------------------

    @property
    def _width(self) -> float:
        return float(self._pdf.w - 2 * MARGIN)

    def _left(self) -> float:
        return float(self._pdf.h - FOOT - self._pdf.get_y())

    def _make_room(self, height: float) -> bool:
        """A new page if this one has not so much left; whether it was one."""
        if height <= self._left():
            return False
        self._pdf.add_page()
        return True

    def _down(self, by: float) -> None:
        self._pdf.set_y(self._pdf.get_y() + by)


class _Numbered(FPDF):
    """Pages with their number at the foot."""

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font("helvetica", size=9)
        self.cell(0, 6, f"Cadencia  {self.page_no()}", align="C")


def fitted(wishes: Sequence[float], width: float) -> list[float]:
    """Wishes cut at one common limit, so that together they are no wider than this.

    >>> fitted([10, 20, 90], 90)
    [10, 20, 60.0]
    """
    left, share, limit = width, sorted(wishes), float("inf")
    for at, wish in enumerate(share):
        if wish * (len(share) - at) > left:
            limit = left / (len(share) - at)
            break
        left -= wish
    return [min(wish, limit) for wish in wishes]


def _words(text: str) -> list[str]:
    """What may stand on different lines. A no-break space is one of a word's own signs.

    >>> _words(" 32\xa0166  weights ")
    ['32\xa0166', 'weights']
    """
    return _BREAKS.split(text.strip(" \n\t"))


def _height(cells: Row, face: Type) -> float:
    return max(map(len, cells)) * face.height + AIR


def _is_number(cell: str) -> bool:
    """Whether a cell belongs to a column of numbers, which a lone letter e does not; an empty one fits everywhere."""
    return not cell or (any(map(str.isdigit, cell)) and all(sign.isdigit() or sign in "+-−.,%e <\xa0" for sign in cell))
