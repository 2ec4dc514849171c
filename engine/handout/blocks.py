"""What a handout is made of."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import EngineError


class HandoutError(EngineError):
    """A handout that cannot be printed."""


@dataclass(frozen=True, slots=True)
class Heading:
    """Never the last on a page."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Set apart, in a font of fixed width; line breaks and spaces stay."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """An address that can be pressed, and typed from paper."""

    address: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, the first of them the head; every row has as many cells. Columns of numbers stand to the right."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Empty lines to write on; they stay with what stands above them."""

    count: int


@dataclass(frozen=True, slots=True)
class NewPage:
    """What follows stands on a new page, for instance the answers."""


Block = Heading | Paragraph | Code | Link | Table | Lines | NewPage
