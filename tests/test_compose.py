"""Suggestions are music in the key: the same in every key, each sound once, nothing given away, nothing unfit."""

from __future__ import annotations

import pytest

from engine import checkpoint, compose, predict
from engine.music import Chord, Key, Progression, Slot
from engine.theory import (
    ALL_KEYS,
    Colour,
    pitch_classes,
    published_tokens,
    read_progression,
    scale,
    transpose,
    write_chord,
)

# Signatures that ALL_KEYS writes otherwise, and that somebody may ask for.
RARE_KEYS = (*(Key(t) for t in ("Gb", "Cb", "C#", "G#")), *(Key(t, "minor") for t in ("Ab", "D#", "A#", "Db")))
COLOURS: tuple[Colour | None, ...] = (None, "triads", "sevenths")
CONTEXTS = ("", "C", "C G", "C G Am", "Dm7 G7", "C A7", "C Fm", "Bm7b5 E7 Am", "C C7 F Fm C")


@pytest.fixture(scope="module")
def model() -> checkpoint.Model:
    return checkpoint.load("functional")


def sheet_of(text: str, key: Key) -> Progression:
    return Progression(key, read_progression(text, key).slots)


def advise(model: checkpoint.Model, progression: Progression, **options: object) -> compose.Advice:
    return compose.advise(model, progression, len(progression), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", CONTEXTS)
def test_probabilities_and_the_rest_are_everything(model: checkpoint.Model, text: str) -> None:
    advice = advise(model, sheet_of(text, Key("C")), k=8)
    shares = [item.probability for item in advice.suggestions]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) + advice.rest == pytest.approx(1, abs=1e-9)
    assert len(shares) == 8 if text else len(shares) >= 7


@pytest.mark.parametrize("text", CONTEXTS)
@pytest.mark.parametrize("colour", ["triads", "sevenths"])
def test_each_sound_is_offered_once(model: checkpoint.Model, text: str, colour: str) -> None:
    chords = [item.chord for item in advise(model, sheet_of(text, Key("C")), k=40, colour=colour).suggestions]
    assert len(chords) == len(set(chords))


@pytest.mark.parametrize("text", CONTEXTS)
@pytest.mark.parametrize("mode", ["major", "minor"])
def test_transposing_the_progression_transposes_the_suggestions(model: checkpoint.Model, text: str, mode: str) -> None:
    home = Key("C", mode)  # type: ignore[arg-type]
    progression = sheet_of(text, home)
    expected = advise(model, progression, k=12)
    for key in (key for key in ALL_KEYS if key.mode == mode):
        moved = Progression(key, tuple(Slot(transpose(slot.chord, home, key)) for slot in progression))
        found = advise(model, moved, k=12)
        assert [(s.numeral, s.function) for s in found.suggestions] == [
            (s.numeral, s.function) for s in expected.suggestions
        ]
        assert [s.probability for s in found.suggestions] == [s.probability for s in expected.suggestions]


def sounds_of(name: str, text: str, home: Key, key: Key, colour: Colour | None) -> list[tuple[int, str, float]]:
    """All that is suggested after a progression moved to a key: place, quality, probability of each."""
    moved = tuple(Slot(transpose(slot.chord, home, key)) for slot in sheet_of(text, home))
    advice = advise(checkpoint.load(name), Progression(key, moved), k=256, colour=colour)
    found = ((item.chord, item.probability) for item in advice.suggestions)
    return sorted(((c.pitch_class - key.pitch_class) % 12, c.quality, share) for c, share in found)


@pytest.mark.parametrize("key", (*ALL_KEYS, *RARE_KEYS), ids=str)
@pytest.mark.parametrize("name", ["live", "functional"])
def test_in_every_key_and_colour_the_same_sounds_have_the_same_shares(name: str, key: Key) -> None:
    home = Key("C", key.mode)
    for text in ("", "C G Am", "Cm Ab Fm", "C Bb7 F Fm"):
        for colour in COLOURS:
            found = sounds_of(name, text, home, key, colour)
            assert found == sounds_of(name, text, home, home, colour), (text, colour)
            assert len({(place, quality) for place, quality, _ in found}) == len(found), (text, colour)


