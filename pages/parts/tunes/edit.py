"""What presses and fields of the Tunes page do. What comes from a browser is checked like any text from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from engine.abc import METERS, Tune, bars_of, music_of, shown
from engine.abc.keys import in_mode
from engine.tunewriter import Ranked, Wish
from engine.words import say
from pages.parts.kept import tunes as kept
from pages.parts.session import own
from pages.parts.session import tunes as session
from pages.parts.session.tunes import DESK, MOST_SEED, TEMPOS
from pages.parts.tunes.table import MOST_KEPT, Candidate, Table
from pages.parts.tunes.trail import clean, remembered, unpack
from pages.parts.tunes.words import METER_OF


def change_wish(name: str, value: Any) -> None:
    """A setting of the wish. A new type brings its meter, a new mode keeps the tonic where it can."""
    changes = {name: value}
    if name == "rhythm":
        changes["meter"] = METER_OF.get(value, "")
    DESK.put(DESK.held().wishing(**changes))


def change_mode(mode: str) -> None:
    """A new mode on the old tonic, however that is spelled there; "" leaves the key to the model."""
    tonic = DESK.held().wish.key[:-3] or "D"
    DESK.put(DESK.held().wishing(key=in_mode(tonic, mode) if mode else ""))


def change_tonic(tonic: str) -> None:
    DESK.put(DESK.held().wishing(key=tonic + DESK.held().wish.key[-3:]))


def change_instrument(program: int) -> None:
    DESK.put(replace(DESK.held(), instrument=program))


# --- writing --------------------------------------------------------------------------------------------------------


def like(wish: Wish) -> Tune:
    """What an opening without header is read as."""
    return Tune(wish.rhythm or "other", wish.meter or METERS[2], wish.key or "Cmaj", ())


def write() -> None:
    """The wish as it stands; the same one again takes the next random seed."""
    wish = _unwritten(DESK.held().wish)
    read = kept.checked(wish.opening, like(wish), whole=False)
    if wish.opening.strip() and not read.is_good:
        session.set_problem(next(fault.sentence for fault in read.faults if fault.serious))
        return
    if begin(wish):
        DESK.put(replace(DESK.held(), wish=wish))


def begin(wish: Wish) -> bool:
    """Starts a writer, in place of one that is still at it; whether there is room for its tunes."""
    stop()
    collect()
    stand = DESK.held()
    if len(stand.table.kept) + wish.candidates > MOST_KEPT:
        session.set_problem(say("Remove some tunes first: up to {most} are kept.", most=MOST_KEPT))
        return False
    session.set_problem(None)
    session.set_writing((kept.Writing(wish, own.mark("tunes")), stand.numbers))
    DESK.put(replace(stand, drawn=wish, numbers=stand.numbers + wish.candidates))
    return True


def _unwritten(wish: Wish) -> Wish:
    written = {DESK.held().drawn, *(one.wish for one in DESK.held().table.kept)}
    while wish in written:
        wish = replace(wish, rng_seed=(wish.rng_seed + 1) % (MOST_SEED + 1))
    return wish


def stop() -> None:
    now = session.writing()
    if now:
        now[0].stop()
        now[0].wait(2.0)  # it looks up after every token


def collect() -> None:
    """Takes finished tunes to the desk; the best is looked at when all are there."""
    now = session.writing()
    if now is None:
        return
    writing, first = now
    sight = writing.look()
    stand = DESK.held()
    new = tuple(_candidate(one, first, writing.wish) for one in sight.done if one.written.tokens[3:])
    came = tuple(one for one in new if one.number not in writing.handed)
    writing.handed.update(one.number for one in came)
    stand = stand.everywhere(lambda table: table.plus(came))
    if came and stand.table.looked_at is None:
        stand = stand.everywhere(lambda table: replace(table, chosen=came[0].number))
    if sight.over:
        session.set_writing(None)
        session.set_problem(sight.problem)
        best = next((one for one in stand.table.kept if one.number in writing.handed), None)
        if best:
            stand = stand.everywhere(lambda table: replace(table, chosen=best.number))
        session.call()
    DESK.put(stand)


def _candidate(one: Ranked, first: int, wish: Wish) -> Candidate:
    made = one.written
    text = shown(made.tune).text if made.tune else "\n".join(made.tokens[:3]) + "\n" + "".join(made.tokens[3:])
    return Candidate(first + made.candidate, text, text, wish, made.candidate, one.score, made.reason)


def random_opening() -> None:
    """Two bars of a tune nobody will see the rest of."""
    stand = DESK.held()
    found = kept.opening(_unwritten(replace(stand.wish, opening="")), own.mark("tunes"))
    if found:
        seed = (stand.wish.rng_seed + 1) % (MOST_SEED + 1)
        DESK.put(stand.wishing(opening=music_of(shown(found).text), rng_seed=seed))


# --- presses --------------------------------------------------------------------------------------------------------


def apply(event: Mapping[str, Any]) -> None:
    """One press of any part of the page."""
    plain: dict[str, Callable[[], None]] = {
        "write": write, "stop": stop, "undo": partial(_step, "undone"), "redo": partial(_step, "redone")
    }  # fmt: skip
    handlers: dict[str, Callable[[Mapping[str, Any]], None]] = {
        "opening": _open, "choose": _choose, "remove": _remove, "edit": _edit, "continue": _go_on, "tempo": _hurry,
        "chords": _harmonise, "remember": _remember,
    }  # fmt: skip
    kind = event.get("type")
    if not isinstance(kind, str):
        return
    if kind in plain:
        plain[kind]()
    elif kind in handlers:
        handlers[kind](event)


def _open(event: Mapping[str, Any]) -> None:
    DESK.put(DESK.held().wishing(opening=clean(event.get("text"))))


def _choose(event: Mapping[str, Any]) -> None:
    one = _meant(event)
    if one:
        DESK.put(DESK.held().everywhere(lambda table: replace(table, chosen=one.number)))


def _remove(event: Mapping[str, Any]) -> None:
    stand, one = DESK.held(), _meant(event)
    if one:
        DESK.put(stand.changed(stand.table.without(one.number)))


def _edit(event: Mapping[str, Any]) -> None:
    """A text as it is typed; one step of undo for what is typed in one go."""
    stand, one = DESK.held(), _meant(event)
    if one:
        new = stand.table.with_one(replace(one, text=clean(event.get("text"))))
        fresh = event.get("step") is not False or not stand.tables.past
        DESK.put(stand.changed(new) if fresh else stand.amended(new))


def _hurry(event: Mapping[str, Any]) -> None:
    stand, one, value = DESK.held(), _meant(event), event.get("value")
    if one and isinstance(value, int | float) and TEMPOS[0] <= value <= TEMPOS[1]:
        tempo = round(float(value), 1)
        DESK.put(stand.everywhere(lambda table: _at_tempo(table, one.number, tempo)))


def _at_tempo(table: Table, number: int, tempo: float) -> Table:
    return replace(table, kept=tuple(replace(one, tempo=tempo) if one.number == number else one for one in table.kept))


def _harmonise(event: Mapping[str, Any]) -> None:
    DESK.put(replace(DESK.held(), chords=event.get("on") is True))


def _step(way: str) -> None:
    stand = DESK.held()
    DESK.put(replace(stand, tables=getattr(stand.tables, way)()))


def _remember(event: Mapping[str, Any]) -> None:
    """What the browser's tab has kept of an earlier visit; a desk that has been worked on has its own way back."""
    came = unpack(event.get("desk"))
    if came:
        DESK.put(remembered(DESK.held(), came))


