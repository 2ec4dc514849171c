"""What is taken away is called after the music in it, on any disk."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.music import Key, Progression
from engine.sheet import Sheet
from engine.theory import read_progression
from pages.parts.naming import MOST_NAME, file_name
from pages.parts.takeaway import file_of, title_of


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (("Waltz in E minor",), "waltz-in-e-minor"),
        (("Jig in F♯ minor", 42, 3), "jig-in-f-sharp-minor-42-3"),
        (("Vals en si♭ menor",), "vals-en-si-flat-menor"),
        (("Miss McLeod's Reel",), "miss-mcleods-reel"),
        (("Canción de cuna",), "cancion-de-cuna"),
        (("C#m7/E",), "csharpm7_e"),
        (("../../etc/passwd",), "_-_etc_passwd"),
        (("さくら",), "cadencia"),
    ],
)
def test_a_name_is_made_of_words(said: tuple[object, ...], name: str) -> None:
    assert file_name(*said) == name


@given(st.text())
def test_a_name_suits_every_disk(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?", file_name(text))
    assert len(file_name(text)) <= MOST_NAME


def sheet_of(text: str, key: str = "C") -> Sheet:
    return Sheet(Progression(Key(key), read_progression(text, Key(key)).slots))


def test_chords_are_called_after_their_key_and_their_beginning() -> None:
    sheet = sheet_of("Am F C G")
    assert file_of(sheet) == "cadencia-c-major-am-f-c-g"
    assert title_of(sheet) == "Chords in C major: Am F C G"
    longer = sheet_of("N.C. Am Am F C G Am F", "Eb")
    assert file_of(longer) == "cadencia-e-flat-major-am-f-c-g"
    assert title_of(longer) == "Chords in E♭ major: Am F C G …"
