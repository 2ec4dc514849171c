"""Reasons from the song and from a gap: turns truly played, in the bar that is named, and which reason is first."""

from __future__ import annotations

import pytest

from engine import checkpoint, compose
from engine.compose.turns import Turn, turns
from engine.music import Chord, Key, Progression, pitch_class_of
from engine.theory import (
    ALL_KEYS,
    chord_of_published,
    pitch_classes,
    prepares,
    read_progression,
    scale,
    transpose,
    write_chord,
)

C = Key("C")


@pytest.fixture(scope="module")
def model() -> checkpoint.Model:
    return checkpoint.load("functional")


def progression_of(text: str, key: Key = C) -> Progression:
    return Progression(key, read_progression(text, key).slots)


def as_written(chord: Chord) -> Chord:
    return chord


def turns_of(text: str, beats_per_bar: float = 4) -> dict[str, tuple[int, int]]:
    """Symbol -> (length, bar) of each turn at the end of a progression."""
    progression = progression_of(text)
    found = turns(progression, len(progression), beats_per_bar, as_written)
    return {write_chord(turn.chord): (turn.length, turn.bar) for turn in found.values()}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", {}),
        ("C", {}),
        ("C G Am", {}),
        ("C G C", {}),
        ("C G Am C G", {"Am": (2, 1)}),
        ("F C G Am F C G", {"Am": (3, 1)}),
        ("C G Am C G F C G", {"Am": (2, 1), "F": (2, 4)}),
        ("E C G Am D C G Am F D C G", {"Am": (3, 5)}),  # the longest
        ("C G Am F C G Am E C G", {"Am": (2, 5)}),  # of equal length the latest
        ("C G Am N.C. E C N.C. G", {"Am": (2, 1)}),  # rests do not part chords
        ("C C G Am E C G G", {"Am": (2, 1)}),  # repeats are one chord
        ("C C C C", {}),
        ("| C G | Am | F | C G |", {"Am": (2, 1)}),
        ("| F | C G | Am | F | C G |", {"Am": (3, 1)}),
        ("| D | E | C G | Am | F | C G |", {"Am": (2, 3)}),
    ],
)
def test_turns_of_a_song(text: str, wanted: dict[str, tuple[int, int]]) -> None:
    assert turns_of(text) == wanted


def test_bars_are_counted_in_the_songs_own_metre() -> None:
    text = "| D | E | C G | Am | F | C G |"
    slots = read_progression(text, C, beats_per_bar=3).slots
    found = turns(Progression(C, slots), len(slots), 3, as_written)
    assert found == {Chord("A", "m"): Turn(Chord("A", "m"), 2, 3)}


def test_only_what_stands_before_the_slot_counts() -> None:
    progression = progression_of("C G Am C G F")
    assert turns(progression, 5, 4, as_written) == {Chord("A", "m"): Turn(Chord("A", "m"), 2, 1)}
    assert turns(progression, 2, 4, as_written) == {}


def why(model: checkpoint.Model, text: str, chord: str, after: str = "") -> str:
    progression = progression_of(text)
    advice = compose.advise(model, progression, len(progression), k=200, after=progression_of(after).chords)
    return next(str(item.reason) for item in advice.suggestions if write_chord(item.chord) == chord)


def test_a_turn_that_was_played_is_named_with_its_bar(model: checkpoint.Model) -> None:
    assert why(model, "F Dm C Em Am F C Em", "Am") == "you played this turn in bar 3"
    assert why(model, "F Dm C Em Am F C Em", "F") != "you played this turn in bar 3"


def test_chords_are_compared_as_the_model_hears_them(model: checkpoint.Model) -> None:
    assert why(model, "F Dm Cmaj7 Em7 Am7 F C Em/G", "Am") == "you played this turn in bar 3"


def test_a_resolution_goes_before_a_short_turn_and_after_a_long_one(model: checkpoint.Model) -> None:
    assert why(model, "Dm G C Am Dm G", "C") == "resolves home"
    assert why(model, "Em Dm G C Em Dm G", "C") == "you played this turn in bar 1"
    assert why(model, "Em A7 Dm C Em A7", "Dm") == "V7/ii resolves to Dm"


