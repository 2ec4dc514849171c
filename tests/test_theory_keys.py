"""Keys: spelling, scales, reading, moving chords between keys, and finding the key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import UnreadableKey
from engine.music import LETTER_PITCH_CLASS, NO_CHORD, QUALITIES, Chord, Key, pitch_class_of
from engine.theory import (
    ALL_KEYS,
    chord_of,
    chord_tones,
    find_key,
    numeral_of,
    read_chord,
    read_key,
    respell,
    scale,
    spell,
    transpose,
)
from engine.theory.keys import parallel, usual


def chords_of(text: str) -> list[Chord]:
    return [read_chord(symbol) for symbol in text.split()]


def test_all_keys_are_24_different_ones() -> None:
    assert len({(key.pitch_class, key.mode) for key in ALL_KEYS}) == 24
    assert all(usual(key) == key for key in ALL_KEYS)


@pytest.mark.parametrize("key", ALL_KEYS, ids=str)
def test_scales_use_seven_letters_and_spell_their_notes(key: Key) -> None:
    names = scale(key)
    assert sorted(name[0] for name in names) == sorted(LETTER_PITCH_CLASS)
    for name in names:
        assert spell(pitch_class_of(name), key) == name


@pytest.mark.parametrize(
    "key", [*ALL_KEYS, Key("Gb"), Key("Cb"), Key("D#", "minor"), Key("G#"), Key("Fb", "minor")], ids=str
)
def test_every_pitch_class_is_spelled_and_doubles_are_rare(key: Key) -> None:
    names = [spell(pitch_class, key) for pitch_class in range(12)]
    assert [pitch_class_of(name) for name in names] == list(range(12))
    doubled = [name for name in names if len(name) > 2]
    leading = spell((key.pitch_class + 11) % 12, key)
    assert doubled == ([leading] if len(leading) > 2 else [])


@pytest.mark.parametrize(
    ("key", "pitch_class", "name"),
    [
        (Key("F"), 10, "Bb"),
        (Key("C"), 8, "Ab"),
        (Key("C"), 6, "F#"),
        (Key("Gb"), 11, "Cb"),
        (Key("D"), 6, "F#"),
        (Key("E"), 3, "D#"),
        (Key("A", "minor"), 8, "G#"),
        (Key("G#", "minor"), 7, "F##"),
        (Key("Eb", "minor"), 11, "Cb"),
        (Key("Gb"), 2, "D"),
    ],
)
def test_spelling_follows_the_key(key: Key, pitch_class: int, name: str) -> None:
    assert spell(pitch_class, key) == name


def test_the_third_of_d_and_the_flat_sixth_of_c() -> None:
    assert chord_tones(Chord("D"))[1] == "F#"
    assert respell(Chord("G#"), Key("C")).root == "Ab"


@pytest.mark.parametrize(
    ("symbol", "key", "expected"),
    [
        ("A#", Key("F"), "Bb"),
        ("B", Key("Gb"), "Cb"),
        ("A7/Db", Key("C"), "A7/C#"),
        ("Db/F", Key("A"), "C#/E#"),
        ("Dbdim7", Key("C"), "C#dim7"),
        ("D#dim7", Key("C"), "Ebdim7"),
        ("C/A#", Key("F"), "C/Bb"),
        ("N.C.", Key("F"), "N.C."),
        ("B7", Key("F"), "B7"),
        ("E7/G#", Key("Eb"), "E7/G#"),
        ("Em", Key("Eb"), "Em"),
        ("Bm", Key("Eb"), "Bm"),
        ("B7", Key("Eb"), "B7"),
        ("B", Key("Eb"), "Cb"),
        ("Bmaj7", Key("Eb"), "Cbmaj7"),
        ("E", Key("Eb"), "E"),
        ("E", Key("Ab"), "E"),
        ("B7", Key("Bb"), "B7"),
        ("B7", Key("Gb"), "Cb7"),
        ("B", Key("Eb", "minor"), "Cb"),
        ("Fdim7", Key("F#", "minor"), "E#dim7"),
        ("F7", Key("F#", "minor"), "F7"),
        ("Fm7b5", Key("B"), "Fm7b5"),
        ("Fm7b5", Key("F#"), "E#m7b5"),
        ("Eb/E", Key("Eb"), "Eb/E"),
    ],
)
def test_respelling(symbol: str, key: Key, expected: str) -> None:
    assert respell(read_chord(symbol), key) == read_chord(expected)


AWKWARD = {"Fb", "Cb", "E#", "B#"}


@pytest.mark.parametrize("key", [*ALL_KEYS, Key("Gb")], ids=str)
def test_awkward_roots_are_only_those_of_the_key_and_of_theory(key: Key) -> None:
    home = Key("C", key.mode)
    for place in range(12):
        for quality in QUALITIES:
            chord = Chord(spell((key.pitch_class + place) % 12, key), quality)
            moved = transpose(Chord(spell(place, home), quality), home, key)
            for root in (respell(chord, key).root, chord_of(numeral_of(chord, key), key).root, moved.root):
                leading = key.mode == "minor" and place == 11 and quality in ("dim", "dim7", "m7b5")
                borrowed = root == "Cb" and place in (1, 3, 8, 10) and quality in ("", "maj7", "6")
                assert root not in AWKWARD or root in scale(key) or leading or borrowed


def test_transposing_spells_a_chord_tone_in_the_bass_by_its_chord() -> None:
    assert transpose(read_chord("C#7/E#"), Key("C"), Key("Eb")) == read_chord("E7/G#")


@given(st.sampled_from(ALL_KEYS), st.integers(0, 11), st.sampled_from(QUALITIES), st.integers(0, 11))
def test_respelling_changes_no_sound_and_is_stable(key: Key, root: int, quality: str, bass: int) -> None:
    chord = Chord(spell(root, Key("F#")), quality, (), "" if bass == root else spell(bass, Key("Db")))
    respelled = respell(chord, key)
    assert respelled.pitch_class == chord.pitch_class
    assert bool(respelled.bass) == bool(chord.bass)
    assert not chord.bass or pitch_class_of(respelled.bass) == pitch_class_of(chord.bass)
    assert respell(respelled, key) == respelled


@given(st.sampled_from(ALL_KEYS), st.sampled_from(ALL_KEYS), st.integers(0, 11), st.sampled_from(QUALITIES))
def test_transposing_there_and_back(source: Key, target: Key, root: int, quality: str) -> None:
    chord = Chord(spell(root, source), quality)
    moved = transpose(chord, source, target)
    assert (moved.pitch_class - target.pitch_class) % 12 == (root - source.pitch_class) % 12
    assert transpose(moved, target, source).pitch_class == root
    assert len(moved.root) <= 2 or moved.root == spell(moved.pitch_class, target)


def test_transposing_moves_letters_and_bass() -> None:
    assert transpose(read_chord("F#m7b5/C"), Key("C"), Key("Eb")) == read_chord("Am7b5/Eb")
    assert transpose(NO_CHORD, Key("C"), Key("D")) == NO_CHORD


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("C", Key("C")),
        ("Am", Key("A", "minor")),
        ("F# minor", Key("F#", "minor")),
        ("Bb major", Key("Bb")),
        ("B♭", Key("Bb")),
        ("Do menor", Key("C", "minor")),
        ("Sib mayor", Key("Bb")),
        ("Fa#m", Key("F#", "minor")),
        ("la menor", Key("A", "minor")),
        ("Eb:min", Key("Eb", "minor")),
        ("D# minor", Key("D#", "minor")),
        ("E flat major", Key("Eb")),
        ("Mi bemol", Key("Eb")),
        ("  g   Minor ", Key("G", "minor")),
    ],
)
def test_reading_keys(text: str, key: Key) -> None:
    assert read_key(text) == key


@pytest.mark.parametrize("text", ["", "H", "C dorian", "C##", "X minor", "Cmajorish", "\x00" * 500])
def test_unreadable_keys_say_what_to_write(text: str) -> None:
    with pytest.raises(UnreadableKey, match="F# minor"):
        read_key(text)


def test_parallel_keys_keep_their_tonic_and_usual_ones_are_as_they_are_written() -> None:
    assert parallel(Key("Db")) == Key("Db", "minor")
    assert parallel(Key("G#", "minor")) == Key("G#")
    assert usual(Key("D#", "minor")) == Key("Eb", "minor")


PROGRESSIONS = [
    ("Dm7 G7 Cmaj7", Key("C")),
    ("C G Am F C G F C", Key("C")),
    ("D G A7 D", Key("D")),
    ("Cm Fm G7 Cm", Key("C", "minor")),
    ("Dm7b5 G7 Cm7", Key("C", "minor")),
    ("Ebmaj7 Cm7 Fm7 Bb7 Eb6", Key("Eb")),
    ("Em Am B7 Em", Key("E", "minor")),
]


@pytest.mark.parametrize(("symbols", "key"), PROGRESSIONS)
def test_finding_plain_keys(symbols: str, key: Key) -> None:
    found = find_key(chords_of(symbols))
    assert found.key == key
    assert found.confidence > 0.5


@given(st.lists(st.tuples(st.integers(0, 11), st.sampled_from(QUALITIES)), min_size=1, max_size=24), st.integers(1, 11))
def test_belief_adds_up_and_moves_with_the_music(music: list[tuple[int, str]], shift: int) -> None:
    here = find_key([Chord(spell(root, Key("C")), quality) for root, quality in music])
    there = find_key([Chord(spell((root + shift) % 12, Key("C")), quality) for root, quality in music])
    assert sum(share for _, share in here.ranking) == pytest.approx(1)
    assert [share for _, share in here.ranking] == sorted((share for _, share in here.ranking), reverse=True)
    assert {(key.pitch_class, key.mode) for key, _ in here.ranking} == {(key.pitch_class, key.mode) for key in ALL_KEYS}
    assert here.confidence == here.ranking[0][1]
    moved = {(key.pitch_class, key.mode): share for key, share in there.ranking}
    for key, share in here.ranking:
        assert moved[(key.pitch_class + shift) % 12, key.mode] == pytest.approx(share)


def test_six_flats_or_six_sharps_as_the_chords_are_written() -> None:
    assert find_key(chords_of("Gb Cb Db7 Gb")).key == Key("Gb")
    assert find_key(chords_of("F# B C#7 F#")).key == Key("F#")


def test_more_music_brings_more_belief() -> None:
    short = find_key(chords_of("G7 C"))
    long = find_key(chords_of("C F G7 C Am Dm G7 C F C G7 C"))
    assert short.confidence < long.confidence


def test_repeats_and_silence_change_nothing() -> None:
    assert find_key(chords_of("C C N.C. F G7 G7")) == find_key(chords_of("C F G7"))


def test_without_chords_there_is_no_belief() -> None:
    for nothing in ((), (NO_CHORD, NO_CHORD)):
        found = find_key(nothing)
        assert (found.key, found.confidence, found.ranking) == (Key("C"), 0.0, ())
