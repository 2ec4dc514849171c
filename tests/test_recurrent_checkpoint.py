"""Files of token models: what is written is read again, in process only with its card; what does not fit is refused."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.checkpoint.reading import raw_in_process
from engine.checkpoint.shelf import write_card
from engine.errors import (
    BadConfig,
    BadWeights,
    CheckpointError,
    MissingKeys,
    MissingSpecialToken,
    UnknownCheckpoint,
    UnsafeCheckpoint,
    VocabularyNotInverse,
    VocabularySizeMismatch,
)
from engine.recurrent import Sizes
from engine.recurrent import checkpoint as kept
from engine.recurrent.checkpoint import load, load_bytes, write
from engine.recurrent.network import initialised
from engine.recurrent.schema import Contents, contents_of

ROOT = Path(__file__).resolve().parent.parent
TOKENS = ("<unk>", "<bos>", "<eos>", "C", "D2", "|")
SIZES = Sizes("gru", 6, 5, 7, 2, dropout=0.25, input_dropout=0.125, features=(4, 3), feature_dim=2)


def written(folder: Path, sizes: Sizes = SIZES, tokens: tuple[str, ...] = TOKENS) -> tuple[Path, str]:
    path = folder / "mine.pt"
    network = initialised(sizes, 1)
    return path, write(path, network, tokens, "abc-tonic", {"epochs": 3, "features": (4, 3)}, {"loss": 1.5})


def entries_of(folder: Path, sizes: Sizes = SIZES) -> dict[str, Any]:
    found = raw_in_process(written(folder, sizes)[0].read_bytes())
    assert isinstance(found, dict)
    return found


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts the files that would be read in a child, and reads them here."""
    calls: list[int] = []

    def read_here(data: bytes) -> kept.TokenModel:
        calls.append(1)
        return kept.model_of(contents_of(raw_in_process(data)))

    monkeypatch.setattr(kept, "load_bytes", read_here)
    return calls


def test_what_is_written_is_read_again_in_a_child(tmp_path: Path) -> None:
    model = load(written(tmp_path)[0])
    assert model.sizes == SIZES and model.language == "abc-tonic" and model.card == {}
    assert model.contents.metrics == {"loss": 1.5}
    vocabulary = model.vocabulary
    assert vocabulary.tokens == TOKENS
    assert (vocabulary.unknown, vocabulary.start, vocabulary.end) == (0, 1, 2)
    ids, features = np.array([1, 3, 4, 5]), np.array([[0, 0], [1, 1], [2, 2], [3, 0]])
    with torch.inference_mode():
        expected = model.network.read(torch.from_numpy(ids)[None], torch.from_numpy(features)[None])[0][0].numpy()
        original = initialised(SIZES, 1).eval().read(torch.from_numpy(ids)[None], torch.from_numpy(features)[None])
    assert np.array_equal(expected, original[0][0].numpy())
    np.testing.assert_allclose(model.steps.read(ids, features)[0], expected, atol=1e-5)


@pytest.mark.parametrize(
    "sizes",
    [
        Sizes("lstm", 6, 0, 4, 1),
        Sizes("rnn", 6, 4, 4, 1, tie_weights=True),
        Sizes("lstm", 6, 3, 4, 2, tie_weights=True),
    ],
)
def test_every_kind_of_network_is_read_again(tmp_path: Path, sizes: Sizes) -> None:
    contents = contents_of(entries_of(tmp_path, sizes))
    assert contents.sizes == sizes
    for name, weight in initialised(sizes, 1).state_dict().items():
        assert np.array_equal(contents.weights[name], weight.numpy())


