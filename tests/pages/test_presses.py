"""Presses of a component: done once, in order, whole or not at all, and never more at once than a page answers."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import pytest
from streamlit.runtime.scriptrunner import RerunData, RerunException

from engine.errors import TheoryError
from engine.words import say
from pages.parts import session
from pages.parts.component import answering
from pages.parts.session.presses import MOST_AT_ONCE
from pages.parts.session.store import entries, undisturbed

Report = Callable[[object], None]


@pytest.fixture
def report(monkeypatch: pytest.MonkeyPatch) -> Report:
    """A visit of its own; what its component `part` reports."""
    state: dict[str, Any] = {}
    monkeypatch.setattr("streamlit.session_state", state)
    monkeypatch.setattr("streamlit.query_params", type("Query", (dict,), {"to_dict": dict})())

    def reports(event: object) -> None:
        state["part"] = {"event": event}

    return reports


def _numbered(*numbers: int) -> dict[str, Any]:
    return {"events": [{"id": number} for number in numbers]}


def test_a_flood_is_answered_in_portions_and_nothing_of_it_is_lost(report: Report) -> None:
    report(_numbered(*range(2 * MOST_AT_ONCE + 7, 0, -1)))
    done: list[int] = []
    for portion in (MOST_AT_ONCE, MOST_AT_ONCE, 7, 0):
        before = len(done)
        answering("part", lambda event: done.append(event["id"]))()
        assert len(done) == before + portion
    assert done == list(range(1, 2 * MOST_AT_ONCE + 8))
    assert session.acknowledged("part") == done[-1]


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
def test_what_has_no_number_is_no_press(report: Report, event: object) -> None:
    report(event)
    assert session.presses("part") == []


def test_a_press_that_was_broken_off_is_done_when_it_comes_again(report: Report) -> None:
    """Streamlit raises at a touch of its session when a newer message waits."""
    done: list[int] = []

    def do(event: dict[str, Any]) -> None:
        if event["id"] == 2 and 2 not in broken:
            broken.add(2)
            raise RerunException(RerunData())
        done.append(event["id"])

    broken: set[int] = set()
    report(_numbered(1, 2, 3))
    with pytest.raises(RerunException):
        answering("part", do)()
    assert session.acknowledged("part") == 1
    report(_numbered(2, 3, 4))
    answering("part", do)()
    assert done == [1, 2, 3, 4]


def test_a_refusal_is_told_and_what_was_pressed_after_it_is_done(report: Report) -> None:
    done: list[int] = []

    def do(event: dict[str, Any]) -> None:
        if event["id"] == 1:
            raise TheoryError(say("No."))
        done.append(event["id"])

    report(_numbered(1, 2))
    answering("part", do)()
    assert (done, session.work().problems) == ([2], [say("No.")])


def test_a_fault_of_ours_is_not_asked_for_again(report: Report) -> None:
    def do(event: dict[str, Any]) -> None:
        raise ZeroDivisionError

    report(_numbered(1))
    with pytest.raises(ZeroDivisionError):
        answering("part", do)()
    assert session.presses("part") == []


def test_while_a_press_is_done_streamlits_session_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every touch of it may be the one at which the press is broken off."""

    class Session(dict[str, Any]):
        def setdefault(self, key: str, default: Any = None) -> Any:
            touched.append(key)
            return super().setdefault(key, default)

    touched: list[str] = []
    monkeypatch.setattr("streamlit.session_state", Session())
    with undisturbed():
        for number in range(3):
            entries()["number"] = number
    assert len(touched) == 1
    assert entries()["number"] == 2


def test_a_newer_message_waits_until_the_older_one_is_answered(report: Report) -> None:
    """Streamlit starts a thread for it while the older one's still runs."""
    done: list[int] = []
    begun, go_on = Event(), Event()

    def slowly(event: dict[str, Any]) -> None:
        begun.set()
        go_on.wait(10)
        done.append(event["id"])

    report(_numbered(1, 2))
    older = Thread(target=answering("part", slowly))
    older.start()
    begun.wait(10)
    report(_numbered(1, 2, 3))
    newer = Thread(target=answering("part", lambda event: done.append(event["id"])))
    newer.start()
    newer.join(0.05)
    go_on.set()
    older.join(10)
    newer.join(10)
    assert done == [1, 2, 3]
