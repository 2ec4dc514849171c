"""Back-propagation by hand: the stated figures, gradients that a moved weight confirms, and numbers taken apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.classroom import (
    AGREED,
    Comparison,
    Course,
    Lesson,
    LessonRefused,
    Story,
    backward,
    begun,
    continued,
    foretold,
    forward,
    fresh,
    numeric_check,
    story,
    within_epoch,
)
from engine.classroom.course import loss, loss_and_gradients

LESSONS = st.builds(
    Lesson,
    text=st.text("abc de\n", min_size=7, max_size=14).filter(lambda text: len(set(text)) > 1),
    hidden=st.integers(1, 6),
    window=st.integers(1, 6),
    learning_rate=st.sampled_from([0.01, 0.1, 0.7]),
    clip=st.sampled_from([0.0, 0.5, 5.0]),
    rng_seed=st.integers(0, 99),
)


@pytest.fixture(scope="module")
def learnt() -> Course:
    """The stated lesson, learnt to its end."""
    return continued(Lesson(), begun(Lesson()), 160)


# --- the stated figures ---------------------------------------------------------------------------------------------


def test_the_alphabet_has_23_windows_of_three_letters() -> None:
    windows = Lesson().windows
    assert len(windows) == 23
    assert windows[0].letters == (0, 1, 2)
    assert windows[-1].targets == (23, 24, 25)


def test_the_loss_falls_from_226_to_5(learnt: Course) -> None:
    assert len(learnt.losses) == 160
    assert learnt.losses[0] == pytest.approx(226.39, abs=0.01)
    assert learnt.losses[-1] == pytest.approx(5.17, abs=0.01)


@pytest.mark.parametrize(("letters", "following"), [("abc", "d"), ("bcd", "e"), ("cde", "f")])
def test_it_foretells_the_next_letter(learnt: Course, letters: str, following: str) -> None:
    letter, probability = foretold(Lesson(), learnt.weights, letters)[0]
    assert letter == following
    assert probability > 0.9


def test_before_learning_every_letter_is_about_equally_likely() -> None:
    shares = [share for _, share in foretold(Lesson(), fresh(Lesson()), "abc")]
    assert sum(shares) == pytest.approx(1)
    assert 0.03 < min(shares) < max(shares) < 0.05


# --- gradients ------------------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(lesson=LESSONS, epochs=st.integers(0, 12))
def test_gradients_agree_with_what_happens_when_a_weight_moves(lesson: Lesson, epochs: int) -> None:
    weights = continued(lesson, begun(lesson), epochs).weights
    for compared in numeric_check(weights, lesson.windows[-1]):
        assert compared.relative_error <= AGREED == 1e-6, compared.symbol
        assert compared.agrees


def test_the_check_of_the_learnt_lesson(learnt: Course) -> None:
    for window in Lesson().windows[::7]:
        assert max(compared.relative_error for compared in numeric_check(learnt.weights, window)) < 1e-6


def test_a_wrong_gradient_does_not_pass() -> None:
    good = numeric_check(fresh(Lesson()), Lesson().windows[0])[1]
    bad = Comparison("W", good.by_hand * 1.01, good.measured)
    assert good.agrees
    assert not bad.agrees
    assert bad.relative_error == pytest.approx(0.005, rel=0.01)


def test_a_gradient_that_is_zero_both_ways_agrees() -> None:
    """With one letter nothing came before, so W can have no gradient."""
    compared = numeric_check(fresh(Lesson(window=1)), Lesson(window=1).windows[0])[1]
    assert not compared.by_hand.any()
    assert compared.relative_error == 0


@settings(max_examples=40)
@given(lesson=LESSONS)
def test_the_quick_way_is_the_way_by_hand(lesson: Lesson) -> None:
    weights = fresh(lesson)
    for window in lesson.windows:
        trace = forward(weights, window)
        by_hand = backward(trace)
        quick, gradients = loss_and_gradients(weights, window)
        assert quick == pytest.approx(trace.loss) == loss(weights, window)
        for one, other in zip(by_hand.total, gradients, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-12)


def test_the_losses_of_the_steps_pull_separately() -> None:
    trace = forward(fresh(Lesson()), Lesson().windows[0])
    parts = [backward(trace, only=step).total.U for step in range(3)]
    np.testing.assert_allclose(sum(parts), backward(trace).total.U, atol=1e-15)
    assert not backward(trace, only=0).steps[2].dh.any()


def test_what_flows_back_from_the_last_letter_fades() -> None:
    """With small weights the pull of the last loss shrinks with every step back: the vanishing gradient."""
    steps = backward(forward(fresh(Lesson(window=6)), Lesson(window=6).windows[0]), only=5).steps
    assert all(np.linalg.norm(earlier.dh) < 0.5 * np.linalg.norm(later.dh) for earlier, later in pairwise(steps))


def test_clipping_keeps_the_direction_and_bounds_the_length() -> None:
    trace = forward(fresh(Lesson()), Lesson().windows[0])
    free, held = backward(trace), backward(trace, clip=0.5)
    assert (free.clipped, held.clipped) == (False, True)
    assert held.applied.norm == pytest.approx(0.5)
    np.testing.assert_allclose(held.applied.U * free.total.norm, free.total.U * 0.5)
    assert not backward(trace, clip=10).clipped


def test_a_piece_of_an_epoch_and_the_rest_are_the_epoch() -> None:
    lesson = Lesson(clip=0.5)
    piece, loss_of_piece = within_epoch(lesson, fresh(lesson), 5)
    trace = forward(piece, lesson.windows[5])
    step = backward(trace, lesson.clip).applied
    after, loss_with_one_more = within_epoch(lesson, fresh(lesson), 6)
    assert loss_with_one_more == pytest.approx(loss_of_piece + trace.loss)
    np.testing.assert_allclose(after.W, piece.W - lesson.learning_rate * step.W, atol=1e-14)
    whole, _ = within_epoch(lesson, fresh(lesson), 23)
    np.testing.assert_array_equal(whole.V, continued(lesson, begun(lesson), 1).weights.V)


def test_the_same_lesson_is_the_same_numbers_and_another_seed_others() -> None:
    twice = [continued(Lesson(rng_seed=seed), begun(Lesson(rng_seed=seed)), 3).losses for seed in (7, 7, 8)]
    assert twice[0] == twice[1] != twice[2]


def test_learning_on_is_learning_at_once(learnt: Course) -> None:
    halves = continued(Lesson(), continued(Lesson(), begun(Lesson()), 100), 60)
    assert halves.losses == learnt.losses
    assert halves.epoch == 160


def test_values_are_read_only(learnt: Course) -> None:
    with pytest.raises(ValueError, match="read-only"):
        learnt.weights.U[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        forward(learnt.weights, Lesson().windows[0]).steps[0].h[0] = 1


def test_the_steepest_rate_stays_finite() -> None:
    lesson = Lesson(text="aaaaabaaaabb" * 4, hidden=12, window=6, learning_rate=1.0)
    assert np.isfinite(continued(lesson, begun(lesson), 160).losses).all()


# --- the story ------------------------------------------------------------------------------------------------------


def told(lesson: Lesson, at: int = 0) -> Story:
    trace = forward(fresh(lesson), lesson.windows[at])
    return story(lesson.alphabet, trace, backward(trace, lesson.clip), lesson.learning_rate)


def test_the_story_goes_forwards_then_backwards_then_moves() -> None:
    assert [(frame.phase, frame.step) for frame in told(Lesson()).frames] == [
        ("forward", 1), ("forward", 2), ("forward", 3),
        ("backward", 3), ("backward", 2), ("backward", 1),
        ("update", 0),
    ]  # fmt: skip


def made(tale: Story, name: str, row: int, column: int) -> float:
    """An entry worked out anew from its terms alone."""
    quantity = tale.quantities[name]
    values = [term.product for term in tale.terms(name, row, column)]
    if quantity.rule == "moved":
        return values[0] - tale.scale * values[1]
    if quantity.rule == "softmax":
        return float(np.exp(values[0]) / np.exp(tale.quantities[quantity.parts[0].left].values).sum())
    one_by_one: Mapping[str, Callable[[], float]] = {
        "sum": lambda: sum(values),
        "times": lambda: values[0] * values[1],
        "difference": lambda: values[0] - values[1],
        "tanh": lambda: float(np.tanh(values[0])),
        "slope": lambda: 1 - values[0] ** 2,
        "loss": lambda: -float(np.log(sum(values))),
    }
    return one_by_one[quantity.rule]()


@settings(max_examples=12)
@given(lesson=LESSONS)
def test_every_number_is_made_of_its_terms(lesson: Lesson) -> None:
    tale = told(lesson)
    for name, quantity in tale.quantities.items():
        if quantity.rule == "given":
            assert tale.terms(name, 0) == ()
            continue
        for row, column in np.ndindex(*quantity.values.shape):
            assert made(tale, name, row, column) == pytest.approx(quantity.values[row, column], abs=1e-9), name


def test_terms_name_their_factors() -> None:
    tale = told(Lesson())
    first = tale.terms("a2", 0)
    assert [(first[1].left, first[1].right), (first[26].left, first[26].right)] == [
        ("U[1, b]", "x₂[b]"), ("W[1, 1]", "h₁[1]"),
    ]  # fmt: skip
    assert first[1].product == tale.quantities["U"].values[0, 1]  # the input is one-hot
    assert [term.left for term in tale.terms("gU", 0, 1)] == ["∂U₁[1, b]", "∂U₂[1, b]", "∂U₃[1, b]"]
    turned = tale.terms("dh2", 3)
    assert (turned[0].left, turned[26].left) == ("V[a, 4]", "W[1, 4]")


def test_formulas_stand_as_they_are_taught() -> None:
    signs = {name: quantity.formula for name, quantity in told(Lesson()).quantities.items()}
    assert signs["a2"] == "a₂ = U x₂ + W h₁ + b"
    assert signs["dh3"] == "δh₃ = Vᵀ δz₃"
    assert signs["dh1"] == "δh₁ = Vᵀ δz₁ + Wᵀ δa₂"
    assert signs["gW2"] == "∂W₂ = δa₂ h₁ᵀ"
    assert signs["U+"] == "U′ = U − 0.1 · ∂U"


def test_every_quantity_says_what_it_is() -> None:
    for quantity in told(Lesson()).quantities.values():
        assert str(quantity.meaning).endswith(".")


# --- limits ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"hidden": 0}, "Hidden units: 0"),
        ({"hidden": 13}, "from 1 to 12"),
        ({"window": 7}, "from 1 to 6"),
        ({"learning_rate": float("nan")}, "Learning rate: nan"),
        ({"learning_rate": 2.0}, "from 0.001 to 1.0"),
        ({"clip": -1.0}, "Clipping"),
        ({"rng_seed": -1}, "Take"),
        ({"text": "abc"}, "Letters in the text: 3"),
        ({"text": "ab" * 41}, "from 4 to 80"),
        ({"text": "aaaaaa"}, "Different letters in the text: 1;"),
        ({"text": "".join(map(chr, range(40, 80)))}, "Different letters in the text: 40;"),
        ({"text": "abc\u202edef"}, "cannot be seen"),
    ],
)
def test_what_no_lesson_can_be_made_of_is_refused_in_words(given: dict[str, object], named: str) -> None:
    with pytest.raises(LessonRefused, match=named):
        Lesson(**given)  # type: ignore[arg-type]


def test_a_letter_without_an_input_is_refused() -> None:
    with pytest.raises(LessonRefused, match="“␣” is not in the text"):
        foretold(Lesson(), fresh(Lesson()), "a b")
