"""Home under AppTest: three ways in lead to Compose with the right sheet."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.music import Key
from engine.sheet import write_chords
from engine.theory import ALL_KEYS, find_key
from pages.parts.turns import TURNS

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home() -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert not app.exception
    return app


def test_home_stands(home: AppTest) -> None:
    assert home.title[0].value == "Find the next chord"
    assert len(home.button) == len(TURNS) + 2


@pytest.mark.parametrize("number", range(len(TURNS)))
def test_every_turn_opens(home: AppTest, number: int) -> None:
    home.button(key=f"turn_{number}").click().run()
    assert not home.exception
    assert home.session_state["cadencia"]["work"].history.present == TURNS[number].sheet()
    assert len(TURNS[number].sheet().progression) >= 4


@pytest.mark.parametrize("turn", TURNS, ids=lambda turn: str(turn.title))
def test_turns_are_spelled_in_their_key(turn: object) -> None:
    from pages.parts.turns import Turn

    assert isinstance(turn, Turn)
    sheet = turn.sheet()
    assert len(sheet.progression) == len(turn.numerals.split())
    assert sheet.key in ALL_KEYS


def test_starting_from_nothing_takes_the_key(home: AppTest) -> None:
    home.selectbox(key="widget_home_key").set_value(Key("D", "minor")).run()
    home.button[0].click().run()
    assert not home.exception
    assert home.session_state["cadencia"]["work"].history.present.key == Key("D", "minor")


def test_a_song_opens_in_the_key_it_suggests(home: AppTest) -> None:
    home.text_area(key="home_song").set_value("| Gm | Cm | D7 | Gm |")
    home.button[-1].click().run()
    present = home.session_state["cadencia"]["work"].history.present
    assert write_chords(present) == "Gm_Cm_D7_Gm"
    assert present.key == find_key(present.progression.chords).key == Key("G", "minor")


def test_nonsense_for_a_song_leaves_what_was_there() -> None:
    home = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    home.query_params["c"] = "Am_F_C"
    home.run()
    home.text_area(key="home_song").set_value("xyzzy")
    home.button[-1].click().run()
    assert write_chords(home.session_state["cadencia"]["work"].history.present) == "Am_F_C"


def test_a_song_is_one_step_to_undo(home: AppTest) -> None:
    home.text_area(key="home_song").set_value("| Gm | Cm | D7 | Gm |")
    home.button[-1].click().run()
    assert len(home.session_state["cadencia"]["work"].history.past) == 1


def test_nonsense_for_a_song_stays_and_is_told(home: AppTest) -> None:
    home.text_area(key="home_song").set_value("xyzzy")
    home.button[-1].click().run()
    assert not home.exception
    assert home.text_area(key="home_song").value == "xyzzy"
    assert "xyzzy" in home.warning[0].value
