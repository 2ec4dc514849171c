"""A teacher's link: Compose with the sheet as it is, or the Classroom, and some of its parts taken away."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from urllib.parse import urlencode

from engine.sheet import write_link
from pages.parts import session
from pages.parts.language import _
from pages.parts.session import classroom
from pages.parts.session.lesson import DESK, write


def part_names() -> dict[str, str]:
    """What can be hidden, as a teacher calls it."""
    return {
        "bar": _("Key, tempo and settings"),
        "exchange": _("Typing, continuing, files and link"),
        "views": _("Probabilities, sound, piano roll and score"),
        "handouts": _("Handouts of the Classroom"),
    }


def compose_link(here: str, hidden: Collection[str]) -> str:
    """The address of Compose with the present sheet and without the hidden parts; `here` is this page's address."""
    return _address(here, "compose", write_link(session.sheet()), hidden)


def classroom_link(here: str, hidden: Collection[str]) -> str:
    """The address of the Classroom where the visitor stands in it, without the hidden parts."""
    return _address(here, "classroom", classroom.DESK.entries(), hidden)


def _address(here: str, page: str, entries: Mapping[str, str], hidden: Collection[str]) -> str:
    taken = {f"{DESK.name}.{name}": value for name, value in write(frozenset(hidden)).items()}
    query = urlencode({**entries, **taken})
    return f"{here.rstrip('/').rpartition('/')[0]}/{page}" + (f"?{query}" if query else "")


def left(parts: Iterable[tuple[str, Callable[[], None]]]) -> list[Callable[[], None]]:
    """The parts of a page that the teacher's link leaves."""
    hidden = DESK.held()
    return [part for name, part in parts if name not in hidden]
