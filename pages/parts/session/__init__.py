"""What one visitor is working on: the only modules that touch st.session_state.

A few domain values: the history of sheets, the selected slot, what went wrong. The address bar holds the present sheet,
so a refresh, a closed lid or a restarted server loses nothing. Widgets mirror the sheet and never own it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from secrets import randbelow
from typing import Any

import streamlit as st

from engine.history import History
from engine.music import Key, Progression
from engine.sheet import Sheet, read_link, write_link
from engine.words import Sentence
from pages.parts.session.desk import desk_entries, keep_link
from pages.parts.session.presses import acknowledged, answered, presses
from pages.parts.session.store import entries, undisturbed

__all__ = ["acknowledged", "answered", "presses", "undisturbed"]

_WORK = "work"
_LANGUAGE = "language"
TRAIL_STEPS = 20  # old sheets a browser tab keeps so that undo survives a refresh


@dataclass
class Work:
    """One visitor's state."""

    history: History[Sheet]
    selected: int | None = None
    anchor: int | None = None  # where the selection began, when it is of several chords
    inserting: bool = False
    fresh: bool = True  # nothing has been done since the page was opened
    problems: list[Sentence] = field(default_factory=list)  # about the page as a whole
    typed_problems: list[Sentence] = field(default_factory=list)  # about the text field
    typed_notes: list[Sentence] = field(default_factory=list)
    rng_seed: int = field(default_factory=lambda: randbelow(1000))  # of the next draw, shown to the visitor
    drawn_with: int | None = None  # seed of the last draw
    written: Progression | None = None  # what stood before the bars that were written on last, and they with it
    written_from: int = 0  # where those bars begin in it
    left_key: Key | None = None  # the key before the last change of key, while its chords may still be moved

    def select(self, at: int | None, anchor: int | None = None) -> None:
        """A chord, or all from `anchor` to it; None is none."""
        self.selected, self.inserting = at, False
        self.anchor = None if at is None or anchor == at else anchor


def work() -> Work:
    """The visitor's state; at the first look, what the link holds."""
    own = entries()
    if _WORK not in own:
        keep_link(st.query_params.to_dict())
        reading = read_link(st.query_params.to_dict())
        own[_WORK] = Work(History(reading.sheet), problems=list(reading.problems))
        set_language(st.query_params.get("lang"))
    state: Work = own[_WORK]
    return state


def sheet() -> Sheet:
    return work().history.present


def place() -> int:
    """The slot suggestions are for: the selected one, else the one after the last."""
    now = work()
    return len(now.history.present.progression) if now.selected is None else now.selected


def change(new: Sheet) -> None:
    """A new present; the old one stays for undo."""
    now = work()
    now.history = now.history.changed(new)
    now.fresh = False
    _stay_in_range(now)


def undo() -> None:
    now = work()
    now.history = now.history.undone()
    _after_a_step(now)


def redo() -> None:
    now = work()
    now.history = now.history.redone()
    _after_a_step(now)


def remember(links: Sequence[dict[str, str]]) -> None:
    """Sheets of an earlier visit, oldest first, as the browser kept them: for a visitor who did nothing yet."""
    now = work()
    if now.fresh and not now.history.past:
        past = tuple(read_link(link).sheet for link in links[-TRAIL_STEPS:])
        now.history = History(now.history.present, tuple(old for old in past if old != now.history.present))
    now.fresh = False


def trail() -> list[dict[str, str]]:
    return [write_link(old) for old in work().history.past[-TRAIL_STEPS:]]


def _after_a_step(now: Work) -> None:
    """Other chords may stand where several were selected."""
    if now.anchor is not None:
        now.select(None)
    _stay_in_range(now)


def _stay_in_range(now: Work) -> None:
    if now.selected is not None and now.selected >= len(now.history.present.progression):
        now.selected = None
    if now.selected is None or (now.anchor or 0) >= len(now.history.present.progression):
        now.anchor = None
    now.inserting = now.inserting and now.selected is not None


def begin_action() -> None:
    """A new action makes the words about the last one obsolete."""
    now = work()
    now.problems, now.left_key = [], None


def write_address() -> None:
    """The present sheet and the other pages' desks into the address bar, the language with them."""
    query = write_link(sheet()) | desk_entries()
    if language():
        query["lang"] = language() or "en"
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)


def language() -> str | None:
    work()  # the link's counts from the first word on
    chosen: str | None = entries().get(_LANGUAGE)
    return chosen


def set_language(code: str | None) -> None:
    entries()[_LANGUAGE] = code


def mirror(name: str, value: object) -> str:
    """Shows `value` in the widget of that name, whatever it showed before. Returns the widget's key."""
    st.session_state[f"widget_{name}"] = value
    return f"widget_{name}"


def widget(name: str) -> Any:
    """What the visitor entered in the widget of that name."""
    return st.session_state.get(f"widget_{name}")
