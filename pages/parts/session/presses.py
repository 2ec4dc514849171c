"""Presses that a component of ours reports: numbered, sent again until answered, taken once and in order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from pages.parts.session.store import entries

MOST_AT_ONCE = 100  # of one report; the component sends again what was not answered, so none is lost
_ANSWERED = "answered"


def presses(key: str) -> list[dict[str, Any]]:
    """The next presses of the component `key` that were not answered yet, in order."""
    answered = acknowledged(key)
    sent = (st.session_state.get(key) or {}).get("event") or {}
    events = sent.get("events") if isinstance(sent, dict) else None
    events = events if isinstance(events, list) else []
    new = [event for event in events if isinstance(event, dict) and _number(event) > answered]
    return sorted(new, key=_number)[:MOST_AT_ONCE]


def acknowledged(key: str) -> int:
    """The number of the last press of the component `key` that was answered."""
    number: int = entries().get(_ANSWERED, {}).get(key, 0)
    return number


@contextmanager
def answered(key: str, event: dict[str, Any]) -> Iterator[None]:
    """A press counts as answered once it has been done or has failed. Streamlit breaks off by what is no `Exception`:
    then it comes again.
    """
    try:
        yield
    except Exception:
        _answer(key, event)
        raise
    _answer(key, event)


def _answer(key: str, event: dict[str, Any]) -> None:
    entries().setdefault(_ANSWERED, {})[key] = _number(event)


def _number(event: dict[str, Any]) -> int:
    number = event.get("id")
    return number if type(number) is int and 0 < number < 2**53 else 0
