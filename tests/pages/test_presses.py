"""Presses of a component: taken once, in order, and never more at once than a page answers in a moment."""

from __future__ import annotations

import pytest

from pages.parts.session.presses import MOST_AT_ONCE, new_presses


def _reported(monkeypatch: pytest.MonkeyPatch, event: object) -> None:
    monkeypatch.setattr("streamlit.session_state", {"part": {"event": event}})


def test_a_flood_is_answered_in_portions_and_nothing_of_it_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    _reported(monkeypatch, {"events": [{"id": number} for number in range(2 * MOST_AT_ONCE + 7, 0, -1)]})
    answered, taken = 0, list[int]()
    for _ in range(4):
        new, answered = new_presses("part", answered)
        assert len(new) <= MOST_AT_ONCE
        taken += [event["id"] for event in new]
    assert taken == list(range(1, 2 * MOST_AT_ONCE + 8))
    assert answered == taken[-1]


@pytest.mark.parametrize(
    "event",
    [
        None,
        "events",
        [],
        {"events": {"id": 1}},
        {"events": [None, 1, "x", [], {}, {"id": "1"}, {"id": True}, {"id": -1}, {"id": 1e9}, {"id": 2**53}]},
    ],
)
def test_what_has_no_number_is_no_press(monkeypatch: pytest.MonkeyPatch, event: object) -> None:
    _reported(monkeypatch, event)
    assert new_presses("part", 3) == ([], 3)
