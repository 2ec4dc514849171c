"""What a browser tab keeps of the desk, so that a refresh loses neither a tune nor the way back.

The desk goes out as one text and comes home to a visit that knows nothing yet. On the way anyone may have changed it:
what cannot be read of it is left out, and its tunes are texts like typed ones.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from engine.history import History
from engine.words import Sentence, say
from pages.parts.kept import tunes as kept
from pages.parts.session.tunes import CANDIDATES, TEMPOS, read_wish, write_wish
from pages.parts.tunes.table import MOST_KEPT, Candidate, Stand, Table

MOST_TEXT = 20_000  # characters of a text, as the field allows them: a tune has some 400
MOST_TRAIL = 200_000  # characters of a desk: it travels whenever its list is drawn
STEPS = (20, 5, 0)  # so many steps back and forth are kept, fewer where there is no room for them
MOST_TOLD, MOST_NUMBER, MOST_SCORE = 1_000, 1_000_000, 1_000.0  # more is no desk of ours
STOPPED = say("The tune was stopped before its end.")


def is_fresh(stand: Stand) -> bool:
    """Whether nothing has been done on this desk yet: then the tab may know more."""
    return stand.numbers == 2 and not stand.tables.past and not stand.tables.future


def clean(text: object) -> str:
    """Half of a surrogate pair, which JSON can say and neither a link nor a file can hold, becomes a question mark."""
    return text[:MOST_TEXT].encode("utf-8", "replace").decode("utf-8") if isinstance(text, str) else ""


# --- going out ------------------------------------------------------------------------------------------------------


def pack(tables: History[Table]) -> str:
    """The desk as a text; where it would be too long, without the oldest steps, and at last without the last tunes."""
    for steps in STEPS:
        text = _packed(tables.past[-steps:] if steps else (), tables.present, tables.future[:steps])
        if len(text) <= MOST_TRAIL:
            return text
    table = tables.present
    while len(text) > MOST_TRAIL:
        table = replace(table, kept=table.kept[:-1])
        text = _packed((), table, ())
    return text


def _packed(past: Sequence[Table], present: Table, future: Sequence[Table]) -> str:
    """Tables share most of their tunes, so each tune is told once."""
    places: dict[Candidate, int] = {}
    steps = [
        [table.chosen, [places.setdefault(one, len(places)) for one in table.kept]]
        for table in (*past, present, *future)
    ]
    told = {"tunes": [_told(one) for one in places], "steps": steps, "at": len(past)}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _told(one: Candidate) -> dict[str, Any]:
    reason = ("stopped" if one.reason == STOPPED else "faulty") if one.reason else ""
    told = {
        "number": one.number,
        "text": one.text,
        "written": True if one.written == one.text else one.written,
        "wish": write_wish(one.wish) if one.wish else None,
        "take": one.take,
        "score": round(one.score, 4),
        "reason": reason,
        "tempo": one.tempo,
    }
    return {name: value for name, value in told.items() if value or value is True}


# --- coming home ----------------------------------------------------------------------------------------------------


def unpack(text: object) -> History[Table] | None:
    """The desk of such a text; None for one that holds no desk."""
    try:
        told = json.loads(text) if isinstance(text, str) and len(text) <= MOST_TRAIL else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or not isinstance(told.get("tunes"), list) or not isinstance(told.get("steps"), list):
        return None
    tunes = [_candidate(one) for one in told["tunes"][:MOST_TOLD]]
    tables = [_table(step, tunes) for step in told["steps"][: 2 * STEPS[0] + 1]]
    at = _whole(told.get("at"), 0, len(tables) - 1)
    return None if at is None else History(tables[at], tuple(tables[:at]), tuple(tables[at + 1 :]))


def _table(told: object, tunes: Sequence[Candidate | None]) -> Table:
    chosen, places = told if isinstance(told, list) and len(told) == 2 else (None, [])
    found = {}
    for place in places[:MOST_KEPT] if isinstance(places, list) else []:
        one = tunes[place] if _whole(place, 0, len(tunes) - 1) is not None else None
        if one:
            found[one.number] = one
    first = next(iter(found), None)
    return Table(tuple(found.values()), chosen if _whole(chosen, 1, MOST_NUMBER) in found else first)


def _candidate(told: object) -> Candidate | None:
    number = _whole(told.get("number"), 1, MOST_NUMBER) if isinstance(told, dict) else None
    if number is None or not isinstance(told, dict):
        return None
    text, wish = clean(told.get("text")), told.get("wish") if isinstance(told.get("wish"), dict) else None
    written = text if told.get("written") is True else clean(told.get("written"))
    return Candidate(
        number,
        text,
        written,
        read_wish({name: value for name, value in wish.items() if isinstance(value, str)}) if wish else None,
        _whole(told.get("take"), 0, CANDIDATES[-1] - 1) or 0,
        _number(told.get("score"), 0.0, MOST_SCORE),
        _reason(told.get("reason"), written),
        _number(told.get("tempo"), *TEMPOS),
    )


def _reason(told: object, written: str) -> Sentence | None:
    """Sentences do not travel: what is wrong with a text can be read from it, but that it was stopped."""
    if told == "stopped":
        return STOPPED
    faults = kept.checked(written).faults if told == "faulty" else ()
    return next((fault.sentence for fault in faults if fault.serious), None)


def _number(told: object, low: float, high: float) -> float:
    return float(told) if isinstance(told, int | float) and low <= told <= high else 0.0


def _whole(told: object, low: int, high: int) -> int | None:
    return told if type(told) is int and low <= told <= high else None


def remembered(stand: Stand, came: History[Table]) -> Stand:
    """The desk with what the tab has kept. The tune of the address, and tunes that have come since, stand there too."""
    here = stand.table.looked_at
    both = replace(stand, tables=came).everywhere(partial(_shifted, by=stand.numbers))
    same = next((one.number for one in both.table.kept if here and one.text == here.text), None)
    if here and same:
        both = both.everywhere(partial(_renamed, old=same, new=here.number))
    known = {one.text: one.number for one in both.table.kept}
    own = tuple(one for one in stand.table.kept if one.text not in known and not one.is_example)
    both = both.everywhere(lambda table: table.plus(own))
    there = both.table.looked_at
    if here and (here in own or here.text in known) and not (there and here.text == there.text):
        both = both.amended(replace(both.table, chosen=known.get(here.text, here.number)))
    tables = (both.table, *both.tables.past, *both.tables.future)
    return replace(both, numbers=max([stand.numbers, *(one.number for table in tables for one in table.kept)]) + 1)


def _renamed(table: Table, old: int, new: int) -> Table:
    """The tune that is on the page keeps the number that presses on their way know it by."""
    tunes = tuple(replace(one, number=new) if one.number == old else one for one in table.kept)
    return Table(tunes, new if table.chosen == old else table.chosen)


def _shifted(table: Table, by: int) -> Table:
    """None of these tunes has the number of one that stands here already."""
    tunes = tuple(replace(one, number=one.number + by) for one in table.kept)
    return Table(tunes, None if table.chosen is None else table.chosen + by)