def _go_on(event: Mapping[str, Any]) -> None:
    """New tunes that begin as this one does, up to the cursor."""
    one, at = _meant(event), event.get("at")
    if one is None or type(at) is not int:
        return
    read = kept.checked(one.text)
    if not read.tunes:
        session.set_problem(say("Write some notes first: there is nothing to continue."))
        return
    tune = read.tunes[0]
    count = sum(place < at for place in read.places[0])
    planned = one.wish if count < len(tune.body) and not one.is_edited else None
    begin(_unwritten(_wish_from(DESK.held().wish, planned, replace(tune, body=tune.body[:count], title=""))))


def _wish_from(wish: Wish, planned: Wish | None, beginning: Tune) -> Wish:
    """Goes on to the plan the tune was written to; one that was changed, or is whole, goes on as it likes."""
    bars, form = (planned.bars, planned.form) if planned else (0, "")
    opening = music_of(shown(beginning).text) if any(bar.ticks for bar in bars_of(beginning)) else ""
    rhythm = "" if beginning.rhythm == "other" else beginning.rhythm
    return replace(
        wish, bars=bars, form=form, opening=opening, rhythm=rhythm, meter=beginning.meter,
        key=beginning.key,
    )  # fmt: skip


def _meant(event: Mapping[str, Any]) -> Candidate | None:
    number = event.get("number")
    return next((one for one in DESK.held().table.kept if one.number == number), None)
