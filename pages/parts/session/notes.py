"""What a visitor has on the notes page: settings, the opening, what was written, what was changed by hand.

All that a link can carry is in the link. What a model wrote is not: the same wish writes the same notes again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from secrets import randbelow, token_hex
from typing import Any, Literal, TypeVar, get_args

import streamlit as st

from engine.errors import EngineError
from engine.history import History
from engine.music import Progression
from engine.notes import Piece
from engine.notewriter import NoteWish, Written
from engine.sheet import Sheet, read_link, write_key, write_link
from engine.theory import read_key
from engine.words import Sentence
from pages.parts.notes.compact import packed, unpacked
from pages.parts.notes.edits import Edits, read_edits, write_edits
from pages.parts.notes.examples import example
from pages.parts.session.desk import Desk
from pages.parts.session.presses import new_presses

Form = Literal["melody", "chorale"]
Source = Literal["example", "random", "file", "played"]
Task = Literal["continue", "harmonise"]
Value = TypeVar("Value")
LINKED = 3_000  # characters of an opening that a link carries; what is longer goes into a project file
TEMPO_RANGE = (40, 240)  # beats per minute
METERS = ((4, 4), (3, 4), (2, 4), (6, 8), (9, 8), (12, 8), (3, 2))
_STATE = "notes_state"
_KEPT_RESULTS = 6  # of one visit, so that undo shows the ones before at once


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked of a model. The same order gives the same notes."""

    form: Form
    task: Task
    wish: NoteWish
    opening: Piece | None = None


@dataclass(frozen=True, slots=True)
class Sketch:
    """What lies in the roll: an opening, or what was written after it, and what was changed by hand."""

    opening: Piece | None = None
    order: Order | None = None
    take: int = 0  # the variation that is looked at
    edits: Edits = ()


@dataclass(frozen=True, slots=True)
class Stand:
    """`brought` is the whole piece of a file, of which `opening_bars` are used; a link holds only those."""

    form: Form = "melody"
    source: Source = "example"
    wish: NoteWish = field(default_factory=lambda: NoteWish(bars=8))
    tempo: int = 100
    instrument: int = 0
    follow: bool = False
    opening_bars: int = 4
    brought: Piece | None = None
    history: History[Sketch] = field(default_factory=lambda: History(Sketch(example("melody"))))

    @property
    def sketch(self) -> Sketch:
        return self.history.present

    def with_sketch(self, sketch: Sketch) -> Stand:
        return replace(self, history=self.history.changed(sketch))

    def back_to(self, history: History[Sketch]) -> Stand:
        """After undo or redo: the settings are those that the notes in the roll were written with."""
        order = history.present.order
        if order is None or order == self.sketch.order:
            return replace(self, history=history)
        return replace(self, history=history, form=order.form, wish=replace(order.wish, progression=None))


def read(entries: Mapping[str, str]) -> Stand:
    """What a link or a project asks for; what it says wrongly is as on a new page."""
    new = Stand()
    form = _one_of(entries.get("form"), get_args(Form), new.form)
    source = _one_of(entries.get("from"), get_args(Source), new.source)
    opening = unpacked(entries.get("o", "")) if source in ("file", "played") else None
    opening = example(form) if source == "example" else opening
    wish = _wish(entries, new.wish)
    task = _one_of(entries.get("do"), get_args(Task), None)
    order = Order(form, task, wish, opening) if task and (opening or source == "random") else None
    edits = read_edits(entries.get("e", ""))
    take = _whole(entries.get("v"), 0, wish.variations - 1, 0)
    return Stand(
        form, source, replace(wish, progression=None),
        _whole(entries.get("tempo"), *TEMPO_RANGE, new.tempo),
        _whole(entries.get("i"), 0, 127, 0),
        "follow" in entries or wish.progression is not None,
        brought=opening if source == "file" else None,
        opening_bars=_whole(entries.get("ob"), 1, 999, new.opening_bars),
        history=History(Sketch(opening, order, take, edits)),
    )  # fmt: skip


def write(stand: Stand, room: int = LINKED) -> dict[str, str]:
    """The entries that lay the same things here again; `room` is how long an opening may be as text."""
    sketch, order = stand.sketch, stand.sketch.order
    form = order.form if order else stand.form
    source = _source(stand)
    opening = packed(sketch.opening) if sketch.opening and source in ("file", "played") else ""
    told = _wish_entries(order.wish if order else stand.wish) | {
        "form": form,
        "from": source,
        "tempo": str(stand.tempo),
        "i": str(stand.instrument),
        "ob": str(stand.opening_bars),
        "follow": "1" if stand.follow else "",
    }
    if len(opening) <= room:
        made = {"do": order.task if order else "", "v": str(sketch.take), "e": write_edits(sketch.edits), "o": opening}
        told |= made if order or sketch.edits or opening else {}
    usual = _USUAL
    return {name: value for name, value in told.items() if value and value != usual.get(name)}


