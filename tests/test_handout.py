"""Handouts: real PDF, the words are in it, the same each time, in both languages' letters."""

from __future__ import annotations

import re
import zlib

import pytest

from engine.handout import Block, Code, HandoutError, Heading, Lines, Link, NewPage, Paragraph, Table, to_pdf
from engine.handout.paper import fitted
from engine.handout.signs import runs

BLOCKS = (
    Heading("Hacia atrás"),
    Paragraph("Cada letra, una a una: ¿qué viene después de B♭?"),
    Code("for beat in song:\n    play(beat)"),
    Link("http://localhost/classroom?class.open=shapes"),
    Table((("a", "b"), ("1", "2"))),
    Lines(3),
    NewPage(),
    Paragraph("The answers"),
)


def streams(pdf: bytes) -> bytes:
    """The drawn pages, unpacked."""
    return b"\n".join(zlib.decompress(part) for part in re.findall(rb"stream\n(x.*?)\nendstream", pdf, re.DOTALL))


def pages(pdf: bytes) -> list[str]:
    """What is drawn on each page."""
    return [page.decode("latin-1") for page in streams(pdf).split(b"Cadencia  ")][:-1]


def test_the_words_are_in_the_pdf() -> None:
    pdf = to_pdf("Lección", BLOCKS, "es")
    assert pdf.startswith(b"%PDF-")
    assert pdf.count(b"/Type /Page\n") == 2
    drawn = streams(pdf).decode("latin-1")
    for word in ("Lecci", "Hacia atrás", "Bb", "    play", "class.open", "answers", "Cadencia"):
        assert word in drawn
    assert b"(http://localhost/classroom?class.open=shapes)" in pdf


def test_the_same_handout_is_the_same_file() -> None:
    assert to_pdf("A", BLOCKS) == to_pdf("A", BLOCKS)


def test_long_texts_go_on_over_the_page() -> None:
    assert to_pdf("A", [Paragraph("word " * 4000)]).count(b"/Type /Page\n") > 3


@pytest.mark.parametrize("blocks", [[Lines(1)] * 201, [Table((("a", "b"), ("c",)))]])
def test_what_cannot_be_printed_is_refused(blocks: list[Lines | Table]) -> None:
    with pytest.raises(HandoutError):
        to_pdf("A", blocks)


@pytest.mark.parametrize("before", range(0, 42, 3))
def test_a_heading_never_ends_a_page_and_a_question_keeps_its_lines(before: int) -> None:
    blocks: list[Block] = [*[Paragraph("word")] * before, Heading("Question"), Paragraph("Why?"), Lines(4)]
    page = next(page for page in pages(to_pdf("A", blocks)) if "Question" in page)
    assert "Why?" in page
    assert page.count(" l S") == 4


def test_the_head_of_a_table_stands_on_every_page_it_goes_on_to() -> None:
    rows = (("head", "n"), *(("x", str(number)) for number in range(120)))
    told = pages(to_pdf("A", [Table(rows)]))
    assert len(told) > 2
    assert all("head" in page for page in told)


@pytest.mark.parametrize("text", ["word " * 60, "w" * 400, "δh₁ " * 90, "0 " * 200])
def test_nothing_stands_outside_the_margins(text: str) -> None:
    blocks: list[Block] = [
        Heading(text),
        Paragraph(text),
        Code(text),
        Link(text),
        Table(((text, "b", "c"), (text, text, text))),
    ]
    places = re.findall(r"BT ([\d.]+) ([\d.]+) Td", streams(to_pdf(text, blocks)).decode("latin-1"))
    assert places
    inner = [(float(x), float(y)) for x, y in places]
    assert all(40 < x < 595 - 40 for x, _ in inner)
    assert all(20 < y < 842 - 40 for _, y in inner)


def test_signs_of_formulas_are_drawn_and_not_asked_about() -> None:
    written = "δa₁ = (1 − h₁²) ∘ δh₁ ∂U Σ σ √ ≤ ≥ → ← ✓ ✗ ′ Uᶠ xₜ₋₁ Wᵀ “ñ” … é ¿ ¡ ♭ ♯ ␣ ↵"
    assert "?" not in "".join(run.text for run in runs(written))
    assert [run.place for run in runs("xₜᵀ")] == ["line", "low", "high"]
    assert runs("漢")[0].text == "?"


def test_a_figure_is_never_parted_at_its_spaces() -> None:
    for before in range(60, 90):
        drawn = streams(to_pdf("A", [Paragraph("i" * before + " " + "12\xa0345 " * 20)])).decode("latin-1")
        assert len(re.findall("12\xa0345", drawn)) == 20


def test_figures_with_spaces_stand_to_the_right() -> None:
    places = re.findall(
        r"BT ([\d.]+) [\d.]+ Td",
        streams(to_pdf("A", [Table((("a wide head", ""), ("12\xa0345", ""), ("7", "")))])).decode("latin-1"),
    )
    assert float(places[2]) < float(places[3])


@pytest.mark.parametrize(("wishes", "width"), [([10.0, 20.0, 30.0], 100.0), ([10.0, 200.0, 300.0], 100.0)])
def test_columns_share_the_width_that_there_is(wishes: list[float], width: float) -> None:
    widths = fitted(wishes, width)
    assert sum(widths) <= width + 1e-9
    assert widths[0] == 10
    assert sum(widths) == pytest.approx(min(width, sum(wishes)))
