"""Live checking: every slip has its place and a sentence, whatever is pasted, and nothing takes long or fails."""

from __future__ import annotations

import sys
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.abc.checking import MOST_CHECKED, MOST_FAULTS, Checked, check
from engine.abc.tokens import Tune, split_body

GOOD = "X:1\nT:A jig\nR:jig\nM:6/8\nL:1/8\nK:D\n|:dfd AFA|B2B AFA:|\n"

ALPHABET = "ABCDEFGabcdefg[]()|:123/-^_=z<>{}\"!~' \nKMLX,"


def said(checked: Checked) -> list[str]:
    return [str(fault.sentence) for fault in checked.faults if fault.serious]


def test_a_good_tune_has_no_faults() -> None:
    checked = check(GOOD)
    assert checked.is_good
    assert checked.faults == ()
    assert checked.tunes[0].body == split_body("|:dfdAFA|B2BAFA:|")
    assert [checked.text[place] for place in checked.places[0][:3]] == ["|", "d", "f"]


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        (GOOD.replace("B2B", "[B2B"), 7, 11, "chord"),
        (GOOD.replace("dfd", "(3(3dfd"), 7, 5, "tuplet"),
        (GOOD.replace("AFA:", "AF:"), 7, 11, "5 eighths"),
        (GOOD.replace("AFA|", "AFAB|"), 7, 3, "7 eighths"),
        (GOOD.replace("K:D", "K:Q"), 6, 1, "no key"),
        (GOOD.replace("M:6/8", "M:1000/1"), 4, 1, "meter"),
        (GOOD.replace("AFA:|", "AFA"), 7, 17, "ends with a bar line"),
        (GOOD.replace("B2B", "B2?B"), 7, 13, "means nothing"),
        ("dfd AFA", 1, 7, "ends with a bar line"),
        ("", 1, 1, "no tune"),
        ("\n\n", 3, 1, "no tune"),
        ("X:1\nT:Only a title\n", 3, 1, "no tune"),
    ],
)
def test_a_slip_has_its_place(text: str, line: int, column: int, words: str) -> None:
    checked = check(text)
    assert not checked.is_good
    found = [fault for fault in checked.faults if words in str(fault.sentence)]
    assert found, said(checked)
    assert (found[0].line, found[0].column) == (line, column)
    assert 0 <= found[0].start <= found[0].end <= len(text)


def test_the_span_holds_the_bad_bar() -> None:
    text = GOOD.replace("AFA:", "AF:")
    fault = check(text).faults[0]
    assert text[fault.start : fault.end] == "B2B AF:|"


def test_an_opening_may_stop_in_the_middle() -> None:
    assert check("|:dfd AF", whole=False).is_good
    assert not check("|:dfd [AF", whole=False).is_good


def test_a_text_without_header_takes_it_from_the_wish() -> None:
    checked = check("dfd AFA|]", like=Tune("jig", "6/8", "Dmaj", ()))
    assert checked.is_good
    assert checked.tunes[0].header == ("R:jig", "M:6/8", "K:Dmaj")


def test_several_tunes_are_all_checked() -> None:
    checked = check(GOOD + "\n" + GOOD.replace("X:1", "X:2").replace("B2B", "B2"))
    assert len(checked.tunes) == 2
    assert [fault.line for fault in checked.faults] == [15]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_line_ends_of_all_systems_are_one(end: str) -> None:
    checked = check(GOOD.replace("AFA:", "AF:").replace("\n", end))
    assert [(fault.line, fault.column) for fault in checked.faults] == [(7, 11)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_encodings_people_save_in_are_read(encoding: str) -> None:
    checked = check(GOOD.replace("A jig", "Cúnla à la fête").encode(encoding))
    assert checked.is_good
    assert checked.tunes[0].title == "Cúnla à la fête"


@pytest.mark.parametrize("data", [b"\0" * 100, bytes(range(256)) * 100, b"\xff\xfe"])
def test_bytes_that_are_no_text_are_refused_in_words(data: bytes) -> None:
    checked = check(data)
    assert not checked.is_good
    assert said(checked)


@pytest.mark.parametrize(
    "text",
    ["a" * 1_000_000, "[" * 1_000_000, "(3" * 500_000, "X:1\n" * 250_000, "|" * 1_000_000, "\n" * 1_000_000],
    ids=["notes", "chords", "tuplets", "tunes", "bars", "lines"],
)
def test_a_megabyte_is_refused_before_it_is_read(text: str) -> None:
    checked = check(text)
    assert checked.tunes == ()
    assert "1000000 characters" in said(checked)[0]
    assert len(checked.text) == MOST_CHECKED


@pytest.mark.parametrize("piece", ["a", "[", "(3", "X:1\n", "|", "\n", "{", '"', "-", "[1", "!", "K:D\n", "z99999/99 "])
def test_the_longest_text_takes_time_in_proportion(piece: str) -> None:
    """Counted in calls, not by a clock: twice the text is about twice the work."""
    half = calls(piece * (10_000 // len(piece)))
    whole = calls(piece * (20_000 // len(piece)))
    assert whole < 3 * half + 2_000


def calls(text: str) -> int:
    """Python and C calls that checking a text takes."""
    count = 0

    def counted(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += 1

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        check(text)
    finally:
        sys.setprofile(before)
    return count


def test_unknown_fields_are_no_fault() -> None:
    assert check(GOOD.replace("T:A jig", "T:A jig\nB:A book\nS:Somebody\nr:remark\n%%MIDI program 3")).is_good


def test_what_is_left_out_is_said_without_blame() -> None:
    checked = check(GOOD.replace("B2B", '{c}"Em"~B2B'))
    assert checked.is_good
    assert len(checked.faults) == 3


def test_no_more_faults_than_anybody_reads() -> None:
    assert len(check("X:1\nM:4/4\nK:C\n" + "C|" * 1000).faults) <= MOST_FAULTS


@settings(max_examples=300)
@given(
    st.one_of(st.text(max_size=300), st.text(alphabet="ABCDEFGabcdefg[]()|:123/-^_=z<>{}\"!~' \nKMLX,", max_size=300))
)
def test_no_text_makes_it_fail(text: str) -> None:
    checked = check(text)
    for fault in checked.faults:
        assert 0 <= fault.start <= fault.end <= len(text)
        assert str(fault.sentence)
    assert len(checked.tunes) == len(checked.places)
    for tune, places in zip(checked.tunes, checked.places, strict=True):
        assert len(tune.body) == len(places)


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    assert isinstance(check(data), Checked)


def test_many_at_once_do_not_disturb_each_other() -> None:
    found: list[Checked] = []
    threads = [threading.Thread(target=lambda: found.append(check(GOOD))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(checked == found[0] for checked in found)
