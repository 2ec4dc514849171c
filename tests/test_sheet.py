"""A link carries a whole sheet there and back, and no link can break the page."""

from dataclasses import replace
from itertools import cycle
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.compose import FILTERS
from engine.music import MAX_CHORDS, NO_CHORD, QUALITIES, Chord, Key, Progression, Slot
from engine.render import to_musicxml
from engine.sheet import (
    BEATS_RANGE,
    MAX_PROBLEMS,
    MAX_TITLE,
    Colour,
    Kind,
    Sheet,
    Style,
    read_link,
    tidy_title,
    write_chords,
    write_link,
    write_text,
)
from engine.theory import ALL_KEYS, read_progression
from engine.vocab import STYLES
from engine.voicing import arrange

roots = st.sampled_from(["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"])
chords = st.builds(Chord, roots, st.sampled_from(QUALITIES))
slots = st.builds(Slot, chords, st.sampled_from([0.25, 0.5, 1.0, 2.0, 3.5, 4.0, 8.0]), st.booleans())
sheets = st.builds(
    Sheet,
    st.builds(Progression, st.sampled_from(ALL_KEYS), st.lists(slots, max_size=12).map(tuple)),
    st.integers(40, 240),
    st.integers(2, 7),
    st.integers(1, 16),
    st.integers(0, 127),
    st.sampled_from(["letters", "numerals", "latin"]),
    st.sampled_from(get_args(Colour)),
    st.sampled_from([0.0, 0.25, 0.5, 0.85, 1.0]),
    st.sampled_from([0.0, 0.35, 0.5, 1.0]),
    st.sampled_from(get_args(Kind)),
    st.sampled_from(get_args(Style)),
    st.sampled_from(["", "Blue Bossa", "Río – nº 2 & más"]),
)


@given(sheets)
def test_a_link_opens_the_same_sheet(sheet: Sheet) -> None:
    reading = read_link(write_link(sheet))
    assert reading.problems == ()
    assert reading.sheet == sheet


def test_a_new_sheet_needs_no_link() -> None:
    assert write_link(Sheet()) == {}


def test_slash_chords_tensions_and_rests_travel() -> None:
    progression = Progression(Key("C"), (Slot(Chord("C", bass="E")), Slot(Chord("G", "7", ("b9",))), Slot(Chord(""))))
    sheet = Sheet(progression)
    assert read_link(write_link(sheet)).sheet == sheet


def test_lengths_are_written_only_where_they_differ() -> None:
    sheet = Sheet(Progression(Key("C"), (Slot(Chord("C")), Slot(Chord("F"), 2.0))))
    assert write_chords(sheet) == "C_F*2"


@given(st.dictionaries(st.sampled_from("kctbdinvsrxyzh"), st.text(max_size=60)))
def test_garbage_is_told_in_words_and_never_raises(entries: dict[str, str]) -> None:
    reading = read_link(entries)
    assert isinstance(reading.sheet, Sheet)
    assert all(str(problem) for problem in reading.problems)


@pytest.mark.parametrize("entry", [{"t": "1e999"}, {"t": "-1"}, {"s": "nan"}, {"d": "0"}, {"n": "runes"}, {"i": "128"}])
def test_a_setting_out_of_range_stays_as_on_a_new_sheet(entry: dict[str, str]) -> None:
    reading = read_link(entry)
    assert reading.sheet == Sheet()
    assert len(reading.problems) == 1


@given(st.text(max_size=500))
def test_a_title_stays_on_one_line_and_travels(text: str) -> None:
    title = tidy_title(text)
    assert len(title) <= MAX_TITLE and title.isprintable() and title == tidy_title(title)
    sheet = replace(Sheet(), title=title)
    assert read_link(write_link(sheet)).sheet == sheet
    assert sheet.as_played() == Sheet().as_played()
    assert sheet.as_asked() == Sheet().as_asked()


