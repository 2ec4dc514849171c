"""Several chords at once: selecting, removing, doubling, pasting; whatever a press brings is checked first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from engine.errors import EngineError
from engine.music import MAX_CHORDS, Key, Progression
from engine.sheet import Sheet, read_chords, read_link, write_chords
from pages.parts import edit, session

Event = dict[str, Any]
SONG = "C_Am*2_F*2!_G7"


class Query(dict[str, str]):
    """The address bar."""

    to_dict = dict.copy


@pytest.fixture(autouse=True)
def visit(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A visit of its own that begins with SONG."""
    monkeypatch.setattr("streamlit.session_state", {})
    monkeypatch.setattr("streamlit.query_params", Query(c=SONG))
    yield


def do(kind: str, **more: object) -> str:
    edit.apply({"type": kind, **more})
    return write_chords(session.sheet())


def selection() -> tuple[int | None, int | None]:
    return session.work().selected, session.work().anchor


def test_several_are_selected_from_where_it_began() -> None:
    do("select", at=1)
    assert selection() == (1, None)
    do("select", **{"at": 3, "from": 1})
    assert selection() == (3, 1)
    do("select", **{"at": 0, "from": 1})
    assert selection() == (0, 1)
    do("select", **{"at": 1, "from": 1})
    assert selection() == (1, None)
    do("select", at=None)
    assert selection() == (None, None)


def test_all_of_it_is_removed_and_undo_brings_it_back() -> None:
    do("select", **{"at": 2, "from": 1})
    assert do("remove", at=1, to=2) == "C_G7"
    assert selection() == (1, None)
    assert do("undo") == SONG
    assert do("remove", at=3, to=0) == ""
    assert selection() == (None, None)


def test_all_of_it_is_longer_and_what_is_as_long_as_can_be_stays() -> None:
    assert do("beats", at=0, to=2, by=-1) == "C*3_Am*1_F*1!_G7"
    assert do("beats", at=0, to=2, by=-1) == "C*2_Am*1_F*1!_G7"


def test_all_of_it_is_locked_and_then_none() -> None:
    assert do("lock", at=1, to=2) == "C_Am*2!_F*2!_G7"
    assert do("lock", at=1, to=2) == "C_Am*2_F*2_G7"


def test_doubling_goes_on_from_the_copy() -> None:
    assert do("double", at=1, to=2) == "C_Am*2_F*2!_Am*2_F*2!_G7"
    assert selection() == (3, 4)
    assert do("double", at=3, to=4) == "C_Am*2_F*2!_Am*2_F*2!_Am*2_F*2!_G7"
    assert do("undo") == "C_Am*2_F*2!_Am*2_F*2!_G7"


@pytest.mark.parametrize(
    ("selected", "inserting", "expected"),
    [
        ({"at": None}, False, "C_Am*2_F*2!_G7_Dm*1.5_E7!"),
        ({"at": 0}, False, "C_Dm*1.5_E7!_Am*2_F*2!_G7"),
        ({"at": 0}, True, "Dm*1.5_E7!_C_Am*2_F*2!_G7"),
        ({"at": 1, "from": 2}, False, "C_Am*2_F*2!_Dm*1.5_E7!_G7"),
    ],
)
def test_what_was_copied_is_pasted_exactly(selected: Event, inserting: bool, expected: str) -> None:
    do("select", **selected)
    if inserting:
        do("insert", at=selected["at"])
    assert do("paste", chords="Dm*1.5_E7!") == expected
    assert not session.work().inserting


def test_text_from_elsewhere_is_read_in_bars() -> None:
    assert do("paste", text="| Dm G7 | Cmaj7 |") == SONG + "_Dm*2_G7*2_Cmaj7"
    assert do("undo") == SONG


@pytest.mark.parametrize(
    ("selected", "inserting", "text", "expected"),
    [
        ({"at": None}, False, "Dm E7", "C_Am*2_F*2!_G7_Dm_E7"),
        ({"at": 1}, False, "Dm", "C_Dm*2_F*2!_G7"),
        ({"at": 1}, False, "| Dm |", "C_Dm_F*2!_G7"),
        ({"at": 2, "from": 1}, False, "Dm E7", "C_Dm*2_E7*2!_G7"),
        ({"at": 1, "from": 2}, False, "Dm E7 A7", "C_Dm_E7_A7_G7"),
        ({"at": 1}, True, "Dm E7", "C_Dm_E7_Am*2_F*2!_G7"),
    ],
)
def test_typed_chords_go_where_the_pads_would_put_one(
    selected: Event, inserting: bool, text: str, expected: str
) -> None:
    do("select", **selected)
    if inserting:
        do("insert", at=selected["at"])
    edit.enter(text, anew=False)
    assert write_chords(session.sheet()) == expected
    session.undo()
    assert write_chords(session.sheet()) == SONG


