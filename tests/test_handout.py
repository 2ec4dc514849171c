"""Handouts: real PDF, the words are in it, the same each time, in both languages' letters."""

from __future__ import annotations

import re
import zlib

import pytest

from engine.handout import Formula, HandoutError, Heading, Lines, NewPage, Paragraph, Table, to_pdf

BLOCKS = (
    Heading("Hacia atrás"),
    Paragraph("Cada letra, una a una: ¿qué viene después de B♭?"),
    Formula("h = tanh(Wx + Uh)"),
    Table((("a", "b"), ("1", "2"))),
    Lines(3),
    NewPage(),
    Paragraph("The answers"),
)


def streams(pdf: bytes) -> bytes:
    """The drawn pages, unpacked."""
    return b"\n".join(zlib.decompress(part) for part in re.findall(rb"stream\n(x.*?)\nendstream", pdf, re.DOTALL))


def test_the_words_are_in_the_pdf() -> None:
    pdf = to_pdf("Lección", BLOCKS, "es")
    assert pdf.startswith(b"%PDF-")
    assert pdf.count(b"/Type /Page\n") == 2
    drawn = streams(pdf).decode("latin-1")
    for word in ("Lecci", "Hacia", "Bb", "tanh", "answers", "Cadencia"):
        assert word in drawn


def test_the_same_handout_is_the_same_file() -> None:
    assert to_pdf("A", BLOCKS) == to_pdf("A", BLOCKS)


def test_long_texts_go_on_over_the_page() -> None:
    assert to_pdf("A", [Paragraph("word " * 4000)]).count(b"/Type /Page\n") > 3


@pytest.mark.parametrize("blocks", [[Lines(1)] * 201, [Table((("a", "b"), ("c",)))]])
def test_what_cannot_be_printed_is_refused(blocks: list[Lines | Table]) -> None:
    with pytest.raises(HandoutError):
        to_pdf("A", blocks)
