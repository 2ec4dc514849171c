"""A tune that is kept valid always comes to its end: where it has had room enough, by the shortest way."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.abc import END, METERS, VOCABULARY, Grammar, faults, from_model
from engine.abc.lengths import bar_ticks, meter_numbers
from engine.abc.tokens import BARS
from engine.recurrent.checkpoint import load
from engine.tunewriter import Wish, sampler
from engine.tunewriter.haste import MOST_IN_BAR, soonest
from tests.test_abc_grammar import FORMS, GIVEN, GRAMMARS, WEIGHTS
from tests.test_tunewriter import PLAIN, written

MOST_OPEN, MOST_WRITTEN = 50, 150  # tokens that what is open takes; bars that may be to come


def ended_in_haste(grammar: Grammar, given: Grammar, seed: int, count: int) -> tuple[tuple[str, ...], int]:
    """`count` tokens of any tune that people may write, then the shortest way: all, and where that began."""
    rng = np.random.default_rng(seed)
    state, tokens = grammar.start(), list[str]()
    while not state.ended:
        mask = given.allowed(state) if len(tokens) < count else soonest(grammar.allowed(state))
        odds = (mask * WEIGHTS).cumsum()
        tokens.append(VOCABULARY[int(np.searchsorted(odds, rng.random() * odds[-1], side="right"))])
        state = grammar.advance(state, tokens[-1])
    return tuple(tokens), min(count, len(tokens))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form[0] or 'open'}-{form[1]}")
@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(0, 600))
def test_from_anywhere_the_end_is_near_and_valid(form: tuple[str, int], seed: int, count: int) -> None:
    tokens, since = ended_in_haste(GRAMMARS[form], GIVEN[form], seed, count)
    assert faults(from_model(tokens)) == ()
    lines = [at for at, token in enumerate(tokens) if token in BARS and at >= since]
    assert len(lines) <= MOST_WRITTEN
    assert not lines or lines[0] - since < MOST_OPEN
    # A chord that is tied over the first bar line is held once more: five tokens more than a note.
    assert all(
        after - before <= MOST_IN_BAR + 5 * (place == 0) for place, (before, after) in enumerate(pairwise(lines))
    )


@pytest.mark.parametrize("meter", METERS)
def test_three_notes_fill_any_bar(meter: str) -> None:
    """What is left of a bar, whatever it is, needs three lengths at most."""
    grammar = Grammar(VOCABULARY)
    state = grammar.start()
    for token in ("R:air", f"M:{meter}", "K:Cmaj"):
        state = grammar.advance(state, token)
    state = state._replace(place=state.place._replace(due="bar", first=False, bars=1, written=1))
    full = bar_ticks(meter_numbers(meter))
    for filled in range(0, full, 630):  # sixteenths of an eighth
        here, notes = state._replace(at=filled, last="length" if filled else "edge"), 0
        while here.at or not notes:
            token = VOCABULARY[int(soonest(grammar.allowed(here)).argmax())]
            notes += token[0].isalpha()
            here = grammar.advance(here, token)
        assert notes <= 3


@pytest.mark.parametrize(
    "wish",
    [
        Wish("", "9/4", "Dmaj", 32, "AABB", rng_seed=1, candidates=10),
        Wish("waltz", "9/4", "Cphr", 32, "AAB", temperature=1.5, rng_seed=12918, candidates=4),
    ],
)
def test_a_long_tune_is_complete(wish: Wish) -> None:
    """Sixty-four bars of nine crotchets may have more tokens than any tune in print."""
    found = written(load("tunes"), wish)
    assert max(len(one.tokens) for one in found) > sampler.MOST_TOKENS
    assert all(one.valid for one in found)


@pytest.mark.parametrize("opening", ["", "X:1\nM:6/8\nL:1/8\nK:D\n|:d2f a", "X:1\nM:9/4\nL:1/8\nK:D\n(9abc"])
def test_without_room_a_tune_makes_haste(opening: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampler, "ROOM", 30)
    for one in written(PLAIN, Wish(opening=opening, form="AABB", bars=16, temperature=3.0, candidates=8)):
        assert one.valid
        assert one.tokens[-1] != END
        assert one.drawn <= 30 + MOST_OPEN + MOST_IN_BAR * 40


def test_a_long_opening_has_room_as_well() -> None:
    """What is given does not count: 63 bars of sixteen notes are half a tune more than a raw one may have."""
    opening = "X:1\nM:4/4\nL:1/8\nK:C\n" + "c/2d/2e/2f/2c/2d/2e/2f/2c/2d/2e/2f/2c/2d/2e/2f/2|" * 63
    assert len(opening) <= 4_000
    assert all(one.valid for one in written(PLAIN, Wish(opening=opening, candidates=2)))
