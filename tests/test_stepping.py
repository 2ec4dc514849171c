"""One step at a time in NumPy is torch's LSTM, and a state is a value."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.architecture import Architecture
from engine.networks import initialised
from engine.stepping import softmax, stepper_of

SIZES = Architecture(9, embedding_dim=5, hidden_size=7, num_layers=3, dropout=0.2, seq_len=4, tie_weights=True)
NETWORK = initialised(SIZES, 2).eval()
STEPPER = stepper_of({name: tensor.numpy() for name, tensor in NETWORK.state_dict().items()}, SIZES.num_layers)


def test_states_are_torchs_at_every_step() -> None:
    state = STEPPER.fresh()
    tokens = [1, 4, 4, 8, 0, 3]
    for length, token in enumerate(tokens, start=1):
        state = STEPPER.step(token, state)
        with torch.inference_mode():
            logits, (hidden, cell) = NETWORK.read(torch.tensor([tokens[:length]]))
        for depth, (own_hidden, own_cell) in enumerate(state):
            assert np.allclose(own_hidden, hidden[depth, 0].numpy(), atol=1e-6)
            assert np.allclose(own_cell, cell[depth, 0].numpy(), atol=1e-6)
        assert np.allclose(STEPPER.logits(state), logits[0, -1].numpy(), atol=1e-5)


def test_reading_at_once_equals_reading_step_by_step() -> None:
    at_once = STEPPER.read([1, 2, 3], STEPPER.fresh())
    stepwise = STEPPER.fresh()
    for token in (1, 2, 3):
        stepwise = STEPPER.step(token, stepwise)
    assert np.allclose(np.array(at_once), np.array(stepwise), atol=1e-6)


def test_a_state_is_a_value_and_reading_nothing_keeps_it() -> None:
    before = STEPPER.step(5, STEPPER.fresh())
    copies = [(hidden.copy(), cell.copy()) for hidden, cell in before]
    STEPPER.step(2, before)
    for (hidden, cell), (old_hidden, old_cell) in zip(before, copies, strict=True):
        assert np.array_equal(hidden, old_hidden) and np.array_equal(cell, old_cell)
    assert np.array_equal(STEPPER.logits(STEPPER.read([], before)), STEPPER.logits(before))


def test_huge_logits_do_not_overflow() -> None:
    shares = softmax(np.array([1e4, 0, -1e4], dtype=np.float32), 0.01)
    assert shares.tolist() == [1.0, 0.0, 0.0]
    assert softmax(np.array([1, 2], dtype=np.float32), 1e6) == pytest.approx([0.5, 0.5], abs=1e-5)
