"""Listeners: sounds with shares that sum to one, in every key the same, whatever language the model speaks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from engine import checkpoint, compose, generate
from engine.architecture import Architecture, shapes_of
from engine.checkpoint.schema import Contents
from engine.compose.colours import in_colour
from engine.compose.listening import LiveListener, is_live, listen, styles
from engine.errors import PredictionError
from engine.music import Chord, Key, Progression, Slot
from engine.predict import Probabilities
from engine.theory import ALL_KEYS, Colour, all_numerals, chord_of, numeral_of, read_progression, transpose, write_chord
from engine.vocab import SPECIAL_TOKENS, Vocabulary

C = Key("C")
KINDS: tuple[compose.Filter, ...] = ("in key",)
LIVE = Vocabulary((*SPECIAL_TOKENS, "<major>", "<minor>", "<jazz>", "<pop>", *all_numerals()))


@pytest.fixture(scope="module")
def model() -> checkpoint.Model:
    return checkpoint.load("functional")


class Ear:
    """Believes most in the token after the last one, and keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, ...]] = []

    def __call__(self, tokens: Sequence[str]) -> Probabilities:
        self.told.append(tuple(tokens))
        at = LIVE.ids[tokens[-1]] if tokens else 0
        weights = 1.0 / (1 + np.abs(np.arange(len(LIVE)) - at - 1))
        shares: Probabilities = weights / weights.sum()
        return shares


def chords_of(text: str, key: Key = C) -> tuple[Chord, ...]:
    return read_progression(text, key).chords


def test_a_live_model_is_told_mode_style_and_numerals_without_repeats() -> None:
    ear = Ear()
    LiveListener(LIVE, ear, C, "jazz").expect(chords_of("Dm7 G13 G7 C/E C"))
    LiveListener(LIVE, ear, Key("A", "minor")).expect(chords_of("Am E7"))
    LiveListener(LIVE, ear, C).expect(())
    assert ear.told == [("<major>", "<jazz>", "iim7", "V7", "I"), ("<minor>", "im", "V7"), ("<major>",)]


def test_modes_styles_and_special_tokens_are_no_chords() -> None:
    shares = LiveListener(LIVE, Ear(), C).expect(())
    assert sum(shares.values()) == pytest.approx(1)
    assert len(shares) == len(all_numerals())


@pytest.mark.parametrize("key", ALL_KEYS, ids=str)
def test_a_live_listener_is_the_same_in_every_key(key: Key) -> None:
    home = Key("C", key.mode)
    before = chords_of("Dm7 G7 Ab", home)
    expected = LiveListener(LIVE, Ear(), home).expect(before)
    found = LiveListener(LIVE, Ear(), key).expect(tuple(transpose(chord, home, key) for chord in before))
    assert [(numeral_of(chord, key), share) for chord, share in found.items()] == [
        (numeral_of(chord, home), share) for chord, share in expected.items()
    ]


@pytest.mark.parametrize("key", [C, Key("F#"), Key("G#", "minor"), Key("Bb", "minor")], ids=str)
def test_what_is_heard_is_always_expected(model: checkpoint.Model, key: Key) -> None:
    for listener in (LiveListener(LIVE, Ear(), key), listen(model, key), listen(model, key, colour="sevenths")):
        expected = listener.expect(())
        heard = {listener.heard(chord_of(numeral, key)) for numeral in all_numerals()}
        assert heard <= set(expected)


def test_advice_stands_on_a_live_listener_as_on_any() -> None:
    progression = Progression(C, read_progression("Dm7 G7 C Am", C).slots)
    listener = LiveListener(LIVE, Ear(), C)
    advice = compose.advise_by(listener, progression, 2, after=compose.following(progression, 2), filters=KINDS)
    assert advice.suggestions
    assert sum(item.probability for item in advice.suggestions) + advice.rest == pytest.approx(1)


def test_the_published_model_has_no_styles_and_no_memory(model: checkpoint.Model) -> None:
    assert not is_live(model.vocabulary)
    assert is_live(LIVE)
    assert styles(model) == ()
    assert not compose.remembers(model)
    with pytest.raises(PredictionError, match="no style jazz"):
        listen(model, C, style="jazz")
    with pytest.raises(PredictionError, match="no memory"):
        listen(model, C, memory=0.5)


def written_in(colour: Colour | None, key: Key, text: str) -> str:
    return " ".join(write_chord(in_colour(chord, key, colour)) for chord in chords_of(text, key))


def test_chords_in_each_colour() -> None:
    played = "C6 Dm7 Em F G7 Am Bdim D7 D C7 Bb G7sus Caug Fm6 C#dim7"
    assert written_in(None, C, played) == played
    assert written_in("triads", C, played) == "C Dm Em F G Am Bdim D7 D C7 Bb Gsus Caug Fm C#dim7"
    assert written_in("sevenths", C, played) == ("Cmaj7 Dm7 Em7 Fmaj7 G7 Am7 Bm7b5 D7 D C7 Bb7 G7sus Caug Fm7 C#dim7")
    minor = "Cm Ddim Eb F G Ab Bb Bdim CmM7"
    assert written_in("sevenths", Key("C", "minor"), minor) == "Cm7 Dm7b5 Ebmaj7 F G7 Abmaj7 Bb7 Bm7b5 CmM7"


