"""The network has the published parts, shapes known beforehand, and one meaning whether read at once or in steps."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from engine.architecture import Architecture, shapes_of
from engine.networks import ChordLSTM, initialised, network_of

TIED = Architecture(
    vocab_size=11, embedding_dim=6, hidden_size=10, num_layers=2, dropout=0.3, seq_len=5, tie_weights=True
)
VARIANTS = (
    TIED,
    replace(TIED, hidden_size=6),
    replace(TIED, tie_weights=False),
    replace(TIED, output_bias=False, num_layers=1),
    replace(TIED, tie_weights=False, output_bias=False, num_layers=3),
)


@pytest.mark.parametrize("architecture", VARIANTS)
def test_shapes_are_known_before_the_network_is_built(architecture: Architecture) -> None:
    built = {name: tuple(tensor.shape) for name, tensor in ChordLSTM(architecture).state_dict().items()}
    assert built == shapes_of(architecture)


def test_parts_have_the_published_names() -> None:
    def parts(architecture: Architecture) -> set[str]:
        return {name.split(".")[0] for name in ChordLSTM(architecture).state_dict()}

    assert parts(TIED) == {"emb", "rnn", "proj", "decoder"}
    assert parts(VARIANTS[1]) == {"emb", "rnn", "decoder"}
    assert parts(VARIANTS[2]) == {"emb", "rnn", "fc"}


def test_the_tied_decoder_is_the_embedding_itself() -> None:
    network = ChordLSTM(TIED)
    assert network.decoder.weight is network.emb.weight


@pytest.mark.parametrize("architecture", VARIANTS)
def test_last_step_of_a_window_equals_reading_it_in_two_parts(architecture: Architecture) -> None:
    network = initialised(architecture, 3).eval()
    ids = torch.tensor([[1, 2, 3, 4, 5], [5, 4, 3, 2, 1]])
    _, state = network.read(ids[:, :2])
    later, _ = network.read(ids[:, 2:], state)
    assert network(ids).shape == (2, 11)
    assert torch.allclose(network(ids), later[:, -1], atol=1e-6)


def test_fresh_weights_depend_on_the_seed_alone() -> None:
    first = initialised(TIED, 1).state_dict()
    torch.rand(5)
    again, other = initialised(TIED, 1).state_dict(), initialised(TIED, 2).state_dict()
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["emb.weight"], other["emb.weight"])


def test_initialising_leaves_the_global_generator_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    initialised(TIED, 1)
    assert torch.equal(torch.rand(3), expected)


def test_a_loaded_network_is_read_only_and_in_evaluation_mode() -> None:
    weights = {name: tensor.numpy() for name, tensor in ChordLSTM(TIED).state_dict().items()}
    network = network_of(TIED, weights)
    assert not network.training
    assert not any(parameter.requires_grad for parameter in network.parameters())
    ids = torch.tensor([[1, 2, 3]])
    assert torch.equal(network(ids), network(ids))
