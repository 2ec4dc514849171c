"""What presses and fields do to the visitor's sheet. Everything goes through `session.change`, so undo knows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

from engine import theory
from engine.generate import Cadence, Continuation, Search, Wish
from engine.music import Key, Progression, Slot
from engine.sheet import Kind, Sheet, tidy_title
from pages.parts import kept, passage, session
from pages.parts.session import own

EXAMPLE = {"major": ("I", "V", "vim", "IV"), "minor": ("im", "bVI", "bIII", "bVII")}  # live numerals
LONGEST_SYMBOL = 80  # characters of a chord that a press may bring
MOST_SEED = 9999  # of a draw
SURE = 0.8  # belief in a key from which a song that is pasted on an empty sheet brings its own


def example(sheet: Sheet) -> Progression:
    """A well-worn turn in the sheet's key, to be heard before anything was built."""
    chords = (theory.chord_of(numeral, sheet.key) for numeral in EXAMPLE[sheet.key.mode])
    return Progression(sheet.key, tuple(Slot(chord, float(sheet.beats_per_chord)) for chord in chords))


def apply(event: Mapping[str, Any]) -> None:
    """One press of the studio. What comes from a browser is checked like any text from outside."""
    kind = event.get("type")
    if not isinstance(kind, str):
        return
    if kind == "remember":  # the browser's doing, not the visitor's: what the link's reading told stays
        _remember(event)
        return
    session.begin_action()
    handlers = {
        "pick": _pick,
        "select": passage.select,
        "remove": passage.remove,
        "insert": _insert,
        "beats": passage.lengthen,
        "lock": passage.lock,
        "double": passage.double,
        "paste": _paste,
        "kind": _ask_for,
    }
    plain = {"undo": session.undo, "redo": session.redo, "clear": clear}
    if kind in plain:
        plain[kind]()
    elif kind in handlers:
        handlers[kind](event)


def _pick(event: Mapping[str, Any]) -> None:
    now, sheet = session.work(), session.sheet()
    chord = theory.read_chord(str(event.get("chord", ""))[:LONGEST_SYMBOL])
    progression = sheet.progression
    if now.selected is None:
        passage.room_for(1)
        changed = progression.plus(Slot(chord, sheet.beats_per_chord))
    elif now.inserting:
        passage.room_for(1)
        changed = progression.inserted(now.selected, Slot(chord, sheet.beats_per_chord))
    else:
        changed = progression.replaced(now.selected, replace(progression.slots[now.selected], chord=chord))
        now.anchor = None
    session.change(sheet.with_progression(changed))
    if now.inserting and now.selected is not None:
        now.selected += 1


def _insert(event: Mapping[str, Any]) -> None:
    now = session.work()
    now.selected, now.anchor = passage.place(event), None
    now.inserting = now.selected is not None and not now.inserting


def _remember(event: Mapping[str, Any]) -> None:
    trail = event.get("trail")
    links = trail if isinstance(trail, list) else []
    session.remember([{str(k): str(v) for k, v in link.items()} for link in links if isinstance(link, dict)])


def _ask_for(event: Mapping[str, Any]) -> None:
    kind = event.get("value")
    if kind in get_args(Kind):
        change_setting("kind", kind)


def clear() -> None:
    now, sheet = session.work(), session.sheet()
    session.change(sheet.with_progression(sheet.progression.cleared()))
    now.select(None)


def set_key(key: Key) -> None:
    """Reads the chords in another key. They keep their sound; `move_to_key` can transpose them afterwards."""
    left = session.sheet().key
    session.change(session.sheet().in_key(key))
    session.work().left_key = left if session.sheet().progression.slots and left != key else None


def move_to_key(source: Key) -> None:
    """Transposes chords that were written in `source` into the sheet's key."""
    session.change(session.sheet().moved(source, session.sheet().key))


def change_setting(name: str, value: object) -> None:
    session.change(replace(session.sheet(), **{name: value}))  # type: ignore[arg-type]


def set_title(text: str) -> None:
    change_setting("title", tidy_title(text))


def set_bar(beats: int) -> None:
    session.change(session.sheet().with_bar(beats))


def set_usual_length(beats: int) -> None:
    session.change(session.sheet().with_usual_length(beats))