def fits_link(stand: Stand) -> bool:
    """Whether the link holds the opening, and so all of it."""
    opening = stand.sketch.opening
    return opening is None or _source(stand) not in ("file", "played") or len(packed(opening)) <= LINKED


def _source(stand: Stand) -> Source:
    """Where what lies in the roll came from, which may not be what is chosen for the next time."""
    sketch = stand.sketch
    if sketch.order is None or sketch.opening == example(sketch.order.form):
        return stand.source if sketch.order is None else "example"
    if sketch.opening is None:
        return "random"
    return "played" if stand.source == "played" else "file"


def _wish(entries: Mapping[str, str], new: NoteWish) -> NoteWish:
    try:
        key = read_key(entries["key"][:40]) if "key" in entries else None
    except EngineError:
        key = None
    meter = next((each for each in METERS if "{}-{}".format(*each) == entries.get("m")), new.meter)
    return NoteWish(
        bars=_whole(entries.get("bars"), 0, 64, new.bars),
        temperature=_real(entries.get("t"), 0.1, 3.0, new.temperature),
        top_k=_whole(entries.get("k"), 0, 100, new.top_k),
        top_p=_real(entries.get("p"), 0.05, 1.0, new.top_p),
        rng_seed=_whole(entries.get("seed"), 0, 9_999, randbelow(1000)),
        key=key,
        lock="lock" in entries,
        density=_real(entries.get("dens"), -2.0, 2.0, new.density),
        keep_opening="drop" not in entries,
        variations=_whole(entries.get("n"), 1, 8, new.variations),
        meter=meter,
        tempo_bpm=float(_whole(entries.get("tempo"), *TEMPO_RANGE, 100)),
        progression=_chords(entries),
    )


def _chords(entries: Mapping[str, str]) -> Progression | None:
    """The chords that were followed, kept here because those in Compose may be others by now."""
    if "c" not in entries:
        return None
    found = read_link({"k": entries.get("ck", "C"), "c": entries["c"]}).sheet.progression
    return found if found.slots else None


def _wish_entries(wish: NoteWish) -> dict[str, str]:
    chords = write_link(Sheet(wish.progression)) if wish.progression else {}
    return {
        "bars": str(wish.bars), "t": f"{wish.temperature:g}", "k": str(wish.top_k), "p": f"{wish.top_p:g}",
        "seed": str(wish.rng_seed), "key": write_key(wish.key) if wish.key else "", "lock": "1" if wish.lock else "",
        "dens": f"{wish.density:g}", "drop": "" if wish.keep_opening else "1", "n": str(wish.variations),
        "m": "{}-{}".format(*wish.meter), "c": chords.get("c", ""), "ck": chords.get("k", ""),
    }  # fmt: skip


_USUAL = _wish_entries(NoteWish(bars=8)) | {
    "seed": "", "form": "melody", "from": "example", "tempo": "100", "i": "0", "ob": "4", "v": "0",
}  # fmt: skip
DESK: Desk[Stand] = Desk("notes", read, write)


def seeded(stand: Stand, rng_seed: int) -> Stand:
    return replace(stand, wish=replace(stand.wish, rng_seed=rng_seed))


@dataclass
class State:
    """Of this visit: a mark that only the writer knows, what was written, refusals and the last press answered."""

    visitor: str = field(default_factory=lambda: token_hex(12))
    results: OrderedDict[Order, tuple[Written, ...]] = field(default_factory=OrderedDict)
    refused: Order | None = None  # was tried and cannot be written
    halted: Order | None = None  # was stopped by the visitor
    problems: dict[str, Sentence] = field(default_factory=dict)  # by the place where they are told
    acknowledged: int = 0
    uploads: int = 0  # how many files were taken: a new uploader after each

    def keep(self, order: Order, written: tuple[Written, ...]) -> None:
        self.results[order] = written
        while len(self.results) > _KEPT_RESULTS:
            self.results.popitem(last=False)


def state() -> State:
    held: State = st.session_state.setdefault(_STATE, State())
    return held


def presses(key: str) -> list[dict[str, Any]]:
    """What the roll reports and was not answered yet."""
    now = state()
    new, now.acknowledged = new_presses(key, now.acknowledged)
    return new


def _one_of(value: object, known: tuple[Value, ...], otherwise: Any) -> Any:
    return next((each for each in known if each == value), otherwise)


def _whole(text: str | None, low: int, high: int, otherwise: int) -> int:
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 9:
        return otherwise
    return min(max(int(text), low), high)


def _real(text: str | None, low: float, high: float, otherwise: float) -> float:
    try:
        value = float(text or "")
    except ValueError:
        return otherwise
    return min(max(value, low), high) if isfinite(value) else otherwise
