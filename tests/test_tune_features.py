"""What the tune writer is told depends on the past alone, and says what a musician would see on the page."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.abc import BEGIN, VOCABULARY, Tune, split_body, to_model
from engine.abc.faults import faults
from engine.abc.reading import decoded, read
from engine.tunebook.cleaning import canonical
from engine.tunewriter.features import BARS_AGO, LENGTH_STEPS, SIZES, Tracker, features_of
from engine.tunewriter.lessons import CHARACTERS, character_lesson, ids_of, lesson_of

FIXTURE = (Path(__file__).parent / "fixtures" / "tunes.abc").read_bytes()
TUNES = [canonical(tune.tune) for tune in read(decoded(FIXTURE)) if tune.is_clean]
VALID = [tune for tune in TUNES if not faults(tune)]
PLACE, REST, BAR, PART, MATCH, MATCH_LENGTH, HINTS, OPEN, CLOSING, LINES_AT = 0, 1, 2, 3, 4, 5, 6, 14, 15, 17
HALF = SIZES[REST] // 2  # from here on a note is open, and the rest is what its length may fill

any_ids = st.lists(st.integers(0, len(VOCABULARY) - 1), max_size=60)


def tune_of(body: str, meter: str = "6/8", key: str = "Cmaj") -> Tune:
    return Tune("jig", meter, key, split_body(body))


def rows_of(tune: Tune) -> list[tuple[str, np.ndarray]]:
    """(token just read, its row) below the header."""
    ids = ids_of(tune)
    return list(zip([VOCABULARY[i] for i in ids], features_of(ids), strict=True))[4:]


def hint(value: int) -> str:
    return VOCABULARY[value - 1] if value else ""


@settings(deadline=None)
@given(any_ids)
def test_any_ids_give_values_within_their_sizes(ids: list[int]) -> None:
    rows = features_of([VOCABULARY.index(BEGIN), *ids])
    assert rows.shape == (len(ids) + 1, len(SIZES))
    assert (rows >= 0).all()
    assert (rows < np.array(SIZES)).all()


@settings(deadline=None, max_examples=50)
@given(any_ids, any_ids)
def test_a_row_knows_nothing_of_what_follows(past: list[int], future: list[int]) -> None:
    assert (features_of([*past, *future])[: len(past)] == features_of(past)).all()


@settings(deadline=None, max_examples=50)
@given(any_ids, any_ids, any_ids)
def test_copies_go_their_own_way(past: list[int], one: list[int], other: list[int]) -> None:
    tracker = Tracker()
    for token in past:
        tracker.push(token)
    copy = tracker.copy()
    for token in one:
        tracker.push(token)
    for token in other:
        copy.push(token)
    assert tracker.row() == tuple(features_of([*past, *one])[-1]) if past or one else True
    assert copy.row() == tuple(features_of([*past, *other])[-1]) if past or other else True


@pytest.mark.parametrize("tune", VALID, ids=[tune.title for tune in VALID])
def test_every_bar_line_comes_where_nothing_is_left_of_the_bar(tune: Tune) -> None:
    rows = rows_of(tune)
    for (_, row), (token, _) in pairwise(rows):
        if token == "|":
            left = row[REST] if row[REST] < HALF else row[REST] - HALF - 12  # an open note lasts an eighth: twelve
            assert left == 0 or row[BAR] <= 1, "only the first bar may be an upbeat"


def test_place_and_rest_of_the_bar() -> None:
    rows = rows_of(tune_of("C2DE3|F"))
    assert [(token, int(row[PLACE]), int(row[REST])) for token, row in rows[:6]] == [
        ("C", 2, 72 + HALF), ("2", 4, 48), ("D", 6, 48 + HALF), ("E", 8, 36 + HALF), ("3", 12, 0), ("|", 0, 72)
    ]  # fmt: skip


def test_tuplets_chords_and_ties_take_their_time() -> None:
    rows = rows_of(tune_of("(3CDE[CE]2-[CE]2G2|", "4/4"))
    places = [int(row[PLACE]) for token, row in rows if token in "E2]"]
    assert places[0] == 4  # after the triplet; within the chord the time stands still
    assert int(rows[-3][1][REST]) == 0


def test_the_upbeat_of_the_next_part_completes_the_bar() -> None:
    rows = rows_of(tune_of("G|C3D3|E3D2:|A|c3d3|"))
    after_repeat = next(row for token, row in rows if token == ":|")
    assert (int(after_repeat[PLACE]), int(after_repeat[REST])) == (10, 12)


def test_a_part_may_end_where_its_upbeat_has_room() -> None:
    rows = rows_of(tune_of("G|C3D3|E3D2:|A|c3d3|c3d2:|"))
    closing = {token: row[CLOSING] // 4 for token, row in rows if token == ":|"}
    ends = [int(before[CLOSING]) for (_, before), (token, _) in pairwise(rows) if token == ":|"]
    within = [int(row[CLOSING]) // 4 for token, row in rows if token == "3"]
    assert closing
    assert len(set(ends)) == 1
    assert ends[0] // 4 not in within


def test_what_is_open_is_told() -> None:
    rows = [(token, int(row[OPEN])) for token, row in rows_of(tune_of("C2(3DEF[CE]2-[CE]|", "4/4"))]
    assert [state for _, state in rows[:12]] == [2, 0, 12, 14, 10, 6, 1, 1, 1, 2, 0, 3]


def test_bars_and_parts_are_counted() -> None:
    rows = [(token, int(row[BAR]), int(row[PART])) for token, row in rows_of(tune_of("C6|D6||E6|F6|]"))]
    assert [(bar, part) for token, bar, part in rows if token in "CDEF"] == [(1, 0), (2, 0), (1, 1), (2, 1)]


@pytest.mark.parametrize(("bars", "stream"), list(zip(BARS_AGO, range(4), strict=True)))
def test_hints_name_what_stood_there_some_bars_ago(bars: int, stream: int) -> None:
    music = [
        "C2DE3",
        "^F6",
        "A3B3",
        "c2de2f",
        "gag fed".replace(" ", ""),
        "c6",
        "zAB c3".replace(" ", ""),
        "d3/2e/2fg3",
    ]
    rows = rows_of(tune_of("|".join(music[:bars] * 2) + "|]"))
    first = len(split_body("|".join(music[:bars]) + "|"))
    following = [token for token, _ in rows]
    for at in range(first, len(rows) - 3):
        assert hint(int(rows[at][1][HINTS + stream])) == following[at + 1]
    assert rows[-4][1][HINTS + 4 + stream] > 0


def test_the_longest_match_is_followed() -> None:
    rows = rows_of(tune_of("CDEFGA|CDEcde|CDEFG"))
    last = rows[-2][1]  # the last row belongs to the end mark
    assert hint(int(last[MATCH])) == "A"
    assert int(last[MATCH_LENGTH]) == sum(step <= 5 for step in LENGTH_STEPS)


def test_a_second_ending_stands_at_the_time_of_the_first() -> None:
    rows = rows_of(tune_of("C6|D6|[1E3F3:|[2E3G3|]"))
    second = next(at for at, (token, _) in enumerate(rows) if token == "[2")
    assert int(rows[second][1][BAR]) <= 1


def test_lessons_are_the_tokens_between_their_marks() -> None:
    tune = TUNES[0]
    lesson = lesson_of(tune)
    assert [VOCABULARY[i] for i in lesson.ids[1:]] == list(to_model(tune))
    assert lesson.features is not None and len(lesson.features) == len(lesson.ids)
    assert "".join(CHARACTERS[i] for i in character_lesson(tune).ids[1:-1]) == tune.text


def test_after_a_bar_line_left_out_reading_goes_on_as_in_the_bar_after() -> None:
    """So that one slip does not leave the writer where no tune has ever been."""
    slipped = [row for token, row in rows_of(tune_of("C6|D3E3F3G3|A6|"))]
    right = [row for token, row in rows_of(tune_of("C6|D3E3|F3G3|A6|"))]
    for stream in (PLACE, REST, BAR, LINES_AT):
        after_slip = [int(row[stream]) for row in slipped[7:]]
        assert after_slip == [int(row[stream]) for row in right[8:]]


def test_a_note_that_is_too_long_fills_its_bar() -> None:
    rows = rows_of(tune_of("C4D4E3"))
    assert int(rows[3][1][REST]) == 0  # after D4: two eighths too many
    assert int(rows[5][1][PLACE]) == 2 * 3  # after E3: the third eighth of the bar after
