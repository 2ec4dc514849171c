"""Both numeral vocabularies: every law in all 24 keys and for every token."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import UnreadableNumeral
from engine.music import NO_CHORD, QUALITIES, Chord, Key
from engine.theory import (
    ALL_KEYS,
    Colour,
    all_numerals,
    chord_of,
    chord_of_published,
    numeral_of,
    published_tokens,
    read_chord,
    spell,
    transpose,
)
from engine.theory.published import is_dominant

# The 82 tokens of the published vocabulary, commonest first.
PUBLISHED = (Path(__file__).parent / "golden" / "published_tokens.txt").read_text(encoding="utf-8").split()

# Degrees that both scales reach under two names: in the other mode the vocabulary writes the first one.
MINOR_ONLY = {token for token in PUBLISHED if token.startswith("nat")}
MAJOR_ONLY = {token for token in PUBLISHED if token.upper().startswith(("BIII", "BVI")) and "VII" not in token.upper()}


def of_mode(key: Key) -> list[str]:
    return [token for token in PUBLISHED if token not in (MINOR_ONLY if key.mode == "major" else MAJOR_ONLY)]


@pytest.mark.parametrize("key", ALL_KEYS, ids=str)
def test_chord_to_numeral_to_chord_keeps_root_and_quality(key: Key) -> None:
    for pitch_class in range(12):
        for quality in QUALITIES:
            chord = Chord(spell(pitch_class, key), quality)
            back = chord_of(numeral_of(chord, key), key)
            assert (back.pitch_class, back.quality) == (pitch_class, quality)


@pytest.mark.parametrize("key", ALL_KEYS, ids=str)
def test_numeral_to_chord_to_numeral_keeps_every_token(key: Key) -> None:
    assert len(set(all_numerals())) == 180
    for token in all_numerals():
        assert numeral_of(chord_of(token, key), key) == token


@pytest.mark.parametrize("source", ALL_KEYS, ids=str)
def test_transposing_keeps_numerals(source: Key) -> None:
    for target in ALL_KEYS:
        for token in all_numerals()[::7]:
            moved = transpose(chord_of(token, source), source, target)
            assert numeral_of(moved, target) == token


def test_silence_has_a_token() -> None:
    assert numeral_of(NO_CHORD, Key("C")) == "N.C."
    assert chord_of("N.C.", Key("C")) == NO_CHORD


def test_tokens_leave_out_tensions_and_bass() -> None:
    assert numeral_of(read_chord("G13b9/B"), Key("C")) == "V7"


@pytest.mark.parametrize(
    ("numeral", "key", "symbol"),
    [
        ("ii7", Key("C"), "Dm7"),
        ("iim7", Key("C"), "Dm7"),
        ("ii-7", Key("C"), "Dm7"),
        ("iiø7", Key("C"), "Dm7b5"),
        ("viio", Key("C"), "Bdim"),
        ("vii°7", Key("C"), "Bdim7"),
        ("♭VII", Key("C"), "Bb"),
        ("bVImaj7", Key("C", "minor"), "Abmaj7"),
        ("VI7", Key("C", "minor"), "A7"),
        ("natVI", Key("C", "minor"), "A"),
        ("iM7", Key("A", "minor"), "AmM7"),
        ("i6", Key("A", "minor"), "Am6"),
        ("Imaj9", Key("F"), "Fmaj9"),
        ("V7b9", Key("F"), "C7b9"),
        ("I6/9", Key("F"), "F69"),
        ("V7/ii", Key("C"), "A7"),
        ("V/V", Key("C"), "D7"),
        ("V7sus/V", Key("C"), "D7sus"),
        ("V7/bIII", Key("C", "minor"), "Bb7"),
        ("subV7", Key("C"), "Db7"),
        ("subV7/V", Key("C"), "Ab7"),
        ("Vsub/II", Key("C"), "Eb7"),
        ("#ivo7", Key("C"), "F#dim7"),
        ("#io7", Key("C"), "C#dim7"),
        ("bVImaj7", Key("Gb"), "Dmaj7"),
        ("IV", Key("F"), "Bb"),
        ("III7", Key("Gb"), "Bb7"),
    ],
)
def test_numerals_people_write(numeral: str, key: Key, symbol: str) -> None:
    assert chord_of(numeral, key) == read_chord(symbol)


@pytest.mark.parametrize("text", ["", "VIII", "H", "Iq", "V7/Q", "iiii", "C", "I" + "(" * 30 + ")" * 30])
def test_unreadable_numerals_are_refused(text: str) -> None:
    with pytest.raises(UnreadableNumeral, match="not a numeral"):
        chord_of(text, Key("C"))
    with pytest.raises(UnreadableNumeral, match="not a token"):
        chord_of_published(text, Key("C"))


def following(token: str, key: Key) -> Chord:
    """A chord that makes the token be written: the target of a look-ahead label, else a tonic, which no label names."""
    label, _, target = token.partition("/")
    return chord_of_published(target if label in ("V", "Vsub") and target else "I", key)


@pytest.mark.parametrize("key", ALL_KEYS, ids=str)
@pytest.mark.parametrize("colour", ["triads", "sevenths"])
def test_every_published_token_comes_back(key: Key, colour: Colour) -> None:
    assert len(set(PUBLISHED)) == 82
    for token in of_mode(key):
        chord = chord_of_published(token, key, colour)
        assert published_tokens((chord, following(token, key)), key)[0] == token


@pytest.mark.parametrize("key", ALL_KEYS, ids=str)
def test_tokens_of_the_other_mode_are_read_where_they_lie(key: Key) -> None:
    for token in set(PUBLISHED) - set(of_mode(key)):
        chord = chord_of_published(token, key)
        natural = token.startswith("nat")
        place = (chord.pitch_class - key.pitch_class) % 12
        assert place in ((4, 9) if natural else (3, 8))


@pytest.mark.parametrize("key", ALL_KEYS, ids=str)
def test_every_chord_has_a_published_token_that_leads_back_to_its_root(key: Key) -> None:
    for pitch_class in range(12):
        for quality in QUALITIES:
            chord = Chord(spell(pitch_class, key), quality)
            for after in (None, *range(12)):
                context = (chord,) if after is None else (chord, Chord(spell(after, key)))
                token = published_tokens(context, key)[0]
                back = chord_of_published(token, key)
                assert back.pitch_class == pitch_class
                assert is_dominant(back) == is_dominant(chord)


@pytest.mark.parametrize(
    ("symbols", "key", "tokens"),
    [
        ("Dm7 G7 Cmaj7 A7 Dm7", Key("C"), "ii V7 I V/II ii"),
        ("Dm7b5 G7 Cm Ab A", Key("C", "minor"), "iiø V7 i VI natVI"),
        ("C C6 N.C. C G13 G7sus4 C", Key("C"), "I I I V7 V7 I"),
        ("Ab7 G7 Db7 C Eb7 D7 G7", Key("C"), "Vsub/V V7 bII7 I Vsub/II V/V V7"),
        ("Bb7 Ebmaj7 Bbmaj7", Key("C", "minor"), "V/III III bVII"),
        ("C+ Csus Cm+ C5 F", Key("C"), "I7 I7 i I IV"),
        ("D7 D7 G", Key("C"), "II7 V/V V"),
    ],
)
def test_published_tokens_of_progressions(symbols: str, key: Key, tokens: str) -> None:
    assert published_tokens([read_chord(s) for s in symbols.split()], key) == tuple(tokens.split())


@pytest.mark.parametrize(
    ("symbol", "key", "token"),
    [
        ("A7", Key("C"), "V/II"),
        ("D7", Key("C"), "V/V"),
        ("C7", Key("C"), "V/IV"),
        ("E7", Key("C"), "V/VI"),
        ("B7", Key("C"), "V/III"),
        ("F7", Key("C"), "IV7"),
        ("G7", Key("C"), "V7"),
        ("Bb7", Key("C"), "bVII7"),
        ("F#7", Key("C"), "#IV7"),
        ("Ab7", Key("C"), "Vsub/V"),
        ("Bb7", Key("C", "minor"), "V/III"),
        ("A7", Key("C", "minor"), "natVI7"),
        ("D7sus4", Key("C"), "II7"),
    ],
)
def test_a_dominant_that_ends_a_context_gets_its_likeliest_token(symbol: str, key: Key, token: str) -> None:
    chord = read_chord(symbol)
    assert published_tokens((Chord(key.tonic), chord, NO_CHORD), key)[-1] == token


def test_colours() -> None:
    major, minor = Key("C"), Key("C", "minor")
    assert chord_of_published("ii", major) == Chord("D", "m")
    assert chord_of_published("ii", major, "sevenths") == Chord("D", "m7")
    assert chord_of_published("I", major, "sevenths") == Chord("C", "maj7")
    assert chord_of_published("V", major, "sevenths") == Chord("G")
    assert chord_of_published("viiø", major) == Chord("B", "m7b5")
    assert chord_of_published("biiio", major) == Chord("Eb", "dim7")
    assert chord_of_published("VI", minor, "sevenths") == Chord("Ab", "maj7")
    assert chord_of_published("bVII", minor, "sevenths") == Chord("Bb")
    assert chord_of_published("V/III", minor) == Chord("Bb", "7")
