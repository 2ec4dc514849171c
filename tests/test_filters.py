"""Kinds of chords: what each holds in every key, and suggestions of one kind that sum to one and say what is gone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import checkpoint, compose
from engine.compose import FILTERS, Filter, admits, admits_any
from engine.compose.shares import held_back, normalised, nucleus, tempered
from engine.errors import PredictionError
from engine.music import NO_CHORD, Chord, Key, Progression
from engine.theory import ALL_KEYS, all_numerals, chord_of, function_of, read_chord, read_progression, transpose

C, C_MINOR = Key("C"), Key("C", "minor")
ANYTHING: tuple[Filter, ...] = ("anything",)
IN_KEY: tuple[Filter, ...] = ("in key",)
BORROWED: tuple[Filter, ...] = ("borrowed",)
KINDS: tuple[Filter, ...] = ("in key", "borrowed", "secondary")
SHARES = st.dictionaries(st.sampled_from([chord_of(n, C) for n in all_numerals()]), st.floats(1e-6, 1), min_size=1)


@pytest.fixture(scope="module")
def model() -> checkpoint.Model:
    return checkpoint.load("functional")


def progression_of(text: str, key: Key = C) -> Progression:
    return Progression(key, read_progression(text, key).slots)


def names_of(kind: Filter, key: Key, *symbols: str) -> list[str]:
    return [symbol for symbol in symbols if admits(kind, read_chord(symbol), key)]


def test_what_is_in_the_key() -> None:
    major = ("C", "Dm7", "Em", "Fmaj7", "G7", "Am", "Bm7b5", "Csus")
    assert names_of("in key", C, *major, "C7", "Fm", "E", "Bb", "Bdim7", "G7b9") == list(major)
    minor = ("Cm", "Dm7b5", "Eb", "Fm7", "Gm", "G7", "Abmaj7", "Bb7", "Bdim7", "Eb+")
    assert names_of("in key", C_MINOR, *minor, "C", "F", "Dm", "Db") == list(minor)


def test_what_is_borrowed() -> None:
    assert names_of("borrowed", C, "Fm", "Bb", "Ab", "Eb", "Cm", "Bb7", "C", "A7", "G7", "F#m") == [
        *("Fm", "Bb", "Ab", "Eb", "Cm", "Bb7")
    ]
    assert names_of("borrowed", C_MINOR, "C", "F", "F7", "Fm", "Ab", "G7", "F7sus") == ["C", "F", "F7"]


def test_what_is_a_secondary_dominant_or_a_substitute() -> None:
    secondary = ("A7", "D7", "D", "E7", "B7", "C7", "Db7", "Ab7", "C#dim7", "F#dim7")
    assert names_of("secondary", C, *secondary, "G7", "G", "Bdim7", "G+", "C", "Am", "Fm", "F") == list(secondary)
    assert names_of("secondary", C_MINOR, "C7", "D7", "Eb7", "Bb7", "Ab7", "G7", "Gm", "Bb", "Bdim7", "Bbmaj7") == [
        *("C7", "D7", "Eb7", "Bb7", "Ab7")
    ]


@pytest.mark.parametrize("key", ALL_KEYS, ids=str)
def test_a_kind_is_the_same_in_every_key(key: Key) -> None:
    home = Key("C", key.mode)
    for numeral in all_numerals():
        chord = chord_of(numeral, home)
        for kind in FILTERS:
            assert admits(kind, transpose(chord, home, key), key) == admits(kind, chord, home), (kind, numeral)


@pytest.mark.parametrize("key", [C, C_MINOR], ids=str)
def test_borrowed_and_secondary_do_not_meet(key: Key) -> None:
    chords = [chord_of(numeral, key) for numeral in all_numerals()]
    assert not [c for c in chords if admits("borrowed", c, key) and admits("secondary", c, key)]
    assert all(function_of(c, key) == "dominant" for c in chords if admits("secondary", c, key))


@pytest.mark.parametrize("key", ALL_KEYS, ids=str)
def test_a_secondary_dominant_is_built_as_a_dominant(key: Key) -> None:
    """A major third or a suspended fourth, without a major seventh, or diminished."""
    chords = [chord_of(numeral, key) for numeral in all_numerals()]
    built = {chord.quality for chord in chords if admits("secondary", chord, key)}
    assert built == {"", "7", "7sus", "aug", "dim", "dim7"}


def test_silence_is_of_no_kind() -> None:
    assert [kind for kind in FILTERS if admits(kind, NO_CHORD, C)] == ["anything"]


def test_kinds_add_up() -> None:
    a7 = Chord("A", "7")
    assert admits_any((), a7, C)
    assert admits_any(("in key", "secondary"), a7, C)
    assert not admits_any(("in key", "borrowed"), a7, C)
    assert admits_any(("borrowed", "anything"), a7, C)


@pytest.mark.parametrize("text", ["", "C", "C G Am", "Dm7 G7", "C A7"])
@pytest.mark.parametrize("kind", KINDS)
def test_suggestions_of_a_kind_are_the_models_own_order_and_sum_to_one(
    model: checkpoint.Model, text: str, kind: Filter
) -> None:
    progression = progression_of(text)
    every = compose.advise(model, progression, len(progression), k=200, filters=ANYTHING, repetition=1.0)
    some = compose.advise(model, progression, len(progression), k=200, filters=(kind,), repetition=1.0)
    assert all(admits(kind, item.chord, C) for item in some.suggestions)
    assert sum(item.probability for item in some.suggestions) == pytest.approx(1)
    if text:
        wanted = [item for item in every.suggestions if admits(kind, item.chord, C)]
        assert [item.chord for item in some.suggestions] == [item.chord for item in wanted]
        assert some.left_out == pytest.approx(1 - sum(item.probability for item in wanted))
        ratios = [a.probability / b.probability for a, b in zip(some.suggestions, wanted, strict=True)]
        assert max(ratios) == pytest.approx(min(ratios))


def test_what_is_not_shown_is_told(model: checkpoint.Model) -> None:
    progression = progression_of("C G")
    advice = compose.advise(model, progression, 2, k=3, filters=IN_KEY)
    assert sum(item.probability for item in advice.suggestions) + advice.rest == pytest.approx(1)
    assert advice.rest > 0
    assert 0.05 < advice.left_out < 0.5
    assert compose.advise(model, progression, 2).left_out == 0


class OnlyHome:
    """Expects one chord, whatever came."""

    key = C

    def expect(self, before: tuple[Chord, ...]) -> dict[Chord, float]:
        return {Chord("C"): 1.0}

    def heard(self, chord: Chord) -> Chord:
        return Chord("C")


def test_an_empty_list_comes_with_a_sentence() -> None:
    advice = compose.advise_by(OnlyHome(), progression_of("C"), 1, filters=BORROWED)
    assert advice.suggestions == ()
    assert (advice.rest, advice.left_out) == (0, 1)
    assert "No chord of that kind" in str(advice.notice)


@pytest.mark.parametrize("repetition", [0.0, 0.5])
def test_the_only_chord_is_not_held_back_into_nothing(repetition: float) -> None:
    advice = compose.advise_by(OnlyHome(), progression_of("C"), 1, repetition=repetition)
    assert [(item.chord, item.probability) for item in advice.suggestions] == [(Chord("C"), 1.0)]
    assert advice.notice is None


@given(SHARES, st.floats(0.01, 100))
def test_a_temperature_keeps_the_order_and_the_sum(shares: dict[Chord, float], temperature: float) -> None:
    warm = tempered(shares, temperature)
    assert sum(warm.values()) == pytest.approx(1)
    assert max(shares.values()) == max(shares[chord] for chord in warm if warm[chord] == max(warm.values()))
    assert tempered(shares, 1.0) == pytest.approx(normalised(shares))


@given(SHARES, st.floats(0.01, 1))
def test_a_nucleus_is_the_fewest_chords_that_reach_the_sum(shares: dict[Chord, float], top_p: float) -> None:
    whole, kept = normalised(shares), nucleus(shares, top_p)
    inside = sum(whole[chord] for chord in kept)
    assert inside >= top_p - 1e-9
    assert inside - min(whole[chord] for chord in kept) < top_p + 1e-9
    assert sum(kept.values()) == pytest.approx(1)
    assert min(whole[chord] for chord in kept) >= max([whole[c] for c in whole if c not in kept], default=0.0) - 1e-12


@given(SHARES, st.floats(0, 1))
def test_what_is_held_back_goes_to_the_others(shares: dict[Chord, float], repetition: float) -> None:
    first = next(iter(shares))
    held = held_back(shares, (first,), repetition)
    assert sum(held.values()) == pytest.approx(1)
    assert held.get(first, 0.0) <= normalised(shares)[first] + 1e-12


@pytest.mark.parametrize("temperature", [0.0, -1.0, 1000.0, float("nan"), float("inf")])
def test_temperatures_out_of_range_are_refused(temperature: float) -> None:
    with pytest.raises(PredictionError, match="temperature"):
        tempered({Chord("C"): 1.0}, temperature)


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_shares_out_of_range_are_refused(share: float) -> None:
    with pytest.raises(PredictionError, match="repetition"):
        held_back({Chord("C"): 1.0}, (), share)
    with pytest.raises(PredictionError, match="top_p"):
        nucleus({Chord("C"): 1.0}, share)
