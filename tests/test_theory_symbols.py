"""Chord symbols: everything musicians type, what is written back, and refusals that help."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import UnreadableChord
from engine.music import NO_CHORD, QUALITIES, Chord
from engine.theory import chord_tones, display_parts, nearest, read_chord, suffix, symbols, write_chord
from engine.theory.intervals import INTERVALS, TENSIONS, degrees_of
from engine.theory.nearest import SUFFIXES, nearest_symbol
from engine.theory.suffix import MAX_SYMBOL, Refused, read_suffix

TYPED = {
    ("", ()): "C C:maj C: Cmaj CM c Do DO do C:1",
    ("m", ()): "Cm C- Cmin Cmi C:min cm Dom dom DOm Do-",
    ("7", ()): "C7 C:7 Do7 c7 Cdom7",
    ("maj7", ()): "CM7 Cmaj7 CΔ CΔ7 C∆7 C^7 C^ Cma7 CMa7 CMaj7 Cj7 C:maj7 DoM7 Domaj7 C7M Do7M C7maj CMAJ7",
    ("m7", ()): "C-7 Cmin7 Cm7 Cmi7 C:min7 Dom7 Do-7 CMIN7 CMin7 CMi7",
    ("m7b5", ()): "Cø Cø7 Cm7b5 C-7b5 Cmin7(b5) Cm7♭5 Cm7-5 C:hdim7 Ch7 Dom7b5 Doø",
    ("dim", ()): "C° Co Cº Cdim C:dim Dodim C0",
    ("dim7", ()): "Co7 C°7 Cdim7 C:dim7 Dodim7 C07",
    ("aug", ()): "C+ Caug C:aug Doaug",
    ("7", ("#5",)): "C7#5 C7+ C+7 Caug7 C7♯5 C7+5 C7aug C:aug(b7)",
    ("sus", ()): "Csus Csus4 C:sus4 C4 Dosus4",
    ("5", ("9",)): "Csus2 C:sus2",
    ("7sus", ()): "C7sus4 C7sus C:sus4(b7) Do7sus4",
    ("7sus", ("9",)): "C9sus C9sus4",
    ("6", ()): "C6 CM6 Cmaj6 C:maj6",
    ("6", ("9",)): "C6/9 C69 C6(9)",
    ("m6", ()): "Cm6 C-6 Cmin6 C:min6",
    ("", ("9",)): "Cadd9 C2 C(add9) C:maj(9)",
    ("m", ("9",)): "Cmadd9 Cm(add9)",
    ("7", ("b9", "#9", "b13")): "C7alt Calt",
    ("7", ("#9",)): "C7#9 C7(#9) C7+9 C:7(#9)",
    ("7", ("b9", "b13")): "C7b9b13 C7(b9,b13) C7(b9b13) C7-9b13",
    ("7", ("b9",)): "C7b9 C7(b9) C7-9 C:7(b9)",
    ("7", ("9", "#11", "13")): "C13#11 C13(#11)",
    ("7", ("b9", "13")): "C13b9 C7(b9,13)",
    ("7", ("9",)): "C9 C:9 C7(9) C7/9",
    ("maj7", ("9",)): "Cmaj9 CM9 CΔ9 C^9 C:maj9 Cmaj7(9)",
    ("maj7", ("#11",)): "Cmaj7#11 CM7#11 CΔ#11",
    ("m7", ("9",)): "Cm9 C-9 Cmin9",
    ("m7", ("9", "11")): "Cm11 C-11 Cm9/11",
    ("mM7", ()): "CmM7 C-Δ7 C-Δ Cm(maj7) CmMaj7 Cmmaj7 Cm/maj7 C-^7 Cm(M7) C:minmaj7 CminMaj7 Cm7M Cm(#7)",
    ("5", ()): "C5 C:5 C(no3)",
}

CASES = [(text, Chord("C", *meaning)) for meaning, texts in TYPED.items() for text in texts.split()]


@pytest.mark.parametrize(("text", "chord"), CASES, ids=[text for text, _ in CASES])
def test_what_musicians_type(text: str, chord: Chord) -> None:
    assert read_chord(text) == chord


@pytest.mark.parametrize(
    ("text", "chord"),
    [
        ("C/E", Chord("C", "", (), "E")),
        ("Cm7/Bb", Chord("C", "m7", (), "Bb")),
        ("F♯-7b5/E", Chord("F#", "m7b5", (), "E")),
        ("Sib7/Re", Chord("Bb", "7", (), "D")),
        ("Solm", Chord("G", "m")),
        ("Sim7b5", Chord("B", "m7b5")),
        ("Fadim", Chord("F", "dim")),
        ("Fadd9", Chord("F", "", ("9",))),
        ("Faug", Chord("F", "aug")),
        ("Ré-7", Chord("D", "m7")),
        ("Re-7", Chord("D", "m7")),
        ("Fa#m7", Chord("F#", "m7")),
        ("Lab", Chord("Ab")),
        ("Ab", Chord("Ab")),
        ("Dm", Chord("D", "m")),
        ("Dom", Chord("C", "m")),
        ("D:hdim7/b3", Chord("D", "m7b5", (), "F")),
        ("Ab:maj/5", Chord("Ab", "", (), "Eb")),
        ("E:min7(*5)/b7", None),
        ("C/C", Chord("C")),
        ("bb", Chord("Bb")),
        ("bb7", Chord("Bb", "7")),
        ("b7", Chord("B", "7")),
        ("am", Chord("A", "m")),
        ("C6/9/E", Chord("C", "6", ("9",), "E")),
        ("N.C.", NO_CHORD),
        ("NC", NO_CHORD),
        ("N/C", NO_CHORD),
        ("N", NO_CHORD),
        ("X", NO_CHORD),
    ],
)
def test_roots_basses_and_silence(text: str, chord: Chord | None) -> None:
    if chord is None:
        with pytest.raises(UnreadableChord):
            read_chord(text)
    else:
        assert read_chord(text) == chord


@pytest.mark.parametrize(
    ("text", "position", "nearest"),
    [
        ("Cmaj77", 5, "Cmaj7"),
        ("H7", 0, "B7"),
        ("Hm", 0, "Bm"),
        ("C7b5#5", 4, "C7#5"),
        ("Cm7(b5", 6, "Cm7b5"),
        ("Gsuss4", 4, "Gsus4"),
        ("Solm77", 5, "Solm7"),
        ("Verse", 0, ""),
        ("my", 0, ""),
        ("Every", 1, ""),
        ("be", 1, ""),
        ("At", 1, ""),
        ("He", 0, ""),
        ("Domingo", 5, ""),
        ("C/H", 1, ""),
        ("", 0, ""),
        ("C" * 300, 0, ""),
    ],
)
def test_refusals_name_the_place_and_the_nearest_symbol(text: str, position: int, nearest: str) -> None:
    with pytest.raises(UnreadableChord) as refused:
        read_chord(text)
    assert refused.value.position == position
    assert str(position + 1) in str(refused.value)
    assert refused.value.nearest == nearest
    if nearest:
        assert read_chord(nearest)
        assert f"nearest we know is {nearest}" in str(refused.value)
    else:
        assert "nearest" not in str(refused.value)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_proposed_symbol_can_be_read(suffix: str) -> None:
    assert read_chord("G" + suffix).root == "G"
    assert read_chord("Sib" + suffix).root == "Bb"


ROOTS = [letter + sign for letter in "CDEFGAB" for sign in ("", "#", "b")] + ["F##", "Bbb"]
SAME_NOTE = {  # a tension that another spelling of the same chord already has, or replaces
    "": {"#5"},
    "m": {"b5"},
    "m7": {"b5"},
    "m7b5": {"b5", "#5"},
    "dim": {"b5", "#5"},
    "dim7": {"b5", "#5"},
    "aug": {"b5", "#5"},
    "sus": {"11"},
    "7sus": {"11"},
}


@st.composite
def chords(draw: st.DrawFn) -> Chord:
    quality = draw(st.sampled_from(QUALITIES))
    allowed = [t for t in TENSIONS if t not in SAME_NOTE.get(quality, set())]
    tensions = draw(st.sets(st.sampled_from(allowed), max_size=4))
    if {"b5", "#5"} <= tensions:
        tensions.remove("b5")
    root = draw(st.sampled_from(ROOTS))
    bass = draw(st.sampled_from(["", *ROOTS]))
    chord = Chord(root, quality, tuple(sorted(tensions, key=TENSIONS.index)))
    same = bass and Chord(bass).pitch_class == chord.pitch_class
    return Chord(root, quality, chord.tensions, "" if same else bass)


@given(chords())
def test_writing_then_reading_gives_the_same_chord_in_both_notations(chord: Chord) -> None:
    assert read_chord(write_chord(chord)) == chord
    assert read_chord(write_chord(chord, "latin")) == chord


@given(st.text(alphabet="CDEFGABbabmjo7956+-#sudi13ø/():Δ,4 RelSAMN.", max_size=12))
def test_text_to_chord_to_text_is_stable(text: str) -> None:
    try:
        chord = read_chord(text)
    except UnreadableChord as refused:
        assert 0 <= refused.position <= len(text)
    else:
        written = write_chord(chord)
        assert read_chord(written) == chord
        assert write_chord(read_chord(written)) == written


@given(chords())
def test_tones_and_intervals_agree(chord: Chord) -> None:
    sounding = [(Chord(tone).pitch_class - chord.pitch_class) % 12 for tone in chord_tones(chord)]
    assert sounding == [INTERVALS[degree][1] % 12 for degree in degrees_of(chord)]
    assert sounding[0] == 0


@pytest.mark.parametrize(
    ("symbol", "tones"),
    [
        ("D", "D F# A"),
        ("Cdim7", "C Eb Gb A"),
        ("Bdim7", "B D F Ab"),
        ("C#dim7", "C# E G Bb"),
        ("Ebdim7", "Eb Gb A C"),
        ("F#m7b5", "F# A C E"),
        ("Gb7", "Gb Bb Db Fb"),
        ("D#", "D# F## A#"),
        ("C7#5", "C E G# Bb"),
        ("C7alt", "C E G Bb Db D# Ab"),
        ("Csus2", "C G D"),
        ("G7sus4", "G C D F"),
        ("Am/G", "A C E"),
        ("N.C.", ""),
    ],
)
def test_tones_are_spelled_as_theory_asks(symbol: str, tones: str) -> None:
    assert chord_tones(read_chord(symbol)) == tuple(tones.split())


def test_parts_for_typesetting() -> None:
    assert display_parts(read_chord("C#m7b5")) == ("C♯", "m7♭5", "")
    assert display_parts(read_chord("Bbmaj7/D")) == ("B♭", "maj7", "D")
    assert display_parts(read_chord("Bb7sus4/Eb"), "latin") == ("Si♭", "7sus4", "Mi♭")
    written = ("Csus", "C9sus4", "Csus2", "CmM7", "CmMaj9", "Csusadd13")
    shown = ["sus4", "9sus4", "sus2", "m(maj7)", "m(maj9)", "sus4add13"]
    assert [display_parts(read_chord(symbol))[1] for symbol in written] == shown
    assert display_parts(NO_CHORD) == ("N.C.", "", "")


def test_long_texts_are_refused_and_not_remembered() -> None:
    """A memory of thousands of entries must not be filled with texts as long as anyone likes."""
    remembered = (symbols._remembered, suffix._read_suffix, nearest._nearest)
    before = [memory.cache_info().currsize for memory in remembered]
    for text in ("H7" + "," * MAX_SYMBOL, "7" + ")" * 100_000, "C7" + "(" * MAX_SYMBOL):
        with pytest.raises(UnreadableChord, match="character 1"):
            read_chord(text)
        with pytest.raises(Refused):
            read_suffix(text)
        assert nearest_symbol(text) == ""
    assert [memory.cache_info().currsize for memory in remembered] == before
