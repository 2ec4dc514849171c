"""A pasted song that names its key is shown in it."""

from __future__ import annotations

import pytest

from engine.music import Key
from engine.sheet import write_chords
from pages.parts import edit, session

SURELY_G = "G C D7 G\nEm Am D7 G"


class Query(dict[str, str]):
    """The address bar."""

    to_dict = dict.copy


@pytest.fixture(autouse=True)
def visit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamlit.session_state", {})
    monkeypatch.setattr("streamlit.query_params", Query())


def test_the_told_key_comes_before_the_guessed_one() -> None:
    edit.enter(SURELY_G, anew=False)
    assert session.sheet().key == Key("G")
    edit.enter(f"Tono: Re\n{SURELY_G}", anew=True)
    assert session.sheet().key == Key("D")
    edit.open_song(SURELY_G)
    assert session.sheet().key == Key("G")
    edit.open_song(f"Key: Em\n{SURELY_G}")
    assert session.sheet().key == Key("E", "minor")


def test_on_an_empty_sheet_numerals_are_of_the_told_key() -> None:
    edit.enter("Key: D\nI IV V7", anew=False)
    assert session.sheet().key == Key("D")
    assert write_chords(session.sheet()) == "D_G_A7"


def test_chords_added_to_others_change_no_key() -> None:
    edit.enter("C F G7 C", anew=False)
    edit.enter("Key: D\nA", anew=False)
    assert session.sheet().key == Key("C")
