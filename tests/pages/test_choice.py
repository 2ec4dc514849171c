"""A list to choose from: what is no option is no choice."""

from __future__ import annotations

from typing import Any

import pytest

from pages.parts import choice as lists

OPTIONS = {1: "one", 2: "two"}


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the list was drawn with; the visitor's own widgets in "state"."""
    found: dict[str, Any] = {"state": {}}
    monkeypatch.setattr("streamlit.session_state", found["state"])
    monkeypatch.setattr("streamlit.query_params", type("Query", (dict,), {"to_dict": dict})())
    monkeypatch.setattr("streamlit.selectbox", lambda *_, **settings: found.update(settings))
    return found


@pytest.mark.parametrize(("answer", "taken"), [(2, [2]), ("two", []), ("dos", []), (None, []), (3, [])])
def test_only_an_option_is_handed_on(drawn: dict[str, Any], answer: object, taken: list[int]) -> None:
    chosen: list[int] = []
    lists.choice("Number", "number", OPTIONS, 1, chosen.append)
    drawn["state"]["widget_number"] = answer
    drawn["on_change"]()
    assert chosen == taken


@pytest.mark.parametrize(("answer", "standing"), [(2, 2), ("two", 1), (None, 1), (3, 1)])
def test_a_list_that_keeps_its_own_choice_holds_an_option(drawn: dict[str, Any], answer: object, standing: int) -> None:
    drawn["state"]["widget_number"] = answer
    assert lists.choice_here("Number", "number", OPTIONS) == standing
    assert drawn["state"]["widget_number"] == standing
