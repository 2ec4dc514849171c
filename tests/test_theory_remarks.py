"""What stands in a pasted chart beside its chords: lines about the song, remarks, repeats, words."""

from __future__ import annotations

import pytest

from engine.errors import UnreadableChord
from engine.music import Key
from engine.theory import ProgressionReading, read_progression, write_chord
from engine.theory.headers import without_headers
from engine.theory.remarks import without_remarks

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
        assert [str(note) for note in reading.notes] == [f"Read as remarks, not as chords: {shown}."]


def test_one_note_tells_all_lines_about_the_song() -> None:
    text = (
        "Title: " + "la " * 100 + "\nKey: D | Capo: 2\nKey: D\n" + "".join(f"Artist: {n}\n" for n in range(9)) + "D A"
    )
    reading = read_progression(text, C)
    assert symbols(reading) == "D A"
    (note,) = map(str, reading.notes)
    assert "Key: D · Capo: 2 · Artist: 0" in note
    assert note.endswith(" · ….")
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


@pytest.mark.parametrize(
    ("words", "note"),
    [
        ("Under silver rain\nRunning home", "Skipped 5 words that are not chords: Under, silver, rain, …."),
        ("Running home", "Skipped 2 words that are not chords: Running, home."),
        ("Hallelujah!", "Skipped “Hallelujah!”, which is not a chord."),
        ("Oh\n\nyeah, yeah", "Skipped 3 words that are not chords: Oh, yeah, yeah."),
        ("Volver", "Skipped “Volver”, which is not a chord."),
    ],
)
def test_short_lines_of_words_are_one_note_in_a_song(words: str, note: str) -> None:
    for text in (f"C G Am F\n{words}\nF G", f"{words}\n| C | G | Am | F |\nF G", f"{words}\n[C]\n[G] [Am] [F] [F] [G]"):
        reading = read_progression(text, C)
        assert symbols(reading) == "C G Am F F G"
        assert not reading.problems
        assert [str(told) for told in reading.notes] == [note]


@pytest.mark.parametrize(
    ("text", "place", "nearest"),
    [
        ("C G Xyz F", 4, ""),
        ("Xyz", 0, ""),
        ("C G Xyz\nUnder silver rain\nF", 4, ""),
        ("Under silver rain\nCmaj77 F\nRunning home", 18, "Cmaj7"),
        ("C G\nAmm\nF", 4, "Am"),
        ("C G\nCmaj77 Gsuss4\nF", 4, "Cmaj7"),
        ("C G\nXyz H7", 4, ""),
        ("| C | G |\n| Xyz |", 12, ""),
        ("C G\nB#qqq3\nF", 4, ""),
        ("Key: C\n(2 bars) Cmaj77", 16, "Cmaj7"),
    ],
)
def test_a_mistyped_chord_stays_a_problem_with_its_place(text: str, place: int, nearest: str) -> None:
    problem = read_progression(text, C).problems[0]
    assert isinstance(problem, UnreadableChord)
    assert text[place : place + len(problem.text)] == problem.text
    assert problem.nearest == nearest


def test_words_without_any_chord_stay_problems() -> None:
    assert len(read_progression("Running home", C).problems) == 2
    assert [str(note) for note in read_progression("Verse", C).notes] == ["Skipped the heading “Verse”."]


@pytest.mark.parametrize(
    "remark", ["(2 bars)", "(let it ring)", "(hold)", "(1st time)", "(for the A)", "(Xyz)", "(2 compases)"]
)
def test_a_remark_in_brackets_is_skipped_as_one(remark: str) -> None:
    for text in (f"C G {remark}\nAm F", f"C {remark} G\n{remark}\n| Am {remark} | F |"):
        reading = read_progression(text, C)
        assert symbols(reading) == "C G Am F"
        assert not reading.problems
        assert str(reading.notes[0]).startswith(f"Read as remarks, not as chords: {remark}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C (N.C.) F", "C N.C. F"),
        ("(C F) (G7)", "C F G7"),
        ("C (sus) F (maj7)", "Csus Fmaj7"),
        ("(Am Em) (A E)", "Am Em A E"),
        ("C7 (b9, 13)", "C7 B9"),
        ("(I V) (vi)", "C G Am"),
    ],
)
def test_brackets_with_chords_keep_them(text: str, expected: str) -> None:
    assert symbols(read_progression(text, C)) == expected


@pytest.mark.parametrize(
    "sign",
    [
        "x2",
        "2x",
        "x 2",
        "2 x",
        "X2",
        "×2",
        "(x2)",
        "(2x)",
        "[x2]",
        "(2 times)",
        "(2 veces)",
        "(bis)",
        "(repeat 2x)",
        "(Repeat x2)",
        "repeat 2x",
        "(play twice)",
        "(x2 times)",
        "2x.",
        "(se repite 2 veces)",
    ],
)
def test_repeats_in_words_are_played(sign: str) -> None:
    for text in (f"F\nC G {sign}\nAm", f"[Verse]\nF\n| C | G | {sign}\n| Am |", f"F |: C | G :| {sign}\nAm"):
        reading = read_progression(text, C)
        assert symbols(reading) == "F C G C G Am"
        assert not reading.problems
    assert "not played" not in " ".join(map(str, reading.notes))


@pytest.mark.parametrize(
    "sign", ["x2", "(repeat 2x)", "(repeat)", "Repeat the first part", "(se repite)", "Repeat Chorus"]
)
def test_a_repeat_that_is_not_played_is_told(sign: str) -> None:
    for text in (f"C G\n{sign}\nAm", f"{sign}\nC G Am"):
        reading = read_progression(text, C)
        assert symbols(reading) == "C G Am"
        assert not reading.problems
        shown = "x2" if "2" in sign else sign
        assert [str(note) for note in reading.notes] == [
            f"Repeats that were not played out: {shown}. Write those chords again."
        ]


def test_a_repeat_of_a_section_is_its_name_and_frets_are_no_repeat() -> None:
    assert [str(note) for note in read_progression("[Verse] C\nChorus 2x: F", C).notes] == [
        "Skipped the heading “Verse”.",
        "Skipped the heading “Chorus x2”.",
    ]
    assert symbols(read_progression("Bm x 2 4 4 3 2", C)) == "Bm"
    assert symbols(read_progression("C G\nthree times a lady\nF", C)) == "C G F"


@pytest.mark.parametrize("piece", ["(ab)", "(a b ", "2 x ", "x 1", "repeat ", "repeat\n", "((x", "( ", "(Ab cd ef)"])
def test_long_hostile_brackets_end(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    assert len(without_remarks(text).text) == len(text)


@pytest.mark.parametrize("piece", ["Key: D|", "Key: D\n", "{", "capo ", "a ", "tuning ", "Key:" + " " * 50, "|"])
def test_long_hostile_lines_end(piece: str) -> None:
    without_headers(piece * (20_000 // len(piece)))
