"""The network in whole numbers: exact by any means, near to what it stands for, and hardly a bit more surprised."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.recurrent import quantized
from engine.recurrent.checkpoint import load
from engine.recurrent.evaluation import evaluate
from engine.recurrent.network import weights_of
from engine.recurrent.quantized import (
    STATE_STEPS,
    TABLE_STEPS,
    WEIGHT_STEPS,
    WIDEST,
    QuantizedMatrix,
    fixed_table,
    quantized_matrix,
)
from engine.recurrent.schema import BOUNDS
from engine.recurrent.sizes import Sizes
from engine.recurrent.steps import picked, steps_of
from engine.tunewriter.lessons import lesson_of
from tests.golden.regenerate_tunes import ten_tunes
from tests.test_recurrent import all_sizes, material, strong

ROOT = Path(__file__).resolve().parent.parent


def both_ways(matrix: QuantizedMatrix, hidden: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    whole = np.rint(hidden * STATE_STEPS)
    return matrix._by_floats(whole), matrix._by_integers(whole)


# --- exact ----------------------------------------------------------------------------------------------------------


@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(1, 70), st.integers(1, 18))
@settings(max_examples=60)
def test_floats_and_integers_give_the_same_sums(seed: int, rows: int, width: int, n: int) -> None:
    random = np.random.default_rng(seed)
    matrix = quantized_matrix(random.normal(size=(rows, width)).astype(np.float32))
    hidden = random.uniform(-1, 1, (n, width)).astype(np.float32)
    floats, integers = both_ways(matrix, hidden)
    exact = np.rint(hidden * STATE_STEPS).astype(np.int64) @ matrix.whole.T.astype(np.int64)
    assert np.array_equal(floats, exact)
    assert np.array_equal(integers, exact)


@pytest.mark.parametrize("n", [1, 3, 16])
def test_the_largest_sums_are_exact_too(n: int) -> None:
    signs = np.where(np.arange(WIDEST) % 2, 1.0, -1.0).astype(np.float32)
    matrix = quantized_matrix(np.stack([signs, -signs, np.ones_like(signs)]))
    floats, integers = both_ways(matrix, np.repeat(signs[None], n, axis=0))
    largest = WIDEST * WEIGHT_STEPS * 127
    assert floats[0, :2].tolist() == [largest, -largest]
    assert np.array_equal(floats, integers)
    assert BOUNDS["hidden_size"][1] <= WIDEST  # of any file that is read
    with pytest.raises(ValueError, match="hidden units"):
        quantized_matrix(np.zeros((1, WIDEST + 1), dtype=np.float32))


def test_the_quicker_way_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    quantized.prepare()
    quantized.settle()
    hidden = np.random.default_rng(1).uniform(-1, 1, (5, 24)).astype(np.float32)
    rows = np.random.default_rng(2).normal(size=(96, 24)).astype(np.float32)
    found = []
    for integers in (False, True):
        monkeypatch.setattr(QuantizedMatrix, "_integers_are_quicker", (integers, integers))
        matrix, one = quantized_matrix(rows), np.empty(96, dtype=np.float32)
        matrix.one(hidden[0], one)
        found += [one, matrix.many(hidden[:1])[0], matrix.many(hidden)[0]]
    assert all(np.array_equal(found[0], other) for other in found[1:])


def test_a_thread_under_way_when_torch_comes_goes_on_without(monkeypatch: pytest.MonkeyPatch) -> None:
    """Torch would share its steps out among all cores."""
    taken: list[int] = []

    def integers(matrix: QuantizedMatrix, whole: np.ndarray) -> np.ndarray:
        taken.append(len(whole))
        return matrix._by_floats(whole)

    monkeypatch.setattr(QuantizedMatrix, "_integers_are_quicker", (True, True))
    monkeypatch.setattr(QuantizedMatrix, "_by_integers", integers)
    matrix, hidden = quantized_matrix(np.ones((4, 4), dtype=np.float32)), np.ones((2, 4), dtype=np.float32)
    quantized.prepare()
    under_way = Thread(target=matrix.many, args=(hidden,))
    under_way.start()
    under_way.join()
    assert not taken

    def settled() -> None:
        quantized.settle()
        matrix.many(hidden)

    fresh = Thread(target=settled)
    fresh.start()
    fresh.join()
    assert taken


def test_the_way_is_chosen_by_trying_both(monkeypatch: pytest.MonkeyPatch) -> None:
    spent = iter([3.0, 1.0, 1.0, 2.0])  # integers, floats: of one sequence, then of several
    monkeypatch.setattr(quantized, "_quickest", lambda _: next(spent))
    assert quantized_matrix(np.ones((4, 4), dtype=np.float32))._integers_are_quicker == (False, True)


@given(all_sizes(), st.integers(0, 10**6))
@settings(max_examples=50, deadline=None)
def test_alone_abreast_and_at_once_are_the_same_to_the_bit(sizes: Sizes, seed: int) -> None:
    steps = steps_of(sizes, weights_of(strong(sizes, seed)), quantized=True)
    ids, features = material(sizes, seed, 3, 4)
    abreast, state = [], steps.fresh(3)
    for at in range(4):
        logits, state = steps.step(state, ids[:, at], None if features is None else features[:, at])
        abreast.append(logits)
    for row in range(3):
        own = None if features is None else features[row]
        at_once, after = steps.read(ids[row], own)
        assert np.array_equal(at_once, np.stack(abreast)[:, row])
        last = picked(state, np.array([row]))
        assert all(np.array_equal(a, b) for x, y in zip(after, last, strict=True) for a, b in zip(x, y, strict=True))
        alone, state_of_one = [], steps.fresh()
        for at in range(4):
            logits, state_of_one = steps.step(
                state_of_one, ids[row, at : at + 1], None if own is None else own[at, None]
            )
            alone.append(logits[0])
        assert np.array_equal(np.stack(alone), at_once)


# --- near -----------------------------------------------------------------------------------------------------------


@given(st.integers(0, 10**6), st.floats(1e-3, 1e3))
def test_a_product_is_off_by_no_more_than_its_steps(seed: int, size: float) -> None:
    random = np.random.default_rng(seed)
    rows = (random.normal(size=(6, 30)) * size).astype(np.float32)
    rows[2] = 0
    hidden = random.uniform(-1, 1, (2, 30)).astype(np.float32)
    off = np.abs(quantized_matrix(rows).many(hidden) - hidden @ rows.T)
    largest = np.abs(rows).max(axis=1)
    for_weights = np.abs(hidden).sum(axis=1)[:, None] * largest / WEIGHT_STEPS / 2
    for_states = np.abs(rows).sum(axis=1) / STATE_STEPS / 2 + 30 * largest / WEIGHT_STEPS / STATE_STEPS / 4
    assert (off <= (for_weights + for_states) * 1.001 + 1e-5 * size).all()
    assert not off[:, 2].any()


@given(st.integers(0, 10**6), st.integers(1, 25), st.floats(1e-3, 1e3))
def test_sums_of_rows_never_overflow_and_are_off_by_no_more_than_their_steps(
    seed: int, streams: int, size: float
) -> None:
    random = np.random.default_rng(seed)
    blocks = [(random.normal(size=(3, 8)) * size).astype(np.float32) for _ in range(streams)]
    blocks[0][:, 5] = 0
    table = fixed_table(blocks)
    worst = [
        [3 * at + int(np.abs(block[:, column]).argmax()) for at, block in enumerate(blocks)] for column in range(8)
    ]
    rows = np.array([*worst, *(3 * np.arange(streams) + random.integers(0, 3, (4, streams)))])
    sums = np.concatenate(blocks)[rows].sum(axis=1)
    largest = sum(np.abs(block).max(axis=0) for block in blocks)
    off = np.abs(table.summed(rows) - sums)
    assert (off <= streams / 2 * largest / (TABLE_STEPS - streams) * 1.01 + 1e-5 * size).all()
    assert np.array_equal(np.concatenate([table.summed(row[None]) for row in rows]), table.summed(rows))


def test_the_tune_writer_is_hardly_more_surprised() -> None:
    """Bits of printed tunes: within half a percent of torch's."""
    model = load("tunes")
    lessons = [lesson_of(tune) for tune in ten_tunes()]
    ours = 0.0
    for lesson in lessons:
        assert lesson.features is not None
        scores = torch.from_numpy(model.quantized.read(lesson.ids[:-1], lesson.features[:-1])[0])
        ours += float(torch.nn.functional.cross_entropy(scores, torch.from_numpy(lesson.ids[1:]), reduction="sum"))
    assert ours == pytest.approx(sum(evaluate(model.network, lessons).sequence_nats), rel=0.005)


def test_it_does_without_torch_until_it_is_prepared() -> None:
    code = (
        "import sys, numpy as np; from engine.recurrent.quantized import quantized_matrix, settle; settle();"
        "quantized_matrix(np.ones((4, 4), np.float32)).many(np.ones((2, 4), np.float32)); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