def test_a_vouched_file_is_read_without_torch_and_the_same(tmp_path: Path) -> None:
    path, fingerprint = written(tmp_path, replace(SIZES, cell="lstm", embedding_dim=7, tie_weights=True))
    write_card(path.with_suffix(".json"), {"sha256": fingerprint})
    code = f"""
import sys
from engine.recurrent.checkpoint import load
load({str(path)!r}).steps.read([1, 3], __import__("numpy").zeros((2, 2), dtype=int))
print("torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    vouched, checked = load(path).contents, contents_of(raw_in_process(path.read_bytes()))
    assert vouched.sizes == checked.sizes and vouched.vocabulary == checked.vocabulary
    assert vouched.weights.keys() == checked.weights.keys()
    assert all(np.array_equal(vouched.weights[name], weight) for name, weight in checked.weights.items())


def test_a_vouched_file_with_other_parts_is_refused(tmp_path: Path) -> None:
    entries = entries_of(tmp_path)
    entries["model_state"].pop("fc.bias")
    path = tmp_path / "mine.pt"
    torch.save(entries, path)
    write_card(path.with_suffix(".json"), {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()})
    with pytest.raises(BadWeights, match=r"fc\.bias"):
        load(path)


def test_a_card_vouches_for_its_file_alone(tmp_path: Path, apart: list[int]) -> None:
    path, fingerprint = written(tmp_path)
    write_card(path.with_suffix(".json"), {"sha256": fingerprint, "what": "ø"})
    assert load(path).card["what"] == "ø" and not apart
    write_card(path.with_suffix(".json"), {"sha256": "0" * 64})
    assert load(path).card == {} and apart
    path.with_suffix(".json").write_text("[]")
    assert load(path).card == {}


def test_shipped_models_go_by_their_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, fingerprint = written(tmp_path)
    monkeypatch.setattr(kept, "SHIPPED", tmp_path)
    assert kept.names() == ()
    write_card(path.with_suffix(".json"), {"sha256": fingerprint})
    assert kept.names() == ("mine",) and load("mine").sizes == SIZES
    with pytest.raises(UnknownCheckpoint, match="no model named other"):
        load("other")


def test_a_closed_language_needs_no_unknown_token(tmp_path: Path) -> None:
    path, _ = written(tmp_path, tokens=("<bos>", "<eos>", "C", "D", "E", "F"))
    vocabulary = contents_of(raw_in_process(path.read_bytes())).vocabulary
    assert vocabulary.tokens == ("<bos>", "<eos>", "C", "D", "E", "F") and vocabulary.unknown is None
    with pytest.raises(KeyError):
        vocabulary.encode(["H"])


def test_a_chord_model_is_no_token_model(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="TokenRNN"):
        contents_of(entries_of(tmp_path) | {"model_class": "ChordLSTM"})


Change = Callable[[dict[str, Any]], object]

BAD: tuple[tuple[type[CheckpointError], Change], ...] = (
    (MissingKeys, lambda e: e.pop("itos")),
    (MissingSpecialToken, lambda e: e.update(stoi=_renamed(e, 2), itos=list(_renamed(e, 2)))),
    (MissingSpecialToken, lambda e: e.update(stoi=_renamed(e, 1), itos=list(_renamed(e, 1)))),
    (VocabularyNotInverse, lambda e: e["itos"].reverse()),
    (VocabularySizeMismatch, lambda e: e.update(vocab_size=7)),
    (BadConfig, lambda e: e.update(config=[])),
    (BadConfig, lambda e: e["config"].update(cell="transformer")),
    (BadConfig, lambda e: e["config"].update(hidden_size=True)),
    (BadConfig, lambda e: e["config"].update(hidden_size=1 << 40)),
    (BadConfig, lambda e: e["config"].update(embedding_dim=-1)),
    (BadConfig, lambda e: e["config"].update(embedding_dim=0, tie_weights=True)),
    (BadConfig, lambda e: e["config"].update(num_layers=9)),
    (BadConfig, lambda e: e["config"].update(dropout=1.0)),
    (BadConfig, lambda e: e["config"].update(dropout=float("nan"))),
    (BadConfig, lambda e: e["config"].update(input_dropout="0.1")),
    (BadConfig, lambda e: e["config"].update(features=[1] * 33)),
    (BadConfig, lambda e: e["config"].update(features=[0])),
    (BadConfig, lambda e: e["config"].update(features="ab")),
    (BadConfig, lambda e: e["config"].update(feature_dim=0)),
    (BadConfig, lambda e: e["config"].update(tie_weights=1)),
    (BadConfig, lambda e: e["config"].update(tokens="a\nb")),
    (BadConfig, lambda e: e["config"].pop("tokens")),
    (BadWeights, lambda e: e["config"].update(hidden_size=2048, num_layers=8)),
    (BadWeights, lambda e: e["config"].update(hidden_size=2048, num_layers=1, features=[4096] * 16, feature_dim=1)),
    (BadWeights, lambda e: e.update(model_state=[])),
    (BadWeights, lambda e: e["model_state"].pop("extra.1.weight")),
    (BadWeights, lambda e: e["model_state"].update(more=torch.zeros(1))),
    (BadWeights, lambda e: e["model_state"].update({"fc.bias": torch.zeros(7)})),
    (BadWeights, lambda e: e["model_state"].update({"fc.bias": torch.zeros(6, dtype=torch.int64)})),
    (BadWeights, lambda e: e["model_state"].update({"fc.bias": torch.full((6,), float("inf"))})),
    (BadWeights, lambda e: e["model_state"].update({"fc.weight": torch.zeros(1).expand(6, 7)})),
    (BadWeights, lambda e: e["model_state"].update(_on_top(e["model_state"]))),
)  # fmt: skip


def _renamed(entries: dict[str, Any], number: int) -> dict[str, int]:
    return {f"x{token}" if i == number else token: i for token, i in entries["stoi"].items()}


def _on_top(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """All weights in the same few numbers."""
    few = torch.zeros(max(weight.numel() for weight in state.values()))
    return {name: few[: weight.numel()].view_as(weight) for name, weight in state.items()}


@pytest.mark.parametrize(("error", "change"), BAD)
def test_what_does_not_fit_is_refused_by_name(tmp_path: Path, error: type[CheckpointError], change: Change) -> None:
    entries = entries_of(tmp_path)
    change(entries)
    with pytest.raises(error):
        contents_of(entries)


def test_the_refusal_of_the_child_is_told(tmp_path: Path) -> None:
    entries = entries_of(tmp_path)
    entries["config"]["cell"] = "transformer"
    buffer = io.BytesIO()
    torch.save(entries, buffer)
    with pytest.raises(BadConfig, match="lstm, gru, rnn"):
        load_bytes(buffer.getvalue())


def test_a_file_that_names_code_is_refused_before_it_is_read(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    torch.save(entries_of(tmp_path) | {"env": Path("x")}, buffer)
    with pytest.raises(UnsafeCheckpoint, match="pathlib"):
        load_bytes(buffer.getvalue())


def test_what_could_not_be_read_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError):
        write(tmp_path / "no.pt", initialised(SIZES, 1), TOKENS[:5], "abc-tonic", {}, {})
    with pytest.raises(UnsafeCheckpoint):
        write(tmp_path / "no.pt", initialised(SIZES, 1), TOKENS, "abc-tonic", {"folder": Path("x")}, {})
    assert not (tmp_path / "no.pt").exists()


def test_contents_are_plain_arrays(tmp_path: Path) -> None:
    contents = contents_of(entries_of(tmp_path))
    assert isinstance(contents, Contents)
    assert {type(weight) for weight in contents.weights.values()} == {np.ndarray}
    halved = entries_of(tmp_path)
    halved["model_state"] = {name: weight.half() for name, weight in halved["model_state"].items()}
    assert {weight.dtype for weight in contents_of(halved).weights.values()} == {np.dtype(np.float32)}
