"""A key that changes on the way sounds as it was written; of several voices the first is read, and it is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.abc import check
from engine.abc.sounding import sounded

HEADER = "X:1\nM:4/4\nL:1/8\nK:{key}\n"
KEYS = ["D", "Gm", "Ador", "C", "Ebmix", "F#m", "Cphr", "B"]
notes = st.builds("".join, st.tuples(st.sampled_from(["", "", "", "^", "_", "="]), st.sampled_from("ABCDEFGabcdefg")))
bars = st.lists(notes, min_size=8, max_size=8).map("".join)


def pitches(text: str) -> list[int]:
    checked = check(text)
    assert checked.is_good, [str(fault.sentence) for fault in checked.faults]
    return [note.pitch for note in sounded(checked.tunes[0]).score.notes]


def told(text: str) -> list[str]:
    return [str(fault.sentence) for fault in check(text).faults]


parts = st.lists(st.tuples(st.sampled_from(KEYS), bars), min_size=3, max_size=3)


@given(parts)
def test_each_part_sounds_in_its_own_key(parts: list[tuple[str, str]]) -> None:
    alone = [pitches(HEADER.format(key=key) + bar + "|") for key, bar in parts]
    (one, first), (two, second), (three, third) = parts
    written = HEADER.format(key=one) + f"{first}|\nK:{two}\n{second}|[K:{three}]{third}|"
    assert pitches(written) == [pitch for part in alone for pitch in part]


def test_a_change_inside_a_bar_keeps_the_accidentals_of_the_bar() -> None:
    """After K:G the c is natural, the ^c stays sharp to the bar line; back in D the next c has its signature again."""
    text = HEADER.format(key="D") + "ABcd [K:G]cd^cc|[K:D]cd=cc c4|[K:G]c[K:D]c c2 c4|"
    assert pitches(text) == [69, 71, 73, 74, 72, 74, 73, 73, 73, 74, 72, 72, 72, 72, 73, 73, 73]


def test_the_change_is_told_where_it_is_and_is_no_fault() -> None:
    checked = check(HEADER.format(key="D") + "ABcd efga|\nK:Gm\nABcd efga|")
    (mark,) = checked.faults
    assert (mark.line, mark.column, mark.serious) == (6, 1, False)
    assert "key changes" in str(mark.sentence)
    assert checked.tunes[0].key == "Dmaj"


def test_a_key_before_the_first_note_is_the_tune_s() -> None:
    checked = check(HEADER.format(key="D") + "K:G\nABcd efga|")
    assert checked.faults == ()
    assert (checked.tunes[0].key, checked.tunes[0].body[2]) == ("Gmaj", "c")


@pytest.mark.parametrize("field", ["K:clef=bass", "K:bass", "K:", "[K:D]", "M:4/4", "M:C"])
def test_what_changes_nothing_is_not_told(field: str) -> None:
    assert told(HEADER.format(key="D") + f"ABcd efga|\n{field}\nABcd efga|") == []


@pytest.mark.parametrize("field", ["K:HP", "M:3/4", "M:nonsense", "L:nonsense"])
def test_what_cannot_be_followed_is_a_fault(field: str) -> None:
    checked = check(HEADER.format(key="D") + f"ABcd efga|\n{field}\nABcd efga|")
    assert not checked.is_good
    assert checked.faults[0].line == 6


@pytest.mark.parametrize(
    ("music", "heard"),
    [
        ("V:1\nA8|B8|\nV:2\nF8|G8|\n", [69, 71]),
        ("V:1 clef=treble\nA8|\nV:2 clef=bass\nF8|\nV:1\nB8|\n", [69, 71]),
        ("[V:T1]A8|B8|\n[V:T2]F8|G8|\n", [69, 71]),
        ("A8|\nV:2\nF8|\n", [69]),
        ("A4 B4&F8|c8|", [69, 71, 73]),
        ("V:1\nA8|\nV:2\nL:1/4\nK:Gm\nF4|\nV:1\nc8|", [69, 73]),
    ],
)
def test_the_first_voice_is_read_and_the_others_are_told(music: str, heard: list[int]) -> None:
    text = HEADER.format(key="D") + music
    assert pitches(text) == heard
    assert len(told(text)) == 1
    assert "first voice" in told(text)[0] or "second voice" in told(text)[0]


def test_one_voice_that_has_a_name_is_the_tune() -> None:
    assert told(HEADER.format(key="D") + "V:1 name=Fiddle\nABcd efga|\nV:1\nABcd efga|") == []
