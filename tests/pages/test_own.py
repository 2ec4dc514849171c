"""A chord model of one's own in Compose: it is asked, it can be given back, and few are kept."""

from __future__ import annotations

from engine import checkpoint
from engine.sheet import Sheet
from pages.parts import kept
from pages.parts.kept import own


def test_the_model_of_ones_own_is_asked_and_the_house_s_again() -> None:
    mark = own.keep(b"functional", checkpoint.load("functional"))
    mine, house = (kept.advice(Sheet(style="jazz"), 0, False, 8, each) for each in (mark, ""))
    assert mine != house
    assert kept.advice(Sheet(style="jazz"), 0, False, 8, "no such mark") == house


def test_few_are_kept_and_the_oldest_go() -> None:
    model = checkpoint.load("functional")
    marks = [own.keep(bytes([number]), model) for number in range(own.MOST + 1)]
    assert own.model(marks[0]) is None
    assert own.model(marks[-1]) is model
