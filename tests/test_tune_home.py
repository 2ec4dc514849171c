"""The way home: as many tunes end on the tonic as in print, nothing else is touched, and they stay valid."""

from __future__ import annotations

import numpy as np
import pytest

from engine.abc import END, VOCABULARY, Grammar, Plan
from engine.abc.tokens import pitch_of
from engine.evaluate.tune_validity import ends_on_tonic
from engine.recurrent import checkpoint
from engine.tunewriter import Wish, Written, stream
from engine.tunewriter.home import FOR_HOME, leaning

MODEL = checkpoint.load("tunes")


def written(**wishes: object) -> list[Written]:
    wish = Wish("jig", "6/8", "Dmaj", 8, "AABB", candidates=16, rng_seed=1, **wishes)  # type: ignore[arg-type]
    found = [one for one in stream(MODEL, wish) if isinstance(one, Written)]
    return sorted(found, key=lambda one: one.candidate)


def at_home(tunes: list[Written]) -> int:
    return sum(one.tune is not None and ends_on_tonic(one.tune) for one in tunes)


def test_more_tunes_end_on_their_tonic_and_all_are_valid() -> None:
    free, led = written(), written(home=True)
    assert all(one.valid for one in led)
    assert at_home(led) >= 11  # of 16: in print it is three of four
    assert at_home(led) > at_home(free)


def test_up_to_the_last_bar_the_same_chance_gives_the_same_notes() -> None:
    for one, other in zip(written(), written(home=True), strict=True):
        body, led = one.tokens, other.tokens
        bars = [at for at, token in enumerate(body) if token == "|"]
        assert body[: bars[-1]] == led[: bars[-1]]


def test_without_the_mask_nothing_leans() -> None:
    free, led = written(valid=False), written(valid=False, home=True)
    assert [one.tokens for one in free] == [one.tokens for one in led]


@pytest.mark.parametrize(("music", "leans"), [
    ("c6|c6|c6|", False), ("c6|c6|c6|c2", False), ("c6|c6|c6|c3", True), ("c6|c6|c6|c4", True),
    ("c6|c6|c2", False), ("c6|c6|c3", False), ("c6|c6|c6|c3 (3", False), ("c6|c6|c6|c3[", False),
])  # fmt: skip
def test_only_where_the_next_note_may_be_the_last(music: str, leans: bool) -> None:
    grammar = Grammar(VOCABULARY, Plan.of("A", 4))
    state = grammar.start()
    for token in ("R:jig", "M:6/8", "K:Cmaj"):
        state = grammar.advance(state, token)
    tokens = music.replace("c", "c ").replace("|", " | ").replace("[", " [").split()
    for token in tokens:
        state = grammar.advance(state, token)
    assert bool((leaning(grammar, state) > 1).any()) == leans


def test_only_the_tonic_is_likelier() -> None:
    grammar = Grammar(VOCABULARY, Plan.of("A", 1))
    state = grammar.start()
    for token in ("R:reel", "M:4/4", "K:Gmaj", "g", "4"):
        state = grammar.advance(state, token)
    weights = leaning(grammar, state)
    assert {VOCABULARY[at] for at in np.flatnonzero(weights == FOR_HOME)} == {
        word for word in VOCABULARY if (place := pitch_of(word)) and place[0] is None and place[1] % 7 == 0
    }
    assert weights[VOCABULARY.index(END)] == 1
