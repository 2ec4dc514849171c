"""What the tune writer is told of the form is what the grammar allows, in any tune and after any nonsense."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.abc import VOCABULARY, Plan, Tune, split_body
from engine.abc.grammar import Grammar
from engine.abc.tokens import BARS, END, TUPLETS
from engine.tunewriter.features import Tracker, features_of
from engine.tunewriter.lessons import ids_of
from engine.tunewriter.outline import LINES, MARKS, OPENINGS, STANDS, Outline

OPENS, LINES_AT, STANDS_AT, HELD = 16, 17, 18, 19
OFTEN = {"|": 30, "||": 30, "|]": 30, ":|": 30, "|:": 30, "::": 30, "[1": 60, "[2": 60, "-": 20, END: 100}
WEIGHTS = np.array([0.0 if word in TUPLETS else OFTEN.get(word, 1.0) for word in VOCABULARY])
OPEN_FORM = Grammar(VOCABULARY, Plan())


def told(body: str, meter: str = "6/8") -> list[tuple[str, np.ndarray]]:
    """(token just read, its row) from the key on."""
    ids = ids_of(Tune("jig", meter, "Cmaj", split_body(body)))
    return list(zip([VOCABULARY[number] for number in ids], features_of(ids), strict=True))[3:]


def names(value: int, among: tuple[str, ...]) -> set[str]:
    return {name for at, name in enumerate(among) if value >> at & 1}


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_lines_and_marks_of_any_valid_tune_were_told_before(seed: int) -> None:
    """Without tuplets: those of unequal notes are counted by the note, to the nearest tick, as everywhere in a row."""
    rng = np.random.default_rng(seed)
    state, tracker = OPEN_FORM.start(), Tracker()
    tracker.push(0)
    while not state.ended:
        odds = (OPEN_FORM.allowed(state) * WEIGHTS).cumsum()
        number = int(np.searchsorted(odds, rng.random() * odds[-1], side="right"))
        token, row = VOCABULARY[number], tracker.row()
        if row[OPENS] and token in MARKS:
            assert token in names(row[OPENS] - 1, MARKS)
        elif token in BARS:
            assert token in names(row[LINES_AT], BARS)
        tracker.push(number)
        state = OPEN_FORM.advance(state, token)


def test_a_full_bar_may_close_and_a_bar_that_is_not_full_may_not() -> None:
    rows = told("A3B3|A3B2|")
    assert "|" in names(int(rows[4][1][LINES_AT]), BARS)  # after the three of B3
    for at in (7, 9):  # A3 alone, A3B2
        assert "|" not in names(int(rows[at][1][LINES_AT]), BARS)


def test_a_second_ending_is_asked_for_and_closes_after_as_many_bars() -> None:
    rows = told("A6|[1B6:|[2c6|]")
    after_repeat = next(row for token, row in rows if token == ":|")
    assert names(int(after_repeat[OPENS]) - 1, MARKS) == {"[2"}
    assert not (int(after_repeat[OPENS]) - 1) >> len(MARKS)  # no note may come before it
    before_end = rows[[token for token, _ in rows].index("|]") - 1][1]
    assert "|" not in names(int(before_end[LINES_AT]), BARS)
    assert names(int(before_end[LINES_AT]), BARS) >= {"||", "|]"}


def test_a_tie_says_what_it_holds_over_the_bar_line_until_the_note_comes() -> None:
    rows = told("A5^B-|B6|")
    held = [VOCABULARY[int(row[HELD]) - 1] if row[HELD] else "" for _, row in rows]
    at = [token for token, _ in rows].index("-")
    assert held[at : at + 3] == ["B", "B", ""]
    assert not any(held[:at])


def test_type_meter_and_key_are_due_in_their_order() -> None:
    ids = ids_of(Tune("jig", "6/8", "Cmaj", split_body("A6|]")))
    stands = features_of(ids)[:, STANDS_AT]
    assert stands[:3].tolist() == [0, 1, 2]
    assert (stands[3:] >= 3).all()


@pytest.mark.parametrize("meter", [(2, 4), (6, 8), (3, 2)])
@settings(deadline=None)
@given(steps=st.lists(st.tuples(st.sampled_from((*BARS, *MARKS[:3])), st.integers(0, 5000)), max_size=40))
def test_nonsense_keeps_every_number_within_its_bounds(meter: tuple[int, int], steps: list[tuple[str, int]]) -> None:
    outline = Outline()
    outline.begin(meter)
    for sign, ticks in steps:
        if sign in BARS:
            outline.line(sign, ticks)
        else:
            outline.mark(sign)
        assert 0 <= outline.opens() < OPENINGS
        assert 0 <= outline.lines_at(ticks) < LINES
        assert 0 <= outline.stands() < STANDS


def test_a_copy_goes_its_own_way() -> None:
    outline = Outline()
    outline.begin((6, 8))
    other = outline.copy()
    other.line("|", 0)
    assert outline.stands() != other.stands()
