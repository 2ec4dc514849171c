"""ABC from anywhere is read as it was meant, names what it leaves out, and no text keeps it busy for long."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.abc import KEYS, METERS, RHYTHMS, Tune, UnreadableTune
from engine.abc.events import LEFT_OUT
from engine.abc.melody import intervals, melody
from engine.abc.reading import LARGEST_TEXT, decoded, read, read_one
from engine.abc.scanning import MOST_EVENTS, MOST_FAULTS

FIXTURE = (Path(__file__).parent / "fixtures" / "tunes.abc").read_bytes()


def body(music: str, header: str = "X:1\nL:1/8\nM:4/4\nK:C\n") -> str:
    return "".join(read_one(header + music).tune.body)


def faults(music: str) -> list[tuple[str, int]]:
    found = read_one("X:1\nL:1/8\nK:C\n" + music)
    return [(fault.sentence.text(), fault.position - 14) for fault in found.faults]


@pytest.mark.parametrize(
    ("music", "canonical"),
    [
        ("C D2 E/ F/2 G// A3/2|", "CD2E/2F/2G/4A3/2|"),
        ("C>D E<F G>>A|", "C3/2D/2E/2F3/2G7/4A/4|"),
        ("(3CDE (3:2:3FGA|", "(3CDE(3FGA|"),
        ("[CEG]2 [C2E2G2]|", "[CEG]2[CEG]2|"),
        ("[C]D|", "CD|"),
        ("C-C D-E [CE]-[EG]|", "C-CDE[CE]-[EG]|"),
        ("C2-|C2|", "C2-|C2|"),
        ("^C_D=E^^F__G|", "^C_D=E^^F__G|"),
        ("C,, c'' z x|", "C,,c''zz|"),
        ("CD||EF|]", "CD||EF|]"),
        ("|:CD:|:EF:|", "|:CD::EF:|"),
        ("CD:||:EF:||", "CD::EF:|"),
        ("CD|\n|:EF:|\n|GA||", "CD|:EF:|GA||"),
        ("CD|1EF:|2GA|]", "CD|[1EF:|[2GA|]"),
        ("CD|[1 EF:|[2 GA|]", "CD|[1EF:|[2GA|]"),
        ('"Am"C {gf}D !trill!E ~F (GA) "^slow"B|', "CDEFGAB|"),
        ("C[L:1/16]DE[L:1/8]F|", "CD/2E/2F|"),
        ("C % a comment | D\nE|", "CE|"),
        ("C\\\nD`E|", "CDE|"),
        ("C[|]D|", "C|]D|"),
    ],
)
def test_music_becomes_canonical(music: str, canonical: str) -> None:
    assert body(music) == canonical


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("X:1\nM:6/8\nL:1/4\nR:double jig\nK:Edor\n", "R:jig\nM:6/8\nK:Edor\nC2"),
        ("X:1\nT:Quickstep\nM:C|\nK:B minor\n", "R:march\nM:4/4\nK:Bmin\nC"),
        ("X:1\nM:2/4\nK:Bb clef=treble\n", "R:other\nM:2/4\nK:Bbmaj\nC/2"),
        ("X:1\nZ: id:dc-waltz-3\nM:3/4\nK:A Mixolydian\n", "R:waltz\nM:3/4\nK:Amix\nC"),
        ("", "R:other\nM:4/4\nK:Cmaj\nC"),
    ],
)
def test_headers_and_the_usual_unit(header: str, expected: str) -> None:
    assert read_one(header + "C").tune.text == expected


def test_what_an_opening_does_not_say_is_taken_from_the_wish() -> None:
    tune = read_one("DEF", Tune("slip jig", "9/8", "Edor", ())).tune
    assert tune == Tune("slip jig", "9/8", "Edor", ("D", "E", "F"))


def test_a_file_of_several_tunes() -> None:
    tunes = read(decoded(FIXTURE))
    assert [tune.tune.title for tune in tunes][:3] == [
        "The Tester's Delight (jig)",
        "The Same in G",
        "Walk to the Ledge",
    ]
    assert [tune.is_clean for tune in tunes] == [True, True, True, False, False, True]
    assert (tunes[3].voices, tunes[4].changes) == (True, True)
    assert tunes[2].left_out == ("decoration", "grace", "ornament", "quoted", "slur")
    assert set(tunes[2].left_out) <= set(LEFT_OUT)
    assert tunes[2].notices[-1].position == tunes[2].start


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\n"])
def test_line_ends_of_any_system(ends: str) -> None:
    there = [tune.tune for tune in read(decoded(FIXTURE))]
    assert [tune.tune for tune in read(decoded(FIXTURE).replace("\n", ends))] == there


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_encodings(encoding: str) -> None:
    tune = read_one(decoded("X:1\nT:Séamus\nK:D\nDEF|]\n".encode(encoding)))
    assert (tune.tune.title, "".join(tune.tune.body)) == ("Séamus", "DEF|]")


def test_the_same_tune_in_two_keys_has_one_line() -> None:
    first, second = read(decoded(FIXTURE))[:2]
    assert intervals(first.tune) == intervals(second.tune)
    assert first.tune.body != second.tune.body


def test_a_line_hears_accidentals_ties_chords_and_tuplets() -> None:
    line = melody(read_one("X:1\nL:1/8\nM:4/4\nK:D\n^A,A,-A, [DFA]2 z (3cc=c|c").tune)
    assert [(sound.pitch, sound.ticks) for sound in line] == [
        (58, 5040), (58, 10080), (69, 10080), (73, 3360), (73, 3360), (72, 3360), (73, 5040)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("music", "position"),
    [("CD[EG", 2), ("CD ]E", 3), ("CD ? E", 3), ("C>", 2),
     ("CD (8EF", 3), ("CD {gf", 3), ('CD "Am', 3), ("[C[DE]]F", 2),
     ("C7/5", 0), ("C|3D", 2), (">C", 0)],
)  # fmt: skip
def test_faults_are_named_with_their_place(music: str, position: int) -> None:
    assert position in [place for _, place in faults(music)]


@pytest.mark.parametrize("field", ["M:1000/1", "M:0/4", "M:3/7", "M:free", "K:H", "K:Hp", "K:G#", "L:3", "L:1/0"])
def test_fields_that_mean_nothing_are_faults(field: str) -> None:
    rest = "" if field.startswith("K") else "K:C\n"
    found = read_one(f"X:1\n{field}\n{rest}CDE|")
    assert [fault.position for fault in found.faults] == [4]
    assert not found.is_clean


def test_every_token_knows_where_it_was_written() -> None:
    text = "X:1\nL:1/8\nK:C\nC2 [EG]-[EG] | (3abc |]"
    found = read_one(text)
    for token, place in zip(found.tune.body, found.places, strict=True):
        assert text[place] in ("[" if text[place] == "[" else token) or token in ("2", "-")


def test_text_below_an_empty_line_is_no_music() -> None:
    found = read_one("X:1\nK:C\nCDE|\n\nHere ends the book.\n")
    assert "".join(found.tune.body) == "CDE|"
    assert [fault.serious for fault in found.faults] == [False]


def test_a_field_that_goes_on_in_a_second_line_is_no_music() -> None:
    assert "".join(read_one("X:1\nN:a long\nstory about it\nM:6/8\nK:D\nDEF|").tune.body) == "DEF|"


def test_of_several_tunes_the_first_is_taken_and_said() -> None:
    found = read_one("X:1\nK:C\nCDE|\nX:2\nK:C\nFGA|\n")
    assert "".join(found.tune.body) == "CDE|"
    assert [fault.serious for fault in found.faults] == [False]


def test_limits() -> None:
    with pytest.raises(UnreadableTune):
        read("C" * (LARGEST_TEXT + 1))
    with pytest.raises(UnreadableTune):
        decoded(b"X:1\0")
    with pytest.raises(UnreadableTune):
        read_one("  \n ")
    long = read_one("C" * 50_000)
    assert len(long.tune.body) <= MOST_EVENTS
    assert len(read_one("?" * 50_000).faults) <= MOST_FAULTS + 1


@pytest.mark.parametrize("sign", ['"', "{", "!", "[", "(", "|", ":", "-", ">", "C/", "(3", "[K:", "&", "+", "^", "{{a"])
def test_one_sign_a_hundred_thousand_times(sign: str) -> None:
    read_one("X:1\nK:C\n" + sign * (100_000 // len(sign)))


letters = st.text(alphabet="ABCdefgz'^_=,/23<>|:[]()-{}\"!~%&\\ \n\rXKMLTVw1é\x00", max_size=300)


@settings(max_examples=300, deadline=None)
@given(letters)
@example("X:1\nK:\nM:\nL:\n[K:]")
@example("X:")
def test_any_text_is_read_or_refused(text: str) -> None:
    for tune in read(text):
        assert len(tune.places) == len(tune.tune.body)
        assert list(tune.places) == sorted(tune.places)
        assert all(0 <= fault.position <= len(text) for fault in tune.notices)
        melody(tune.tune)


@settings(deadline=None)
@given(st.sampled_from(RHYTHMS), st.sampled_from(METERS), st.sampled_from(KEYS), st.integers(0, 3))
def test_canonical_text_is_read_as_itself(rhythm: str, meter: str, key: str, form: int) -> None:
    music = ("|:D2F^A3/2-A/2:|", "[DFA]2-[DFA]|(3DEFz4|]", "A,|[1B/4c'/4:|[2d|]", "D3/4E/2||=F_g::a:|")[form]
    header = f"X:1\nR:{rhythm}\nM:{meter}\nL:1/8\nK:{key}\n"
    assert read_one(header + music).tune.text == f"R:{rhythm}\nM:{meter}\nK:{key}\n{music}"


@pytest.mark.parametrize("data", [b"\xff\xfeX", b"\xfe\xff\xd8\x00", b"\xff\xfe" + b"\x00\xd8" * 9, b"\xff\xfe"])
def test_half_a_character_of_utf_16_stops_nothing(data: bytes) -> None:
    assert isinstance(decoded(data), str)
