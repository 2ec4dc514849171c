"""The link of a tune holds all that makes it again; what it says wrongly is as on a new page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from engine.abc import music_of, shown
from engine.history import History
from engine.tunewriter import Wish
from pages.parts.kept import tunes as kept
from pages.parts.session.tunes import DESK, read, recipe, write
from pages.parts.tunes.table import EXAMPLE, Candidate, Stand, Table
from tests.pages.tunes.common import address, opened, press_write, stand


@pytest.mark.parametrize(
    "wish",
    [
        Wish("jig", "6/8", "Dmaj", 8, "AABB", rng_seed=3, candidates=4, temperature=0.9),
        Wish("", "", "", 0, "", "K:Am\nA2|", 1.35, 40, 0.85, 99_999, 16, valid=False),
        Wish("slip jig", "9/8", "F#min", 16, "AB", "", 0.5, 1, 0.05, 0, 1),
    ],
)
def test_the_link_holds_every_setting(wish: Wish) -> None:
    first = Candidate(1, EXAMPLE)
    told = Stand(wish, History(Table((first,), 1)), chords=True, instrument=0, numbers=2)
    assert read(write(told)) == told


@pytest.mark.parametrize(
    "entries",
    [
        {"r": "<b>", "m": "1000/1", "k": "H#", "bars": "9" * 30, "form": "ABA", "seed": "-1", "n": "3", "raw": "2"},
        {"t": "nan", "topp": "1e9", "topk": "٣", "bpm": "inf", "instr": "999", "take": "x", "abc": " "},
        {},
    ],
)
def test_a_broken_link_is_a_new_page(entries: Mapping[str, str]) -> None:
    new = read({"seed": "5"})
    told = read(entries)
    assert replace(told, wish=replace(told.wish, rng_seed=5)) == new


def test_the_link_makes_the_same_tune_again() -> None:
    app = opened(seed="7", n="2", open="A|dfa afd|", t="1.2")
    first = press_write(app)
    entries = recipe(first)
    again = opened(**entries)
    assert stand(again).wish == first.wish
    shown_again = stand(again).table.looked_at
    assert shown_again
    assert (shown_again.text, shown_again.take) == (first.table.kept[0].text, first.table.kept[0].take)
    remade = press_write(again)
    assert shown_again.text in {one.text for one in remade.table.kept if one.number > 1}


def test_the_link_of_a_continuation_says_its_opening_once() -> None:
    (tune,) = kept.checked(EXAMPLE).tunes
    text = shown(tune).text
    opening = music_of(text)[:90].strip()
    wish = Wish("jig", "6/8", "Dmaj", opening=opening, rng_seed=3, candidates=4)
    one = Candidate(1, text, text, wish, take=2)
    entries = recipe(Stand(wish, History(Table((one,), 1))))
    assert "open" not in entries
    assert sum(map(len, entries.values())) < len(text) + 60
    again = read(entries)
    assert again.wish == wish
    assert again.table.looked_at == one
    elsewhere = replace(wish, opening="A | d2A FAd |")  # typed in another way than it is shown
    assert recipe(Stand(wish, History(Table((replace(one, wish=elsewhere),), 1))))["open"] == elsewhere.opening


@pytest.mark.parametrize("upto", ["", "-1", "0", "x", "99999", "400"])
def test_a_bad_length_of_the_opening_does_no_harm(upto: str) -> None:
    (tune,) = kept.checked(EXAMPLE).tunes
    told = read({"abc": shown(tune).text, "upto": upto, "take": "1"})
    assert told.wish.opening in ("", music_of(shown(tune).text))
    assert read({"upto": "5"}).wish.opening == ""


def test_an_edited_tune_is_in_the_address_and_survives_a_refresh() -> None:
    text = "X:1\nT:<b>mine</b>\nM:3/4\nK:G\nG2 B2 d2|"
    app = opened(abc=text)
    assert address(app)["abc"] == text
    assert opened(**address(app)).session_state["cadencia"][f"desk_{DESK.name}"].table == stand(app).table
