"""The desk of tunes that a browser tab keeps: it goes out as text and comes home whole, whatever was done to it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.history import History
from engine.tunewriter import Wish
from pages.parts.session.tunes import read
from pages.parts.tunes import edit
from pages.parts.tunes.table import EXAMPLE, MOST_KEPT, Candidate, Stand, Table
from pages.parts.tunes.trail import (
    MOST_TEXT,
    MOST_TRAIL,
    STOPPED,
    is_fresh,
    pack,
    remembered,
    unpack,
)

WISH = Wish("jig", "6/8", "Dmaj", 8, "AABB", "A|dfa", 0.9, 5, 0.95, 42, 4, valid=False)
TEXT = "X:1\nR:jig\nM:6/8\nL:1/8\nK:Dmaj\nDFA dAF|d3 d3|]\n"


def tune(number: int, text: str = TEXT, **more: object) -> Candidate:
    return Candidate(number, text, text, WISH, (number - 1) % 4, 2.0 + number / 8, **more)  # type: ignore[arg-type]


def desk() -> History[Table]:
    """Three tunes, one of them edited, one stopped; a fourth was removed, and an undo can be redone."""
    first = tune(1)
    edited = replace(first, text=TEXT.replace("d3 d3", "d6"), tempo=140.0)
    three = (edited, tune(2), tune(3, reason=STOPPED))
    tables = Table((first, tune(2), tune(4), three[2]), 4), Table(three, 2), Table(three[1:], 3)
    return History(tables[1], tables[:1], tables[2:])


def home(stand: Stand, came: History[Table]) -> Stand:
    found = unpack(pack(came))
    assert found
    return remembered(stand, found)


def told(table: Table) -> list[tuple[object, ...]]:
    """All of a table but the numbers, which a new visit gives."""
    return [(one.text, one.written, one.wish, one.take, one.score, one.reason, one.tempo) for one in table.kept]


def test_a_desk_comes_home_as_it_went() -> None:
    assert unpack(pack(desk())) == desk()


def test_a_refresh_keeps_the_tunes_and_the_way_back() -> None:
    looked_at = desk().present.looked_at
    assert looked_at
    fresh = read({"abc": looked_at.text})
    assert is_fresh(fresh)
    stand = home(fresh, desk())
    assert told(stand.table) == told(desk().present)
    assert stand.table.looked_at
    assert stand.table.looked_at.take == looked_at.take
    assert fresh.table.looked_at
    assert stand.table.looked_at.number == fresh.table.looked_at.number  # a press on its way still means it
    assert len({one.number for one in stand.table.kept}) == len(stand.table.kept)
    assert told(stand.tables.undone().present) == told(desk().undone().present)
    assert told(stand.tables.redone().present) == told(desk().redone().present)
    assert stand.numbers > max(one.number for one in stand.tables.past[0].kept)
    assert not is_fresh(stand)


def test_the_tune_of_the_address_is_looked_at_among_those_that_were_kept() -> None:
    linked = TEXT.replace("DFA", "FAd")
    stand = home(read({"abc": linked}), desk())
    assert stand.table.looked_at
    assert stand.table.looked_at.text == linked
    assert len(stand.table.kept) == 4
    undone = stand.tables.undone().present
    assert linked in [one.text for one in undone.kept]


def test_the_example_goes_where_tunes_were_kept() -> None:
    stand = home(read({}), desk())
    assert EXAMPLE not in [one.text for one in stand.table.kept]
    assert stand.table.looked_at
    assert stand.table.looked_at.text == tune(2).text
    emptied = History(Table((), None), (Table((tune(1),), 1),))
    assert home(read({}), emptied).table == Table((), None)


def test_tunes_that_came_before_the_desk_stay() -> None:
    """Who presses Write at once is not waited for: numbers of tunes on their way are left free."""
    came = Candidate(2, "K:D\nGAB|")
    busy = Stand(WISH, History(Table((came,), 2)), numbers=6)
    stand = home(busy, desk())
    assert came in stand.table.kept
    assert stand.table.looked_at == came
    numbers = [one.number for one in stand.table.kept]
    assert len(set(numbers)) == len(numbers)
    assert not {3, 4, 5} & set(numbers)


def test_a_desk_that_is_too_full_keeps_what_it_can() -> None:
    long = "X:1\nK:Dmaj\n" + "DFA dAF|" * 800
    full = Table(tuple(tune(number, long + str(number)) for number in range(1, MOST_KEPT + 1)), 1)
    text = pack(History(full, (Table((tune(90),), 90),)))
    assert len(text) <= MOST_TRAIL
    found = unpack(text)
    assert found
    assert len(found.present.kept) > 20
    assert found.present.kept == full.kept[: len(found.present.kept)]


def test_texts_are_cut_and_cleaned_as_in_the_field() -> None:
    sent = json.dumps({"tunes": [{"number": 1, "text": "\ud800" + "D" * 30_000}], "steps": [[1, [0]]], "at": 0})
    found = unpack(sent)
    assert found
    assert found.present.kept[0].text == "?" + "D" * (MOST_TEXT - 1)


@pytest.mark.parametrize(
    "text",
    [
        None,
        7,
        "",
        "[",
        "[" * 100_000,
        "9" * 10_000,
        "null",
        "{}",
        '{"tunes":[],"steps":[],"at":0}',
        '{"tunes":[],"steps":[[1,[0]]],"at":true}',
        '{"tunes":{},"steps":[[1,[0]]],"at":0}',
        " " * MOST_TRAIL + '{"tunes":[],"steps":[[1,[]]],"at":0}',
    ],
)
def test_what_is_no_desk_is_left_alone(text: object) -> None:
    assert unpack(text) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
TOLD = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("number", "text", "written", "wish", "take", "score", "reason", "tempo"), JSON)
    | {"number": st.integers(0, 5), "wish": st.dictionaries(st.sampled_from(("r", "t", "seed", "raw", "n")), JSON)},
)


@given(st.lists(TOLD | JSON, max_size=4), st.lists(JSON | st.tuples(JSON, st.lists(JSON))), JSON | st.integers(0, 3))
@settings(max_examples=200, deadline=None)
def test_a_desk_that_was_tampered_with_does_no_harm(tunes: object, steps: object, at: object) -> None:
    found = unpack(json.dumps({"tunes": tunes, "steps": steps, "at": at}))
    if found:
        assert unpack(pack(found))
        stand = remembered(read({}), found)
        assert stand.numbers > 2
        assert stand.table.kept == () or stand.table.looked_at


def test_a_press_brings_the_desk_home(monkeypatch: pytest.MonkeyPatch) -> None:
    class Held:
        now = read({})

        def held(self) -> Stand:
            return self.now

        def put(self, value: Stand) -> None:
            self.now = value

    held = Held()
    monkeypatch.setattr(edit, "DESK", held)
    edit.apply({"type": "remember", "desk": "nonsense"})
    assert is_fresh(held.now)
    edit.apply({"type": "remember", "desk": pack(desk())})
    assert told(held.now.table) == told(desk().present)
