"""Checkpoints in the published format: what fits is read as it is, every misfit has its own name."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine import checkpoint
from engine.architecture import Architecture
from engine.checkpoint import load, load_bytes, names
from engine.checkpoint.reading import read_in_process
from engine.checkpoint.schema import Contents, contents_of
from engine.checkpoint.shelf import write_card
from engine.checkpoint.writing import write
from engine.errors import (
    BadConfig,
    BadWeights,
    CheckpointError,
    MissingKeys,
    MissingSpecialToken,
    VocabularyNotInverse,
    VocabularySizeMismatch,
)
from engine.networks import initialised
from engine.predict import predict_next
from engine.vocab import Vocabulary
from tests.checkpoint_files import EMBEDDING, GOOD_FILE, SEQ_LEN, TOKENS, Foreign, config, file_of, good, saved


def agrees_with_plain_torch(foreign: Foreign, model: checkpoint.Model) -> bool:
    with torch.inference_mode():
        expected = foreign.eval()(torch.tensor([[2, 2, 4, 5, 1]])).softmax(-1)[0].numpy()
    ranking = predict_next(model, ["I", "ii", "Q7"], k=len(TOKENS))
    return np.allclose([each.probability for each in ranking], sorted(expected, reverse=True), rtol=0, atol=1e-6)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("hidden", "tie"), [(10, True), (EMBEDDING, True), (10, False)])
def test_a_file_made_elsewhere_predicts_what_plain_torch_predicts(hidden: int, tie: bool, bias: bool) -> None:
    foreign = Foreign(hidden, tie, bias)
    by_number = dict(enumerate(TOKENS))
    for itos in (list(TOKENS), by_number):
        contents = read_in_process(saved(file_of(foreign, hidden, tie, itos=itos)))
        assert agrees_with_plain_torch(foreign, checkpoint.model_of(contents))


def test_a_file_from_outside_is_read_in_a_child_and_predicts_the_same(tmp_path: Path) -> None:
    foreign = Foreign(10, True)
    path = tmp_path / "theirs.pt"
    path.write_bytes(saved(file_of(foreign, 10, True)))
    model = load(path)
    assert agrees_with_plain_torch(foreign, model)
    assert model.config == Architecture(len(TOKENS), EMBEDDING, 10, 2, 0.1, SEQ_LEN, tie_weights=True)
    assert model.vocabulary == Vocabulary(tuple(TOKENS))
    assert model.card == {} and model.contents.metrics == {"loss": 2.0, "Top@1": 0.4}


def test_only_four_entries_are_needed_and_half_precision_will_do() -> None:
    slim = good(model_class=None, metrics_test=None, vocab_size=None, created_at=None, env=None)
    slim["model_state"] = OrderedDict((name, tensor.half()) for name, tensor in slim["model_state"].items())
    contents = read_in_process(saved(slim))
    assert {array.dtype for array in contents.weights.values()} == {np.dtype(np.float32)}
    assert contents.metrics == {}


def test_weights_side_by_side_in_one_storage_are_read() -> None:
    """So a network comes from a GPU, whose LSTM keeps all its weights in one piece."""
    entries = good()
    state = {name: tensor for name, tensor in entries["model_state"].items() if name.startswith("rnn.")}
    flat = torch.cat([tensor.flatten() for tensor in state.values()])
    pieces = torch.split_with_sizes(flat, [tensor.numel() for tensor in state.values()])
    side_by_side = {name: piece.view_as(state[name]) for name, piece in zip(state, pieces, strict=True)}
    data = saved(entries | {"model_state": entries["model_state"] | side_by_side})
    assert len(data) < 2 * flat.nbytes
    contents, expected = read_in_process(data), read_in_process(GOOD_FILE)
    assert all(np.array_equal(contents.weights[name], expected.weights[name]) for name in expected.weights)


def test_names_of_metrics_that_no_page_can_show_are_left_aside() -> None:
    assert contents_of(good(metrics_test={"loss": 2.0, "\ud800": 1.0, "a\0": 1.0})).metrics == {"loss": 2.0}


def test_what_is_written_is_read_again_the_same(tmp_path: Path) -> None:
    vocabulary = Vocabulary(tuple(TOKENS))
    network = initialised(Architecture(len(TOKENS), 6, 10, 2, 0.1, 5, tie_weights=True), 1)
    path = tmp_path / "ours.pt"
    fingerprint = write(path, network, vocabulary, {"epochs": 3}, {"loss": 1.5})
    assert fingerprint == hashlib.sha256(path.read_bytes()).hexdigest()
    contents = read_in_process(path.read_bytes())
    assert contents.vocabulary == vocabulary and contents.architecture == network.architecture
    assert contents.metrics == {"loss": 1.5}
    assert all(torch.equal(torch.tensor(contents.weights[n]), tensor) for n, tensor in network.state_dict().items())
    raw = torch.load(path, weights_only=True)
    assert set(raw) >= {"model_state", "model_class", "config", "metrics_test", "stoi", "itos", "created_at", "env"}


def test_a_card_vouches_for_its_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.pt"
    path.write_bytes(saved(good()))
    apart: list[int] = []

    def counted(data: bytes) -> Contents:
        apart.append(1)
        return read_in_process(data)

    monkeypatch.setattr(checkpoint, "read_apart", counted)
    write_card(path.with_suffix(".json"), {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "what": "ø"})
    assert load(path).card["what"] == "ø" and not apart
    path.write_bytes(saved(good(created_at="later")))
    assert load(path).card == {} and apart
    path.with_suffix(".json").write_text("no card")
    assert load(path).card == {}


def test_the_shipped_model_is_the_one_its_card_describes() -> None:
    assert "functional" in names()
    model = load("functional")
    card = json.loads((checkpoint.SHIPPED / "functional.json").read_text("utf-8"))
    assert model.card == card
    assert card["sha256"] == hashlib.sha256((checkpoint.SHIPPED / "functional.pt").read_bytes()).hexdigest()
    assert {"what", "architecture", "data", "split", "metrics", "commands", "date", "limits"} <= set(card)
    assert model.config.seq_len == 16 and len(model.vocabulary) == 86


def test_importing_the_room_does_not_import_torch() -> None:
    code = "import sys, engine.checkpoint, engine.predict; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def stoi(**changes: Any) -> dict[str, Any]:
    return {token: i for i, token in enumerate(TOKENS)} | changes


def without(token: str) -> dict[str, Any]:
    tokens = [each for each in TOKENS if each != token] + ["other"]
    return {"stoi": {each: i for i, each in enumerate(tokens)}, "itos": tokens}


def weights(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    state = dict(good()["model_state"])
    change(state)
    return {"model_state": state}


def with_nan(state: dict[str, Any]) -> None:
    state["rnn.bias_ih_l0"] = state["rnn.bias_ih_l0"].clone()
    state["rnn.bias_ih_l0"][3] = float("nan")


UNPRINTABLE = ("\ud800", "a\0b", "\u202eV7", "a\nb", "\u200b", "\ufeff", "")


def sharing(state: dict[str, Any]) -> None:
    state["rnn.weight_hh_l1"] = state["rnn.weight_hh_l0"]


def overlapping(state: dict[str, Any]) -> None:
    numbers = torch.zeros(500)
    state["rnn.weight_hh_l0"], state["rnn.weight_hh_l1"] = numbers[:400].view(40, 10), numbers[100:].view(40, 10)


MISFITS: list[tuple[type[CheckpointError], str, dict[str, Any]]] = [
    (MissingKeys, "lacks model_state, config", {"model_state": None, "config": None}),
    (MissingKeys, "lacks itos", {"itos": None}),
    (MissingSpecialToken, "lacks <unk>", without("<unk>")),
    (MissingSpecialToken, "lacks <bos>", without("<bos>")),
    (VocabularySizeMismatch, "says 8, but stoi has 7", {"vocab_size": 8}),
    (VocabularySizeMismatch, "says list, but", {"vocab_size": [7]}),
    (VocabularySizeMismatch, "says Tensor, but", {"vocab_size": torch.zeros(2)}),
    (VocabularySizeMismatch, "says 7.0, but", {"vocab_size": 7.0}),
    (VocabularySizeMismatch, r"says '.ud800', but", {"vocab_size": "\ud800"}),
    (VocabularyNotInverse, "not the inverse", {"itos": torch.zeros(7)}),
    (VocabularyNotInverse, "not the inverse", {"itos": [torch.zeros(2)] * 7}),
    (VocabularyNotInverse, "stoi must map", {"stoi": stoi(V7=torch.tensor(6))}),
    *((VocabularyNotInverse, "printable", {"stoi": stoi() | {token: 7}}) for token in UNPRINTABLE),
    (VocabularyNotInverse, "not the inverse", {"itos": TOKENS[::-1]}),
    (VocabularyNotInverse, "not the inverse", {"itos": TOKENS[:-1]}),
    (VocabularyNotInverse, "not the inverse", {"itos": dict(enumerate(TOKENS[::-1]))}),
    (VocabularyNotInverse, "not the inverse", {"itos": {str(i): token for i, token in enumerate(TOKENS)}}),
    (VocabularyNotInverse, "not the inverse", {"stoi": stoi(V7=9), "itos": {**dict(enumerate(TOKENS[:-1])), 9: "V7"}}),
    (VocabularyNotInverse, "not the inverse", {"stoi": stoi(V7=5)}),
    (VocabularyNotInverse, "stoi must map", {"stoi": TOKENS}),
    (VocabularyNotInverse, "stoi must map", {"stoi": stoi(V7="6")}),
    (VocabularyNotInverse, "stoi must map", {"stoi": stoi() | {"x" * 41: 7}}),
    (BadConfig, "hidden_size in config is 0", config(hidden_size=0)),
    (BadConfig, "hidden_size in config is 1000000", config(hidden_size=1_000_000)),
    (BadConfig, "num_layers in config is 2.0", config(num_layers=2.0)),
    (BadConfig, "seq_len in config is None", config(seq_len=None)),
    (BadConfig, "embedding_dim in config is True", config(embedding_dim=True)),
    (BadConfig, "dropout in config is 1.5", config(dropout=1.5)),
    (BadConfig, "tie_weights in config", config(tie_weights="yes")),
    (BadConfig, "config must be a dict", {"config": [1, 2]}),
    (BadConfig, "model_class must be", {"model_class": torch.zeros(2)}),
    (BadConfig, "model_class must be", {"model_class": "Transformer"}),
    (BadWeights, r"rnn.weight_ih_l0 has the shape \(40, 6\)", config(hidden_size=12)),
    (BadWeights, "missing .*rnn.weight_hh_l2", config(num_layers=3)),
    (BadWeights, "missing fc.weight; not expected decoder.bias", config(tie_weights=False)),
    (BadWeights, "missing emb.weight", weights(lambda state: state.pop("emb.weight"))),
    (BadWeights, "not expected extra", weights(lambda state: state.update(extra=torch.zeros(2)))),
    (BadWeights, "differs from emb.weight", weights(lambda s: s.update({"decoder.weight": s["emb.weight"] + 1}))),
    (BadWeights, "not finite", weights(with_nan)),
    (BadWeights, "several share the same numbers", weights(sharing)),
    (BadWeights, "several share the same numbers", weights(overlapping)),
    (BadWeights, "asks for 202 MB of weights", config(hidden_size=2048)),
    (BadWeights, "dense", weights(lambda s: s.update({"emb.weight": s["emb.weight"].to_sparse()}))),
    (BadWeights, "dense", weights(lambda s: s.update({"rnn.bias_ih_l0": torch.zeros(1).expand(40)}))),
    (BadWeights, "dense", weights(lambda s: s.update({"emb.weight": s["emb.weight"].long()}))),
    (BadWeights, "dense", weights(lambda s: s.update({"emb.weight": [1.0]}))),
    (BadWeights, "state dict", {"model_state": [1.0]}),
]  # fmt: skip


@pytest.mark.parametrize(("error", "words", "changes"), MISFITS)
def test_every_misfit_has_its_own_name(error: type[CheckpointError], words: str, changes: dict[str, Any]) -> None:
    with pytest.raises(error, match=words):
        contents_of(good(**changes))


@pytest.mark.parametrize("raw", [None, [], 3, torch.zeros(2)])
def test_anything_but_a_dict_lacks_its_keys(raw: object) -> None:
    with pytest.raises(MissingKeys):
        contents_of(raw)


def test_an_endless_value_is_never_spelled_out() -> None:
    """Forty levels of pairs are a tiny file and a text of a million million characters."""
    nested: object = "x"
    for _ in range(40):
        nested = (nested, nested)
    with pytest.raises(VocabularySizeMismatch, match="says tuple"):
        read_in_process(saved(good(vocab_size=nested)))


def test_the_error_of_the_child_is_the_error_here() -> None:
    with pytest.raises(VocabularySizeMismatch, match="says 8, but stoi has 7") as caught:
        load_bytes(saved(good(vocab_size=8)))
    assert dict(caught.value.sentence.fields) == {"given": "8", "expected": 7}
