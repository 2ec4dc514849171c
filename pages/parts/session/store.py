"""Where one visitor's own values lie: one dictionary in Streamlit's session, beside its widgets.

Streamlit looks for a newer message whenever its session is touched, and breaks off what is under way when there is one,
a callback too. So a press takes the dictionary into its hand first and touches the session no more: it is done whole,
or not at all. The newer message has a thread of its own, which is not told to wait; the dictionary's lock does that.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import RLock
from typing import Any

import streamlit as st

_ENTRIES, _LOCK = "cadencia", "lock"
_IN_HAND: ContextVar[dict[str, Any] | None] = ContextVar("in_hand", default=None)


def entries() -> dict[str, Any]:
    """The visitor's values by name; what is changed in it is kept."""
    in_hand = _IN_HAND.get()
    if in_hand is not None:
        return in_hand
    held: dict[str, Any] = st.session_state.setdefault(_ENTRIES, {})
    return held


@contextmanager
def undisturbed() -> Iterator[None]:
    """Within it `entries` touches Streamlit's session no more, so that nothing is broken off half done, and whoever
    else wants to change something for this visitor waits.
    """
    own = entries()
    with own.setdefault(_LOCK, RLock()):
        token = _IN_HAND.set(own)
        try:
            yield
        finally:
            _IN_HAND.reset(token)
