"""What chords do in a key, how they are named for people, and why they are suggested."""

from __future__ import annotations

import re

import pytest

from engine.music import NO_CHORD, QUALITIES, Chord, Function, Key, pitch_class_of
from engine.theory import (
    ALL_KEYS,
    all_numerals,
    chord_of,
    chord_tones,
    function_of,
    is_blues,
    name_for_display,
    pitch_classes,
    prepares,
    read_chord,
    reason,
    scale,
    spell,
    target_of,
    transpose,
)
from engine.words import Sentence

C = Key("C")
C_MINOR = Key("C", "minor")


@pytest.mark.parametrize(
    ("key", "family", "symbols"),
    [
        (C, "tonic", "C Cmaj7 C6 Em Em7 Am Am7 Csus"),
        (C, "subdominant", "Dm Dm7 F Fmaj7 F6 Fsus F7"),
        (C, "dominant", "G G7 G7sus Bdim Bm7b5 Bdim7 A7 D7 E7 C7 B7 Db7 Ab7 Eb7 C#dim7 F#dim7 D E"),
        (C, "borrowed", "Fm Fm6 Ab Abmaj7 Bb Bb7 Eb Dm7b5 Cm Gm7 Db"),
        (C, "other", "F#m Dbm Dmaj7 Cdim7 Bbm F#maj7"),
        (C_MINOR, "tonic", "Cm Cm7 Cm6 CmM7 Eb Ebmaj7 Am7b5"),
        (C_MINOR, "subdominant", "Fm Fm7 Dm7b5 Ddim Ab Abmaj7 Fsus F7sus"),
        (C_MINOR, "dominant", "G G7 Gm Bdim Bdim7 Bb Bb6 Bb7 C7 D7 Ab7"),
        (C_MINOR, "borrowed", "C F F7 Dm7 Em7 Am7 Db"),
        (C_MINOR, "other", "E F#m Bm Bbmaj7"),
    ],
)
def test_functions(key: Key, family: Function, symbols: str) -> None:
    for symbol in symbols.split():
        assert function_of(read_chord(symbol), key) == family, symbol


def test_silence_has_no_function() -> None:
    assert function_of(NO_CHORD, C) == "other"


@pytest.mark.parametrize("key", ALL_KEYS, ids=str)
def test_no_chord_of_the_keys_own_notes_is_borrowed_or_from_outside(key: Key) -> None:
    home = chord_of("I" if key.mode == "major" else "im", key)
    own = {pitch_class_of(name) for name in scale(key)}
    chords = [chord for chord in (chord_of(n, key) for n in all_numerals()) if pitch_classes(chord) <= own]
    assert {function_of(chord, key) for chord in chords} == {"tonic", "subdominant", "dominant"}
    assert not [chord for chord in chords if "outside" in str(reason([home], chord, key))]


@pytest.mark.parametrize("key", ALL_KEYS, ids=str)
def test_functions_names_and_reasons_move_with_the_key(key: Key) -> None:
    home = Key("C", key.mode)
    for root in range(12):
        for quality in QUALITIES:
            chord = Chord(spell(root, home), quality)
            moved = transpose(chord, home, key)
            assert function_of(moved, key) == function_of(chord, home)
            assert name_for_display(moved, key) == name_for_display(chord, home)


@pytest.mark.parametrize(
    ("symbol", "key", "following", "name"),
    [
        ("A7", C, None, "V7/ii"),
        ("A7", C, "Dm7", "V7/ii"),
        ("A7", C, "D7", "V7/II"),
        ("A7", C, "F", "VI7"),
        ("D7", C, "G7", "V7/V"),
        ("Ab7", C, "G7", "subV7/V"),
        ("Db7", C, "Cmaj7", "subV7"),
        ("G7", C, "C", "V7"),
        ("G7", C, "Am", "V7"),
        ("G7sus4", C, "C", "V7sus"),
        ("C7", C, None, "V7/IV"),
        ("C7", C, "G", "I7"),
        ("F7", C, None, "IV7"),
        ("Bm7b5", C, None, "viiø7"),
        ("Bdim7", C, None, "viio7"),
        ("C#dim7", C, None, "#io7"),
        ("Ebdim7", C, None, "biiio7"),
        ("Fm", C, None, "iv"),
        ("Dm7", C, None, "ii7"),
        ("Bb", C, None, "bVII"),
        ("Abmaj7", C, None, "bVImaj7"),
        ("G+", C, None, "V+"),
        ("CmM7", C_MINOR, None, "iM7"),
        ("Bb7", C_MINOR, "Eb", "V7/bIII"),
        ("Bb7", C_MINOR, None, "V7/bIII"),
        ("C7", C_MINOR, None, "V7/iv"),
        ("N.C.", C, None, "N.C."),
        ("A7", C, "N.C.", "V7/ii"),
    ],
)
def test_names_for_people(symbol: str, key: Key, following: str | None, name: str) -> None:
    after = read_chord(following) if following else None
    assert name_for_display(read_chord(symbol), key, after) == name


