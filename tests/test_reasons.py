"""Reasons from the song and from a gap: turns truly played, in the bar that is named, and which reason is first."""

from __future__ import annotations

import pytest

from engine import checkpoint, compose
from engine.compose.turns import Turn, turns
from engine.music import Chord, Key, Progression
from engine.theory import ALL_KEYS, read_progression, transpose, write_chord

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


def test_without_a_turn_theory_speaks(model: checkpoint.Model) -> None:
    assert why(model, "C", "F") == "up a fourth, the strongest step"
    assert why(model, "", "C") == "a common opening: home"


def test_what_prepares_the_chord_after_a_gap_says_so(model: checkpoint.Model) -> None:
    assert why(model, "C", "C7", after="F C") == "prepares the F that follows"
    assert why(model, "C", "A7", after="F C") == "leads to D (V7/ii)"
    assert why(model, "C", "C7") == "adds tension towards F"


@pytest.mark.parametrize("key", ALL_KEYS[:12], ids=str)
def test_a_turn_is_found_in_every_key(model: checkpoint.Model, key: Key) -> None:
    home = progression_of("F Dm C Em Am F C Em")
    moved = Progression(key, tuple(type(slot)(transpose(slot.chord, C, key), slot.beats) for slot in home))
    advice = compose.advise(model, moved, len(moved), k=200)
    played = [item.numeral for item in advice.suggestions if str(item.reason).startswith("you played")]
    assert played == ["vi"]
