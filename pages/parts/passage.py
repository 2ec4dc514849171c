"""A passage: the chord that is selected, or several in a row; what presses do to all of it at once.

What a press brings of chords is written as in a link, or as any text of chords.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from engine import theory
from engine.errors import ProgressionTooLong, TheoryError
from engine.music import MAX_CHORDS, Key, Slot
from engine.sheet import BEATS_RANGE, MAX_LINK, read_chords
from engine.theory import ProgressionReading
from engine.words import say
from pages.parts import session


def place(event: Mapping[str, Any], name: str = "at") -> int | None:
    """A place of the progression that a press names; None for what is none."""
    at = event.get(name)
    return at if type(at) is int and 0 <= at < len(session.sheet().progression) else None


def select(event: Mapping[str, Any]) -> None:
    """One chord, or from one to another; the same again, or no chord, ends it."""
    now = session.work()
    at, anchor = place(event), place(event, "from")
    again = at == now.selected and anchor is None
    now.select(None if again else at, anchor)


def selected() -> range:
    """The places that are selected; nothing when none is."""
    now = session.work()
    if now.selected is None:
        return range(0)
    first, last = sorted((now.selected, now.selected if now.anchor is None else now.anchor))
    return range(first, last + 1)


def remove(event: Mapping[str, Any]) -> None:
    found = _passage(event)
    if found:
        sheet, now = session.sheet(), session.work()
        now.select(None if now.selected is None else found.start)
        session.change(sheet.with_progression(sheet.progression.without(*found)))


def lengthen(event: Mapping[str, Any]) -> None:
    by = event.get("by")
    if by in (-1, 1):
        _change(event, lambda slot: _lengthened(slot, by))


def _lengthened(slot: Slot, by: int) -> Slot:
    """By one beat within the range; a pasted chord may lie beyond it already and stays."""
    low, high = BEATS_RANGE
    beats = min(high, max(low, slot.beats + by))
    return replace(slot, beats=beats) if (beats - slot.beats) * by > 0 else slot


def lock(event: Mapping[str, Any]) -> None:
    """All of it; when all is locked already, none."""
    found = _passage(event)
    if found:
        slots = session.sheet().progression.slots
        locked = not all(slots[at].locked for at in found)
        _change(event, lambda slot: replace(slot, locked=locked))


def _change(event: Mapping[str, Any], do: Callable[[Slot], Slot]) -> None:
    found = _passage(event)
    if found:
        sheet = session.sheet()
        slots = tuple(do(slot) if at in found else slot for at, slot in enumerate(sheet.progression))
        session.change(sheet.with_progression(replace(sheet.progression, slots=slots)))


def double(event: Mapping[str, Any]) -> None:
    """Once more, right behind it; the copy is selected, so that doubling again goes on."""
    found = _passage(event)
    if found:
        slots = session.sheet().progression.slots
        _lay(found.stop, tuple(slots[at] for at in found))


def paste(event: Mapping[str, Any]) -> Key | None:
    """Chords behind the passage, before the selected one while inserting, else behind the last; what key they told."""
    slots, key = _brought(event)
    now, end = session.work(), len(session.sheet().progression)
    if now.selected is None:
        _lay(end, slots, select=False)
    elif now.inserting:
        _lay(now.selected, slots)
    else:
        _lay(selected().stop, slots)
    return key


def put(slots: tuple[Slot, ...], in_bars: bool) -> None:
    """Where the pads put a chord: in place of the passage, before the selected one, or behind the last.

    As many chords as the passage has keep its lengths, unless they came `in_bars`, which say how long each is.
    """
    now, progression = session.work(), session.sheet().progression
    if now.selected is None:
        _lay(len(progression), slots, select=False)
    elif now.inserting:
        _lay(now.selected, slots)
    else:
        places = selected()
        gone = progression.slots[places.start : places.stop]
        if len(slots) == len(gone) and not in_bars:
            slots = tuple(replace(old, chord=new.chord) for old, new in zip(gone, slots, strict=True))
        _lay(places.start, slots, gone=places)


def _brought(event: Mapping[str, Any]) -> tuple[tuple[Slot, ...], Key | None]:
    """What was copied here, exactly; what was copied elsewhere, as text is read."""
    copied = event.get("chords")
    if not isinstance(copied, str):
        reading = read(str(event.get("text", "")))
        return reading.slots, reading.key
    slots, problems = read_chords(copied[:MAX_LINK], session.sheet().beats_per_chord)
    session.work().problems = list(problems)
    if not slots and not problems:
        raise TheoryError(say("Nothing was pasted. Copy some chords first, such as Am F C G7."))
    return slots, None


def read(text: str) -> ProgressionReading:
    """A text of chords in the sheet's key; what cannot be read, or is read as something plainer, is told beside the
    field."""
    now, sheet = session.work(), session.sheet()
    now.typed_problems, now.typed_notes = [], []
    reading = theory.read_progression(text, sheet.key, sheet.beats_per_bar, float(sheet.beats_per_chord))
    now.typed_problems = [problem.sentence for problem in reading.problems]
    now.typed_notes = list(reading.notes)
    if not reading.slots and not reading.problems:
        raise TheoryError(say("Nothing was typed. Write some chords, such as Am F C G7."))
    return reading


def _lay(at: int, slots: tuple[Slot, ...], select: bool = True, gone: range = range(0)) -> None:
    """Slots before place `at`, which may be where those of `gone` began."""
    if not slots:
        return
    room_for(len(slots) - len(gone))
    sheet, now = session.sheet(), session.work()
    session.change(sheet.with_progression(sheet.progression.without(*gone).inserted(at, *slots)))
    if select:
        now.select(at, at + len(slots) - 1)


def room_for(more: int) -> None:
    """Refuses more chords than a sheet holds."""
    count = len(session.sheet().progression) + more
    if count > MAX_CHORDS:
        raise ProgressionTooLong(
            say(
                "That would make {count} chords; a sheet holds {most}. Remove some, or start another sheet.",
                count=count,
                most=MAX_CHORDS,
            )
        )


def _passage(event: Mapping[str, Any]) -> range | None:
    """The places from `at` to `to`, whichever comes first; `at` alone without `to`."""
    at = place(event)
    if at is None:
        return None
    to = place(event, "to")
    ends = (at, at if to is None else to)
    return range(min(ends), max(ends) + 1)
