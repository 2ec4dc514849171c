"""What the pages ask of the slow rooms is what the sheet says: every setting reaches the engine."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from engine import compose, generate
from engine.history import History
from engine.music import Chord, Key, Progression, Slot
from engine.sheet import Sheet
from pages.parts import edit, kept, session

SHEET = Sheet(
    Progression(Key("D"), (Slot(Chord("D"), 3.0), Slot(Chord("G"), 3.0, locked=True), Slot(Chord("A"), 3.0))),
    beats_per_bar=3,
    beats_per_chord=3,
    colour="sevenths",
    surprise=0.75,
    repetition=0.2,
    kind="borrowed",
    style="jazz",
    notation="latin",
)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """What the engine was asked, call by call."""
    calls: list[dict[str, Any]] = []

    def record(*args: object, **options: object) -> None:
        calls.append({"args": args, **options})

    for room, name in ((compose, "advise"), (compose, "listen"), (generate, "continued"), (generate, "redrawn")):
        monkeypatch.setattr(room, name, record)
    kept._advice.cache_clear()
    yield calls
    kept._advice.cache_clear()


def test_every_setting_reaches_the_suggestions(asked: list[dict[str, Any]]) -> None:
    kept.advice(SHEET, 1, False, 8)
    (call,) = asked
    assert call["args"][1:] == (SHEET.progression, 1)
    assert {name: value for name, value in call.items() if name != "args"} == {
        "k": 8,
        "after": (Chord("A"),),
        "filters": ("borrowed",),
        "beats_per_bar": 3,
        "colour": "sevenths",
        "temperature": SHEET.temperature,
        "memory": 0.5,
        "style": "jazz",
        "repetition": 0.2,
        "notation": "latin",
    }


def test_every_setting_reaches_a_continuation(asked: list[dict[str, Any]]) -> None:
    wish = generate.Wish(rng_seed=3)
    kept.continued(SHEET, 5, wish)
    listened, drew = asked
    assert (listened["colour"], listened["style"], listened["memory"]) == ("sevenths", "jazz", 0.5)
    assert drew["args"][1:] == (SHEET.progression, 5, wish)
    assert (drew["beats_per_bar"], drew["beats_per_chord"]) == (3, 3)


def test_locked_chords_are_told_to_the_redraw(asked: list[dict[str, Any]]) -> None:
    kept.redrawn(SHEET, generate.Wish())
    assert asked[1]["args"][2] == [1]
    kept.redrawn(SHEET, generate.Wish(), "", range(2, 3))
    assert asked[3]["args"][2] == [0, 1]


def test_a_draw_is_wished_as_the_sheet_says(monkeypatch: pytest.MonkeyPatch) -> None:
    work = session.Work(History(SHEET), rng_seed=41)
    monkeypatch.setattr(session, "work", lambda: work)
    wishes: list[generate.Wish] = []

    def drawn(sheet: Sheet, wish: generate.Wish, _mark: str, _places: range | None) -> generate.Continuation:
        wishes.append(wish)
        return generate.Continuation(sheet.progression, (0,), wish.rng_seed, -1.0)

    monkeypatch.setattr(kept, "redrawn", drawn)
    edit.draw_again("plagal", "sample")
    wish = wishes[0]
    assert (wish.rng_seed, wish.cadence, wish.search) == (41, "plagal", "sample")
    assert (wish.temperature, wish.repetition, wish.filters) == (SHEET.temperature, 0.2, ("borrowed",))
    assert (work.drawn_with, work.rng_seed) == (41, 42)
    work.rng_seed = edit.MOST_SEED
    edit.draw_again("plagal", "sample")
    assert (work.drawn_with, work.rng_seed) == (edit.MOST_SEED, 0)
    assert [slot.locked for slot in work.history.present.progression] == [False, True, False]


@pytest.mark.parametrize(
    ("before", "by", "after"),
    [(4.0, 1, 5.0), (1.0, -1, 1.0), (16.0, 1, 16.0), (32.0, 1, 32.0), (32.0, -1, 16.0), (0.5, -1, 0.5), (0.5, 1, 1.5)],
)
def test_longer_is_never_shorter_nor_shorter_longer(
    monkeypatch: pytest.MonkeyPatch, before: float, by: int, after: float
) -> None:
    """Pasted chords may be longer or shorter than what buttons make."""
    sheet = Sheet(Progression(Key("C"), (Slot(Chord("C"), before),)))
    work = session.Work(History(sheet))
    monkeypatch.setattr(session, "work", lambda: work)
    edit.apply({"type": "beats", "at": 0, "by": by})
    assert work.history.present.progression.slots[0].beats == after
    assert bool(work.history.past) == (before != after)


def test_a_new_action_forgets_the_offer_of_the_last_key(monkeypatch: pytest.MonkeyPatch) -> None:
    work = session.Work(History(SHEET), left_key=Key("C"))
    monkeypatch.setattr(session, "work", lambda: work)
    session.begin_action()
    assert work.left_key is None


def test_what_many_imports_made_is_kept_from_the_collector_and_a_few_are_not_worth_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[str] = []
    monkeypatch.setattr(gc, "collect", lambda: calls.append("collect"))
    monkeypatch.setattr(gc, "freeze", lambda: calls.append("freeze"))
    monkeypatch.setattr(kept, "_settled", set(sys.modules))
    for number in range(kept.MANY):
        assert not calls
        monkeypatch.setitem(sys.modules, f"imported_{number}", ModuleType("imported"))
        kept.settle()
    kept.settle()
    assert calls == ["collect", "freeze"]


def test_the_score_names_its_chords_as_the_sheet_does() -> None:
    sheet = Sheet(Progression(Key("G", "minor"), (Slot(Chord("G", "m"), 4.0), Slot(Chord("Eb"), 4.0))))
    drawn = {notation: kept.engraving(replace(sheet, notation=notation), "black") for notation in ("letters", "latin")}
    assert "Solm" in drawn["latin"] and "Solm" not in drawn["letters"]
    assert "Gm" in drawn["letters"]
