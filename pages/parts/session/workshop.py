"""What a visitor trains: material and network in the link, and a mark of this visit that only the workshop knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from secrets import token_hex
from typing import Literal, TypeVar, get_args

import streamlit as st

from engine.workshop import CELLS, LAYERS, MOST_EPOCHS, MOST_SEED, WIDTHS, Choice, Kind
from pages.parts.session.desk import Desk
from pages.parts.session.store import entries

_VISITOR, _STATE = "workshop_visitor", "workshop_state"
MARK_BYTES = 16  # nobody guesses it
Source = Literal["house", "paste", "files"]
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is chosen on the page. Pasted text and files stay in the page: a link has no room for them."""

    kind: Kind = "chords"
    source: Source = "house"
    choice: Choice = field(default_factory=Choice)

    def with_choice(self, name: str, value: object) -> Wish:
        return replace(self, choice=replace(self.choice, **{name: value}))  # type: ignore[arg-type]


@dataclass
class State:
    """Of this visit: the sample that sounds (ticket, epoch), the run that is looked at, what it wrote last (ticket,
    take), chords to try it on."""

    heard: tuple[int, int] | None = None
    run: int | None = None
    drawn: tuple[int, int] | None = None
    tried: str = "C G"


def read(entries: Mapping[str, str]) -> Wish:
    """What a link asks for; what it says wrongly is as on a new page."""
    new = Choice()
    choice = Choice(
        _one_of(entries.get("cell"), CELLS, new.cell),
        _one_of(_number(entries.get("width")), WIDTHS, new.width),
        _one_of(_number(entries.get("layers")), LAYERS, new.layers),
        min(max(_number(entries.get("epochs"), new.epochs), 1), MOST_EPOCHS),
        min(_number(entries.get("seed"), new.rng_seed), MOST_SEED),
    )
    kind: Kind = _one_of(entries.get("kind"), get_args(Kind), "chords")
    source: Source = _one_of(entries.get("from"), get_args(Source), "house")
    return Wish(kind, source, choice)


def write(wish: Wish) -> dict[str, str]:
    """The link entries of a wish; what is as on a new page is left out."""
    choice, new = wish.choice, Choice()
    told = {"kind": wish.kind, "from": wish.source, "cell": choice.cell, "width": str(choice.width),
            "layers": str(choice.layers), "epochs": str(choice.epochs), "seed": str(choice.rng_seed)}  # fmt: skip
    usual = {"kind": "chords", "from": "house", "cell": new.cell, "width": str(new.width),
             "layers": str(new.layers), "epochs": str(new.epochs), "seed": str(new.rng_seed)}  # fmt: skip
    return {name: value for name, value in told.items() if value != usual[name]}


DESK: Desk[Wish] = Desk("train", read, write)


def visitor() -> str:
    """A random mark of this visit: whoever has it may look at its trainings and stop them."""
    mark: str = entries().setdefault(_VISITOR, token_hex(MARK_BYTES))
    return mark


def come_back(key: str) -> None:
    """Takes the mark that the component `key` brought; one that no page of ours made is left alone."""
    brought = (st.session_state.get(key) or {}).get("mark")
    if isinstance(brought, str) and len(brought) == 2 * MARK_BYTES and set(brought) <= set("0123456789abcdef"):
        entries()[_VISITOR] = brought


def state() -> State:
    held: State = entries().setdefault(_STATE, State())
    return held


def _number(text: str | None, otherwise: int = 0) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 4 else otherwise


def _one_of(value: object, known: tuple[Value, ...], otherwise: Value) -> Value:
    return next((each for each in known if each == value), otherwise)
