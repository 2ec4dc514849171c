"""The token network: NumPy says what torch says, for every cell, size and way of reading."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.recurrent.network import TokenRNN, initialised, network_of, weights_of
from engine.recurrent.plan import Ids
from engine.recurrent.sizes import Sizes, matched, parameters, shapes_of
from engine.recurrent.steps import Steps, picked, steps_of

ROOT = Path(__file__).resolve().parent.parent
CELLS = ("lstm", "gru", "rnn")


@st.composite
def all_sizes(draw: st.DrawFn) -> Sizes:
    """Small networks of every kind."""
    embedding = draw(st.sampled_from([0, 3, 8]))
    return Sizes(
        cell=draw(st.sampled_from(CELLS)),
        vocab_size=draw(st.integers(1, 12)),
        embedding_dim=embedding,
        hidden_size=draw(st.sampled_from([1, 5, 8])),
        num_layers=draw(st.integers(1, 3)),
        dropout=0.5,
        input_dropout=0.5,
        features=tuple(draw(st.lists(st.integers(1, 5), max_size=3))),
        feature_dim=draw(st.integers(1, 4)),
        tie_weights=draw(st.booleans()) if embedding else False,
        direct=draw(st.booleans()),
    )


def strong(sizes: Sizes, rng_seed: int) -> TokenRNN:
    """A network whose every weight, biases included, matters."""
    network = initialised(sizes, rng_seed).eval()
    generator = torch.Generator().manual_seed(rng_seed)
    with torch.no_grad():
        for weight in network.parameters():
            weight.add_(torch.randn(weight.shape, generator=generator) * 0.5)
    return network


def material(sizes: Sizes, rng_seed: int, rows: int, time: int) -> tuple[Ids, Ids | None]:
    random = np.random.default_rng(rng_seed)
    ids = random.integers(0, sizes.vocab_size, (rows, time))
    streams = [random.integers(0, values, (rows, time)) for values in sizes.features]
    return ids, np.stack(streams, axis=-1) if streams else None


def by_torch(network: TokenRNN, ids: Ids, features: Ids | None) -> np.ndarray:
    beside = None if features is None else torch.from_numpy(features)
    with torch.no_grad():
        logits: np.ndarray = network.read(torch.from_numpy(ids), beside)[0].numpy()
    return logits


def stepped(steps: Steps, ids: Ids, features: Ids | None) -> np.ndarray:
    """All rows read side by side, a step at a time: (rows, time, vocab)."""
    state, said = steps.fresh(len(ids)), []
    for at in range(ids.shape[1]):
        logits, state = steps.step(state, ids[:, at], None if features is None else features[:, at])
        said.append(logits)
    return np.stack(said, axis=1)


@settings(max_examples=60, deadline=None)
@given(all_sizes(), st.integers(0, 2**31), st.integers(1, 4))
def test_numpy_says_what_torch_says(sizes: Sizes, rng_seed: int, rows: int) -> None:
    network = strong(sizes, rng_seed)
    steps = steps_of(sizes, weights_of(network))
    ids, features = material(sizes, rng_seed, rows, 7)
    expected = by_torch(network, ids, features)
    np.testing.assert_allclose(stepped(steps, ids, features), expected, atol=1e-5, rtol=1e-5)
    for row in range(rows):
        beside = None if features is None else features[row]
        np.testing.assert_allclose(steps.read(ids[row], beside)[0], expected[row], atol=1e-5, rtol=1e-5)


@settings(max_examples=30, deadline=None)
@given(all_sizes(), st.integers(0, 2**31), st.integers(0, 6))
def test_reading_may_be_broken_off_anywhere(sizes: Sizes, rng_seed: int, cut: int) -> None:
    steps = steps_of(sizes, weights_of(strong(sizes, rng_seed)))
    (ids,), beside = (material(sizes, rng_seed, 1, 6)[0], material(sizes, rng_seed, 1, 6)[1])
    features = None if beside is None else beside[0]
    whole, _ = steps.read(ids, features)
    first, state = steps.read(ids[:cut], None if features is None else features[:cut])
    second, _ = steps.read(ids[cut:], None if features is None else features[cut:], state)
    np.testing.assert_allclose(np.concatenate([first, second]), whole, atol=1e-5)


@settings(max_examples=60, deadline=None)
@given(all_sizes())
def test_shapes_are_those_of_the_network(sizes: Sizes) -> None:
    network = TokenRNN(sizes)
    assert {name: tuple(weight.shape) for name, weight in network.state_dict().items()} == shapes_of(sizes)
    assert sum(weight.numel() for weight in network.parameters()) == parameters(sizes)


@settings(max_examples=30, deadline=None)
@given(all_sizes(), st.sampled_from(CELLS))
def test_a_matched_cell_is_as_near_as_can_be(sizes: Sizes, cell: str) -> None:
    other = matched(sizes, cell)  # type: ignore[arg-type]
    off = abs(parameters(other) - parameters(sizes))
    for hidden in {max(1, other.hidden_size - 1), other.hidden_size + 1}:
        near = Sizes(**{n: getattr(other, n) for n in Sizes.__slots__} | {"hidden_size": hidden})
        assert off <= abs(parameters(near) - parameters(sizes))
    assert other.cell == cell
    assert matched(sizes, sizes.cell) == sizes


@pytest.mark.parametrize("cell", CELLS)
def test_states_are_never_changed_in_place(cell: str) -> None:
    sizes = Sizes(cell, 5, 4, 6, 2, features=(3,))  # type: ignore[arg-type]
    steps = steps_of(sizes, weights_of(strong(sizes, 1)))
    _, state = steps.step(steps.fresh(), np.array([1]), np.array([[2]]))
    before = [[part.copy() for part in layer] for layer in state]
    once, _ = steps.step(state, np.array([3]), np.array([[0]]))
    again, _ = steps.step(state, np.array([3]), np.array([[0]]))
    assert np.array_equal(once, again)
    assert all(
        np.array_equal(a, b) for was, now in zip(before, state, strict=True) for a, b in zip(was, now, strict=True)
    )


def test_picked_rows_go_on_as_they_would_have() -> None:
    sizes = Sizes("lstm", 5, 4, 6, 2)
    steps = steps_of(sizes, weights_of(strong(sizes, 2)))
    _, state = steps.step(steps.fresh(3), np.array([0, 1, 2]))
    whole, _ = steps.step(state, np.array([4, 3, 2]))
    some, _ = steps.step(picked(state, np.array([2, 2, 0])), np.array([2, 2, 4]))
    np.testing.assert_allclose(some, whole[[2, 2, 0]], atol=1e-6)


def test_a_network_depends_on_its_seed_alone_and_starts_out_remembering() -> None:
    sizes = Sizes("lstm", 5, 4, 6, 2)
    torch.manual_seed(9)
    first, after = initialised(sizes, 3), torch.rand(1)
    torch.manual_seed(9)
    assert torch.rand(1) == after  # the caller's generator is left alone
    second = network_of(sizes, weights_of(initialised(sizes, 3)))
    for name, weight in first.state_dict().items():
        assert torch.equal(weight, second.state_dict()[name])
    weights = first.state_dict()
    bias = weights["rnn.bias_ih_l1"] + weights["rnn.bias_hh_l1"]
    assert torch.equal(bias[6:12], torch.ones(6))


def test_features_that_are_missing_are_missed() -> None:
    sizes = Sizes("gru", 5, 4, 6, 1, features=(3,))
    network = strong(sizes, 1)
    with pytest.raises(ValueError, match="1 features"):
        network.read(torch.zeros(1, 2, dtype=torch.int64))
    with pytest.raises(ValueError, match="1 features"):
        steps_of(sizes, weights_of(network)).read(np.array([1]))


def test_sizes_that_contradict_themselves_are_refused() -> None:
    with pytest.raises(ValueError, match="no embedding"):
        Sizes("lstm", 5, 0, 6, 1, tie_weights=True)
    with pytest.raises(ValueError, match="no cell"):
        Sizes("transformer", 5, 0, 6, 1)  # type: ignore[arg-type]


def test_the_package_is_imported_without_torch() -> None:
    code = "import engine.recurrent, engine.recurrent.steps, sys; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
