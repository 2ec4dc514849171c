"""Learning: padding never counts, the three ways of laying out agree where they should, a resumed run ends the same."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from engine.recurrent.batches import Batch, Span, batch_of, layout, texts_of
from engine.recurrent.curves import Curves, Epoch
from engine.recurrent.evaluation import evaluate, pieces_of
from engine.recurrent.network import State, TokenRNN, initialised
from engine.recurrent.plan import Lesson, Mode, Plan
from engine.recurrent.training import loss_of, train

VOCABULARY = 7
PLAN = Plan(
    cell="gru", embedding_dim=6, hidden_size=12, features=(4,), feature_dim=3, dropout=0.3, input_dropout=0.1,
    batch_tokens=120, batch_size=4, window=9, epochs=4, peak_rate=0.02, averaging=0.9, rng_seed=5,
)  # fmt: skip
MODES: tuple[Mode, ...] = ("whole", "stream", "windows")


def lessons_of(count: int, rng_seed: int = 0, longest: int = 24) -> list[Lesson]:
    """Ladders through the ids, from anywhere: easy to foretell."""
    random = np.random.default_rng(rng_seed)
    lengths = random.integers(2, longest, count)
    return [Lesson((np.arange(n) + random.integers(7)) % 7, (np.arange(n) % 4)[:, None]) for n in lengths]


def quiet(line: str) -> None:
    """Progress that nobody reads."""


def lost(network: TokenRNN, batches: list[Batch], *, carried: bool) -> tuple[float, int]:
    """Nats and tokens of batches, dropout off."""
    state: State | None = None
    nats, tokens = 0.0, 0
    for batch in batches:
        with torch.no_grad():
            loss, right, after = loss_of(network.eval(), batch, state)
        state = after if carried else None
        nats, tokens = nats + float(loss) * len(right), tokens + len(right)
    return nats, tokens


def laid_out(lessons: list[Lesson], plan: Plan) -> list[Batch]:
    texts = texts_of(lessons, plan)
    return [batch_of(spans, texts, only_last=plan.only_last) for spans in layout(texts, plan, np.random.default_rng(1))]


# --- batches --------------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 30), st.integers(2, 40), st.integers(1, 200), st.integers(1, 6), st.integers(1, 12))
def test_every_token_is_foretold_once_an_epoch(count: int, longest: int, tokens: int, rows: int, window: int) -> None:
    lessons = lessons_of(count, longest=longest + 1)
    expected = sorted((int(a), int(b)) for each in lessons for a, b in zip(each.ids, each.ids[1:], strict=False))
    for mode in ("whole", "stream"):
        plan = replace(PLAN, mode=mode, batch_tokens=tokens, batch_size=rows, window=window)
        batches = laid_out(lessons, plan)
        found = [pair for b in batches for pair in zip(b.ids[b.weights > 0], b.targets[b.weights > 0], strict=True)]
        assert sorted((int(a), int(b)) for a, b in found) == expected


def test_batches_of_whole_lessons_keep_to_their_size_with_little_padding() -> None:
    lessons = lessons_of(300, longest=200)
    batches = laid_out(lessons, replace(PLAN, batch_tokens=1500))
    assert max(batch.ids.numel() for batch in batches) <= 1500
    counted = sum(int((batch.weights > 0).sum()) for batch in batches)
    assert counted > 0.9 * sum(batch.ids.numel() for batch in batches)


def test_windows_stay_within_their_piece_and_reach_its_end() -> None:
    lessons = [Lesson(np.arange(12)), Lesson(np.arange(20, 24))]
    plan = replace(PLAN, features=(), mode="windows", window=5, stride=3, batch_size=2)
    texts = texts_of(lessons, plan)
    spans = sorted(span for batch in layout(texts, plan, np.random.default_rng(0)) for span in batch)
    assert spans == [Span(0, 0, 5), Span(0, 3, 8), Span(0, 6, 11), Span(1, 0, 3)]
    last = batch_of(tuple(spans), texts, only_last=True)
    assert last.targets[last.weights > 0].tolist() == [5, 8, 11, 23]


def test_a_lesson_that_teaches_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="two tokens"):
        Lesson(np.array([1]))
    with pytest.raises(ValueError, match="do not fit"):
        Lesson(np.array([1, 2]), np.zeros((3, 1), dtype=int))
    with pytest.raises(ValueError, match="weight"):
        Lesson(np.array([1, 2]), None, 0.0)


# --- losses ---------------------------------------------------------------------------------------------------------


def test_padding_never_counts() -> None:
    network = initialised(PLAN.sizes(VOCABULARY), 1)
    batch = laid_out(lessons_of(6), replace(PLAN, batch_tokens=1000))[0]
    padded = batch.weights == 0
    assert padded.any()
    assert batch.features is not None
    other = Batch(
        batch.ids.masked_fill(padded, 3),
        batch.targets.masked_fill(padded, 5),
        batch.features.masked_fill(padded[..., None], 2),
        batch.weights,
    )
    gradients = []
    for each in (batch, other):
        network.eval().zero_grad()
        loss, right, _ = loss_of(network, each, None)
        loss.backward()  # type: ignore[no-untyped-call]
        assert len(right) == int((~padded).sum())
        gradients.append([weight.grad.clone() for weight in network.parameters() if weight.grad is not None])
    assert len(gradients[0]) == len(list(network.parameters()))
    assert all(torch.allclose(a, b, atol=1e-7) for a, b in zip(*gradients, strict=True))


def test_whole_and_stream_and_windows_agree_on_one_text() -> None:
    network = initialised(PLAN.sizes(VOCABULARY), 2)
    text = Lesson(np.random.default_rng(3).integers(0, 7, 61), np.random.default_rng(4).integers(0, 4, (61, 1)))
    whole = lost(network, laid_out([text], replace(PLAN, mode="whole")), carried=False)
    stream = lost(network, laid_out([text], replace(PLAN, mode="stream", batch_size=1)), carried=True)
    windows = lost(network, laid_out([text], replace(PLAN, mode="windows", window=60)), carried=False)
    assert whole[1] == stream[1] == windows[1] == 60
    assert math.isclose(whole[0], stream[0], rel_tol=1e-5) and math.isclose(whole[0], windows[0], rel_tol=1e-5)
    judged = evaluate(network, [text])
    assert math.isclose(judged.nats, whole[0], rel_tol=1e-5) and judged.tokens == 60


def test_evaluation_is_plain_cross_entropy_of_each_lesson_alone() -> None:
    network = initialised(PLAN.sizes(VOCABULARY), 2).train()
    lessons = [
        *lessons_of(9),
        *lessons_of(1, 8, longest=600),
        Lesson(np.arange(700) % 7, (np.arange(700) % 4)[:, None]),
    ]
    judged = evaluate(network, lessons)
    assert network.training
    hits = 0
    for number, lesson in enumerate(lessons):
        assert lesson.features is not None
        ids, features = torch.from_numpy(lesson.ids), torch.from_numpy(lesson.features)
        with torch.no_grad():
            logits = network.eval().read(ids[None, :-1], features[None, :-1])[0][0]
        expected = float(functional.cross_entropy(logits, ids[1:], reduction="sum"))
        assert math.isclose(judged.sequence_nats[number], expected, rel_tol=1e-5)
        hits += int((logits.argmax(-1) == ids[1:]).sum())
    assert judged.sequence_tokens == tuple(len(lesson.ids) - 1 for lesson in lessons)
    assert math.isclose(judged.accuracy, hits / judged.tokens)
    assert math.isclose(judged.loss, judged.nats / judged.tokens)


def test_weights_of_lessons_are_shares_of_the_loss() -> None:
    network = initialised(replace(PLAN, features=()).sizes(VOCABULARY), 2)
    a, b = np.array([1, 2, 3, 4]), np.array([4, 3, 2, 1])
    plan = replace(PLAN, features=(), batch_tokens=100)
    alone = [lost(network, laid_out([Lesson(ids)], plan), carried=False)[0] / 3 for ids in (a, b)]
    both = lost(network, laid_out([Lesson(a, None, 3.0), Lesson(b)], plan), carried=False)[0] / 6
    assert math.isclose(both, 0.75 * alone[0] + 0.25 * alone[1], rel_tol=1e-5)


def test_pieces_foretell_every_token_once() -> None:
    lesson = Lesson(np.arange(50), np.arange(50)[:, None])
    for length in (1, 7, 49, 80):
        pieces = pieces_of(lesson, length)
        assert [int(i) for piece in pieces for i in piece.ids[1:]] == list(range(1, 50))
        assert all(piece.features is not None and (piece.features[:, 0] == piece.ids).all() for piece in pieces)
        assert max(len(piece.ids) for piece in pieces) <= length + 1


# --- runs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_it_learns_and_leaves_its_curves(mode: Mode, tmp_path: Path) -> None:
    heard: list[Epoch] = []
    plan = replace(PLAN, mode=mode, dropout=0.0, input_dropout=0.0, epochs=6, stride=4)
    lines: list[str] = []
    network = train(lessons_of(60), lessons_of(12, 1), plan, VOCABULARY, tmp_path, lines.append, on_epoch=heard.append)
    curves = Curves(tmp_path).read()
    assert curves == tuple(heard) and [epoch.epoch for epoch in curves] == [1, 2, 3, 4, 5, 6]
    best = min(epoch.validation_loss for epoch in curves)
    assert best < 0.6 * curves[0].validation_loss
    assert math.isclose(evaluate(network, lessons_of(12, 1)).loss, best, rel_tol=1e-6)
    assert not network.training
    assert len((tmp_path / "curves.csv").read_text("utf-8").splitlines()) == 7
    assert "tokens/s" in "".join(lines)


@pytest.mark.parametrize("mode", MODES)
def test_a_resumed_run_ends_with_the_same_weights(mode: Mode, tmp_path: Path) -> None:
    plan = replace(PLAN, mode=mode, stride=4)
    lessons, validation = lessons_of(30), lessons_of(6, 1)

    def augmented(lesson: Lesson, random: np.random.Generator) -> Lesson:
        return Lesson((lesson.ids + random.integers(7)) % 7, lesson.features)

    straight = train(lessons, validation, plan, VOCABULARY, tmp_path / "a", quiet, augment=augmented)
    done: list[Epoch] = []
    seen = {"steps": 0}

    def enough() -> bool:
        seen["steps"] += len(done) == 2
        return seen["steps"] > 1  # in the midst of the third epoch

    folder = tmp_path / "b"
    train(lessons, validation, plan, VOCABULARY, folder, quiet, augment=augmented, on_epoch=done.append,
          should_stop=enough)  # fmt: skip
    assert len(Curves(folder).read()) == 2
    torch.rand(3)  # the generator that others use must not matter
    resumed = train(lessons, validation, plan, VOCABULARY, folder, quiet, augment=augmented)
    assert len(Curves(folder).read()) == 4
    for name, weight in straight.state_dict().items():
        assert torch.equal(weight, resumed.state_dict()[name])


def test_another_plan_or_other_lessons_begin_anew(tmp_path: Path) -> None:
    train(lessons_of(10), lessons_of(3, 1), replace(PLAN, epochs=2), VOCABULARY, tmp_path, quiet)
    for lessons, plan in ((lessons_of(10), replace(PLAN, epochs=1)), (lessons_of(9), replace(PLAN, epochs=1))):
        train(lessons, lessons_of(3, 1), plan, VOCABULARY, tmp_path, quiet)
        assert len(Curves(tmp_path).read()) == 1


def test_training_stops_when_validation_no_longer_gains(tmp_path: Path) -> None:
    contrary = [Lesson(lesson.ids[::-1].copy(), lesson.features) for lesson in lessons_of(5)]
    plan = replace(PLAN, epochs=40, patience=2, averaging=0.0, schedule="constant")
    train(lessons_of(20), contrary, plan, VOCABULARY, tmp_path, quiet)
    losses = [epoch.validation_loss for epoch in Curves(tmp_path).read()]
    assert len(losses) < 40 and losses.index(min(losses)) == len(losses) - 3


def test_a_run_stopped_in_its_first_epoch_gives_back_what_there_is(tmp_path: Path) -> None:
    network = train(lessons_of(20), lessons_of(3, 1), PLAN, VOCABULARY, tmp_path, quiet, should_stop=lambda: True)
    assert not network.training and not Curves(tmp_path).read()
    with pytest.raises(ValueError, match="lessons"):
        train([], lessons_of(3), PLAN, VOCABULARY, tmp_path, quiet)


def test_the_callers_random_numbers_are_left_alone(tmp_path: Path) -> None:
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    train(lessons_of(5), lessons_of(2, 1), replace(PLAN, epochs=1), VOCABULARY, tmp_path, quiet)
    assert torch.equal(torch.rand(2), expected)


def test_products_in_half_the_bits_learn_the_same_thing(tmp_path: Path) -> None:
    plan = replace(PLAN, precision="bfloat16", dropout=0.0, mode="stream")
    network = train(lessons_of(60), lessons_of(12, 1), plan, VOCABULARY, tmp_path, quiet)
    assert {weight.dtype for weight in network.parameters()} == {torch.float32}
    losses = [epoch.validation_loss for epoch in Curves(tmp_path).read()]
    assert losses[-1] < 0.8 * losses[0]
