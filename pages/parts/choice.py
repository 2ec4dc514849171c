"""Lists to choose from, of values that have names.

A browser answers with the name that it showed. After a change of language that may be a name nobody knows any more, and
a forged answer may be anything: what is no option is no choice, and the list shows what held before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypeVar

import streamlit as st

from pages.parts import session
from pages.parts.frame import when_changed

T = TypeVar("T")


def choice(
    label: str,
    name: str,
    options: Mapping[T, str],
    value: T,
    choose: Callable[[T], None],
    *,
    width: int | Literal["stretch"] = "stretch",
    help_text: str | None = None,
) -> None:
    """A list whose choice the page keeps: it shows `value`, and hands what is chosen to `choose`."""

    def chosen(found: T) -> None:
        if found in options:
            choose(found)

    st.selectbox(
        label,
        tuple(options),
        format_func=options.__getitem__,
        key=session.mirror(name, value),
        on_change=when_changed(name, chosen),
        help=help_text,
        width=width,
    )


def choice_here(label: str, name: str, options: Mapping[T, str]) -> T:
    """A list that keeps its own choice, at first the first; what is chosen now."""
    held = session.widget(name)
    standing: T = held if held in options else next(iter(options))
    st.selectbox(label, tuple(options), format_func=options.__getitem__, key=session.mirror(name, standing))
    return standing