def use_key(key: Key) -> None:
    """The key that was found: the chords are in it already, so nothing is left to decide."""
    set_key(key)
    session.work().left_key = None


def enter(text: str, anew: bool) -> None:
    """Typed chords where the pads put one, or in place of all; what cannot be read is told beside the field."""
    sheet, reading = session.sheet(), passage.read(text)
    if anew and reading.slots:
        passage.room_for(len(reading.slots) - len(sheet.progression))
        session.work().select(None)
        session.change(sheet.with_progression(Progression(sheet.key, reading.slots)))
    elif not anew:
        passage.put(reading.slots, in_bars="|" in text)
    if reading.slots and (anew or not sheet.progression.slots):
        _bring_own_key(reading.key)


def _paste(event: Mapping[str, Any]) -> None:
    """Pasted text is a song like a typed one; what was copied here stays as it was."""
    begun = bool(session.sheet().progression.slots)
    told = passage.paste(event)
    if not begun and "chords" not in event and session.sheet().progression.slots:
        _bring_own_key(told)


def _bring_own_key(told: Key | None) -> None:
    """A song on an empty sheet is read in the key that its text tells, else in the one it is sure to be in."""
    found = theory.find_key(session.sheet().progression.chords)
    key = told or (found.key if found.confidence >= SURE else session.sheet().key)
    if key != session.sheet().key:
        use_key(key)


def new_sheet(key: Key) -> Sheet:
    """An empty sheet in `key`, with the visitor's own settings."""
    return replace(session.sheet().with_progression(Progression(key)), title="")


def write_on(bars: int, cadence: Cadence, search: Search) -> None:
    """More bars after the present ones, up to a cadence."""
    now, sheet = session.work(), session.sheet()
    _take(kept.continued(sheet, bars, _wish(sheet, cadence, search), own.mark()))
    now.written, now.written_from = session.sheet().progression, len(sheet.progression)


def draw_again(cadence: Cadence, search: Search) -> None:
    """What `drawn_again` names, once more, but for locked chords; an ending only where the song ends."""
    sheet, places = session.sheet(), drawn_again()
    ends = places is None or places.stop == len(sheet.progression)
    _take(kept.redrawn(sheet, _wish(sheet, cadence if ends else "none", search), own.mark(), places))


def drawn_again() -> range | None:
    """What is selected; else the bars that were written on last, while all before them is as it was; None: all."""
    now, progression = session.work(), session.sheet().progression
    if now.selected is not None:
        return passage.selected()
    if now.written is None or progression.chords[: now.written_from] != now.written.chords[: now.written_from]:
        return None
    written = range(now.written_from, len(now.written))
    return written if 0 < written.start < written.stop <= len(progression) else None


def _wish(sheet: Sheet, cadence: Cadence, search: Search) -> Wish:
    kinds = () if sheet.kind == "anything" else (sheet.kind,)
    seed = session.work().rng_seed
    return Wish(seed, cadence, search, temperature=sheet.temperature, repetition=sheet.repetition, filters=kinds)


def _take(found: Continuation) -> None:
    """What was drawn, with the locks that were there; the next draw gets the next seed."""
    now, sheet = session.work(), session.sheet()
    locks = (*(slot.locked for slot in sheet.progression), *(False for _ in found.progression))
    slots = (replace(slot, locked=locked) for slot, locked in zip(found.progression, locks, strict=False))
    session.change(sheet.with_progression(Progression(sheet.key, tuple(slots))))
    now.select(None)
    now.drawn_with, now.rng_seed = found.rng_seed, (found.rng_seed + 1) % (MOST_SEED + 1)


def open_song(text: str) -> None:
    """A song in place of the present sheet, in the key its text tells or its chords suggest.

    Without a readable chord nothing changes.
    """
    now, sheet = session.work(), session.sheet()
    now.typed_problems, now.typed_notes = [], []
    reading = theory.read_progression(text, Key("C"), sheet.beats_per_bar, float(sheet.beats_per_chord))
    now.typed_problems = [problem.sentence for problem in reading.problems]
    now.typed_notes = list(reading.notes)
    if reading.slots:
        key = reading.key or theory.find_key(reading.chords).key
        session.change(replace(sheet, progression=Progression(Key("C"), reading.slots), title="").in_key(key))
