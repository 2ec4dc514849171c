"""Continuations keep their promises: the cadence, the length, what was locked, the same music for the same seed."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import checkpoint, compose
from engine.compose import Filter
from engine.errors import GenerationError, PredictionError, ProgressionTooLong
from engine.generate import CADENCES, MAX_BARS, Cadence, Continuation, Search, Wish, continued, redrawn
from engine.generate.cadences import demands, meets
from engine.generate.plans import lengths
from engine.music import MAX_CHORDS, Chord, Key, Progression, Slot
from engine.theory import ALL_KEYS, chord_of, numeral_of, read_progression, transpose, write_chord

C, C_MINOR = Key("C"), Key("C", "minor")
SOME_KEYS = (Key("C"), Key("F#"), Key("Db"), Key("C", "minor"), Key("G#", "minor"), Key("Bb", "minor"))
SEARCHES: tuple[Search, ...] = ("sample", "beam")


@pytest.fixture(scope="module")
def model() -> checkpoint.Model:
    return checkpoint.load("functional")


def progression_of(text: str, key: Key = C) -> Progression:
    return Progression(key, read_progression(text, key).slots)


def opening_in(key: Key) -> Progression:
    return progression_of({"major": "I vi7 ii7", "minor": "i bVI iv"}[key.mode], key)


def names(continuation: Continuation) -> str:
    return " ".join(write_chord(chord) for chord in continuation.progression.chords)


def numerals(progression: Progression) -> list[str]:
    return [numeral_of(chord, progression.key) for chord in progression.chords]


class Leaning:
    """A small listener: every degree in three colours, those near the last one in its list likelier."""

    def __init__(self, key: Key = C) -> None:
        self.key = key
        degrees = ("I", "V", "VI", "IV", "II", "III", "bVI", "bVII")
        self.sounds = [chord_of(degree + quality, key) for degree in degrees for quality in ("", "m", "7")]

    def expect(self, before: tuple[Chord, ...]) -> dict[Chord, float]:
        at = self.sounds.index(before[-1]) if before and before[-1] in self.sounds else 0
        weights = [1 / (1 + abs(i - at - 3)) for i in range(len(self.sounds))]
        return {chord: weight / sum(weights) for chord, weight in zip(self.sounds, weights, strict=True)}

    def heard(self, chord: Chord) -> Chord:
        return chord


WISHES = st.builds(
    Wish,
    rng_seed=st.integers(0, 2**32 - 1),
    cadence=st.sampled_from(CADENCES),
    search=st.sampled_from(SEARCHES),
    temperature=st.floats(0.1, 5),
    top_p=st.floats(0.05, 1),
    repetition=st.floats(0, 1),
)


def ends_with(continuation: Continuation, cadence: Cadence) -> bool:
    key, ending = continuation.progression.key, demands(cadence, continuation.progression.key.mode)
    last = continuation.progression.chords[-2:]
    return not ending or all(meets(chord, demand, key) for chord, demand in zip(last, ending, strict=True))


@pytest.mark.parametrize("key", SOME_KEYS, ids=str)
@pytest.mark.parametrize("search", SEARCHES)
def test_it_ends_with_the_cadence_that_was_asked_for(model: checkpoint.Model, key: Key, search: Search) -> None:
    wanted = {
        "major": {"authentic": ("V7", "Imaj7"), "plagal": ("IVmaj7", "Imaj7"), "deceptive": ("V7", "vim7")},
        "minor": {"authentic": ("V7", "im7"), "plagal": ("ivm7", "im7"), "deceptive": ("V7", "bVImaj7")},
    }[key.mode]
    listener = compose.listen(model, key, colour="sevenths")
    for cadence in CADENCES:
        found = continued(listener, opening_in(key), 4, Wish(7, cadence, search))
        ending = tuple(numerals(found.progression)[-2:])
        assert ends_with(found, cadence)
        assert cadence not in wanted or ending[1] == wanted[cadence][1]
        if cadence == "half":
            assert ending[1] == "V7"
            assert ending[0] != "V7"


def test_cadences_are_what_the_books_say() -> None:
    def of(cadence: Cadence, key: Key, *texts: str) -> list[str]:
        ends = [(text, progression_of(text, key).chords) for text in texts]
        return [
            text
            for text, chords in ends
            if all(meets(chord, demand, key) for chord, demand in zip(chords, demands(cadence, key.mode), strict=True))
        ]

    texts = ("G7 C", "G Cmaj7", "F C", "Fm C", "Dm G7", "F G", "G7 G", "G7 Am", "G Ab", "Em Am", "G7 Cm", "C G7")
    assert of("authentic", C, *texts) == ["G7 C", "G Cmaj7"]
    assert of("plagal", C, *texts) == ["F C", "Fm C"]
    assert of("half", C, *texts) == ["Dm G7", "F G", "C G7"]
    assert of("deceptive", C, *texts) == ["G7 Am", "G Ab"]
    assert of("authentic", C_MINOR, *texts) == ["G7 Cm"]
    assert of("plagal", C_MINOR, "Fm Cm", "F Cm", "Ab Cm", "Fm C") == ["Fm Cm", "F Cm"]
    assert of("deceptive", C_MINOR, *texts) == ["G Ab"]


@given(
    WISHES, st.integers(1, 6), st.sampled_from([2.0, 3.0, 4.0, 5.0, 6.0]), st.sampled_from([0.5, 1.0, 2.0, 3.0, 4.0])
)
def test_it_ends_on_time_with_its_cadence_and_the_opening_untouched(
    wish: Wish, bars: int, beats_per_bar: float, beats_per_chord: float
) -> None:
    opening = progression_of("C Am")
    if bars == 1 and beats_per_chord >= beats_per_bar:
        opening = progression_of("C")
        wish = Wish(wish.rng_seed)
    found = continued(Leaning(), opening, bars, wish, beats_per_bar=beats_per_bar, beats_per_chord=beats_per_chord)
    whole_bars = math.ceil(opening.beats / beats_per_bar)
    assert found.progression.beats == pytest.approx((whole_bars + bars) * beats_per_bar)
    assert found.progression.slots[: len(opening)] == opening.slots
    assert found.drawn == tuple(range(len(opening), len(found.progression)))
    assert ends_with(found, wish.cadence)
    assert found.log_probability < 0
    assert found.rng_seed == wish.rng_seed


@given(st.integers(1, 8), st.floats(1, 12), st.floats(0.25, 30), st.floats(0, 11))
def test_lengths_add_up(bars: int, beats_per_bar: float, beats_per_chord: float, begun: float) -> None:
    found = lengths(begun, bars, beats_per_bar, beats_per_chord)
    assert sum(found) == pytest.approx(bars * beats_per_bar + begun, abs=1e-6)
    assert all(0 < length <= beats_per_chord + 1e-6 for length in found[1 if begun > 1e-9 else 0 :])


@given(WISHES, st.sets(st.integers(0, 7)))
def test_locked_chords_stay(wish: Wish, locked: set[int]) -> None:
    listener = Leaning()
    old = progression_of("| C | Am | F G | Em7 A7 | G | C |")
    ending = {"none": ("G", "C"), "authentic": ("G", "C"), "plagal": ("F", "C"), "half": ("C", "G")}
    last = ending.get(wish.cadence, ("G", "Am"))
    old = Progression(C, (*old.slots[:6], *(Slot(progression_of(name).chords[0]) for name in last)))
    old = Progression(C, tuple(replace(slot, locked=i in locked) for i, slot in enumerate(old)))
    found = redrawn(listener, old, locked, wish)
    assert [found.progression.slots[i] for i in sorted(locked)] == [old.slots[i] for i in sorted(locked)]
    assert [(slot.beats, slot.locked) for slot in found.progression] == [(slot.beats, slot.locked) for slot in old]
    assert set(found.drawn) | locked == set(range(8))
    assert ends_with(found, wish.cadence)


@pytest.mark.parametrize("search", SEARCHES)
def test_the_same_seed_gives_the_same_music(model: checkpoint.Model, search: Search) -> None:
    one, other = (compose.listen(model, C) for _ in range(2))
    wish = Wish(11, "half", search, temperature=1.5)
    assert continued(one, opening_in(C), 4, wish) == continued(other, opening_in(C), 4, wish)


def test_another_seed_gives_other_music_and_a_search_the_likeliest(model: checkpoint.Model) -> None:
    listener = compose.listen(model, C)
    drawn = [continued(listener, opening_in(C), 4, Wish(seed, temperature=1.5)) for seed in range(6)]
    assert len({names(found) for found in drawn}) >= 4
    best = continued(listener, opening_in(C), 4, Wish(search="beam", repetition=1.0))
    assert best.log_probability >= max(found.log_probability for found in drawn)


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("mode", ["major", "minor"])
def test_a_seed_means_the_same_in_every_key(model: checkpoint.Model, search: Search, mode: str) -> None:
    wish = Wish(5, "authentic", search, temperature=1.3, top_p=0.9)
    expected: Continuation | None = None
    for key in (key for key in ALL_KEYS if key.mode == mode):
        found = continued(compose.listen(model, key), opening_in(key), 3, wish)
        expected = expected or found
        assert numerals(found.progression) == numerals(expected.progression), key
        assert found.log_probability == expected.log_probability


@pytest.mark.parametrize("seed", range(4))
def test_a_seed_means_the_same_where_a_colour_changes_a_name(seed: int) -> None:
    """Db major writes its bVII Cb and its bVII7 B7."""
    found: list[tuple[list[str], float]] = []
    for key in (C, Key("Db")):
        listener = compose.listen(checkpoint.load("live"), key, colour="sevenths")
        drawn = continued(listener, progression_of("I IV bVII", key), 6, Wish(seed, filters=("borrowed",)))
        found.append((numerals(drawn.progression), drawn.log_probability))
    assert found[0] == found[1]


def test_locked_chords_are_prepared(model: checkpoint.Model) -> None:
    """Between C and Dm, both locked, a dominant of Dm is likelier drawn than where nothing follows."""
    listener = compose.listen(model, C)
    leads = {"A7", "Am", "C#dim7", "Ebdim7"}

    def share_of(text: str, locked: set[int]) -> float:
        found = [redrawn(listener, progression_of(text), locked, Wish(seed)) for seed in range(40)]
        return sum(write_chord(one.progression.chords[1]) in leads for one in found) / len(found)

    assert share_of("C C Dm", {0, 2}) > 0.6
    assert share_of("C C", {0}) < 0.5


def test_the_belief_is_the_models_own() -> None:
    listener = Leaning()
    found = continued(listener, progression_of("C"), 3, Wish(2, temperature=2.0, repetition=0.1))
    chords = found.progression.chords
    by_hand = sum(math.log(listener.expect(chords[:i])[chords[i]]) for i in found.drawn)
    assert found.log_probability == pytest.approx(by_hand)


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("key", [C, C_MINOR], ids=str)
def test_it_does_not_turn_in_circles(model: checkpoint.Model, search: Search, key: Key) -> None:
    found = continued(compose.listen(model, key), opening_in(key), 24, Wish(3, search=search))
    chords = found.progression.chords
    assert len(set(chords)) >= 6
    assert max(len(list(run)) for _, run in groupby(chords)) <= 3
    turns = list(pairwise(chords))
    assert max(turns.count(turn) for turn in turns) <= len(turns) // 3


class Stubborn(Leaning):
    """Expects what was just played, and hardly anything else."""

    def expect(self, before: tuple[Chord, ...]) -> dict[Chord, float]:
        last = before[-1] if before else self.sounds[0]
        return {chord: 0.9 if chord == last else 0.1 / (len(self.sounds) - 1) for chord in self.sounds}


@pytest.mark.parametrize("search", SEARCHES)
def test_repetition_can_be_forbidden(search: Search) -> None:
    found = continued(Stubborn(), progression_of("C"), 12, Wish(1, search=search, repetition=0.0))
    assert all(one != other for one, other in pairwise(found.progression.chords))
    loyal = continued(Stubborn(), progression_of("C"), 12, Wish(1, repetition=1.0)).progression.chords
    assert sum(one == other for one, other in pairwise(loyal)) >= 8


def test_a_cadence_steps_outside_a_kind_that_has_no_chord_for_it(model: checkpoint.Model) -> None:
    listener = compose.listen(model, C)
    found = continued(listener, progression_of("C"), 6, Wish(1, "authentic", filters=("borrowed",)))
    free = found.progression.chords[1:-2]
    assert all(compose.admits("borrowed", chord, C) for chord in free)
    assert ends_with(found, "authentic")


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize(
    ("key", "cadence", "kind", "inside"),
    [
        (C, "authentic", "in key", (True, True)),
        (C, "plagal", "in key", (True, True)),
        (C, "half", "in key", (True, True)),
        (C, "deceptive", "in key", (True, True)),
        (C_MINOR, "authentic", "in key", (True, True)),
        (C_MINOR, "plagal", "in key", (True, True)),
        (C_MINOR, "half", "in key", (True, True)),
        (C_MINOR, "deceptive", "in key", (True, True)),
        (C, "plagal", "borrowed", (True, False)),  # iv, then the tonic, which nobody borrows
        (C, "half", "secondary", (True, False)),
        (C, "deceptive", "borrowed", (False, True)),  # V, then bVI
    ],
)
def test_a_cadence_is_of_the_wished_kind_where_it_can_be(
    key: Key, cadence: Cadence, kind: Filter, inside: tuple[bool, bool], search: Search
) -> None:
    listener, opening = compose.listen(checkpoint.load("live"), key, colour=None), opening_in(key)
    for seed in range(25 if search == "sample" else 1):
        found = continued(listener, opening, 3, Wish(seed, cadence, search, temperature=2.0, filters=(kind,)))
        ending = found.progression.chords[-2:]
        assert ends_with(found, cadence)
        assert tuple(compose.admits(kind, chord, key) for chord in ending) == inside, names(found)


def test_an_empty_opening_begins_in_the_key(model: checkpoint.Model) -> None:
    for seed in range(10):
        first = continued(compose.listen(model, C), Progression(C), 1, Wish(seed, temperature=3.0)).progression.chords[
            0
        ]
        assert compose.admits("in key", first, C)


def test_a_begun_bar_is_completed() -> None:
    opening = Progression(C, (Slot(Chord("C"), 4.0), Slot(Chord("F"), 1.0)))
    found = continued(Leaning(), opening, 2, beats_per_chord=2)
    assert [slot.beats for slot in found.progression] == [4, 1, 3, 2, 2, 2, 2]


def test_rests_are_neither_heard_nor_lost() -> None:
    opening = progression_of("C N.C. Am N.C.")
    silent = continued(Leaning(), opening, 3, Wish(4)).progression
    assert silent.slots[:4] == opening.slots
    assert silent.chords[4:] == continued(Leaning(), progression_of("C Am"), 3, Wish(4)).progression.chords[2:]


@pytest.mark.parametrize(
    ("wish", "bars", "words"),
    [
        (Wish(rng_seed=-1), 4, "random seed"),
        (Wish(repetition=1.5), 4, "repetition"),
        (Wish(repetition=float("nan")), 4, "repetition"),
        (Wish(), 0, "1 to 64 bars"),
        (Wish(), MAX_BARS + 1, "1 to 64 bars"),
        (Wish(cadence="authentic"), 1, "Am stands where an authentic cadence needs another chord"),
    ],
)
def test_what_cannot_be_is_refused_in_words(wish: Wish, bars: int, words: str) -> None:
    with pytest.raises(GenerationError, match=words):
        continued(Leaning(), progression_of("C Am"), bars, wish)


@pytest.mark.parametrize("wish", [Wish(temperature=0), Wish(temperature=float("inf")), Wish(top_p=0), Wish(top_p=1.1)])
def test_numbers_out_of_range_are_refused_before_any_work(wish: Wish) -> None:
    with pytest.raises(PredictionError):
        continued(Leaning(), progression_of("C"), 1, wish)


@pytest.mark.parametrize("beats", [0, -1, float("nan"), float("inf"), 1000])
def test_lengths_out_of_range_are_refused(beats: float) -> None:
    with pytest.raises(GenerationError, match="beats"):
        continued(Leaning(), progression_of("C"), 2, beats_per_bar=beats)
    with pytest.raises(GenerationError, match="beats"):
        continued(Leaning(), progression_of("C"), 2, beats_per_chord=beats)


def test_locks_out_of_range_and_against_the_cadence_are_refused() -> None:
    with pytest.raises(GenerationError, match="no chord number 3"):
        redrawn(Leaning(), progression_of("C F"), {2})
    with pytest.raises(GenerationError, match="F stands where a half cadence needs another chord"):
        redrawn(Leaning(), progression_of("C F"), {1}, Wish(cadence="half"))
    with pytest.raises(GenerationError, match="two chords"):
        redrawn(Leaning(), progression_of("C"), (), Wish(cadence="half"))


def test_a_kind_that_never_comes_is_refused_in_words() -> None:
    with pytest.raises(GenerationError, match="chord 2"):
        continued(OnlyC(), progression_of("C"), 2, Wish(filters=("borrowed",)))


class OnlyC(Leaning):
    def expect(self, before: tuple[Chord, ...]) -> dict[Chord, float]:
        return {self.sounds[0]: 1.0}


def test_too_many_chords_are_refused() -> None:
    opening = Progression(C, tuple(Slot(Chord("C")) for _ in range(MAX_CHORDS)))
    with pytest.raises(ProgressionTooLong):
        continued(Leaning(), opening, 1)
    with pytest.raises(GenerationError, match="128 chords"):
        redrawn(Leaning(), opening, range(100))


def test_transposed_locks_and_all() -> None:
    home = progression_of("C Am F G")
    expected = redrawn(Leaning(C), home, {0, 3}, Wish(9))
    for key in ALL_KEYS[:12]:
        moved = Progression(key, tuple(Slot(transpose(slot.chord, C, key), slot.beats) for slot in home))
        assert numerals(redrawn(Leaning(key), moved, {0, 3}, Wish(9)).progression) == numerals(expected.progression)
