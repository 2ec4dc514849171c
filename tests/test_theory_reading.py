"""Whole progressions as musicians paste them; nonsense in the middle costs only itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import UnreadableChord, UnreadableNumeral
from engine.music import Key
from engine.theory import (
    ALL_KEYS,
    ProgressionReading,
    all_numerals,
    chord_of,
    name_for_display,
    read_progression,
    write_chord,
)
from engine.theory.chart import shares
from engine.theory.reading import MAX_PROBLEMS

C = Key("C")
A_MINOR = Key("A", "minor")


def symbols(reading: ProgressionReading) -> str:
    return " ".join(write_chord(chord) for chord in reading.chords)


def beats(text: str, beats_per_bar: float = 4) -> list[float]:
    return [slot.beats for slot in read_progression(text, C, beats_per_bar).slots]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Am F C G7", "Am F C G7"),
        ("C - F - G", "C F G"),
        ("C-F-G", "C F G"),
        ("Am–F—C", "Am F C"),
        ("C-7-F7", "Cm7 F7"),
        ("C, F; G → C -> F", "C F G C F"),
        ("C\nF\r\nG", "C F G"),
        ("| C | Am F |", "C Am F"),
        ("C|F||G|]", "C F G"),
        ("| C | % | F % |", "C C F F"),
        ("C % F", "C C F"),
        ("|: C | G :|", "C G C G"),
        ("|: C | G :| x3 F", "C G C G C G F"),
        ("C G x2\nF", "C G C G F"),
        ("| A | |: C | G :| F |", "A C G C G F"),
        ("Do Rem Sol7 Lab Fa#m7 Sib Re-7", "C Dm G7 Ab F#m7 Bb Dm7"),
        ("Do7 Fa Dom7", "C7 F Cm7"),
        ("Do-Fa-Sol7", "C F G7"),
        ("Do m Sol 7 Fa", "Cm G7 F"),
        ("Am Do7 C", "Am Ddim7 C"),
        ("C:min7 D:hdim7/b3 G:7(b9,13) N", "Cm7 Dm7b5/F G13b9 N.C."),
        ("am f c g7", "Am F C G7"),
        ("C7(b9, 13) (G7) (C F)", "C13b9 G7 C F"),
        ("[Verse] C F [Chorus] G", "C F G"),
        ("Verse: C F\nCoro: G", "C F G"),
        ("[C] [Am]", "C Am"),
        ("[A] C F [B] G", "C F G"),
        ("[A]\n[Dm] [A]", "A Dm A"),
        ("C / / F", "C F"),
        ("4/4 | C | F |", "C F"),
        ("B♭ F♯m7♭5", "Bb F#m7b5"),
        ("", ""),
        (" \n\t", ""),
    ],
)
def test_what_people_paste(text: str, expected: str) -> None:
    reading = read_progression(text, C)
    assert symbols(reading) == expected
    assert not reading.problems


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ("I V vi IV", C, "C G Am F"),
        ("I-V-vi-IV", C, "C G Am F"),
        ("ii7 V7 Imaj7", C, "Dm7 G7 Cmaj7"),
        ("ii-7 V7 | I", C, "Dm7 G7 C"),
        ("iiø7 V7 i", A_MINOR, "Bm7b5 E7 Am"),
        ("iim7b5 V7 im", A_MINOR, "Bm7b5 E7 Am"),
        ("bVII ♭VI V7/ii V/V subV7/V #ivo7 IVmaj7", C, "Bb Ab A7 D7 Ab7 F#dim7 Fmaj7"),
        ("ii V7 I V/II Vsub/V natVI", C, "Dm G7 C A7 Ab7 A"),
        ("i VI III VII", A_MINOR, "Am F C G"),
        ("i bVI bIII bVII", A_MINOR, "Am F C G"),
        ("im VI7 bVI", A_MINOR, "Am F#7 F"),
        ("i VI bVII VII", A_MINOR, "Am F G G#"),
        ("V/III III VImaj7 natVI", A_MINOR, "G7 C Fmaj7 F#"),
    ],
)
def test_numerals(text: str, key: Key, expected: str) -> None:
    reading = read_progression(text, key)
    assert symbols(reading) == expected
    assert not reading.problems


def test_natural_minor_degrees_are_noted() -> None:
    assert "natural minor" in str(read_progression("i VI VII", A_MINOR).notes[0])
    assert not read_progression("i bVI bVII", A_MINOR).notes
    assert not read_progression("I VI VII", C).notes


@pytest.mark.parametrize("key", ALL_KEYS, ids=str)
def test_every_live_token_is_read_in_a_progression(key: Key) -> None:
    for start in (0, 90):
        tokens = all_numerals()[start : start + 90]
        reading = read_progression(" ".join(("iim", *tokens)), key)
        assert reading.chords[1:] == tuple(chord_of(token, key) for token in tokens)


@pytest.mark.parametrize("key", ALL_KEYS, ids=str)
def test_displayed_numerals_are_read_back(key: Key) -> None:
    chords = [chord_of(token, key) for token in all_numerals()]
    for start in (0, 90):
        names = [name_for_display(chord, key) for chord in chords[start : start + 90]]
        reading = read_progression(" ".join(("iim", *names)), key)
        assert [chord.pitch_class for chord in reading.chords[1:]] == [
            c.pitch_class for c in chords[start : start + 90]
        ]
        assert [chord.quality for chord in reading.chords[1:]] == [c.quality for c in chords[start : start + 90]]


def test_beats_in_bars() -> None:
    assert beats("C F") == [4.0, 4.0]
    assert beats("| C | Am F | Dm G7 C |") == [4.0, 2.0, 2.0, 2.0, 1.0, 1.0]
    assert beats("| C / / F | G |") == [3.0, 1.0, 4.0]
    assert beats("| C | / F |") == [4.0, 2.0, 2.0]
    assert beats("| C F | % |", 3) == [2.0, 1.0, 2.0, 1.0]
    assert beats("| C F\n| G |") == [2.0, 2.0, 4.0]
    assert [slot.beats for slot in read_progression("C F", C, default_beats=2.0).slots] == [2.0, 2.0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[Verse]\nC G Am F\n[Chorus]\n| F | G | C | C |", [2, 2, 2, 2, 4, 4, 4, 4]),
        ("| F G |\n\nC G\nAm F", [2, 2, 2, 2, 2, 2]),
        ("C G Am\n|: F | G :|\nC G Am", [2, 2, 2, 4, 4, 4, 4, 2, 2, 2]),
        ("Verse: C G Am\nChorus: | F | G |", [2, 2, 2, 4, 4]),
        ("C | F | G\n[Chorus]\nC G Am\nF | G", [4, 4, 4, 2, 2, 2, 4, 4]),
        ("| C | F |\nG\n| Am |", [4, 4, 2, 4]),
        ("C G /\n| / F | % |", [2, 2, 2, 2, 2, 2]),
        ("| F G |\nC\n| % |", [2, 2, 2, 4]),
        ("| C | G\nAm F |", [4, 4, 2, 2]),
        ("| C | F\nG C\nAm | F |", [4, 4, 2, 2, 4, 4]),
        ("| C | F\nmy words\nG C D\n\nE G\nAm | F |", [4, 4, 2, 1, 1, 2, 2, 4, 4]),
    ],
)
def test_a_line_without_bars_is_read_as_in_a_text_without(text: str, expected: list[float]) -> None:
    assert [slot.beats for slot in read_progression(text, C, default_beats=2).slots] == expected


def test_lines_without_bars_keep_repeats_within_themselves() -> None:
    assert symbols(read_progression("| C | F |\nG Am x2\n%", C)) == "C F G Am G Am Am"


@given(st.integers(1, 300), st.sampled_from([2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 3.5]))
def test_shares_fill_the_bar(count: int, bar: float) -> None:
    parts = shares(count, bar)
    assert len(parts) == count
    assert sum(parts) == bar
    assert all(part > 0 for part in parts)
    assert max(parts) == parts[0]


def test_nonsense_in_the_middle_becomes_a_problem_and_the_rest_stays() -> None:
    reading = read_progression("C blah F Cmaj77 H7 G7", C)
    assert symbols(reading) == "C F G7"
    assert [type(problem) for problem in reading.problems] == [UnreadableChord] * 3
    places = [problem.position for problem in reading.problems if isinstance(problem, UnreadableChord)]
    assert places == [3, 14, 16]
    assert "character 15" in str(reading.problems[1])
    assert "Cmaj7" in str(reading.problems[1])
    assert "B7" in str(reading.problems[2])


def test_unreadable_numerals_name_their_place() -> None:
    reading = read_progression("I V7q IV", C)
    assert symbols(reading) == "C F"
    assert isinstance(reading.problems[0], UnreadableNumeral)
    assert "Character 3" in str(reading.problems[0])


@pytest.mark.parametrize(
    "text",
    [
        "|: Dm7 | G7 |1. Cmaj7 :|2. C6 ||",
        "|: Dm7 | G7 |1 Cmaj7 :|2 C6 |]",
        "|: Dm7 | G7 |[1 Cmaj7 :|[2 C6 ||",
        "|: Dm7 | G7 | [1. Cmaj7 :| [2. C6 |]",
        "|: Dm7 | G7 |[1] Cmaj7 :|[2] C6 ||",
        "|: Dm7 | G7 | 1. Cmaj7 :| 2. C6 ||",
        "|: Dm7 | G7 |1.Cmaj7 :|2.C6 ||",
        "|: Dm7 | G7 |1Cmaj7 :|2C6 ||",
        "|: Dm7 | G7 |\n1. Cmaj7 :|\n2. C6 ||",
        "|: Dm7 | G7 |1. Cmaj7 :| C6 ||",
        "|: Dm7 | G7 |1. Cmaj7 |2. C6 ||",
        "|: Dm7 | G7 |1. Cmaj7 :|2. C6 :|",
        "|: ii7 | V7 |1. Imaj7 :|2. I6 ||",
        "|: Rem7 | Sol7 |1. Domaj7 :|2. Do6 ||",
        "Dm7 | G7 |1. Cmaj7 :|2. C6 ||",
    ],
)
def test_endings_of_a_repeat_are_played_in_turn(text: str) -> None:
    reading = read_progression(text, C)
    assert symbols(reading) == "Dm7 G7 Cmaj7 Dm7 G7 C6"
    assert not reading.problems
    assert not reading.notes
    assert {slot.beats for slot in reading.slots} == {4.0}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("|: A |1. B :|2. C :|3. D ||", "A B A C A D"),
        ("|: A |1.-3. B :|4. C ||", "A B A B A B A C"),
        ("|: A |1,2. B :|3. C ||", "A B A B A C"),
        ("|: A |1. B :|2,3. C :|4. D ||", "A B A C A C A D"),
        ("|: A |1. B :|2. C || D | E :|", "A B A C D E D E"),
        ("|: A |1. B :|2. C |: D :|", "A B A C D D"),
        ("|: A |1. B :|: C |1. D :|2. E ||", "A B A C D C E"),
        ("|: A |1. B | C :|2. D | E ||", "A B C A D E"),
    ],
)
def test_more_endings_and_what_follows_them(text: str, expected: str) -> None:
    assert symbols(read_progression(text, C)) == expected


@pytest.mark.parametrize("text", ["1. C F\n2. G C", "1. C F\n2. G\n10. C", "1. | C | F |\n2. | G | C |"])
def test_numbers_of_lines_are_no_endings(text: str) -> None:
    reading = read_progression(text, C)
    assert symbols(reading) == "C F G C"
    assert not reading.problems
    assert not reading.notes


def test_numbered_lines_keep_their_own_repeats() -> None:
    assert symbols(read_progression("1. |: C | F :|\n2. |: G | C :|", C)) == "C F C F G C G C"
    assert "“7” is not a chord" in str(read_progression("| C | 7 | F |", C).problems[0])


def test_a_meter_is_no_heading() -> None:
    for text, beats_per_bar in (("4/4 | C |", 4), ("3/4 | C |", 3), ("6/8 | C |", 3), ("6/8 | C |", 6)):
        assert not read_progression(text, C, beats_per_bar).notes
    notes = read_progression("3/4 | C |", C).notes
    assert [str(note) for note in notes] == ["The meter 3/4 is skipped: bars here have 4 beats."]


@pytest.mark.parametrize("text", ["%", "| % |", "x3", "|: :| x2"])
def test_a_repeat_of_nothing_is_a_problem(text: str) -> None:
    reading = read_progression(text, C)
    assert not reading.slots
    assert "nothing did" in str(reading.problems[0])


def test_many_problems_are_counted_not_listed() -> None:
    reading = read_progression("C " + "Cmaj77 " * 1000, C)
    assert len(reading.problems) == MAX_PROBLEMS
    assert str(1000 - MAX_PROBLEMS) in str(reading.notes[-1])


def test_richer_chords_say_what_the_model_reads() -> None:
    notes = [str(note) for note in read_progression("C13#11 C/E C13#11 G7", C).notes]
    assert len(notes) == 1
    assert "the suggestions" in notes[0]
    assert notes[0].endswith(": C13#11 = C7, C/E = C.")
    assert "suggestions read it as C7" in str(read_progression("C13#11", C).notes[0])
    many = " ".join(chord + "9" for chord in ["C", "D", "E", "F", "G", "A", "B", "Cm", "Dm", "Em"])
    assert str(read_progression(many, C).notes[0]).endswith("Cm9 = Cm7, ….")


@pytest.mark.parametrize(
    "heading",
    [
        *("Verse 1:", "Chorus 2", "Estribillo:", "Coro:", "Puente", "Intro:", "INTRO", "Verse:", "Pre-Chorus", "Solo:"),
        *("(Chorus)", "(Chorus x2)", "Estrofa 3", "Bridge", "Coda", "Final", "Verso 2:"),
    ],
)
def test_headings_are_skipped_with_a_note(heading: str) -> None:
    for text in (f"{heading}\nC F", f"C\n{heading} F", f"| C |\n{heading}\n| F |"):
        reading = read_progression(text, C)
        assert symbols(reading) == "C F"
        assert not reading.problems
        assert [str(note) for note in reading.notes] == [f"Skipped the heading “{heading.strip('():')}”."]


def test_a_repeat_sign_after_a_heading_stays_one() -> None:
    assert symbols(read_progression("Chorus |: C | F :|", C)) == "C F C F"


@pytest.mark.parametrize(
    ("text", "expected", "count"),
    [
        ("C G\nEvery breath you take, every move you make\nAm F", "C G Am F", 8),
        ("When I was a little boy\nC F", "C F", 6),
        ("C\nmy love is a\nG", "C G", 4),
        ("C\nthe sun\nis out\nG", "C G", 4),
        ("la casa de mi madre es muy grande\nDo Fa Sol7", "C F G7", 8),
        ("[Am]Hello my [F]friend how [C]are you", "Am F C", 6),
    ],
)
def test_lyrics_are_one_note(text: str, expected: str, count: int) -> None:
    reading = read_progression(text, C)
    assert symbols(reading) == expected
    assert not reading.problems
    assert len(reading.notes) == 1
    assert str(reading.notes[0]).startswith(f"Skipped {count} words that are not chords: ")


def test_many_words_among_chords_are_one_problem() -> None:
    reading = read_progression("| C hello world foo | F bar baz G |\nwords and words", C)
    assert symbols(reading) == "C F G"
    assert [str(problem) for problem in reading.problems] == [
        "Skipped 5 words that are not chords: hello, world, foo, …."
    ]
    assert [str(note) for note in reading.notes] == ["Skipped 3 words that are not chords: words, and, words."]


LYRIC_LINES = [
    *("A mi manera", "I am here", "Am I wrong", "Do you remember, La la la", "La la la", "I do", "Am I", "A mi"),
    *(
        "Go I will",
        "I did it my way",
        "A hard day",
        "Do I love you",
        "La vida",
        "Mi amor",
        "Si tú quieres",
        "a mi lado",
    ),
    *("Sol de mayo", "La noche", "Solo tú", "A la mar", "Re mi amigo", "La la la oh", "Mi La luna", "Sola y si"),
]
CHORD_LINES = {
    **dict.fromkeys(["Am", "C Am F G", "A E", "E A E", "A E Am", "Am Em", "A Am E", "Em Am C D", "C my F"]),
    **{"am f c g": "Am F C G", "a e": "A E", "C Sol F": "C G F", "A Cmaj77 E": "A E", "Am F what C": "Am F C"},
    **{"I V vi IV": "C G Am F", "i iv v": "Cm Fm Gm", "I": "C", "vi IV I V": "Am F C G", "La": "A", "Do m Sol": "Cm G"},
    **{"Do Sol Lam Fa": "C G Am F", "La Mi Si7": "A E B7", "La Mi": "A E", "Do Re Mi": "C D E", "la mi re": "A E D"},
    **{
        "La Mi Re\nB7": "A E D B7",
        "| A | E |": "A E",
        "A - E - A": "A E A",
        "Am x2": "Am Am",
        "am f c g what": "Am F C G",
    },
}


@pytest.mark.parametrize("line", LYRIC_LINES)
def test_lines_of_words_are_lyrics_among_letters(line: str) -> None:
    for text in (f"C G7 Am F\n{line}\nDm G7", f"{line}\nC G7 Am F\nDm G7"):
        reading = read_progression(text, C)
        assert symbols(reading) == "C G7 Am F Dm G7"
        assert not reading.problems
        assert len(reading.notes) == 1
        assert str(reading.notes[0]).startswith(f"Skipped {len(line.split())} words that are not chords: ")


@pytest.mark.parametrize("line", [line for line in LYRIC_LINES if line != "La la la"])
def test_lines_of_words_are_lyrics_alone(line: str) -> None:
    assert not read_progression(line, C).slots


def test_words_are_lyrics_among_latin_names_too() -> None:
    for line in ("A mi manera", "Am I wrong", "I am here", "Mi amor"):
        assert symbols(read_progression(f"Do Fa\n{line}\nSol7 Lam", C)) == "C F G7 Am"
        assert symbols(read_progression(f"V7 I IV\n{line}\nii7", C)) == "G7 C F Dm7"


@pytest.mark.parametrize(("line", "expected"), CHORD_LINES.items())
def test_lines_of_chords_are_kept(line: str, expected: str | None) -> None:
    assert symbols(read_progression(line, C)) == (expected or line.replace(" my", ""))


def test_misspelled_chords_are_told_one_by_one() -> None:
    reading = read_progression("Cmaj77 Gsuss4 Dmm7 Amm H7 Bmin77", C)
    nearest = [problem.nearest for problem in reading.problems if isinstance(problem, UnreadableChord)]
    assert nearest == ["Cmaj7", "Gsus4", "Dm7", "Am", "B7", "Bmin7"]
    assert [str(p) for p in read_progression("C my F", C).problems] == [
        "“my” is not a chord we can read (character 3). "
        "Write a note and what kind of chord it is, such as C, F#m7 or Bb/D."
    ]


def test_small_letters_and_headings_are_noted() -> None:
    notes = [str(note) for note in read_progression("[Verse] am f G", C).notes]
    assert any("Verse" in note for note in notes)
    assert any("am = Am, f = F" in note for note in notes)
