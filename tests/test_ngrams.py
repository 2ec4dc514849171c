"""The baselines: distributions that sum to one, Kneser–Ney by hand, and a memory that recalls what the song did."""

from __future__ import annotations

import numpy as np
import pytest

from engine.ngrams import ORDERS, KneserNey, best_share, memories_of, mixed, positions_of, remembered, table_of

SONGS = [[0, 1, 2, 3, 1, 2], [0, 2, 3, 2, 3, 1], [0, 1, 2, 3, 3, 1, 1]]
SUGGESTIBLE = np.array([False, True, True, True, True])


@pytest.mark.parametrize("order", [1, *ORDERS])
def test_probabilities_sum_to_one_and_leave_nothing_suggestible_out(order: int) -> None:
    table = table_of(KneserNey(SONGS, order, SUGGESTIBLE), SONGS)
    assert table.sum(axis=1) == pytest.approx(np.ones(len(table)))
    assert bool((table[:, SUGGESTIBLE] > 0).all())
    assert bool((table[:, ~SUGGESTIBLE] == 0).all())


def test_a_bigram_is_kneser_and_ney_s() -> None:
    """After 1: 2, 2, 2, 1 (four times in all), two kinds; discounts from the counts of counts."""
    model = KneserNey(SONGS, 2, SUGGESTIBLE)
    once, twice = 4, 1  # bigrams: 0-1 2, 0-2 1, 1-1 1, 1-2 3, 2-3 4, 3-1 3, 3-2 1, 3-3 1
    discount = once / (once + 2 * twice)
    before = {1: 3, 2: 3, 3: 2}  # how many kinds of chords each was seen after
    lower_discount = 0.5 if 1 not in before.values() else None
    assert lower_discount is not None
    lower = (before[2] - lower_discount) / 8 + lower_discount * 3 / 8 / 4
    expected = (3 - discount) / 4 + discount * 2 / 4 * lower
    assert model.after([1])[2] == pytest.approx(expected)


def test_an_unheard_context_falls_back() -> None:
    model = KneserNey(SONGS, 3, SUGGESTIBLE)
    assert model.after([4, 4]) == pytest.approx(model.after([]))


def test_the_longest_suffix_that_came_before_is_remembered() -> None:
    assert remembered([1, 2, 3, 4, 2, 3], 5) == pytest.approx([0, 0, 0, 0, 1])
    assert remembered([3, 1, 3, 2, 3], 5) == pytest.approx([0, 0.5, 0.5, 0, 0])
    assert remembered([1, 2, 3], 5) is None


def test_memory_is_mixed_in_where_there_is_one() -> None:
    songs = [[0, 1, 2, 1, 2]]
    table = table_of(KneserNey(SONGS, 2, SUGGESTIBLE), songs)
    memories = memories_of(songs, 5)
    assert [memory is None for memory in memories] == [True, True, True, False]
    both = mixed(table, memories, 0.5)
    assert both[3, 2] == pytest.approx(0.5 + 0.5 * table[3, 2])
    assert both[:3] == pytest.approx(table[:3])


def test_the_share_follows_what_the_memory_is_worth() -> None:
    table = np.full((2, 2), 0.5)
    right, wrong = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    assert best_share(table, [right, right], np.array([0, 0])) == 0.95
    assert best_share(table, [wrong, wrong], np.array([0, 0])) == 0.05


def test_positions_begin_where_the_song_does() -> None:
    assert [(len(song), at) for song, at in positions_of([[9, 9, 1, 2]], 2)] == [(4, 2), (4, 3)]