def test_chords_that_cannot_be_read_leave_what_is_selected() -> None:
    do("select", **{"at": 2, "from": 1})
    edit.enter("Xyz", anew=False)
    assert write_chords(session.sheet()) == SONG
    assert selection() == (2, 1)
    assert session.work().typed_problems


def test_a_pasted_song_on_an_empty_sheet_is_read_like_a_typed_one() -> None:
    """It brings the key that it tells, and what was skipped is said beside the field."""
    do("clear")
    assert do("paste", text="Key: Em\nEm C G D\nUnder silver rain") == "Em_C_G_D"
    assert session.sheet().key == Key("E", "minor")
    assert session.work().typed_notes
    do("paste", text="Key: A\nA")
    assert session.sheet().key == Key("E", "minor")


def test_chords_copied_here_keep_the_key_of_an_empty_sheet() -> None:
    do("clear")
    assert do("paste", chords="Em_C_G_D") == "Em_C_G_D"
    assert session.sheet().key == Key("C")


@pytest.mark.parametrize("event", [{"text": "   "}, {"text": None}, {"chords": ""}, {"chords": 7, "text": ""}])
def test_nothing_pasted_is_told_and_nothing_is_lost(event: Event) -> None:
    session.sheet()
    try:
        do("paste", **event)
    except EngineError as error:
        assert str(error)
    assert write_chords(session.sheet()) == SONG


def test_what_cannot_be_read_is_told_and_the_rest_is_there() -> None:
    assert do("paste", chords="Dm_Xyz_G7") == SONG + "_Dm_G7"
    assert len(session.work().problems) == 1
    do("undo")
    assert session.work().problems == []


@pytest.mark.parametrize("kind", ["remove", "double", "lock", "beats"])
@pytest.mark.parametrize("at", [None, -1, 4, True, "1", 1.0, [1]])
def test_a_place_that_is_none_changes_nothing(kind: str, at: object) -> None:
    session.sheet()
    assert do(kind, at=at, to=2, by=1) == SONG


def test_a_far_end_that_is_none_leaves_the_one_chord() -> None:
    assert do("remove", at=0, to=99) == "Am*2_F*2!_G7"


def test_more_than_a_sheet_holds_is_refused_and_nothing_is_lost() -> None:
    with pytest.raises(EngineError, match=str(MAX_CHORDS)):
        do("paste", chords="_".join(["C"] * (MAX_CHORDS - 3)))
    assert write_chords(session.sheet()) == SONG
    assert do("paste", chords="_".join(["C"] * (MAX_CHORDS - 4))).count("_") == MAX_CHORDS - 1


def test_a_chord_chosen_in_place_of_the_last_one_ends_the_passage() -> None:
    do("select", **{"at": 2, "from": 1})
    assert do("pick", chord="Dm") == "C_Am*2_Dm*2!_G7"
    assert selection() == (2, None)


def test_a_selection_never_points_beyond_the_song() -> None:
    do("paste", chords="Dm_E7")
    do("select", **{"at": 1, "from": 5})
    do("undo")
    assert selection() == (None, None)
    do("select", at=3)
    do("remove", at=0)
    do("undo")
    assert selection() == (0, None)


def test_copied_chords_are_read_as_they_were_written() -> None:
    slots = read_link({"c": SONG}).sheet.progression.slots
    read, problems = read_chords(write_chords(Sheet(Progression(Key("C"), slots))), 4)
    assert (read, problems) == (slots, ())


def test_what_is_drawn_again_is_what_is_selected_or_was_written_on() -> None:
    session.sheet()
    assert edit.drawn_again() is None
    edit.write_on(2, "authentic", "sample")
    own = write_chords(session.sheet()).split("_")[:4]
    assert "_".join(own) == SONG
    assert edit.drawn_again() == range(4, len(session.sheet().progression))
    edit.draw_again("half", "sample")
    assert write_chords(session.sheet()).split("_")[:4] == own
    before = session.sheet().progression.chords
    do("select", **{"at": 4, "from": 1})
    assert edit.drawn_again() == range(1, 5)
    edit.draw_again("authentic", "sample")
    after = session.sheet().progression.chords
    assert (after[0], after[2], after[5:]) == (before[0], before[2], before[5:])  # the third is locked
    do("remove", at=0)
    assert edit.drawn_again() is None  # nobody knows any more what was written
