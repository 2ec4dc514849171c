"""Undo and redo are inverses, whatever was done."""

from hypothesis import given
from hypothesis import strategies as st

from engine.history import MAX_STEPS, History

values = st.lists(st.integers(), max_size=30)


@given(values)
def test_undoing_everything_returns_to_the_start_and_redoing_to_the_end(steps: list[int]) -> None:
    end = History(-1)
    for value in steps:
        end = end.changed(value)
    back = end
    while back.past:
        back = back.undone()
    assert back.present == -1
    while back.future:
        back = back.redone()
    assert back == end


def test_the_same_value_again_is_no_step() -> None:
    assert History(1).changed(1) == History(1)


def test_a_change_after_an_undo_forgets_what_was_undone() -> None:
    changed = History(1).changed(2).undone().changed(3)
    assert (changed.present, changed.past, changed.future) == (3, (1,), ())
    assert changed.redone() is changed


def test_nothing_to_undo_changes_nothing() -> None:
    start = History("a")
    assert start.undone() is start
    assert start.redone() is start


def test_the_past_is_bounded() -> None:
    history = History(0)
    for value in range(1, MAX_STEPS + 50):
        history = history.changed(value)
    assert len(history.past) == MAX_STEPS
    assert history.past[0] == 49
