"""The frame around every page: title, menu, language, and what the engine refuses, told as a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from pathlib import Path
from typing import Any, ParamSpec

import streamlit as st

from engine.errors import EngineError
from engine.words import Sentence
from pages.parts import kept, session
from pages.parts.language import LANGUAGES, _, current, tell_safely

_ASSETS = Path(__file__).parents[2] / "assets"
Arguments = ParamSpec("Arguments")


@contextmanager
def frame(title: str) -> Iterator[None]:
    """Everything a page shares with the others. The page's own part goes inside `with frame(...)`."""
    problems = session.work().problems  # the first look also reads the link, its language too
    # Centred as page.css leaves it, only narrower: the browser has that file later; from wide it would jump farther.
    st.set_page_config(page_title=f"{title} · Cadencia", page_icon=str(_ASSETS / "icon.svg"), layout="centered")
    st.html(f"<style>{kept.text(_ASSETS / 'styles' / 'page.css')}</style>")
    _menu(title)
    try:
        for problem in problems:
            complain(problem)
        yield
    except EngineError as error:
        complain(error.sentence)
    session.write_address()
    kept.settle()


def part(draw: Callable[[], None], run_every: float | None = None) -> None:
    """A part of a page that is all that a press within it draws anew: the frame and the rest stay as they stand.

    `run_every`: after so many seconds it is drawn anew by itself.
    """
    st.fragment(partial(_part, draw, tuple(session.work().problems)), run_every=run_every)()


def _part(draw: Callable[[], None], told: tuple[Sentence, ...]) -> None:
    """`told`: the problems that stand at the top of the page since it was last drawn whole."""
    if told != tuple(session.work().problems):
        st.rerun()
    try:
        draw()
    except EngineError as error:
        complain(error.sentence)
    session.write_address()
    kept.settle()


def _menu(title: str) -> None:
    """All pages in one row; where it is narrow (see page.css) they fold behind the name of this one."""
    with st.container(horizontal=True, key="menu", vertical_alignment="center"):
        st.page_link("app.py", label="**Cadencia**")
        with st.container(horizontal=True, key="menu_row", width="content"):
            _links()
        with st.popover(title, icon=":material/menu:", key="menu_folded"):
            _links()
        st.space("stretch")
        st.segmented_control(
            _("Language"),
            list(LANGUAGES),
            format_func=str.upper,
            key=session.mirror("language", current()),
            on_change=lambda: session.set_language(session.widget("language") or current()),
            label_visibility="collapsed",
        )


def _links() -> None:
    for page, label in pages().items():
        st.page_link(page, label=label)


def pages() -> dict[str, str]:
    """What the menu leads to, in its order."""
    named = {
        "pages/compose.py": _("Compose"),
        "pages/tunes.py": _("Tunes"),
        "pages/notes.py": _("Notes"),
        "pages/classroom.py": _("Classroom"),
        "pages/workshop.py": _("Train your own"),
        "pages/checkpoints.py": _("Models"),
        "pages/exercises.py": _("Exercises"),
    }
    return {page: label for page, label in named.items() if (_ASSETS.parent / page).is_file()}


def complain(sentence: Sentence) -> None:
    """A refusal in the quiet voice, beside the work and never instead of it."""
    st.warning(tell_safely(sentence), icon=":material/info:")


def action(do: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """A callback that begins anew: words about the last action go. Refusals are told on the page; the work stays."""

    @wraps(do)
    def begun(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        session.begin_action()
        telling(do)(*args, **kwargs)

    return begun


def telling(do: Callable[Arguments, None], beside: str = "problems") -> Callable[Arguments, None]:
    """A callback whose refusals are told in the place `beside`: the page's problems or those of the typed text."""

    @wraps(do)
    def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        with session.undisturbed():
            try:
                do(*args, **kwargs)
            except EngineError as error:
                getattr(session.work(), beside).append(error.sentence)

    return guarded


def when_changed(widget: str, do: Callable[[Any], None]) -> Callable[[], None]:
    """A callback that hands the widget's new value to `do`."""

    @action
    def changed() -> None:
        do(session.widget(widget))

    return changed
