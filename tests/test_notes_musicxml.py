"""MusicXML and ABC become the piece that is written there; what expands, floods or lies is refused with a reason."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.music import Chord, Key, Progression, Slot
from engine.notes import (
    Piece,
    PieceNote,
    UnreadableNotes,
    Voice,
    parts_events,
    read,
    read_abc,
    read_midi,
    read_musicxml,
    score_of,
)
from engine.notes.markup import LONGEST_TAG, MOST_ELEMENTS, MOST_XML, Reader
from engine.render import to_midi, to_musicxml
from engine.voicing import arrange
from tests.fixtures.midi.regenerate import FOLDER, MEANT

DOCTYPE = (
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">'
)


def note(step: str, duration: float, *, alter: int = 0, octave: int = 4, voice: int = 1, extra: str = "") -> str:
    pitch = f"<pitch><step>{step}</step><alter>{alter}</alter><octave>{octave}</octave></pitch>"
    return f"<note>{extra}{pitch}<duration>{duration:g}</duration><voice>{voice}</voice></note>"


def rest(duration: int) -> str:
    return f"<note><rest/><duration>{duration}</duration></note>"


def attributes(divisions: int = 4, beats: str = "4", unit: int = 4, fifths: int = 0, mode: str = "major") -> str:
    return (
        f"<attributes><divisions>{divisions}</divisions><key><fifths>{fifths}</fifths><mode>{mode}</mode></key>"
        f"<time><beats>{beats}</beats><beat-type>{unit}</beat-type></time></attributes>"
    )


def score(*parts: list[str], title: str = "", start: str = "", listed: str = "") -> bytes:
    """Parts as lists of the contents of their measures."""
    names = "".join(
        f'<score-part id="P{n}"><part-name>Part {n}</part-name>{listed}</score-part>' for n in range(len(parts))
    )
    bodies = "".join(
        f'<part id="P{n}">' + "".join(f"<measure>{bar}</measure>" for bar in bars) + "</part>"
        for n, bars in enumerate(parts)
    )
    work = f"<work><work-title>{title}</work-title></work>"
    return f"{start}<score-partwise>{work}<part-list>{names}</part-list>{bodies}</score-partwise>".encode()


def heard(piece: Piece) -> list[tuple[Any, int, Any]]:
    return [(note.onset, note.pitch, note.duration) for note in piece.notes]


def packed(content: bytes, name: str = "score.xml", method: int = zipfile.ZIP_DEFLATED, more: int = 0) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        archive.writestr(
            "META-INF/container.xml",
            f'<container><rootfiles><rootfile full-path="{name}"/></rootfiles></container>',
        )
        archive.writestr("score.xml", content)
        for number in range(more):
            archive.writestr(f"{number}.png", b"")
    return written.getvalue()


SIMPLE = score([attributes() + note("C", 4) + note("E", 12)])


# --- what is written is read ----------------------------------------------------------------------------------------


def test_notes_rests_chords_and_voices() -> None:
    bar = (
        attributes(2) + note("C", 2) + note("E", 2, extra="<chord/>") + rest(2) + note("F", 4, alter=1)
        + "<backup><duration>8</duration></backup><forward><duration>2</duration></forward>"
        + note("B", 6, alter=-1, octave=3, voice=2)
    )  # fmt: skip
    piece = read_musicxml(score([bar]))
    assert heard(piece) == [(0, 60, 1), (0, 64, 1), (1, 58, 3), (2, 66, 2)]
    assert [voice.part for voice in piece.voices] == [0, 0]
    assert [n.spelling for n in piece.notes] == ["C", "E", "Bb", "F#"]


def test_ties_are_one_note_across_bars_and_within() -> None:
    start, stop = '<tie type="start"/>', '<tie type="stop"/>'
    bars = [
        attributes() + note("C", 16, extra=start),
        note("C", 4, extra=stop + start) + note("C", 4, extra=stop) + note("C", 8),
    ]
    assert heard(read_musicxml(score(bars))) == [(0, 60, 6), (6, 60, 2)]


def test_voices_of_two_staves_are_two_even_if_both_are_called_1() -> None:
    lower = note("C", 16).replace("</note>", "<staff>2</staff></note>")
    bar = attributes() + note("C", 8) + note("E", 8) + "<backup><duration>16</duration></backup>" + lower
    assert [[n.duration for n in voice.notes] for voice in read_musicxml(score([bar])).voices] == [[2, 2], [4]]


def test_a_tie_may_lead_into_another_voice() -> None:
    start, stop = '<tie type="start"/>', '<tie type="stop"/>'
    held = attributes() + note("C", 16, voice=2, extra=start) + "<backup><duration>16</duration></backup>"
    piece = read_musicxml(score([held + note("G", 16), note("C", 4, extra=stop) + note("D", 12)]))
    assert heard(piece) == [(0, 60, 5), (0, 67, 4), (5, 62, 3)]


def test_the_divisions_may_change_and_be_odd() -> None:
    bars = [attributes(3) + note("C", 1) * 3 + note("D", 9), attributes(7) + note("E", 7) + note("F", 21)]
    assert heard(read_musicxml(score(bars)))[2:] == [
        (Fraction(2, 3), 60, Fraction(1, 3)), (1, 62, 3), (4, 64, 1), (5, 65, 3),
    ]  # fmt: skip


def test_a_part_that_leaves_a_bar_short_waits_for_the_others() -> None:
    piece = read_musicxml(
        score([attributes() + note("C", 16), note("D", 16)], [attributes() + note("E", 4), note("F", 4)])
    )
    assert heard(piece) == [(0, 60, 4), (0, 64, 1), (4, 62, 4), (4, 65, 1)]
    assert [voice.name for voice in piece.voices] == ["Part 0", "Part 1"]


def test_rests_do_not_make_a_bar_longer_than_its_meter() -> None:
    assert heard(read_musicxml(score([attributes() + rest(16) + rest(16), note("C", 20), note("D", 16)])))[0] == (
        0,
        60,
        5,
    )
    late = read_musicxml(score([attributes() + note("C", 4) + rest(16) + rest(16), note("D", 16)]))
    assert [n.onset for n in late.notes] == [0, 4]


def test_pickup_key_meter_tempo_title() -> None:
    tempo = '<direction><sound tempo="90"/></direction>'
    bars = [attributes(2, "6", 8, -3, "minor") + tempo + note("G", 1), note("C", 6), "", note("C", 6)]
    piece = read_musicxml(score(bars, title="  A\tsong\x85 "))
    assert (piece.pickup, str(piece.meter), piece.key, piece.tempos[0].bpm) == (
        Fraction(1, 2), "6/8", Key("C", "minor"), 90,
    )  # fmt: skip
    assert piece.title == "A song"
    assert [n.onset for n in piece.notes] == [0, Fraction(1, 2), Fraction(13, 2)]
    assert piece.place_in_bar(Fraction(0)) == Fraction(5, 2)


def test_a_metronome_mark_counts_in_its_own_unit() -> None:
    mark = (
        "<direction><direction-type><metronome><beat-unit>quarter</beat-unit><beat-unit-dot/>"
        "<per-minute>60</per-minute></metronome></direction-type></direction>"
    )
    assert read_musicxml(score([attributes() + mark + note("C", 16)])).tempos[0].bpm == 90


def test_a_transposing_instrument_sounds_where_it_sounds() -> None:
    clarinet = "<attributes><transpose><chromatic>-2</chromatic></transpose></attributes>"
    piece = read_musicxml(score([attributes() + clarinet + note("C", 16)]))
    assert heard(piece) == [(0, 58, 4)]
    assert piece.notes[0].spelling == ""


def test_what_is_left_out_is_told() -> None:
    grace = "<note><grace/><pitch><step>D</step><octave>4</octave></pitch></note>"
    drum = "<note><unpitched/><duration>4</duration></note>"
    repeat = '<barline><repeat direction="backward"/></barline>'
    piece = read_musicxml(score([attributes() + grace + drum + note("C", 12) + note("C", 4, octave=99) + repeat]))
    assert heard(piece) == [(1, 60, 3)]
    assert [str(notice) for notice in piece.notices] == [
        "The drums were left out: 1 strokes.",
        "Grace notes and cue notes were left out: 1.",
        "Repeats were read once.",
        "Notes beyond the range of MIDI were left out: 1.",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_plain_document_type_and_other_encodings_are_read(encoding: str) -> None:
    text = (DOCTYPE + SIMPLE.decode()).encode(encoding)
    assert heard(read(text, "a.txt")) == heard(read_musicxml(SIMPLE)) == [(0, 60, 1), (1, 64, 3)]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_compressed_scores_are_read(method: int) -> None:
    assert heard(read(packed(SIMPLE, method=method), "a.mid")) == heard(read_musicxml(SIMPLE))


def test_our_own_score_comes_back_as_the_same_notes() -> None:
    slots = tuple(Slot(Chord(root, quality), beats) for root, quality, beats in
                  (("C", "", 4.0), ("A", "m7", 3.0), ("F", "maj7", 5.0), ("G", "7", 4.0)))  # fmt: skip
    meant = arrange(Progression(Key("C"), slots))
    for found in (read_musicxml(to_musicxml(meant)), read_midi(to_midi(meant))):
        assert heard(found) == sorted((n.onset, n.pitch, n.duration) for n in meant.notes)
        assert found.end == meant.beats


SINGERS = ("Soprano", "Alto", "Tenor", "Bass")


def test_a_choir_reads_a_part_each_with_its_name_and_comes_back() -> None:
    """Held over the bar line, in unison across the staves and on one, and resting."""
    lines = (
        ((67, 0, 3), (69, 3, 2), (71, 5, 3)),
        ((67, 0, 3), (60, 3, 2), (62, 5, 3)),
        ((60, 0, 1), (60, 3, 2), (59, 6, 2)),
        ((48, 0, 4), (43, 4, 4)),
    )
    voices = tuple(
        Voice(tuple(PieceNote(pitch, Fraction(at), Fraction(beats)) for pitch, at, beats in line), name, part)
        for part, (name, line) in enumerate(zip(SINGERS, lines, strict=True))
    )
    data = to_musicxml(score_of(Piece(voices, Fraction(8))))
    found = read_musicxml(data).voices
    assert [voice.name for voice in found] == list(SINGERS)
    assert [[(n.pitch, n.onset, n.duration) for n in voice.notes] for voice in found] == [[*line] for line in lines]
    assert data.count(b"<part-name>") == 4
    assert data.count(b"<per-minute>") == 1
    assert b"<clef-octave-change>-1<" in data  # the tenor's
    piano = to_musicxml(score_of(Piece(tuple(replace(voice, name="") for voice in voices), Fraction(8))))
    assert piano.count(b"<score-part ") == 1


def test_a_chorale_of_the_installed_corpus_keeps_its_four_parts_on_the_way_through_midi() -> None:
    from music21 import corpus

    piece = read_musicxml(corpus.getWork("bach/bwv269").read_bytes())
    assert [voice.name for voice in piece.voices] == ["Soprano", "Alto", "Tenor", "Bass"]
    assert (piece.pickup, str(piece.meter), piece.key) == (Fraction(1), "3/4", Key("G"))
    lines = parts_events(piece)
    assert [sum(event.duration for event in line) for line in lines] == [4 * int(piece.end)] * 4
    written = score_of(piece)
    again = read_midi(to_midi(written))
    assert heard(again) == sorted((n.onset, n.pitch, n.duration) for n in written.notes)
    unisons = len(piece.notes) - len(written.notes)
    assert {(o, p) for o, p, _ in heard(again)} == {(o, p) for o, p, _ in heard(piece)}
    assert 0 <= unisons < 10


# --- ABC ------------------------------------------------------------------------------------------------------------

JIG = "X:1\nT:A jig\nM:6/8\nL:1/8\nK:G\nD|GAB cBA|GAB cBA|GAB cBA|GBd g2|]\n"


def test_abc_is_the_same_jig_as_its_midi() -> None:
    piece = read(JIG.encode(), "jig.mid")
    assert heard(piece) == MEANT["abc2midi_jig"] == heard(read((FOLDER / "abc2midi_jig.mid").read_bytes()))
    assert (piece.title, piece.pickup, str(piece.meter), piece.key) == ("A jig", Fraction(1, 2), "6/8", Key("G"))


def test_of_several_tunes_the_first_is_read_with_a_word() -> None:
    piece = read_abc(JIG + "\n" + JIG.replace("X:1", "X:2"))
    assert heard(piece) == MEANT["abc2midi_jig"]
    assert "The text holds several tunes: the first was read." in [str(notice) for notice in piece.notices]


# --- what is refused ------------------------------------------------------------------------------------------------

BOMB = '<!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
OPEN = "<score-partwise><part-list/><part><measure>"

REFUSED: dict[str, tuple[bytes, str]] = {
    "entity bomb": (score([attributes() + note("C", 4)], title="&b;", start=BOMB), "entities"),
    "entity from outside": (score([note("C", 4)], title="&a;", start=OUTSIDE), "entities"),
    "declarations without use": (score([note("C", 4)], start='<!DOCTYPE s [<!ATTLIST s a CDATA "b">]>'), "entities"),
    "timewise": (b"<score-timewise/>", "partwise"),
    "another kind of XML": (b"<svg/>", "not a MusicXML"),
    "a note as root": (b"<note/>", "not a MusicXML"),
    "no note": (score([attributes() + rest(4)]), "single pitched note"),
    "only drums": (score(["<note><unpitched/><duration>4</duration></note>"]), "single pitched note"),
    "truncated": (SIMPLE[: len(SIMPLE) // 2], "line 1"),
    "unknown encoding": (b'<?xml version="1.0" encoding="klingon"?>' + SIMPLE, "MusicXML"),
    "too long": (b"<score-partwise>" + b" " * MOST_XML, str(MOST_XML)),
    "many elements": ((OPEN + "<a/>" * (MOST_ELEMENTS + 1)).encode(), str(MOST_ELEMENTS)),
    "many notes": ((OPEN + "<note/>" * 40_001).encode(), "40000"),
    "many parts": (score(*[[note("C", 1)]] * 65), "64"),
    "deep": (b"<score-partwise>" + b"<a>" * 100, "inside each other"),
    "a tag without end": (b"<score-partwise " + b" a=''" * LONGEST_TAG, str(LONGEST_TAG)),
    "a damaged archive": (packed(SIMPLE)[:-30], "damaged"),
    "an archive of something else": (packed(SIMPLE, name="missing.xml"), "damaged"),
    "an archive that grows": (packed(b" " * (MOST_XML + 1)), str(MOST_XML)),
    "an archive of many files": (packed(SIMPLE, more=300), "200"),
    "an archive packed otherwise": (packed(SIMPLE, method=zipfile.ZIP_LZMA), "damaged"),
    "an empty archive": (b"PK\x05\x06" + bytes(18), "damaged"),
    "an ABC tune without end": (b"X:1\nK:C\n" + b"[C" * 50_000, "50000"),
    "an ABC header": (b"X:1\nM:1000/1\nK:C\n", "no note"),
    "a long tune book": (b"X:1\nK:C\n" + b"a" * 2_000_000, "2000000"),
    "binary ABC": (b"X:1\nK:C\nabc\0", "no ABC"),
    "nothing": (b"", "empty"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(200), "neither MIDI nor MusicXML nor ABC"),
    "prose": (b"The quick brown fox jumps over the lazy dog.", "tune.mid is neither"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_is_refused_in_words_and_in_little_memory(case: str) -> None:
    data, word = REFUSED[case]
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableNotes) as refusal:
            read(data, "tune.mid")
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()
    assert word in str(refusal.value)


def test_elements_beyond_the_limit_are_not_looked_at() -> None:
    reader = Reader(frozenset(), lambda _tag, _attributes: None, lambda _element: None)
    with pytest.raises(UnreadableNotes):
        reader.read(b"<s>" + b"<a/>" * (3 * MOST_ELEMENTS))
    assert reader.elements == MOST_ELEMENTS + 1


def test_long_texts_and_numbers_do_not_grow() -> None:
    long = "9" * 1_000_000
    bar = attributes() + note("C", 4).replace("<voice>1", f"<voice>{long}").replace(
        "4</duration>", f"{long}</duration>"
    )
    with pytest.raises(UnreadableNotes, match="single pitched note"):
        read_musicxml(score([bar], title=long))
    assert len(read_musicxml(score([attributes() + note("C", 4)], title=long)).title) == 80


def test_a_score_of_many_bars_keeps_the_first_beats() -> None:
    silence = ["<forward><duration>40000</duration></forward>"] * 1100
    piece = read_musicxml(score([attributes() + note("C", 16), *silence, note("D", 4)]))
    assert heard(piece) == [(0, 60, 4)]
    assert "4096" in str(piece.notices[0])


RICH = score(
    [
        attributes(4, "3+2", 8, 2) + note("C", 2, extra='<tie type="start"/>') + note("G", 2, extra="<chord/>"),
        note("C", 2, extra='<tie type="stop"/>') + "<backup><duration>2</duration></backup>" + note("A", 2, voice=2),
    ],
    title="Rich",
    start=DOCTYPE,
)
SCRAPS = ["<chord/>", "-", "9", "0", "<grace/>", "&amp;", "</measure>", "<", "999999999999", ".", "1e9", "<pitch>", "é"]


@settings(max_examples=200)
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 6), st.sampled_from(SCRAPS)), max_size=5))
def test_damaged_scores_give_a_piece_or_a_reason(edits: list[tuple[float, int, str]]) -> None:
    data = RICH
    for place, cut, scrap in edits:
        at = int(place * len(data))
        data = data[:at] + scrap.encode() + data[at + cut :]
    check_read(data)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_damaged_archives_give_a_piece_or_a_reason(edits: list[tuple[float, int]]) -> None:
    data = bytearray(packed(RICH))
    for place, value in edits:
        data[int(place * (len(data) - 1))] = value
    check_read(bytes(data))


@settings(max_examples=100)
@given(st.text(alphabet="ABCdefgz|:[]()1234/-^_=,'<>{}~\n XKML\"!", max_size=120))
def test_any_abc_gives_a_piece_or_a_reason(body: str) -> None:
    check_read(b"X:1\nM:4/4\nL:1/8\nK:D\n" + body.encode())


def check_read(data: bytes) -> None:
    try:
        piece = read(data, "upload")
    except UnreadableNotes as refusal:
        assert str(refusal)
        return
    assert all(n.duration > 0 and n.onset >= 0 and 0 <= n.pitch <= 127 for n in piece.notes)
    assert 0 < score_of(piece).beats <= 4096