def test_nonsense_in_the_middle_leaves_the_rest() -> None:
    reading = read_link({"c": "C_Xyz_G7_F*999"})
    assert write_chords(reading.sheet) == "C_G7"
    assert len(reading.problems) == 2


def test_a_link_too_long_is_cut_and_says_so() -> None:
    reading = read_link({"c": "_".join(["C"] * 500)})
    assert len(reading.sheet.progression) == MAX_CHORDS
    assert str(MAX_CHORDS) in str(reading.problems[0])


def test_equal_sound_means_equal_values() -> None:
    sheet = Sheet(Progression(Key("C"), (Slot(Chord("C")),)), tempo_bpm=80)
    shown_otherwise = replace(sheet, notation="latin", surprise=0.9, colour="sevenths")
    assert sheet.as_played() == shown_otherwise.as_played()
    assert sheet.as_played() != replace(sheet, tempo_bpm=81).as_played()


def test_equal_questions_mean_equal_values() -> None:
    sheet = Sheet(Progression(Key("C"), (Slot(Chord("C")),)))
    assert sheet.as_asked() == replace(sheet, tempo_bpm=80, instrument=4, notation="numerals").as_asked()
    for other in (replace(sheet, kind="borrowed"), replace(sheet, surprise=0.9), replace(sheet, notation="latin")):
        assert sheet.as_asked() != other.as_asked()


def test_kinds_are_those_the_engine_filters_by() -> None:
    assert get_args(Kind) == FILTERS


def test_styles_are_those_the_live_vocabulary_knows() -> None:
    assert get_args(Style) == ("any", *STYLES)


@given(st.floats(0, 1), st.floats(0, 1))
def test_surprise_warms_and_forgets(low: float, high: float) -> None:
    low, high = sorted((low, high))
    familiar, surprising = Sheet(surprise=low), Sheet(surprise=high)
    assert 0.5 <= familiar.temperature <= surprising.temperature <= 2
    assert 1 >= familiar.memory >= surprising.memory >= 0
    assert (Sheet().temperature, Sheet().memory) == (1, 1)


bar_fillers = st.sampled_from([(4.0,), (2.0, 2.0), (3.0, 1.0), (1.0, 3.0), (1.0, 1.0, 2.0), (1.0, 1.0, 1.0, 1.0)])


@given(st.lists(bar_fillers, min_size=1, max_size=9), st.lists(chords, min_size=36, max_size=36))
def test_the_text_is_read_back_with_its_lengths(bars: list[tuple[float, ...]], supply: list[Chord]) -> None:
    lengths = [beats for bar in bars for beats in bar]
    slots = tuple(Slot(chord, beats) for chord, beats in zip(supply, lengths, strict=False))
    text = write_text(Sheet(Progression(Key("C"), slots)))
    assert read_progression(text, Key("C"), 4).slots == slots


def test_the_text_has_four_bars_a_line_and_writes_held_chords_again() -> None:
    slots = tuple(Slot(Chord(root), beats) for root, beats in (("C", 6.0), ("F", 2.0), ("G", 8.0), ("C", 4.0)))
    assert write_text(Sheet(Progression(Key("C"), slots))) == "| C | C F | G | G |\n| C |\n"


def edited(sheet: Sheet, kind: str, place: int) -> Sheet:
    """One press on the page."""
    line = sheet.progression
    at = place % max(1, len(line))
    if kind == "insert" or not len(line):
        return sheet.with_progression(line.inserted(at, Slot(Chord("B", "m"), float(sheet.beats_per_chord))))
    if kind == "remove":
        return sheet.with_progression(line.without(at))
    slot, (low, high) = line.slots[at], BEATS_RANGE
    beats = min(high, max(low, slot.beats + (1 if kind == "longer" else -1)))
    return sheet.with_progression(line.replaced(at, replace(slot, beats=float(beats))))