@pytest.mark.parametrize("key", ALL_KEYS, ids=str)
def test_openings_belong_to_the_key_and_begin_at_home(model: checkpoint.Model, key: Key) -> None:
    openings = [item.chord for item in advise(model, Progression(key), k=8).suggestions]
    assert openings[0] == Chord(key.tonic, "m" if key.mode == "minor" else "")
    tones = frozenset.union(*(pitch_classes(chord) for chord in openings))
    own = {pitch for name in scale(key) for pitch in pitch_classes(Chord(name, "5"))}
    assert len(tones) <= 8  # the scale and, in minor, the dominant's leading tone
    assert pitch_classes(openings[0]) <= own


def test_a_dominant_at_the_end_does_not_give_away_where_it_goes(model: checkpoint.Model) -> None:
    """The published label of A7 before Dm is V/II. Knowing the label makes II all but certain; a player does not."""
    progression = sheet_of("C A7", Key("C"))
    told = {item.token: item.probability for item in predict.suggest(model, ("I", "V/II"), 86, repetition=1.0)}
    shares = {write_chord(item.chord): item.probability for item in advise(model, progression, k=40).suggestions}
    to_two = ("Dm", "D7", "D", "Dm7b5", "Ddim7")
    certain = sum(told.get(token, 0.0) for token in ("ii", "II", "II7", "iiø", "iio", "V/V"))
    open_minded = sum(shares.get(name, 0.0) for name in to_two)
    assert published_tokens(progression.chords, Key("C")) == ("I", "V/II")
    assert certain > 0.98
    assert 0.5 < open_minded < certain - 0.02


@pytest.mark.parametrize("text", ["C", "C G Am", "C A7", "F G"])
def test_repeats_can_be_turned_off_and_left_alone(model: checkpoint.Model, text: str) -> None:
    progression = sheet_of(text, Key("C"))
    last = progression.chords[-1]

    def share(repetition: float) -> float:
        items = advise(model, progression, k=60, repetition=repetition).suggestions
        return sum(item.probability for item in items if item.chord == last)

    assert share(0.0) == 0.0
    assert share(0.5) < share(1.0)


def test_surprise_flattens(model: checkpoint.Model) -> None:
    progression = sheet_of("Dm7 G7", Key("C"))
    cool, warm = (advise(model, progression, temperature=t).suggestions[0].probability for t in (0.5, 2.0))
    assert cool > warm


def test_what_follows_and_what_is_silent_does_not_count(model: checkpoint.Model) -> None:
    progression = sheet_of("C N.C. G Am", Key("C"))
    assert compose.advise(model, progression, 3) == advise(model, sheet_of("C G", Key("C")))


def test_every_suggestion_says_why(model: checkpoint.Model) -> None:
    for text in CONTEXTS:
        assert all(str(item.reason) for item in advise(model, sheet_of(text, Key("C")), k=20).suggestions)


@pytest.mark.parametrize("key", ALL_KEYS, ids=str)
def test_the_dominant_has_its_seventh_among_sevenths_only(model: checkpoint.Model, key: Key) -> None:
    progression = Progression(key, (Slot(Chord(key.tonic, "m" if key.mode == "minor" else "")),))
    dominant = transpose(Chord("G"), Key("C"), Key(key.tonic))
    for colour, quality in (("triads", ""), ("sevenths", "7")):
        offered = [item.chord for item in advise(model, progression, k=60, colour=colour).suggestions]
        own = [chord for chord in offered if chord.root == dominant.root and chord.quality in ("", "7")]
        assert own == [Chord(dominant.root, quality)]
