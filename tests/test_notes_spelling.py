"""Names of notes that came without: as Bach's own files have them, true to the pitch, and given names stay."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.music import Key, pitch_class_of
from engine.notes import KeySignature, Piece, PieceNote, Voice, key_of, read_musicxml, score_of
from engine.notes.spelling import named
from engine.repertoire.sources import chorale_folder
from engine.theory import ALL_KEYS, spell


def chord(*pitches: int, sharps: int = 0) -> Piece:
    """One chord, a voice for each pitch."""
    voices = tuple(
        Voice((PieceNote(pitch, Fraction(0), Fraction(1)),), part=number) for number, pitch in enumerate(pitches)
    )
    return Piece(voices, Fraction(1), keys=(KeySignature(Fraction(0), sharps),))


@pytest.mark.parametrize(
    ("sharps", "pitches", "name"),
    [
        (1, (68, 64, 59), "G#"),  # E major in G
        (0, (68, 65, 60), "Ab"),  # F minor in C
        (0, (66, 62, 57), "F#"),  # D major in C
        (0, (70, 67, 64, 60), "Bb"),  # C7 in C
        (3, (65, 61, 56), "E#"),  # C# major in A: the dominant of its sixth degree
        (1, (65, 59, 62, 67), "F"),  # G7 in G
    ],
)
def test_the_chord_decides(sharps: int, pitches: tuple[int, ...], name: str) -> None:
    piece = chord(*pitches, sharps=sharps)
    assert named(piece, key_of(piece)).voices[0].notes[0].spelling == name
    assert name in {note.spelling for note in score_of(piece).notes}


def test_alone_a_note_is_named_by_where_it_goes() -> None:
    for after, name in ((69, "G#"), (67, "Ab")):
        line = (PieceNote(68, Fraction(0), Fraction(1)), PieceNote(after, Fraction(1), Fraction(1)))
        assert named(Piece((Voice(line),), Fraction(2)), Key("C")).notes[0].spelling == name


notes = st.builds(
    PieceNote, st.integers(0, 127), st.integers(0, 40).map(lambda n: Fraction(n, 4)), st.just(Fraction(1))
)


@given(st.lists(notes, min_size=1, max_size=30), st.sampled_from(ALL_KEYS))
def test_every_note_has_a_name_of_its_pitch_and_given_names_stay(line: list[PieceNote], key: Key) -> None:
    first = replace(line[0], spelling="X")
    piece = named(Piece((Voice((first, *line[1:])),), Fraction(12)), key)
    assert piece.voices[0].notes[0].spelling == "X"
    assert [pitch_class_of(note.spelling) for note in piece.voices[0].notes[1:]] == [n.pitch % 12 for n in line[1:]]


def test_bachs_notes_have_their_names_back() -> None:
    """Of forty chorales without their names: nine in ten that the key alone names wrongly are named as written."""
    by_key = now = 0
    for path in sorted(chorale_folder().glob("bwv2*.mxl"))[:40]:
        piece = read_musicxml(path.read_bytes())
        key = key_of(piece)
        bare = (replace(v, notes=tuple(replace(note, spelling="") for note in v.notes)) for v in piece.voices)
        again = named(replace(piece, voices=tuple(bare)), key)
        for written, found in zip(piece.voices, again.voices, strict=True):
            for one, other in zip(written.notes, found.notes, strict=True):
                by_key += spell(one.pitch % 12, key) != one.spelling
                now += other.spelling != one.spelling
    assert by_key > 20
    assert now <= by_key / 10
