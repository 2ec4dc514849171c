"""What lies on a visitor's desk of the Tunes page, read from the link and written to it; what is of this visit only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from secrets import randbelow
from typing import Any

from engine.abc import METERS, RHYTHMS, music_of
from engine.abc.keys import SIGNED
from engine.history import History
from engine.tunewriter import Wish
from engine.words import Sentence
from pages.parts.session.desk import Desk
from pages.parts.session.store import entries
from pages.parts.tunes.table import EXAMPLE, FIDDLE, Candidate, Stand, Table

LINKED_TEXT = 6_000  # characters of a tune that an address can carry
LINKED_OPENING = 1_000
CANDIDATES = (1, 2, 4, 8, 16)
MOST_BARS, MOST_TOP_K, MOST_SEED = 32, 200, 99_999
TEMPERATURES = (0.5, 1.5)  # below it tunes repeat themselves, above it they fall apart
TEMPOS = (30, 300)  # quarters a minute
FORMS = ("", "A", "AA", "AB", "AAB", "AABB", "AABBCC")
_WRITING, _PROBLEM, _CALLED = "tunes_writing", "tunes_problem", "tunes_called"


def new_wish() -> Wish:
    return Wish("jig", "6/8", "Dmaj", 8, "AABB", rng_seed=randbelow(1000), candidates=4, temperature=0.9, home=True)


# --- the link -------------------------------------------------------------------------------------------------------


def _one_of(*known: str) -> Callable[[str], str | None]:
    return {value: value for value in known}.get


def _whole(low: int, high: int) -> Callable[[str], int | None]:
    def read_whole(text: str) -> int | None:
        good = text.isascii() and text.isdigit() and len(text) <= len(str(high)) and low <= int(text) <= high
        return int(text) if good else None

    return read_whole


def _number(low: float, high: float) -> Callable[[str], float | None]:
    def read_number(text: str) -> float | None:
        plain = text.isascii() and len(text) <= 8 and text.replace(".", "", 1).isdigit()
        return float(text) if plain and low <= float(text) <= high else None

    return read_number


_FIELDS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "rhythm": ("r", _one_of("", *RHYTHMS)),
    "meter": ("m", _one_of("", *METERS)),
    "key": ("k", _one_of("", *SIGNED)),
    "bars": ("bars", _whole(0, MOST_BARS)),
    "form": ("form", _one_of(*FORMS)),
    "opening": ("open", lambda text: text[:LINKED_OPENING]),
    "temperature": ("t", _number(*TEMPERATURES)),
    "top_k": ("topk", _whole(0, MOST_TOP_K)),
    "top_p": ("topp", _number(0.05, 1)),
    "rng_seed": ("seed", _whole(0, MOST_SEED)),
    "candidates": ("n", {str(count): count for count in CANDIDATES}.get),
    "valid": ("raw", {"1": False}.get),
    "home": ("away", {"1": False}.get),
}
_OFF = frozenset({"raw", "away"})  # what is on by itself: a link says that it is off
_PLAIN = replace(new_wish(), rng_seed=-1)  # what a link need not say; the seed it always does


def read(entries: Mapping[str, str]) -> Stand:
    """What a link asks for; what it says wrongly is as on a new page."""
    wish = read_wish(entries)
    count = _whole(1, LINKED_TEXT)(entries.get("upto", ""))
    if count is not None:
        wish = replace(wish, opening=music_of(entries.get("abc", "")[:LINKED_TEXT])[:count])
    first = _linked(entries, wish) or Candidate(1, EXAMPLE)
    kept = Table((first,), first.number)
    program = _whole(0, 127)(entries.get("instr", ""))
    played = FIDDLE if program is None else program
    return Stand(wish, History(kept), chords="chords" in entries, instrument=played, numbers=2)


def read_wish(entries: Mapping[str, str]) -> Wish:
    given = {
        name: value
        for name, (entry, reader) in _FIELDS.items()
        if entry in entries and (value := reader(entries[entry])) is not None
    }
    return replace(new_wish(), **given)


def _linked(entries: Mapping[str, str], wish: Wish) -> Candidate | None:
    text = entries.get("abc", "")[:LINKED_TEXT]
    take = _whole(0, CANDIDATES[-1] - 1)(entries.get("take", ""))
    tempo = _number(*TEMPOS)(entries.get("bpm", "")) or 0.0
    if not text.strip():
        return None
    return Candidate(1, text, "" if take is None else text, None if take is None else wish, take or 0, tempo=tempo)


def write(stand: Stand) -> dict[str, str]:
    """The settings and the tune that is looked at."""
    entries = write_wish(stand.wish)
    one = stand.table.looked_at
    if one and one.text != EXAMPLE and len(one.text) <= LINKED_TEXT:
        entries["abc"] = one.text
    if one and one.tempo:
        entries["bpm"] = f"{one.tempo:g}"
    if stand.chords:
        entries["chords"] = "1"
    return entries | ({"instr": str(stand.instrument)} if stand.instrument != FIDDLE else {})


def recipe(stand: Stand) -> dict[str, str]:
    """What makes the tune that is looked at again: the settings it was made with, and which of the tunes it was.

    A tune that goes on from an opening holds it already: then only its length is told, in characters below the key.
    """
    one = stand.table.looked_at
    if one is None or one.wish is None:
        return write(stand)
    entries = write(replace(stand, wish=one.wish)) | ({} if one.is_edited else {"take": str(one.take)})
    opening = one.wish.opening
    if opening and music_of(entries.get("abc", "")).startswith(opening):
        entries.pop("open", "")
        entries["upto"] = str(len(opening))
    return entries


def write_wish(wish: Wish) -> dict[str, str]:
    """Entries for what differs from a new page; an opening too long for an address is left out."""
    entries = {}
    for known in fields(wish):
        entry, value = _FIELDS[known.name][0], getattr(wish, known.name)
        if value != getattr(_PLAIN, known.name):
            entries[entry] = "1" if entry in _OFF else f"{value:g}" if isinstance(value, float) else str(value)
    if len(entries.get("open", "")) > LINKED_OPENING:
        del entries["open"]
    return entries


DESK: Desk[Stand] = Desk("tunes", read, write)


# --- of this visit --------------------------------------------------------------------------------------------------


def writing() -> Any:
    """The writer at work for this visitor (a kept.tunes.Writing) and the number of its first tune; None without one."""
    return entries().get(_WRITING)


def set_writing(new: Any) -> None:
    entries()[_WRITING] = new


def problem() -> Sentence | None:
    """Why the last wish could not be fulfilled."""
    found: Sentence | None = entries().get(_PROBLEM)
    return found


def set_problem(sentence: Sentence | None) -> None:
    entries()[_PROBLEM] = sentence


def call() -> None:
    """Something outside the part that is drawn alone has changed: the page has to be drawn anew."""
    entries()[_CALLED] = True


def is_called() -> bool:
    return bool(entries().get(_CALLED))


def answer_call() -> None:
    entries()[_CALLED] = False