@pytest.mark.parametrize(
    ("before", "symbol", "key", "expected"),
    [
        ("", "C", C, "a common opening: home"),
        ("", "Am", C, "opens softly, near home"),
        ("", "Dm7", C, "opens a ii–V towards C"),
        ("", "F", C, "opens away from home"),
        ("", "G7", C, "opens with tension towards C"),
        ("", "F#dim7", C, "opens with tension"),
        ("", "Bb", C, "opens with a borrowed colour"),
        ("", "F#m", C, "an unusual opening"),
        ("N.C.", "C", C, "a common opening: home"),
        ("C", "N.C.", C, "a breath"),
        ("C", "C", C, "stays where it is"),
        ("G#", "Ab", C, "stays where it is"),
        ("Cb7", "B7", Key("Db"), "stays where it is"),
        ("B7", "Cb9", Key("Db"), "the same chord, coloured"),
        ("C/D#", "C/Eb", C, "stays where it is"),
        ("C", "C/E", C, "the same chord over another bass"),
        ("C7", "C13", C, "the same chord, coloured"),
        ("C", "C7", C, "adds tension towards F"),
        ("F", "Fm", C, "same root, now minor"),
        ("Dm", "D", C, "same root, now major"),
        ("D", "Ddim", C, "same root, now diminished"),
        ("Dm", "Ddim", C, "same root, another colour"),
        ("C", "Cmaj7", C, "same root, another colour"),
        ("A7", "D7", C, "dominant to dominant: keeps pulling"),
        ("Ab7", "G7", C, "dominant to dominant: keeps pulling"),
        ("G7", "C", C, "resolves home"),
        ("Bdim", "C", C, "resolves home"),
        ("Db7", "C", C, "resolves home"),
        ("B7", "C", C, "comes home"),
        ("G7", "C7", C, "home, already leaning towards F"),
        ("D", "G7", Key("G"), "home, already leaning towards C"),
        ("E7", "A7", Key("A", "minor"), "home, already leaning towards Dm"),
        ("G7", "C7sus4", C, "home, not yet at rest"),
        ("C7", "F7", C, "to the blues subdominant"),
        ("F7", "C7", C, "home, with the blues seventh"),
        ("F7", "C", C, "plagal: IV7 to I"),
        ("F7", "C7", C_MINOR, "home, with the blues seventh"),
        ("A", "D", C, "leads to G (V/V)"),
        ("C", "A", C, "leads to Dm (V/ii)"),
        ("F", "E", C, "leads to Am (V/vi)"),
        ("Fm", "D", C_MINOR, "leads to G (V/V)"),
        ("Cm", "Bb", C_MINOR, "bass walks down to Bb"),
        ("G7", "Cm", C_MINOR, "resolves home"),
        ("A7", "Dm", C, "V7/ii resolves to Dm"),
        ("Ab7", "G", C, "subV7/V resolves to G"),
        ("", "Gdim7", C, "opens with tension"),
        ("Gdim7", "C", C, "comes home"),
        ("Gdim7", "Cm", C_MINOR, "comes home"),
        ("Gdim7", "C7", C, "leads to F (V7/IV)"),
        ("Gdim7", "Am", C, "bass steps up to A"),
        ("Gdim7", "Ab", C_MINOR, "bass steps up to Ab"),
        ("G7", "Am", C, "deceptive: not home yet"),
        ("G7", "Ab", C_MINOR, "deceptive: not home yet"),
        ("Dm7", "G7", C, "ii–V: gets ready for C"),
        ("Dm7b5", "G7", C_MINOR, "ii–V: gets ready for Cm"),
        ("Em7", "A7", C, "a ii–V towards Dm"),
        ("F", "G7", C, "the dominant: wants to go to C"),
        ("Cm", "D7", Key("G", "minor"), "the dominant: wants to go to Gm"),
        ("Gm", "F#dim7", Key("G", "minor"), "the leading note pulls to Gm"),
        ("", "D7", Key("G", "minor"), "opens with tension towards Gm"),
        ("", "Am7b5", Key("G", "minor"), "opens a ii–V towards Gm"),
        ("Gm", "G7", Key("G", "minor"), "adds tension towards Cm"),
        ("Cm", "F7", Key("G", "minor"), "a ii–V towards Bb"),
        ("F", "E7", C, "leads to Am (V7/vi)"),
        ("Dm", "B7", C, "leads to Em (V7/iii)"),
        ("C", "G#dim7", C, "pulls a half step up, to Am"),
        ("Fm7", "Bb7", C, "a ii–V towards Eb"),
        ("C#m7b5", "F#7", C, "a ii–V towards Bm"),
        ("A#m7", "D#7", Key("F#"), "a ii–V towards G#m"),
        ("F", "Bdim", C, "the leading note pulls to C"),
        ("C", "C#dim7", C, "pulls a half step up, to Dm"),
        ("F", "A7", C, "leads to Dm (V7/ii)"),
        ("F", "Ab7", C, "leads to G (subV7/V)"),
        ("C", "Fm", C, "borrowed from C minor"),
        ("Ab", "Gb", Key("Ab"), "borrowed from Ab minor"),
        ("Db", "Gbm", Key("Db"), "borrowed from Db minor"),
        ("G#m", "C#", Key("G#", "minor"), "borrowed from G# major"),
        ("C", "Bb7", C, "borrowed from C minor"),
        ("Cm", "F", C_MINOR, "borrowed from C major"),
        ("Ab", "F7", C_MINOR, "a colour from outside C minor"),
        ("C", "Db", C, "the Neapolitan, a half step above home"),
        ("F", "C", C, "plagal: IV to I"),
        ("Am", "C", C, "comes home"),
        ("C", "F", C, "up a fourth, the strongest step"),
        ("F", "Em", C, "bass walks down to E"),
        ("Em", "F", C, "bass steps up to F"),
        ("C", "F/B", C, "up a fourth, the strongest step"),
        ("C", "Am", C, "shares C, E with C"),
        ("Am", "Em", C, "shares E with Am"),
        ("Ebm", "F", C, "bass steps up to F"),
        ("Fm", "Cm", C_MINOR, "plagal: iv to i"),
        ("C", "Em", C, "shares E, G with C"),
        ("F7", "B7", Key("F"), "shares A, Eb with F7"),
        ("C", "Adim", C, "shares the note C"),
    ],
)
def test_reasons(before: str, symbol: str, key: Key, expected: str) -> None:
    previous = [read_chord(before)] if before else []
    assert str(reason(previous, read_chord(symbol), key)) == expected


