"""A chord between two others ranks by what comes before and after: Bayes' rule, at a bounded cost."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from engine import checkpoint, compose
from engine.compose import MAX_CANDIDATES, MAX_FOLLOWING, following
from engine.compose.gaps import leading_on, log_belief
from engine.music import Chord, Key, Progression, Slot
from engine.theory import ALL_KEYS, chord_of, read_progression, transpose, write_chord

C = Key("C")


@pytest.fixture(scope="module")
def model() -> checkpoint.Model:
    return checkpoint.load("functional")


def progression_of(text: str, key: Key = C) -> Progression:
    return Progression(key, read_progression(text, key).slots)


def shares_in(model: checkpoint.Model, before: str, after: str, **options: object) -> dict[str, float]:
    """Shares of all candidates, by symbol, before and after the given chords."""
    progression = progression_of(before)
    advice = compose.advise(model, progression, len(progression), k=200, after=progression_of(after).chords, **options)  # type: ignore[arg-type]
    return {write_chord(item.chord): item.probability for item in advice.suggestions}


def test_what_follows_when_a_chord_is_replaced_or_put_in() -> None:
    progression = progression_of("C G N.C. Am F C Dm")
    names = [write_chord(chord) for chord in following(progression, 1)]
    assert names == ["Am", "F", "C", "Dm"]
    assert [write_chord(chord) for chord in following(progression, 1, inserting=True)] == ["G", "Am", "F", "C"]
    assert following(progression, 6) == ()
    assert following(progression, 7) == ()


def test_chords_that_lead_to_what_follows_rise(model: checkpoint.Model) -> None:
    """C ? F C: C7 prepares F, and V goes to IV in rock."""
    plain, filled = shares_in(model, "C", ""), shares_in(model, "C", "F C")
    for name in ("C7", "G", "Bb"):
        assert filled[name] > 1.5 * plain[name], name
    for name in ("A7", "Dm"):
        assert filled.get(name, 0.0) < plain[name], name


@pytest.mark.parametrize(
    ("before", "after", "first"),
    [("C", "Dm G C", "A7"), ("C", "Am Dm G", "Em"), ("C", "F C", "G"), ("Fm", "C Am F", "G")],
)
def test_what_follows_changes_the_first_choice(model: checkpoint.Model, before: str, after: str, first: str) -> None:
    plain, filled = shares_in(model, before, ""), shares_in(model, before, after)
    ranked = sorted(filled, key=lambda name: -filled[name])
    assert first in ranked[:2]
    assert ranked.index(first) <= sorted(plain, key=lambda name: -plain[name]).index(first)
    assert ranked != sorted(plain, key=lambda name: -plain[name])


@pytest.mark.parametrize(("before", "after"), [("", "G C"), ("C", "F C"), ("C A7", "G C"), ("C", "F#m7b5 Abdim7 Cm")])
def test_shares_sum_to_one(model: checkpoint.Model, before: str, after: str) -> None:
    filled = shares_in(model, before, after)
    assert 1 < len(filled) <= MAX_CANDIDATES
    assert math.fsum(filled.values()) == pytest.approx(1)


def test_a_gap_in_every_key_is_the_same_gap(model: checkpoint.Model) -> None:
    home = progression_of("C Am F C")
    wanted = compose.advise(model, home, 1, after=following(home, 1))
    for key in ALL_KEYS[:12]:
        moved = Progression(key, tuple(Slot(transpose(slot.chord, C, key)) for slot in home))
        found = compose.advise(model, moved, 1, after=following(moved, 1))
        assert [item.numeral for item in found.suggestions] == [item.numeral for item in wanted.suggestions]
        assert [item.probability for item in found.suggestions] == [item.probability for item in wanted.suggestions]


def test_filters_hold_in_a_gap(model: checkpoint.Model) -> None:
    found = shares_in(model, "C", "Dm G", filters=("secondary",))
    assert max(found, key=lambda name: found[name]) == "A7"
    assert not {"C", "Am", "G"} & set(found)


def test_the_chord_that_follows_is_held_back_too(model: checkpoint.Model) -> None:
    assert "G" not in shares_in(model, "C F", "G C", repetition=0.0)
    assert shares_in(model, "C F", "G C", repetition=0.5)["G"] < shares_in(model, "C F", "G C", repetition=1.0)["G"]


class Counting:
    """Expects thirty chords by a rule of its own: the nearer to the chord before (in its list), the likelier."""

    key = C

    def __init__(self) -> None:
        self.asked = 0
        self.chords = [chord_of(degree + quality, C) for quality in ("", "7", "m") for degree in DEGREES]

    def expect(self, before: tuple[Chord, ...]) -> dict[Chord, float]:
        self.asked += 1
        at = self.chords.index(before[-1]) if before and before[-1] in self.chords else 0
        weights = [1 / (1 + abs(i - at)) for i in range(len(self.chords))]
        return {chord: weight / sum(weights) for chord, weight in zip(self.chords, weights, strict=True)}

    def heard(self, chord: Chord) -> Chord:
        return chord


DEGREES = ("I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI")


def by_hand(listener: Counting, before: Sequence[Chord], after: Sequence[Chord]) -> dict[Chord, float]:
    """Bayes' rule written out."""
    joint = {}
    candidates = sorted(listener.expect(tuple(before)).items(), key=lambda entry: -entry[1])[:MAX_CANDIDATES]
    for chord, share in candidates:
        product, heard = share, (*before, chord)
        for later in after[:MAX_FOLLOWING]:
            product *= listener.expect(heard)[later]
            heard = (*heard, later)
        joint[chord] = product
    return {chord: product / sum(joint.values()) for chord, product in joint.items()}


def test_shares_are_those_of_bayes_rule() -> None:
    listener = Counting()
    before, after = tuple(listener.chords[:2]), tuple(listener.chords[4:9])
    found = leading_on(listener, before, listener.expect(before), after)
    assert found == pytest.approx(by_hand(listener, before, after))


def test_the_cost_is_bounded() -> None:
    listener = Counting()
    progression = Progression(C, tuple(Slot(chord) for chord in listener.chords))
    compose.advise_by(listener, progression, 10, after=progression.chords[11:])
    assert listener.asked <= 1 + MAX_CANDIDATES * MAX_FOLLOWING


def test_a_chord_nobody_expects_counts_little_and_does_not_break() -> None:
    listener = Counting()
    odd = Chord("B", "dim7")
    assert log_belief(listener, (listener.chords[0],), (odd,)) == pytest.approx(math.log(1e-12))
    shares = leading_on(listener, (), listener.expect(()), (odd, listener.chords[0]))
    assert sum(shares.values()) == pytest.approx(1)