def cut_at_bar_lines(sheet: Sheet) -> list[Slot]:
    """What a text can say of the chords: none goes over a bar line, and rest fills the last bar."""
    bar, pieces, room = sheet.beats_per_bar, list[Slot](), 0.0
    for slot in sheet.progression:
        left = slot.beats
        while left:
            room = room or float(bar)
            pieces.append(Slot(slot.chord, min(left, room)))
            left, room = left - pieces[-1].beats, room - pieces[-1].beats
    return [*pieces, Slot(NO_CHORD, room)] if room else pieces


crowded_bars = st.lists(st.integers(1, 9), min_size=1, max_size=5)
edits = st.lists(st.tuples(st.sampled_from(["remove", "insert", "longer", "shorter"]), st.integers(0, 99)), max_size=9)


@given(crowded_bars, st.integers(2, 7), st.integers(1, 8), edits)
def test_an_edited_sheet_is_read_back_with_its_lengths(
    crowd: list[int], bar: int, usual: int, pressed: list[tuple[str, int]]
) -> None:
    roots = cycle("CDEFGA")
    pasted = "|".join(" ".join(next(roots) for _ in range(count)) for count in crowd) + "|"
    sheet = Sheet(Progression(Key("C"), read_progression(pasted, Key("C"), bar).slots), beats_per_bar=bar)
    sheet = replace(sheet, beats_per_chord=usual)
    for kind, place in pressed:
        sheet = edited(sheet, kind, place)
    assert list(read_progression(write_text(sheet), Key("C"), bar).slots) == cut_at_bar_lines(sheet)


def test_slashes_count_parts_of_a_beat_where_a_bar_holds_them() -> None:
    pasted = read_progression("| C D E F G | Am | F |", Key("C"), 4).slots
    text = write_text(Sheet(Progression(Key("C"), pasted).without(2)))
    assert text == "| C / D / F G Am / | Am / / F | F / / N.C. |\n"


@settings(max_examples=25)
@given(st.lists(st.integers(1, 200), min_size=1, max_size=6), st.integers(2, 7))
def test_lengths_as_fine_as_a_link_brings_are_read_back_too(thirty_seconds: list[int], bar: int) -> None:
    slots = tuple(Slot(Chord("C"), count / 32) for count in thirty_seconds)
    sheet = Sheet(Progression(Key("C"), slots), beats_per_bar=bar)
    assert list(read_progression(write_text(sheet), Key("C"), bar).slots) == cut_at_bar_lines(sheet)


def test_a_bar_that_slashes_cannot_count_holds_its_chords_alone() -> None:
    thirds = tuple(Slot(Chord(root), 4 / 3) for root in "CFG")
    assert write_text(Sheet(Progression(Key("C"), thirds))) == "| C F G |\n"


odd_lengths = st.lists(st.floats(1 / 32, 64), min_size=1, max_size=5)


@settings(deadline=None, max_examples=25)
@given(odd_lengths, st.integers(2, 7))
def test_every_length_a_link_brings_can_be_written_down(lengths: list[float], bar: int) -> None:
    sheet = read_link({"c": "_".join(f"C*{length:.5f}" for length in lengths), "b": str(bar)}).sheet
    assert len(sheet.progression) == len(lengths)
    score = arrange(sheet.progression, sheet.tempo_bpm, 0, sheet.beats_per_bar, "")
    assert to_musicxml(score).startswith(b"<?xml")


def test_a_link_full_of_nonsense_is_told_briefly() -> None:
    reading = read_link({"c": "_".join(f"H{n}" for n in range(300))})
    assert len(reading.problems) == MAX_PROBLEMS + 1


def test_the_beginning_ends_at_the_bar_line() -> None:
    sheet = Sheet(Progression(Key("C"), (Slot(Chord("C"), 6.0), Slot(Chord("F"), 6.0), Slot(Chord("G"), 4.0))))
    assert [slot.beats for slot in sheet.beginning(2).progression] == [6.0, 2.0]
    assert sheet.beginning(4) == sheet
