"""What stands in a pasted chart beside its chords: lines about the song, remarks, repeats, words."""

from __future__ import annotations

import pytest

from engine.music import Key
from engine.theory import ProgressionReading, read_progression, write_chord
from engine.theory.headers import without_headers

C = Key("C")


def symbols(reading: ProgressionReading) -> str:
    return " ".join(write_chord(chord) for chord in reading.chords)


HEADERS = """
Key: D
Tuning: D A D G B E
Capo: 2
Capo 2nd fret
capo II
No capo
Tempo: 120
BPM 96
96 bpm
Time: 4/4
Artist: Bob Dylan
Title: A day
Standard tuning
Drop D tuning
Tuning: Standard (EADGBE)
Tono: Re
Tonalidad: Lam
Afinación: Re La Re Sol
AFINACION: EADGBE
Cejilla: 2
Cejilla en el 2
Título: La casa
{title: A day}
{soc}
[Key: D]
(Capo 2)
**Key:** D
Original key: Eb
Key of G
""".strip().splitlines()


@pytest.mark.parametrize("header", HEADERS)
def test_a_line_about_the_song_gives_no_chords(header: str) -> None:
    for text in (f"{header}\nC G Am F", f"C G\r\n{header}\r\nAm F"):
        reading = read_progression(text, C)
        assert symbols(reading) == "C G Am F"
        assert not reading.problems
        shown = header.replace("*", "")
        assert [str(note) for note in reading.notes] == [f"Read as remarks, not as chords: “{shown}”."]


def test_one_note_tells_all_lines_about_the_song() -> None:
    text = "Title: " + "la " * 100 + "\nKey: D | Capo: 2\n" + "Artist: A\n" * 10 + "D A"
    reading = read_progression(text, C)
    assert symbols(reading) == "D A"
    (note,) = map(str, reading.notes)
    assert "“Key: D”, “Capo: 2”, “Artist: A”" in note
    assert note.endswith(", ….")
    assert len(note) < 250


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("Key: D", Key("D")),
        ("Key: F# minor (capo 2)", Key("F#", "minor")),
        ("Capo: 2   Key: Bb", Key("Bb")),
        ("{key: Em}", Key("E", "minor")),
        ("In the key of A", Key("A")),
        ("Key: D# minor", Key("Eb", "minor")),
        ("Tono: Re", Key("D")),
        ("Tonalidad: Lam", Key("A", "minor")),
        ("Tono: Mi bemol mayor", Key("Eb")),
        ("Key: unknown", None),
        ("Original key: Eb", None),
        ("Title: A day", None),
        ("Verse: C G", None),
    ],
)
def test_a_line_that_names_the_key_is_heeded(line: str, key: Key | None) -> None:
    assert read_progression(f"{line}\nC F", C).key == key


def test_the_first_key_counts_and_numerals_are_read_in_it() -> None:
    reading = read_progression("Key: D\nI IV\nKey: E\nV", C)
    assert reading.key == Key("D")
    assert symbols(reading) == "D G A"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Verse: C G Am F", "C G Am F"),
        ("Coro: Do Sol", "C G"),
        ("Key: C | C | F |", "C F"),
        ("Tempo: 120 | C | G |", "C G"),
        ("Key: C | Capo: 1\nC F", "C F"),
    ],
)
def test_headings_and_bars_keep_their_chords(text: str, expected: str) -> None:
    reading = read_progression(text, C)
    assert symbols(reading) == expected
    assert not reading.problems


def test_a_piece_before_bars_opens_no_bar() -> None:
    assert [slot.beats for slot in read_progression("Key: C | Capo: 1\nC F", C, default_beats=2).slots] == [2, 2]


def test_a_told_meter_that_is_not_the_sheets_is_noted() -> None:
    notes = [str(note) for note in read_progression("Time: 3/4\nC", C).notes]
    assert "The meter 3/4 is skipped: bars here have 4 beats." in notes
    assert len(read_progression("Tempo: 1/4 = 120\nC", C).notes) == 1


@pytest.mark.parametrize("text", ["Key: D | Capo: 2\nC", "Time: 3/4 | C", "C\nTono: Re\nF"])
def test_what_is_not_blanked_keeps_its_place(text: str) -> None:
    assert len(without_headers(text).text) == len(text)


@pytest.mark.parametrize("piece", ["Key: D|", "Key: D\n", "{", "capo ", "a ", "tuning ", "Key:" + " " * 50, "|"])
def test_long_hostile_lines_end(piece: str) -> None:
    without_headers(piece * (20_000 // len(piece)))
