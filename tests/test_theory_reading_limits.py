"""A pasted progression at its limits: too much, hostile, any text at all; and what was written is read back."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import EngineError, ProgressionTooLong
from engine.music import MAX_CHORDS, NO_CHORD, QUALITIES, Chord, Key, Progression, Slot
from engine.sheet import Sheet, write_text
from engine.theory import (
    ALL_KEYS,
    MAX_TEXT,
    in_notation,
    read_chord,
    read_progression,
    write_chord,
)

C = Key("C")
A_MINOR = Key("A", "minor")


@pytest.mark.parametrize(
    "text",
    [
        "C " * (MAX_CHORDS + 1),
        "| " + "C " * (MAX_CHORDS + 1) + "|",
        "C F x200",
        "|: C F G A :| x999",
        "C | / " + "/ " * 300,
        "|" + "C|" * (MAX_CHORDS + 1),
        "% " * 10 + "C " + "% " * 300,
        "C" * (MAX_TEXT + 1),
        "|: C " * 4 + "F " * 100 + "|1.-9. G :|",
        "|: C F G A |1. B " + ":|2. B " * 60,
    ],
)
def test_too_much_is_refused_in_words(text: str) -> None:
    with pytest.raises(ProgressionTooLong, match="Paste"):
        read_progression(text, C)


def test_as_much_as_fits_is_read() -> None:
    assert len(read_progression("C " * MAX_CHORDS, C).slots) == MAX_CHORDS


@settings(max_examples=300)
@given(st.text(max_size=200), st.sampled_from(ALL_KEYS))
def test_any_text_is_read_or_refused_by_the_engine(text: str, key: Key) -> None:
    try:
        reading = read_progression(text, key)
    except EngineError:
        return
    assert len(reading.slots) <= MAX_CHORDS
    assert all(str(problem) for problem in reading.problems)
    assert all(str(note) for note in reading.notes)


PIECES = [
    *(
        "C",
        "Am7",
        "Sol7",
        "iv",
        "bVII7",
        "Do",
        "m",
        "7",
        "C:7",
        "N.C.",
        "|:",
        ":|",
        "|1.",
        "2.",
        "[1",
        "||",
        "x2",
        "[A]",
        "-7",
    ),
    *"|%/(),:\n",
]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_any_mix_of_pieces_is_read_or_refused_by_the_engine(pieces: list[str]) -> None:
    try:
        reading = read_progression(" ".join(pieces), A_MINOR)
    except EngineError:
        return
    assert all(slot.beats > 0 for slot in reading.slots)


@pytest.mark.parametrize(
    "piece",
    ["(", "[", "((", "C(", "b", "|", ":", "C:", "-", "C-", "V/", "sus", "x9", "mmaj", "%", "o7", "1.", "|1", "[1 "],
)
def test_long_hostile_texts_end(piece: str) -> None:
    """Each regular expression is linear: a text at the limit of one piece again and again ends at once."""
    with contextlib.suppress(ProgressionTooLong):
        read_progression(piece * (MAX_TEXT // len(piece)), C)


@given(
    st.lists(st.sampled_from([Chord("C"), Chord("F#", "m7b5", (), "E"), Chord("Bb", "7", ("9",)), Chord("D", "dim7")]))
)
def test_written_progressions_are_read_back(chords: list[Chord]) -> None:
    text = " ".join(write_chord(chord) for chord in chords)
    assert read_progression(text, C).chords == tuple(chords)
    assert all(read_chord(write_chord(chord)) == chord for chord in chords)


ROOTS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


@given(
    st.lists(
        st.builds(Chord, st.sampled_from(ROOTS), st.sampled_from(QUALITIES)).flatmap(
            lambda chord: st.sampled_from([chord, replace(chord, bass="" if chord.root == "E" else "E"), NO_CHORD])
        ),
        min_size=1,
        max_size=12,
    )
)
def test_a_text_in_latin_names_is_read_back(chords: list[Chord]) -> None:
    slots = tuple(Slot(chord, beats) for chord, beats in zip(chords, cycle((4.0, 2.0, 1.0, 1.0)), strict=False))
    written = write_text(Sheet(Progression(C, slots)))
    latin = in_notation(written, "latin")
    assert in_notation(written, "letters") == written
    assert read_progression(latin, C).slots == read_progression(written, C).slots
    assert not read_progression(latin, C).problems


def test_a_text_in_latin_names_has_no_letters() -> None:
    assert in_notation("| Gm Eb/G / / | N.C. | C#m7b5 |\n", "latin") == "| Solm Mib/Sol / / | N.C. | Do#m7b5 |\n"
