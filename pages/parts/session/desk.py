"""What one visitor has on the desk of one page, besides the sheet: read from the link at the first look, written back.

A desk's entries in the link are named after it ("tunes.seed"), so that pages share one address: a refresh of any page
loses nothing of the others. Desks nobody has looked at yet stay in the link as they came.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pages.parts.session.store import entries

Held = TypeVar("Held")
_LINK = "desks_link"  # the query as it came, while the address bar may already show another page's
_DESKS = "desks"


@dataclass(frozen=True, slots=True)
class Desk(Generic[Held]):
    """One page's desk. `read` makes the held value of its link entries and never raises; `write` is its inverse."""

    name: str
    read: Callable[[Mapping[str, str]], Held]
    write: Callable[[Held], Mapping[str, str]]

    def held(self) -> Held:
        """The visitor's value; at the first look, what the link holds."""
        key = f"desk_{self.name}"
        if key not in entries():
            self.put(self.read(_own(self.name, _link())))
        value: Held = entries()[key]
        return value

    def put(self, value: Held) -> None:
        entries()[f"desk_{self.name}"] = value
        writers: dict[str, Callable[[Held], Mapping[str, str]]] = entries().setdefault(_DESKS, {})
        writers[self.name] = self.write

    def entries(self) -> dict[str, str]:
        """What the link needs to lay the same things on this desk again."""
        return {f"{self.name}.{entry}": value for entry, value in self.write(self.held()).items()}


def keep_link(query: Mapping[str, str]) -> None:
    """Remembers the query of the first look, for desks that are looked at later."""
    entries().setdefault(_LINK, dict(query))


def desk_entries() -> dict[str, str]:
    """The link entries of all desks, of those not looked at yet as they came."""
    writers = entries().get(_DESKS, {})
    query = {name: value for name, value in _link().items() if "." in name and name.split(".")[0] not in writers}
    for desk, write in writers.items():
        own = write(entries()[f"desk_{desk}"])
        query |= {f"{desk}.{entry}": value for entry, value in own.items()}
    return query


def _link() -> Mapping[str, str]:
    came: Mapping[str, str] = entries().get(_LINK, {})
    return came


def _own(name: str, query: Mapping[str, str]) -> dict[str, str]:
    start = f"{name}."
    return {entry.removeprefix(start): value for entry, value in query.items() if entry.startswith(start)}
