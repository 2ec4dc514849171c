"""Every mistake does what its sentences say, shown by runs of the real code."""

from __future__ import annotations

from dataclasses import fields
from functools import lru_cache
from threading import Event, Thread

import pytest

from engine.classroom import Contest
from engine.classroom.pitfalls import PADDING, PITFALLS, Choices, Pitfall, Practice, phrases, split, vocabulary
from engine.classroom.practice import EPOCHS, Network, batch_of, practise
from engine.classroom.training import made

BY_NAME = {pitfall.name: pitfall for pitfall in PITFALLS}


@lru_cache(maxsize=32)
def run(choices: Choices) -> Practice:
    return practise(choices)


def both(name: str) -> tuple[Practice, Practice]:
    return run(BY_NAME[name].right), run(BY_NAME[name].wrong)


def sizes(practice: Practice) -> dict[str, tuple[int, ...]]:
    return {shape.code: shape.sizes for shape in practice.shapes}


# --- the table ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pitfall", PITFALLS, ids=lambda pitfall: pitfall.name)
def test_a_pitfall_turns_exactly_one_switch(pitfall: Pitfall) -> None:
    turned = [
        field.name
        for field in fields(Choices)
        if getattr(pitfall.right, field.name) != getattr(pitfall.wrong, field.name)
    ]
    assert len(turned) == 1
    assert all(str(words).endswith(".") for words in (pitfall.happens, pitfall.noticed, pitfall.remedy))


def test_every_switch_has_its_pitfall() -> None:
    turned = {
        field.name
        for pitfall in PITFALLS
        for field in fields(Choices)
        if getattr(pitfall.right, field.name) != getattr(pitfall.wrong, field.name)
    }
    assert turned == {field.name for field in fields(Choices)} - {"only_last"}


@pytest.mark.parametrize("pitfall", PITFALLS, ids=lambda pitfall: pitfall.name)
def test_shapes_name_each_of_their_axes(pitfall: Pitfall) -> None:
    for practice in both(pitfall.name):
        for shape in practice.shapes:
            assert len(shape.sizes) == len(shape.axes)


def test_phrases_are_unequal_and_none_is_both_learnt_and_tested() -> None:
    learning, testing = split(phrases())
    assert len(learning) + len(testing) == len(phrases()) == 48
    assert len({len(phrase) for phrase in phrases()}) > 4
    assert vocabulary()[0] == PADDING


# --- what the right program does ------------------------------------------------------------------------------------


def test_the_right_program_learns() -> None:
    right = run(Choices())
    assert len(right.told) == len(right.judged) == len(right.accuracy) == EPOCHS
    assert right.told[-1] < 0.5 * right.told[0]
    assert right.accuracy[-1] > 0.7
    assert right.judged == pytest.approx(right.honest, rel=1e-5)
    assert right.line is not None
    assert right.line.read[1:] == right.line.came[:-1]
    assert len(right.line.expected) == len(right.line.came)
    assert PADDING not in (*right.line.read, *right.line.came)


def test_one_seed_is_one_run() -> None:
    assert practise(Choices()) == run(Choices())
    assert practise(Choices(rng_seed=1)) != run(Choices())


def test_what_other_visitors_do_meanwhile_changes_nothing() -> None:
    over = Event()

    def others() -> None:
        while not over.is_set():
            made(Contest(embedding=4, width=4).sizes("lstm"), 9)

    visitor = Thread(target=others)
    visitor.start()
    try:
        assert practise(Choices()) == run(Choices())
    finally:
        over.set()
        visitor.join()


# --- what each mistake does -----------------------------------------------------------------------------------------


def test_exchanged_axes_show_in_the_state_alone_and_cost_the_past() -> None:
    right, wrong = both("batch_first")
    batch, time = sizes(right)["ids"]
    assert sizes(right)["h"][1] == batch
    assert sizes(wrong)["h"][1] == time != batch
    assert sizes(right)["logits = fc(out)"] == sizes(wrong)["logits = fc(out)"]
    assert wrong.honest[-1] > right.honest[-1] + 0.4


def test_exchanged_axes_read_the_neighbour() -> None:
    """The right network's logits do not change with the phrases beside it; the wrong one's do, and forget the past."""
    chosen = list(phrases()[:4])
    for choices, alone in ((Choices(packed=False), True), (Choices(batch_first=False), False)):
        network = Network(choices, len(vocabulary())).eval()
        first = network(batch_of(chosen, choices).ids, batch_of(chosen, choices).lengths)[0]
        other = [tuple(reversed(chosen[0])), *chosen[1:]]
        second = network(batch_of(other, choices).ids, batch_of(other, choices).lengths)[0]
        assert bool((first[1] == second[1]).all()) == alone


def test_unshifted_targets_are_too_easy_and_teach_nothing() -> None:
    right, wrong = both("shift")
    assert wrong.told[-1] < 0.1 < right.told[-1]
    assert wrong.honest[-1] > 3 > right.honest[-1]
    assert wrong.line is not None
    assert wrong.line.expected == wrong.line.read


def test_counted_padding_flatters() -> None:
    right, wrong = both("padding")
    batch, time = sizes(right)["targets"]
    assert right.counted < wrong.counted == batch * time
    assert wrong.judged[-1] < wrong.honest[-1] - 0.05
    assert right.judged == pytest.approx(right.honest, rel=1e-5)


def test_a_forgotten_seed_cannot_be_repeated() -> None:
    wrong = BY_NAME["seed"].wrong
    first, second = practise(wrong), practise(wrong)
    assert first.told != second.told
    assert practise(Choices(rng_seed=first.rng_seed)).told == first.told


def test_learning_in_eval_mode_learns_by_heart() -> None:
    right, wrong = both("learn_mode")
    assert right.told[-1] > right.judged[-1]
    assert wrong.told[-1] < wrong.judged[-1] - 0.1


def test_testing_in_train_mode_trembles() -> None:
    right, wrong = both("judge_mode")
    assert right.judged_again == right.judged[-1]
    assert wrong.judged_again != wrong.judged[-1]
    assert wrong.judged[-1] > wrong.honest[-1] + 0.05


def test_a_number_is_a_poor_entrance_and_one_hot_an_equal_one() -> None:
    _, number = both("entrance")
    embedding, one_hot = both("one_hot")
    widths = [
        next(s.sizes[-1] for s in found.shapes if s.code.startswith("x = ")) for found in (number, embedding, one_hot)
    ]
    assert widths == [1, 16, len(vocabulary())]
    assert number.honest[-1] > embedding.honest[-1] + 0.5
    assert one_hot.honest[-1] < embedding.honest[-1] + 0.2
    assert number.parameters < one_hot.parameters < embedding.parameters


def test_without_packing_the_last_state_is_that_after_the_padding() -> None:
    right, wrong = both("packed")
    assert right.state_gap == 0.0
    assert wrong.state_gap > 0.1
    assert wrong.told[-1] > right.told[-1]


def test_without_no_grad_memory_fills_and_nothing_else_changes() -> None:
    right, wrong = both("no_grad")
    assert right.graph_bytes == 0
    assert wrong.graph_bytes > 50_000
    assert wrong.judged == right.judged


def test_without_bias_there_is_one_number_less_for_each_chord() -> None:
    right, wrong = both("bias")
    assert right.parameters - wrong.parameters == len(vocabulary())
    assert wrong.told[0] > right.told[0]


def test_two_devices_stop_at_once_in_torchs_own_words() -> None:
    right, wrong = both("device")
    assert not right.error
    assert "same device" in wrong.error
    assert not wrong.told
