"""Presses that a component of ours reports: numbered, sent again until answered, taken once and in order."""

from __future__ import annotations

from typing import Any

import streamlit as st

MOST_AT_ONCE = 100  # of one report; the component sends again what was not answered, so none is lost


def new_presses(key: str, acknowledged: int) -> tuple[list[dict[str, Any]], int]:
    """The next presses of the component `key` that were not answered yet, and the highest number now answered."""
    sent = (st.session_state.get(key) or {}).get("event") or {}
    events = sent.get("events") if isinstance(sent, dict) else None
    events = events if isinstance(events, list) else []
    new = [event for event in events if isinstance(event, dict) and _number(event) > acknowledged]
    new = sorted(new, key=_number)[:MOST_AT_ONCE]
    return new, max([acknowledged, *map(_number, new)])


def _number(event: dict[str, Any]) -> int:
    number = event.get("id")
    return number if type(number) is int and 0 < number < 2**53 else 0
