"""Presses and fields of the page Tunes; what does not fit is an echo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from engine.abc import check, shown, split_body
from engine.history import History
from engine.tunewriter import Wish
from pages.parts.session import tunes as session
from pages.parts.session.tunes import write
from pages.parts.tunes import edit
from pages.parts.tunes.component import told
from pages.parts.tunes.table import EXAMPLE, MOST_KEPT, Candidate, Stand, Table
from pages.parts.tunes.trail import MOST_TEXT
from tests.pages.tunes.common import tune_of


class Visit:
    """A desk and a writer's place outside Streamlit."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, first: Stand) -> None:
        self.held_now = first
        self.writing: object = None
        self.problem: object = None
        monkeypatch.setattr(edit, "DESK", self)
        monkeypatch.setattr(session, "writing", lambda: self.writing)
        monkeypatch.setattr(session, "set_writing", lambda new: setattr(self, "writing", new))
        monkeypatch.setattr(session, "set_problem", lambda said: setattr(self, "problem", said))
        monkeypatch.setattr(session, "call", lambda: None)

    def held(self) -> Stand:
        return self.held_now

    def put(self, value: Stand) -> None:
        self.held_now = value

    def texts(self) -> list[str]:
        return [one.text for one in self.held_now.table.kept]


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Visit:
    first = Table((Candidate(1, "K:D\nDEF|"), Candidate(2, "K:D\nGAB|")), 1)
    return Visit(monkeypatch, Stand(Wish(candidates=2), History(first), numbers=3))


def test_typing_in_one_go_is_one_step_of_undo(visit: Visit) -> None:
    for text, step in (("K:D\nDEFG|", True), ("K:D\nDEFGA|", False), ("K:D\nDEFGAB|", False), ("K:D\n|", True)):
        edit.apply({"type": "edit", "number": 1, "text": text, "step": step})
    assert visit.texts()[0] == "K:D\n|"
    edit.apply({"type": "undo"})
    assert visit.texts()[0] == "K:D\nDEFGAB|"
    edit.apply({"type": "undo"})
    assert visit.texts()[0] == "K:D\nDEF|"
    edit.apply({"type": "redo"})
    assert visit.texts()[0] == "K:D\nDEFGAB|"


def test_a_removed_tune_comes_back(visit: Visit) -> None:
    edit.apply({"type": "remove", "number": 1})
    assert visit.texts() == ["K:D\nGAB|"]
    assert visit.held().table.chosen == 2
    edit.apply({"type": "undo"})
    assert visit.texts() == ["K:D\nDEF|", "K:D\nGAB|"]
    edit.apply({"type": "remove", "number": 2})
    edit.apply({"type": "remove", "number": 1})
    assert visit.held().table == Table()


def test_undo_takes_back_edits_and_not_the_tunes_that_came_since(visit: Visit) -> None:
    edit.apply({"type": "edit", "number": 1, "text": "K:D\nFED|"})
    edit.apply({"type": "write"})
    assert isinstance(visit.writing, tuple)
    visit.writing[0].wait(20)
    edit.collect()
    edit.apply({"type": "undo"})
    assert len(visit.texts()) == 4
    assert "K:D\nDEF|" in visit.texts()


@pytest.mark.parametrize(
    "event",
    [
        {"type": "edit", "number": 99, "text": "K:D\nd|"},
        {"type": "edit", "number": "1", "text": "x"},
        {"type": "choose", "number": None},
        {"type": "tempo", "number": 1, "value": 1e9},
        {"type": "tempo", "number": 1, "value": float("nan")},
        {"type": "tempo", "number": 1, "value": True},
        {"type": "continue", "number": 1, "at": "x"},
        {"type": ["edit"]},
        {},
    ],
)
def test_what_a_browser_says_wrongly_changes_nothing(visit: Visit, event: Mapping[str, object]) -> None:
    before = visit.held()
    edit.apply(event)
    assert visit.held() == before
    assert visit.writing is None


def test_a_megabyte_in_the_field_is_cut_and_told(visit: Visit) -> None:
    edit.apply({"type": "edit", "number": 1, "text": "A" * 1_000_000})
    assert len(visit.texts()[0]) == MOST_TEXT
    edit.apply({"type": "edit", "number": 1, "text": None})
    assert visit.texts()[0] == ""


def test_half_a_sign_in_the_field_neither_breaks_the_link_nor_the_file(visit: Visit) -> None:
    """JSON can say half of a surrogate pair; UTF-8 cannot, and the address is written at every look at the page."""
    edit.apply({"type": "edit", "number": 1, "text": "T:a\ud800b\nK:D\nDEF|"})
    edit.apply({"type": "opening", "text": "D\udfff"})
    assert visit.texts()[0].encode() == b"T:a?b\nK:D\nDEF|"
    assert urlencode(write(visit.held())).isascii()


def test_the_opening_of_a_continuation_is_the_notes_alone(visit: Visit) -> None:
    """Type, meter and key stand in the wish; the link need not say them twice."""
    edit.apply({"type": "edit", "number": 1, "text": EXAMPLE})
    edit.apply({"type": "continue", "number": 1, "at": EXAMPLE.index("FAd|f2d") + 4})
    assert isinstance(visit.writing, tuple)
    wish = visit.writing[0].wish
    assert wish.opening == "A|d2A FAd|"
    assert (wish.rhythm, wish.meter, wish.key) == ("jig", "6/8", "Dmaj")


def test_a_tune_goes_on_from_the_cursor(visit: Visit) -> None:
    text = "X:1\nM:6/8\nL:1/8\nK:Dmaj\nA2B cde|f2e d3|"
    edit.apply({"type": "edit", "number": 1, "text": text})
    edit.apply({"type": "continue", "number": 1, "at": text.index("f2e") + 2})
    assert isinstance(visit.writing, tuple)
    wish = visit.writing[0].wish
    assert check(wish.opening, edit.like(wish), whole=False).tunes[0].body == split_body("A2Bcde|f2")
    assert (wish.meter, wish.key, wish.bars, wish.form) == ("6/8", "Dmaj", 0, "")


def test_what_is_kept_is_not_written_again_after_a_continuation(visit: Visit) -> None:
    wish = Wish(rng_seed=7)
    kept_one = Candidate(1, shown(tune_of(0)).text, wish=wish)
    visit.put(Stand(wish, History(Table((kept_one,), 1)), drawn=replace(wish, opening="D"), numbers=2))
    edit.write()
    assert visit.held().wish.rng_seed == 8
    assert isinstance(visit.writing, tuple)
    visit.writing[0].wait(20)


def test_no_more_tunes_than_the_desk_holds(visit: Visit) -> None:
    many = tuple(Candidate(number, f"K:D\n{'D' * number}|") for number in range(1, MOST_KEPT))
    visit.put(Stand(Wish(candidates=2), History(Table(many, 1)), numbers=MOST_KEPT))
    edit.apply({"type": "write"})
    assert visit.writing is None
    assert str(MOST_KEPT) in str(visit.problem)


def test_what_is_wrong_is_told_before_what_was_left_out() -> None:
    faults = check('X:1\nL:1/8\nM:4/4\nK:D\n"D"{c}ABcd efga|(8A|').faults
    listed = told(faults)
    assert not faults[0].serious
    assert [one["serious"] for one in listed] == sorted((fault.serious for fault in faults), reverse=True)
    assert {one["serious"] for one in listed} == {True, False}
