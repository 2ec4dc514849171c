"""Tunes as they are written, and those that are kept: drawn alone while a writer is at work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from engine.abc import METERS, Tune, bars_of, shown
from engine.abc.faults import keeps_form
from engine.abc.keys import SIGNED
from engine.abc.tokens import pitch_of
from engine.tunewriter import Wish
from pages.parts.frame import complain
from pages.parts.frame import part as redrawn
from pages.parts.kept import tunes as kept
from pages.parts.language import _, tell
from pages.parts.session import tunes as session
from pages.parts.session.tunes import DESK
from pages.parts.tunes import edit, words
from pages.parts.tunes.component import part
from pages.parts.tunes.table import Candidate, Table
from pages.parts.tunes.trail import STOPPED, is_fresh, pack

EVERY = 0.4  # seconds between two looks at a writer
INCIPIT_BARS = 3
TAIL = 60  # characters of a tune on its way


def writing() -> None:
    """The list of tunes. While some are on their way only this part is drawn again and again."""
    edit.collect()
    session.answer_call()  # the whole page is being drawn
    redrawn(_watching, EVERY if session.writing() else None)
    problem = session.problem()
    if problem:
        complain(problem)


def _watching() -> None:
    """A look that is cut short by the next one leaves its call standing, so that the page is drawn in the end."""
    edit.collect()
    _list()
    if session.is_called():
        st.rerun()


def _list() -> None:
    now = session.writing()
    sight = now[0].look() if now else kept.Sight()
    stand = DESK.held()
    table = stand.table
    first = now[1] if now else 0
    given = bars_given(now[0].wish) if now else 0
    running = [_on_its_way(first + take, tokens, given) for take, tokens in sight.running] if now else []
    data = {
        "running": running,
        "kept": [_kept(one, table) for one in table.kept if not one.is_example],
        "isWriting": now is not None,
        "standing": _standing(sight, table),
        "desk": pack(stand.tables),
        "fresh": is_fresh(stand),
        "labels": {
            "tunes": _("Tunes"),
            "remove": _("Remove"),
            "stop": _("Stop"),
            "begins": _("A tune begins …"),
        },
    }
    part("candidates", data, _do)


def _do(event: dict[str, Any]) -> None:
    """A press here changes what stands outside of the part that is drawn alone."""
    edit.apply(event)
    session.call()


def _standing(sight: kept.Sight, table: Table) -> str:
    if sight.waiting:
        return _("Waiting for a place: others are writing too.")
    if sight.running:
        return _("Tunes being written: {count}").format(count=len(sight.running))
    if all(one.is_example for one in table.kept):
        return _("New tunes appear here as they are written.")
    return _("Kept tunes, best first: {count}").format(count=len(table.kept))


def _on_its_way(number: int, tokens: Sequence[str], given: int) -> dict[str, Any]:
    tune = _so_far(tokens)
    text = "".join(tokens[3:])
    notes = sum(pitch_of(token) is not None for token in tokens[3:])
    return {
        "number": number,
        "title": words.title_of(tune) if tune else "",
        "notes": _("Notes: {count}").format(count=notes) if notes else "",
        "tail": text[-TAIL:],
        "incipit": incipit(tune, given) if tune else "",
    }


def _so_far(tokens: Sequence[str]) -> Tune | None:
    """The tune of the first tokens; None while, or because, they make no header."""
    if [token[:2] for token in tokens[:3]] != ["R:", "M:", "K:"] or len(tokens) < 4:
        return None
    rhythm, meter, key = (token[2:] for token in tokens[:3])
    body = tuple(token for token in tokens[3:] if token[1:2] != ":" or token in ("|:", "::"))
    return Tune(rhythm, meter, key, body) if meter in METERS and key in SIGNED else None


def bars_given(wish: Wish | None) -> int:
    """How many bars of a tune were there before the model went on."""
    if wish is None or not wish.opening.strip():
        return 0
    read = kept.checked(wish.opening, edit.like(wish), whole=False)
    return sum(bool(bar.ticks) for bar in bars_of(read.tunes[0])) if read.tunes else 0


def incipit(tune: Tune, given: int = 0) -> str:
    """The first bars as ABC text; where they were all given, those from the last given one on, as only they differ."""
    bars = [bar for bar in bars_of(tune) if bar.ticks]
    first = given - 1 if INCIPIT_BARS < given < len(bars) else 0
    bars = bars[first : first + INCIPIT_BARS + 1]
    if not bars:
        return ""
    start, cut = bars[0].start if first else 0, bars[-1].end + bool(bars[-1].line)
    text = shown(replace(tune, body=tune.body[start:cut], title="")).text
    head, key, body = text.partition(f"K:{tune.key}\n")
    return head + key + " ".join(body.split("\n"))  # one line, on one staff


def _kept(one: Candidate, table: Table) -> dict[str, Any]:
    read = kept.checked(one.text)
    tune = read.tunes[0] if read.tunes else None
    fault = next((tell(fault.sentence) for fault in read.faults if fault.serious), "")
    reason = (tell(one.reason) if one.reason and not one.is_edited else "") or fault
    item: dict[str, Any] = {
        "number": one.number,
        "chosen": one.number == table.chosen,
        "title": words.title_of(tune) if tune else _("Not a tune yet"),
        "bars": words.bars_in(tune) if tune else "",
        "reason": reason,
        "incipit": incipit(tune, bars_given(one.wish)) if tune else "",
        "tail": one.text[-TAIL:],
    }
    if not reason:
        return item | _mark(one, tune)
    stopped = one.reason == STOPPED and not one.is_edited  # says all by itself
    return item | {"mark": "" if stopped else _("not valid"), "kind": "invalid"}


def _mark(one: Candidate, tune: Tune | None) -> dict[str, str]:
    title, source = kept.near(tune) if tune else ("", "")
    if title:
        name = _("close to {name} in {source}").format(name=title, source=source)
        return {"mark": name, "kind": "near"}
    mark = _("new, edited") if one.written and one.is_edited else _("new")
    return {"mark": " · ".join((mark, *_missed(one, tune))), "kind": "new"}


def _missed(one: Candidate, tune: Tune | None) -> tuple[str, ...]:
    """A word where the model, writing as it likes, has not kept to the form."""
    wish = one.wish
    if tune is None or wish is None or wish.valid or one.is_edited or keeps_form(tune, wish.form, wish.bars):
        return ()
    return (_("not in the form asked for"),)