def test_reasons_speak_the_readers_notation() -> None:
    assert str(reason([read_chord("C")], read_chord("Am"), C, "latin")) == "shares Do, Mi with Do"
    assert str(reason([read_chord("C")], read_chord("Fm"), C, "latin")) == "borrowed from Do minor"
    assert str(reason([read_chord("F")], read_chord("E7"), C, "latin")) == "leads to Lam (V7/vi)"
    assert str(reason([read_chord("Cm")], read_chord("D7"), Key("G", "minor"), "latin")).endswith("go to Solm")


@pytest.mark.parametrize("key", ALL_KEYS, ids=str)
def test_a_goal_is_minor_where_its_numeral_is(key: Key) -> None:
    home = chord_of("I" if key.mode == "major" else "im", key)
    seen = set()
    for root in range(12):
        said = str(reason([home], Chord(spell(root, key), "7"), key, blues=False))
        if found := re.match(r"leads to (\S+) \((?:sub)?V7/(\S+)\)$", said):
            seen.add(found[2])
            assert found[1].endswith("m") == (found[2].lstrip("b").islower())
            assert read_chord(found[1]) == chord_of(found[2], key)
    assert len(seen) > 1


def test_silence_before_is_looked_through() -> None:
    assert str(reason([read_chord("G7"), NO_CHORD], read_chord("C"), C)) == "resolves home"


def every_step(key: Key) -> list[tuple[Chord, Chord, str]]:
    chords = [Chord(spell(root, key), quality) for root in range(12) for quality in QUALITIES]
    return [(one, other, str(reason([one], other, key))) for one in chords[::2] for other in chords]


STEPS = [(key, *step) for key in (C, C_MINOR, Key("F#")) for step in every_step(key)]


def test_reasons_are_short_and_varied() -> None:
    assert max(len(text) for *_, text in STEPS) <= 45
    assert len({re.sub(r"[A-G][#b]*", "", text) for *_, text in STEPS}) > 40


def test_what_reasons_claim_is_true() -> None:
    for key, before, chord, text in STEPS:
        if text in ("resolves home", "comes home"):
            assert chord.pitch_class == key.pitch_class
            assert chord.quality not in ("7", "7sus", "dim", "dim7", "m7b5", "aug")
        if text.startswith("shares"):
            notes = text.removeprefix("shares ").removeprefix("the note ").split(" with ")[0].split(", ")
            for held in (before, chord):
                assert {pitch_class_of(n) for n in notes} <= {pitch_class_of(tone) for tone in chord_tones(held)}
        if text.startswith("bass"):
            step = (chord.pitch_class - before.pitch_class) % 12
            assert step in ((10, 11) if "down" in text else (1, 2))
        if text.startswith("leads to"):
            target = target_of(Chord(chord.root, "7") if chord.quality == "" else chord, key)
            assert target is not None
            assert (chord.pitch_class - target - key.pitch_class) % 12 in (1, 7)
        if text.startswith("up a fourth"):
            assert (chord.pitch_class - before.pitch_class) % 12 == 5