@pytest.mark.parametrize("key", ALL_KEYS, ids=str)
@pytest.mark.parametrize("colour", ["triads", "sevenths"])
def test_a_colour_is_the_same_in_every_key_and_once_is_enough(colour: Colour, key: Key) -> None:
    home = Key("C", key.mode)
    for numeral in all_numerals():
        coloured = in_colour(chord_of(numeral, key), key, colour)
        assert in_colour(coloured, key, colour) == coloured
        assert numeral_of(coloured, key) == numeral_of(in_colour(chord_of(numeral, home), home, colour), home)


@pytest.mark.parametrize("colour", ["triads", "sevenths"])
def test_a_live_model_in_a_colour_loses_no_belief(colour: Colour) -> None:
    own, ear = LiveListener(LIVE, Ear(), C), Ear()
    coloured = LiveListener(LIVE, ear, C, colour=colour)
    before = chords_of("Dm9 G7 Cmaj7")
    expected: dict[Chord, float] = {}
    for chord, share in own.expect(before).items():
        plain = in_colour(chord, C, colour)
        expected[plain] = expected.get(plain, 0.0) + share
    assert coloured.expect(before) == pytest.approx(expected)
    assert ear.told[-1] == ("<major>", "iim7", "V7", "Imaj7")
    assert {coloured.heard(chord) for chord in own.expect(())} <= set(expected)


@pytest.fixture(scope="module")
def remembering() -> checkpoint.Model:
    """A small live model with a memory, its weights random and strong."""
    sizes = Architecture(len(LIVE), 8, 12, 1, dropout=0.0, seq_len=8, tie_weights=True, memory=1)
    random = np.random.default_rng(3)
    weights = {name: random.normal(0, 0.5, shape).astype(np.float32) for name, shape in shapes_of(sizes).items()}
    return checkpoint.model_of(Contents(LIVE, sizes, weights, {}))


def test_a_memory_can_be_weighed(remembering: checkpoint.Model) -> None:
    before = chords_of("Dm7 G7 C Am Dm7 G7 C Am Dm7 G7")
    without, half, learned = (listen(remembering, C, memory=weight).expect(before) for weight in (0.0, 0.5, 1.0))
    assert without != half != learned
    assert listen(remembering, C).expect(before) == learned
    assert all(sum(shares.values()) == pytest.approx(1) for shares in (without, half, learned))
    new = Chord("Ab", "aug")  # never heard, so a memory can only take from it
    assert without[new] > half[new] > learned[new]


def test_a_memory_changes_advice_and_is_the_same_in_every_key(remembering: checkpoint.Model) -> None:
    home = Progression(C, read_progression("Dm7 G7 C Am Dm7 G7", C).slots)
    by_weight = [compose.advise(remembering, home, 6, memory=weight, style="jazz") for weight in (0.0, 1.0)]
    assert by_weight[0] != by_weight[1]
    key = Key("F#")
    moved = Progression(key, tuple(Slot(transpose(chord, C, key)) for chord in home.chords))
    found = compose.advise(remembering, moved, 6, memory=1.0, style="jazz")
    assert [item.probability for item in found.suggestions] == [i.probability for i in by_weight[1].suggestions]


def test_what_can_be_chosen_for_a_live_model(remembering: checkpoint.Model) -> None:
    assert compose.remembers(remembering)
    assert styles(remembering) == ("jazz", "pop")
    with pytest.raises(PredictionError, match="from 0 to 1"):
        listen(remembering, C, memory=1.5).expect(())


def test_colours_of_the_published_model(model: checkpoint.Model) -> None:
    for colour, wanted in (("triads", ["Dm", "G", "C", "A7"]), ("sevenths", ["Dm7", "G7", "Cmaj7", "A7"])):
        listener = listen(model, C, colour=colour)  # type: ignore[arg-type]
        assert [write_chord(listener.heard(chord)) for chord in chords_of("Dm9 G13 C6 A7b9")] == wanted


# --- the live model that ships --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def live() -> checkpoint.Model:
    return checkpoint.load("live")


@pytest.mark.parametrize("mode", ["major", "minor"])
def test_the_live_model_says_the_same_in_every_key(live: checkpoint.Model, mode: str) -> None:
    home = Key("C", mode)  # type: ignore[arg-type]
    progression = Progression(home, read_progression("Dm7 G7 C Am F7", home).slots)
    wanted = compose.advise(live, progression, 2, after=compose.following(progression, 2), style="jazz")
    for key in (key for key in ALL_KEYS if key.mode == mode):
        moved = Progression(key, tuple(Slot(transpose(chord, home, key)) for chord in progression.chords))
        found = compose.advise(live, moved, 2, after=compose.following(moved, 2), style="jazz")
        assert [(item.numeral, item.probability) for item in found.suggestions] == [
            (item.numeral, item.probability) for item in wanted.suggestions
        ]


def test_the_live_model_remembers_as_much_as_it_is_told_to(live: checkpoint.Model) -> None:
    before = chords_of("C Em Am F C G Am F C Em Am F C G Am F C Em Am")
    shares = [listen(live, C, memory=weight).expect(before)[Chord("F")] for weight in (0.0, 0.3, 1.0)]
    assert shares == sorted(shares)
    assert shares[2] > shares[0] + 0.2


def test_the_live_model_writes_on_to_a_close(live: checkpoint.Model) -> None:
    for key in (C, Key("F#"), Key("Bb", "minor")):
        opening = Progression(key, read_progression("I vi IV" if key.mode == "major" else "i bVI bVII", key).slots)
        found = generate.continued(listen(live, key, style="pop"), opening, 5, generate.Wish(3, "authentic"))
        assert [numeral_of(chord, key)[:1].upper() for chord in found.progression.chords[-2:]] == ["V", "I"]
        assert found.progression.beats == 32
