"""Where a visitor stands in the classroom; what a link can hold of it is in the link."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, TypeVar

from engine.classroom import EPOCHS, PITFALLS, Contest, Lesson, LessonRefused
from pages.parts.session.desk import Desk
from pages.parts.session.store import entries

Chapter = Literal["hand", "contest", "shapes"]
CHAPTERS: tuple[Chapter, ...] = ("hand", "contest", "shapes")
CELLS = ("rnn", "lstm", "gru")
LINKED_TEXT = 500  # characters of a text of one's own that a link carries; a longer one lives as long as the visit
_RUN = "classroom_run"
Held = TypeVar("Held", Lesson, Contest)


@dataclass(frozen=True)
class Stand:
    """The open chapter, and the place in each: epoch, window and step of the lesson by hand; the contest; a mistake."""

    chapter: Chapter = "hand"
    lesson: Lesson = field(default_factory=Lesson)
    epoch: int = 0  # whole epochs learnt, up to EPOCHS
    window: int = 0  # within the next epoch
    step: int = 0  # within the window
    contest: Contest = field(default_factory=Contest)
    pitfall: str = PITFALLS[0].name

    def moved(self, epoch: int, window: int = 0, step: int = 0) -> Stand:
        """Another place in the lesson; past the last window the next epoch begins."""
        if window >= len(self.lesson.windows):
            epoch, window = epoch + 1, 0
        if epoch >= EPOCHS:
            epoch, window = EPOCHS, min(window, 0)
        return replace(self, epoch=max(0, epoch), window=max(0, window), step=max(0, step))

    def anew(self, lesson: Lesson) -> Stand:
        """Another lesson, from its beginning."""
        return replace(self, lesson=lesson, epoch=0, window=0, step=0)


def read(entries: Mapping[str, str]) -> Stand:
    """What a link asks for; what it says wrongly is as on a new page."""
    chapter = next((known for known in CHAPTERS if known == entries.get("open")), CHAPTERS[0])
    pitfall = next((known.name for known in PITFALLS if known.name == entries.get("mistake")), PITFALLS[0].name)
    stand = Stand(chapter, _built(Lesson(), entries, _LESSON), contest=_built(Contest(), entries, _CONTEST))
    place = [_whole(entries.get(name, "")) or 0 for name in ("epoch", "at", "step")]
    return replace(
        stand.moved(min(place[0], EPOCHS), min(place[1], len(stand.lesson.windows) - 1), place[2]), pitfall=pitfall
    )


def write(stand: Stand) -> dict[str, str]:
    """Only what differs from a new page."""
    entries = {
        "open": stand.chapter if stand.chapter != "hand" else "",
        "epoch": str(stand.epoch or ""),
        "at": str(stand.window or ""),
        "step": str(stand.step or ""),
        "mistake": stand.pitfall if stand.pitfall != PITFALLS[0].name else "",
    }
    entries |= _changed(stand.lesson, Lesson(), _LESSON) | _changed(stand.contest, Contest(), _CONTEST)
    return {name: value for name, value in entries.items() if value}


Reader = Callable[[str], Any]


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _cells(text: str) -> tuple[str, ...] | None:
    return tuple(cell for cell in CELLS if cell in text.split(".")) or None


# The name in the link, and what reads its text; None means that it says nothing that can be used.
_LESSON: Mapping[str, tuple[str, Reader]] = {
    "text": ("text", str), "hidden": ("hidden", _whole), "window": ("window", _whole),
    "learning_rate": ("rate", _number), "clip": ("clip", _number), "rng_seed": ("seed", _whole),
}  # fmt: skip
_CONTEST: Mapping[str, tuple[str, Reader]] = {
    "text": ("corpus", str), "cells": ("cells", _cells), "equal": ("equal", {"parameters": "parameters"}.get),
    "width": ("width", _whole), "window": ("reach", _whole), "learning_rate": ("pace", _number),
    "epochs": ("rounds", _whole), "batch": ("batch", _whole), "held_out": ("test", {"1": True}.get),
    "rng_seed": ("dice", _whole),
}  # fmt: skip


def _built(start: Held, entries: Mapping[str, str], names: Mapping[str, tuple[str, Reader]]) -> Held:
    given = {
        field: value
        for field, (name, reader) in names.items()
        if name in entries and (value := reader(entries[name])) is not None
    }
    try:
        return replace(start, **given)
    except LessonRefused:
        return start


def _changed(held: Lesson | Contest, new: Lesson | Contest, names: Mapping[str, tuple[str, Reader]]) -> dict[str, str]:
    entries = {}
    for known in fields(held):
        value = getattr(held, known.name)
        if known.name in names and value != getattr(new, known.name):
            entries[names[known.name][0]] = _written(value)
    return {name: text for name, text in entries.items() if len(text) <= LINKED_TEXT}


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return ".".join(value)
    if isinstance(value, float):
        short = f"{value:g}"
        return short if float(short) == value else repr(value)
    return str(int(value)) if isinstance(value, bool) else str(value)


DESK: Desk[Stand] = Desk("class", read, write)


def run() -> tuple[str, Contest] | None:
    """The number of the visitor's comparison and what it compares; None before the first."""
    found: tuple[str, Contest] | None = entries().get(_RUN)
    return found


def set_run(number: str, contest: Contest) -> None:
    entries()[_RUN] = (number, contest)
