"""The stand of the notes page as entries of a link or a project, and back; what comes from outside is kept in bounds.

The entries say how what lies in the roll was written. Controls that have been set to something else since then stand
beside them as `set-…`, so that a refresh changes neither the notes nor the controls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from secrets import randbelow
from typing import Any, TypeVar, get_args

from engine.errors import EngineError
from engine.history import History
from engine.music import Progression
from engine.notewriter import NoteWish
from engine.sheet import Sheet, read_link, write_key, write_link
from engine.theory import read_key
from pages.parts.notes.compact import packed, unpacked
from pages.parts.notes.edits import read_edits, write_edits
from pages.parts.notes.examples import example
from pages.parts.session.notes.stand import Form, Order, Sketch, Source, Stand, Task

Value = TypeVar("Value")
LINKED = 3_000  # characters of an opening that a link carries; what is longer goes into a project file
TEMPO_RANGE = (40, 240)  # beats per minute
_SET = "set-"  # before the names of entries that hold what the controls say since
_USUAL_AGAIN, _OFF = "-", "0"
METERS = ((4, 4), (3, 4), (2, 4), (6, 8), (9, 8), (12, 8), (3, 2))


def read(entries: Mapping[str, str]) -> Stand:
    """What a link or a project asks for; what it says wrongly is as on a new page."""
    told = {"seed": str(randbelow(1000)), **entries}
    new, mine = Stand(), _as_set(told)
    form = _one_of(told.get("form"), get_args(Form), new.form)
    origin = _one_of(told.get("from"), get_args(Source), new.source)
    source = _one_of(mine.get("from"), get_args(Source), new.source)
    opening = unpacked(told.get("o", "")) if origin in ("file", "played") else None
    opening = example(form) if origin == "example" else opening
    wish = _wish(told, new.wish)
    task = _one_of(told.get("do"), get_args(Task), None)
    order = Order(form, task, wish, opening) if task and (opening or origin == "random") else None
    edits = read_edits(told.get("e", ""))
    take = _whole(told.get("v"), 0, wish.variations - 1, 0)
    return Stand(
        _one_of(mine.get("form"), get_args(Form), new.form), source, replace(_wish(mine, new.wish), progression=None),
        _whole(told.get("tempo"), *TEMPO_RANGE, new.tempo),
        _whole(told.get("i"), 0, 127, 0),
        told.get("follow", "1" if wish.progression else _OFF) != _OFF,
        brought=opening if source == "file" else None,
        opening_bars=_whole(told.get("ob"), 1, 999, new.opening_bars),
        history=History(Sketch(opening, order, take, edits)),
    )  # fmt: skip


def _as_set(told: Mapping[str, str]) -> Mapping[str, str]:
    """The entries as the controls stand."""
    changed = {name.removeprefix(_SET): value for name, value in told.items() if name.startswith(_SET)}
    return {name: value for name, value in {**told, **changed}.items() if value != _USUAL_AGAIN}


def write(stand: Stand, room: int = LINKED) -> dict[str, str]:
    """The entries that lay the same things here again; `room` is how long an opening may be as text."""
    stand = stand.portable
    sketch, order = stand.sketch, stand.sketch.order
    origin = _origin(stand)
    opening = packed(sketch.opening) if sketch.opening and origin in ("file", "played") else ""
    kept = len(opening) <= room
    mine = _unusual(_wish_entries(stand.wish) | {"form": stand.form, "from": stand.source})
    told = _unusual(_wish_entries(order.wish) | {"form": order.form, "from": origin}) if order and kept else mine
    made = {"do": order.task if order else "", "v": str(sketch.take), "e": write_edits(sketch.edits), "o": opening}
    followed = order.wish.progression if order and kept else None
    page = {
        "tempo": str(stand.tempo),
        "i": str(stand.instrument),
        "ob": str(stand.opening_bars),
        "follow": "1" if stand.follow else _OFF if followed else "",
    }
    return told | _set_since(told, mine) | _unusual(page | (made if kept else {}))


def _set_since(told: Mapping[str, str], mine: Mapping[str, str]) -> dict[str, str]:
    """What the controls say otherwise than what lies in the roll was written with; the chords of that are its own."""
    names = sorted({*told, *mine} - {"c", "ck"})
    return {f"{_SET}{name}": mine.get(name, _USUAL_AGAIN) for name in names if mine.get(name) != told.get(name)}


def _unusual(entries: Mapping[str, str]) -> dict[str, str]:
    """Without what a new page has anyway."""
    return {name: value for name, value in entries.items() if value and value != _USUAL.get(name)}


def _origin(stand: Stand) -> Source:
    """Where a link takes the opening from: only the example of the order's own form need not be told note by note."""
    order = stand.sketch.order
    if order is None:
        return stand.source
    elsewhere = stand.origin == "example" and stand.sketch.opening != example(order.form)
    return "file" if elsewhere else stand.origin


def fits_link(stand: Stand) -> bool:
    """Whether the link holds the opening, and so all of it."""
    stand = stand.portable
    opening = stand.sketch.opening
    return opening is None or _origin(stand) not in ("file", "played") or len(packed(opening)) <= LINKED


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