def test_a_diminished_seventh_on_the_fifth_does_not_resolve_to_the_tonic(model: checkpoint.Model) -> None:
    assert why(model, "F Gdim7 C Am F Gdim7", "C") == "you played this turn in bar 1"


def test_without_a_turn_theory_speaks(model: checkpoint.Model) -> None:
    assert why(model, "C", "F") == "up a fourth, the strongest step"
    assert why(model, "", "C") == "a common opening: home"


def test_what_prepares_the_chord_after_a_gap_says_so(model: checkpoint.Model) -> None:
    assert why(model, "C", "C7", after="F C") == "prepares the F that follows"
    assert why(model, "C", "A7", after="F C") == "leads to Dm (V7/ii)"
    assert why(model, "C", "C7") == "adds tension towards F"


@pytest.mark.parametrize("after", ["Em C", "G7 C", "Am F", "E7 Am", "Ab G"])
def test_what_is_said_to_lead_on_does(model: checkpoint.Model, after: str) -> None:
    following = progression_of(after).chords[0]
    advice = compose.advise(model, progression_of("C F"), 2, k=200, after=progression_of(after).chords)
    said = {item.chord: str(item.reason) for item in advice.suggestions}
    led = {chord: text for chord, text in said.items() if text.startswith(("prepares the", "leads smoothly"))}
    assert led
    for chord, text in led.items():
        assert write_chord(following) in text
        assert prepares(chord, following, C) == text.startswith("prepares")
        assert "smoothly" not in text or (chord.pitch_class - following.pitch_class) % 12 in (1, 2, 7, 10, 11)


def test_suggestions_in_a_blues_are_named_as_in_a_blues(model: checkpoint.Model) -> None:
    progression = progression_of("C7 F7 C7 G7 F7")
    advice = compose.advise(model, progression, 5, k=200)
    named = {item.numeral: (item.function, str(item.reason)) for item in advice.suggestions}
    assert named["I7"] == ("tonic", "home, with the blues seventh")
    assert named["IV7"][0] == "subdominant"
    asked = compose.advise(model, progression_of("C7"), 1, k=200)
    assert next(str(i.reason) for i in asked.suggestions if i.numeral == "IV7") == "to the blues subdominant"
    outside = compose.advise(model, progression_of("Dm7 G7"), 2, k=200)
    assert "V7/IV" in {item.numeral for item in outside.suggestions}


@pytest.mark.parametrize("key", ALL_KEYS, ids=str)
def test_among_sevenths_the_keys_own_degrees_have_the_keys_own_notes(model: checkpoint.Model, key: Key) -> None:
    """In minor the natural scale; bVII has a dominant seventh in both modes."""
    listener = compose.listen(model, key, colour="sevenths")
    wanted = {
        "major": "I=maj7 ii=m7 iii=m7 IV=maj7 V=7 v=m7 vi=m7 viiø=m7b5 bII=maj7 bIII=maj7 bVI=maj7 bVII=7",
        "minor": "i=m7 iiø=m7b5 III=maj7 iv=m7 v=m7 VI=maj7 bVII=7 V=7 bII=maj7",
    }
    for pair in wanted[key.mode].split():
        token, quality = pair.split("=")
        sound = listener.heard(chord_of_published(token, key, "sevenths"))
        assert sound.quality == quality, token
        assert sound in listener.expect(())
        if key.mode == "minor" and token not in ("V", "bII"):
            assert pitch_classes(sound) <= {pitch_class_of(name) for name in scale(key)}


@pytest.mark.parametrize("key", ALL_KEYS[:12], ids=str)
def test_a_turn_is_found_in_every_key(model: checkpoint.Model, key: Key) -> None:
    home = progression_of("F Dm C Em Am F C Em")
    moved = Progression(key, tuple(type(slot)(transpose(slot.chord, C, key), slot.beats) for slot in home))
    advice = compose.advise(model, moved, len(moved), k=200)
    played = [item.numeral for item in advice.suggestions if str(item.reason).startswith("you played")]
    assert played == ["vi"]
