"""A title is added to a text that has none, where ABC wants it, and nothing else of the text is touched."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.abc import check, shown
from engine.abc.titles import titled
from pages.parts.tunes.table import EXAMPLE

TITLE = "Waltz in E minor"


@pytest.mark.parametrize(
    ("text", "with_title"),
    [
        ("X:1\nK:D\nDEF|\n", "X:1\nT:Waltz in E minor\nK:D\nDEF|\n"),
        ("%abc-2.1\nX:7\nR:jig\nK:D\nDEF|", "%abc-2.1\nX:7\nT:Waltz in E minor\nR:jig\nK:D\nDEF|"),
        ("K:D\nDEF|\n", "X:1\nT:Waltz in E minor\nK:D\nDEF|\n"),
        ("%abc-2.1\n% mine\nM:3/4\nK:D\nDEF|\n", "%abc-2.1\n% mine\nX:1\nT:Waltz in E minor\nM:3/4\nK:D\nDEF|\n"),
        ("X:1\nT: \nK:D\nDEF|\n", "X:1\nT:Waltz in E minor\nK:D\nDEF|\n"),
        ("X:1\r\nK:D\r\nDEF|\r\n", "X:1\r\nT:Waltz in E minor\r\nK:D\r\nDEF|\r\n"),
        ("X:1\nK:D\nDEF|\n\nX:2\nK:G\nGAB|\n", "X:1\nT:Waltz in E minor\nK:D\nDEF|\n\nX:2\nK:G\nGAB|\n"),
    ],
)
def test_a_title_stands_below_the_number(text: str, with_title: str) -> None:
    assert titled(text, TITLE) == with_title


def test_a_titled_text_is_read_as_the_same_tune() -> None:
    (tune,) = check(EXAMPLE).tunes
    found = check(titled(EXAMPLE, TITLE))
    assert found.tunes == (replace(tune, title=TITLE),)
    assert not found.faults
    assert titled(shown(tune).text, TITLE) == shown(tune, title=TITLE).text


@pytest.mark.parametrize("title", ["", " ", "\n", "%"])
def test_no_title_adds_none(title: str) -> None:
    assert titled(EXAMPLE, title) == EXAMPLE


def test_a_title_is_one_line_and_no_comment() -> None:
    assert "\nT:aK:Cb\n" in titled(EXAMPLE, "a\nK:C%b")
