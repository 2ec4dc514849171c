"""A lesson on paper: headings, paragraphs, tables and lines to write on, as a PDF. The only door to fpdf2.

Texts come translated. The PDF uses fonts that every reader has, so nothing is embedded; what they lack is written out
(see `signs`). The same handout gives the same bytes: no date, no random mark.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.handout.blocks import (
    Block,
    Code,
    HandoutError,
    Heading,
    Lines,
    Link,
    NewPage,
    Paragraph,
    Table,
)
from engine.words import say

__all__ = [
    "MOST_BLOCKS",
    "Block",
    "Code",
    "HandoutError",
    "Heading",
    "Lines",
    "Link",
    "NewPage",
    "Paragraph",
    "Table",
    "to_pdf",
]

MOST_BLOCKS = 200


def to_pdf(title: str, blocks: Sequence[Block], language: str = "en") -> bytes:
    """The handout on A4 pages with numbers. Raises HandoutError for more than 200 blocks or ragged tables."""
    from engine.handout.paper import Paper  # brings fpdf2 at first use: the page opens without it

    if len(blocks) > MOST_BLOCKS:
        raise HandoutError(
            say("A handout has at most {most} parts, not {given}. Choose fewer.", most=MOST_BLOCKS, given=len(blocks))
        )
    paper = Paper(title, language)
    for group in together(blocks):
        paper.put(group)
    return paper.bytes()


def together(blocks: Sequence[Block]) -> Iterator[tuple[Block, ...]]:
    """Blocks that the end of a page must not part: a heading and what follows, words and their table or lines.

    >>> [len(group) for group in together([Heading("A"), Paragraph("?"), Lines(2), Paragraph("?"), Lines(2)])]
    [3, 2]
    >>> [len(group) for group in together([Paragraph("To fill in"), Table((("a₁", ""),)), Paragraph("Next")])]
    [2, 1]
    """
    group: list[Block] = []
    for block in blocks:
        if group and not _stays(block, group[-1]):
            yield tuple(group)
            group = []
        group.append(block)
    if group:
        yield tuple(group)


def _stays(block: Block, above: Block) -> bool:
    if isinstance(above, Paragraph):
        return isinstance(block, Lines | Table | Code | Link)
    return isinstance(above, Heading) or isinstance(block, Lines)
