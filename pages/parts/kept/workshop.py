"""The workshop behind the pages: one for all visitors; materials read once; what networks wrote, as sound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from engine import compose, notewriter, render, synth, voicing
from engine.errors import EngineError
from engine.music import Key, Progression, Score
from engine.recurrent import Cell
from engine.theory import find_key, read_progression
from engine.words import Sentence
from engine.workshop import bringing, hearing, table, using
from engine.workshop.builtin import built_in
from engine.workshop.choices import Choice, Estimate, Run
from engine.workshop.folder import Order
from engine.workshop.gauge import Gauging
from engine.workshop.material import Kind, Material
from engine.workshop.shop import Workshop
from engine.workshop.teaching import order_of
from engine.workshop.using import Own, Page

if TYPE_CHECKING:
    from engine.checkpoint import Model
    from engine.notewriter import NoteModel
    from engine.recurrent.checkpoint import TokenModel

TEMPO, BEATS_PER_BAR, TITLE = 108.0, 4, "Cadencia"
_opening = Lock()


@dataclass(frozen=True, slots=True)
class Reading:
    """Material, or why there is none."""

    material: Material | None = None
    problem: Sentence | None = None


def shop() -> Workshop:
    with _opening:
        return _shop()


@lru_cache(maxsize=1)
def _shop() -> Workshop:
    return Workshop()


def gauging() -> Gauging:
    with _opening:
        return _gauging()


@lru_cache(maxsize=1)
def _gauging() -> Gauging:
    return Gauging()


def house_material(kind: Kind) -> Reading:
    return Reading(built_in(kind))


def pasted_material(kind: Kind, text: str) -> Reading:
    return _read(lambda: _pasted(kind, text))


def file_material(kind: Kind, files: tuple[tuple[str, bytes], ...]) -> Reading:
    return _read(lambda: _in_files(kind, files))


def _read(material: Callable[[], Material]) -> Reading:
    try:
        return Reading(material())
    except EngineError as problem:
        return Reading(problem=problem.sentence)


# What is refused raises and so is not kept: a file that is too large would stay in memory as its own key.
@lru_cache(maxsize=16)
def _pasted(kind: Kind, text: str) -> Material:
    return bringing.material_of_text(kind, text)


@lru_cache(maxsize=8)
def _in_files(kind: Kind, files: tuple[tuple[str, bytes], ...]) -> Material:
    return bringing.material_of_files(kind, [bringing.File(*file) for file in files])


def file_endings(kind: Kind) -> list[str]:
    return list(bringing.ENDINGS[kind])


@lru_cache(maxsize=8)
def order(material: Material, choice: Choice) -> Order:
    return order_of(material, choice)


def estimate(material: Material, choice: Choice) -> Estimate:
    """By the speed of this machine once it is measured, so it may change between two looks."""
    return gauging().gauge().estimate(order(material, choice))


def enter(visitor: str, material: Material, choice: Choice) -> int:
    return shop().enter(visitor, material, order(material, choice), estimate(material, choice))


def best_of(runs: tuple[Run, ...]) -> Run | None:
    return table.best_of(runs)


def page_for(run: Run) -> Page | None:
    return using.page_for(run.kind, run.choice.cell)


@lru_cache(maxsize=256)
def written(kind: Kind, tokens: tuple[str, ...]) -> str:
    """What a network wrote, as text: a tune in ABC, notes by name."""
    if kind == "tunes":
        return hearing.abc_text(tokens)
    return hearing.note_names(tokens) or " ".join(tokens)


def progression(tokens: tuple[str, ...]) -> Progression | None:
    return hearing.progression_of(tokens)


@lru_cache(maxsize=64)
def music(kind: Kind, tokens: tuple[str, ...]) -> Score | None:
    heard = hearing.heard(kind, tokens)
    if isinstance(heard, Progression):
        return voicing.arrange(heard, TEMPO, 0, BEATS_PER_BAR, TITLE)
    return heard


@lru_cache(maxsize=32)
def midi(kind: Kind, tokens: tuple[str, ...]) -> bytes | None:
    score = music(kind, tokens)
    return None if score is None else render.to_midi(score)


@lru_cache(maxsize=12)
def mp3(kind: Kind, tokens: tuple[str, ...]) -> bytes | None:
    """A minute is a megabyte; None when nothing sounds."""
    file = midi(kind, tokens)
    return None if file is None else synth.to_mp3(synth.synthesize(file))


@lru_cache(maxsize=8)
def own_model(kind: Kind, cell: Cell, data: bytes) -> Own:
    return using.own_model(kind, cell, data)


def for_page(page: Page, cell: Cell, data: bytes) -> Model | TokenModel | NoteModel:
    """A model of one's own as that page asks it. Raises EngineError for one that it cannot ask."""
    mine = own_model("chords" if page == "compose" else page, cell, data)
    if mine.chords is not None:
        return mine.chords
    assert mine.tokens is not None
    return notewriter.note_model(mine.tokens) if page == "notes" else mine.tokens


@lru_cache(maxsize=64)
def drawn(kind: Kind, cell: Cell, data: bytes, rng_seed: int) -> tuple[str, ...]:
    """What a model of one's own writes: the same take is the same music."""
    return using.drawn(own_model(kind, cell, data), rng_seed)


@dataclass(frozen=True, slots=True)
class Tried:
    """What a model of one's own suggests after some chords."""

    progression: Progression
    advice: compose.Advice


@lru_cache(maxsize=64)
def tried(data: bytes, text: str) -> Tried:
    """Of a chord model that Compose can use."""
    model = own_model("chords", "lstm", data).chords
    assert model is not None
    chords = read_progression(text, Key("C"))
    key = find_key(chords.chords).key if chords.slots else Key("C")
    progression = Progression(key, chords.slots)
    return Tried(progression, compose.advise(model, progression, len(progression), k=6))