@pytest.mark.parametrize("key", ALL_KEYS, ids=str)
def test_only_a_dominant_of_the_tonic_resolves_home_or_deceives(key: Key) -> None:
    """V in any colour, its tritone substitute, or a diminished chord on the leading note."""
    chords = [chord_of(numeral, key) for numeral in all_numerals()]
    for before in chords:
        said = {str(reason([before], chord, key)) for chord in chords}
        place = (before.pitch_class - key.pitch_class) % 12
        diminished = before.quality in ("dim", "dim7", "m7b5")
        if "resolves home" in said:
            assert (place, diminished) in {(7, False), (1, False), (11, True)}, before
        if "deceptive: not home yet" in said:
            assert (place, diminished) == (7, False), before
        assert not diminished or target_of(before, key) is None, before


def test_a_live_suggestion_is_explained_after_its_own_numeral() -> None:
    assert str(reason([chord_of("IV", C)], chord_of("ivm", C), C)) == "same root, now minor"


def chords_in(symbols: str, key: Key) -> list[Chord]:
    """Chords written in C, moved to a key."""
    return [transpose(read_chord(symbol), C, key) for symbol in symbols.split()]


@pytest.mark.parametrize("key", ALL_KEYS, ids=str)
def test_in_a_blues_the_sevenths_are_colour(key: Key) -> None:
    tonic, subdominant, dominant = song = chords_in("C7 F7 G7", key)
    assert is_blues(song, key)
    assert [function_of(chord, key, blues=True) for chord in song] == ["tonic", "subdominant", "dominant"]
    for after in (None, *song, *chords_in("Bb E", key)):
        names = [name_for_display(chord, key, after, blues=True) for chord in song]
        assert names == ["I7", "IV7", "V7"]
    assert str(reason([tonic], subdominant, key)) == "to the blues subdominant"
    for before in (subdominant, dominant):
        assert str(reason([tonic, subdominant, before], tonic, key)) == "home, with the blues seventh"
    assert str(reason([dominant], tonic, key, blues=True)) == "home, with the blues seventh"


@pytest.mark.parametrize("key", ALL_KEYS, ids=str)
def test_without_both_sevenths_there_is_no_blues(key: Key) -> None:
    for symbols in ("", "C7", "F7 G7 C", "C7 Fmaj7 G7", "C7sus4 F7", "N.C. C7 G7"):
        assert not is_blues(chords_in(symbols, key), key)
    dominant, tonic = chords_in("G7 C7", key)
    assert str(reason([dominant], tonic, key)).startswith("home, already leaning")


@pytest.mark.parametrize("key", ALL_KEYS, ids=str)
def test_a_blues_changes_nothing_else(key: Key) -> None:
    for root in range(12):
        for quality in QUALITIES:
            if (root, quality) in ((0, "7"), (5, "7"), (7, "7")):
                continue
            chord = Chord(spell((key.pitch_class + root) % 12, key), quality)
            assert function_of(chord, key, blues=True) == function_of(chord, key)
            assert name_for_display(chord, key, blues=True) == name_for_display(chord, key)


@pytest.mark.parametrize("key", ALL_KEYS, ids=str)
@pytest.mark.parametrize(
    ("symbols", "following", "expected"),
    [
        ("B7 B B+ B7sus4 F7 D#dim D#dim7 D#m7b5", "Em", True),
        ("Em Am C G Dm7 Fmaj7 F D7 Edim7 Ddim Bm F#m7b5", "Em", False),
        ("Dm7 Dm7b5 Dm", "G7", True),
        ("Dm7", "G", True),
        ("Am7", "D", False),
        ("Am7", "D7", True),
        ("Dmaj7 D6 N.C.", "G7", False),
        ("C7", "N.C.", False),
    ],
)
def test_preparing_is_said_only_when_theory_can_say_how(key: Key, symbols: str, following: str, expected: bool) -> None:
    (after,) = chords_in(following, key)
    assert [prepares(chord, after, key) for chord in chords_in(symbols, key)] == [expected] * len(symbols.split())


def plain_fields(sentence: Sentence) -> bool:
    return all(plain_fields(v) if isinstance(v, Sentence) else isinstance(v, str) for _, v in sentence.fields)


def test_fields_of_reasons_are_strings_or_sentences_of_strings() -> None:
    for key in (C, C_MINOR):
        chords = [Chord(spell(root, key), quality) for root in range(12) for quality in QUALITIES]
        assert all(
            plain_fields(reason(before, chord, key)) for chord in chords for before in ([], chords[:1], chords[20:21])
        )
