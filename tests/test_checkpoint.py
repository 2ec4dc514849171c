"""Model files: those that fit are read and predict as plain torch does; every other is refused by its own name."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import re
import subprocess
import sys
import threading
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from engine import checkpoint
from engine.architecture import Architecture
from engine.checkpoint import child, load, load_bytes, names, reading
from engine.checkpoint.form import LARGEST_FILE, check_form
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
    UnknownCheckpoint,
    UnsafeCheckpoint,
    VocabularyNotInverse,
    VocabularySizeMismatch,
)
from engine.networks import initialised
from engine.predict import predict_next
from engine.vocab import Vocabulary

TOKENS = ["<pad>", "<unk>", "<bos>", "<eos>", "I", "ii", "V7"]
EMBEDDING, SEQ_LEN = 6, 5


class Foreign(nn.Module):
    """The published form, written with plain torch by someone who does not know this project."""

    def __init__(self, hidden: int, tie: bool, bias: bool = True) -> None:
        super().__init__()
        self.emb = nn.Embedding(len(TOKENS), EMBEDDING, padding_idx=0)
        self.rnn = nn.LSTM(EMBEDDING, hidden, num_layers=2, batch_first=True, dropout=0.1)
        if tie and hidden != EMBEDDING:
            self.proj = nn.Linear(hidden, EMBEDDING, bias=False)
        if tie:
            self.decoder = nn.Linear(EMBEDDING, len(TOKENS), bias=bias)
            self.decoder.weight = self.emb.weight
        else:
            self.fc = nn.Linear(hidden, len(TOKENS), bias=bias)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        last = self.rnn(self.emb(ids))[0][:, -1]
        last = self.proj(last) if hasattr(self, "proj") else last
        output: torch.Tensor = self.decoder(last) if hasattr(self, "decoder") else self.fc(last)
        return output


def file_of(network: nn.Module, hidden: int, tie: bool, **changes: Any) -> dict[str, Any]:
    sizes = {"embedding_dim": EMBEDDING, "hidden_size": hidden, "num_layers": 2, "dropout": 0.1, "seq_len": SEQ_LEN}
    entries: dict[str, Any] = {
        "model_state": network.state_dict(),
        "model_class": "ChordLSTM",
        "config": sizes | {"tie_weights": tie, "lr": 0.001, "betas": [0.9, 0.99]},
        "metrics_test": {"loss": 2.0, "Top@1": 0.4},
        "stoi": {token: i for i, token in enumerate(TOKENS)},
        "itos": list(TOKENS),
        "vocab_size": len(TOKENS),
        "created_at": "2025-06-01T10:00:00",
        "env": {"torch": "2.3.0"},
    }
    return {key: value for key, value in (entries | changes).items() if value is not None}


def good(**changes: Any) -> dict[str, Any]:
    torch.manual_seed(1)
    return file_of(Foreign(10, True), 10, True, **changes)


def saved(entries: object) -> bytes:
    buffer = io.BytesIO()
    torch.save(entries, buffer)
    return buffer.getvalue()


# --- files that fit -------------------------------------------------------------------------------------------------


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


# --- contents that do not fit ---------------------------------------------------------------------------------------


def stoi(**changes: Any) -> dict[str, Any]:
    return {token: i for i, token in enumerate(TOKENS)} | changes


def without(token: str) -> dict[str, Any]:
    tokens = [each for each in TOKENS if each != token] + ["other"]
    return {"stoi": {each: i for i, each in enumerate(tokens)}, "itos": tokens}


def config(**changes: Any) -> dict[str, Any]:
    sizes: dict[str, Any] = good()["config"]
    return {"config": sizes | changes}


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


# --- files whose form could harm ------------------------------------------------------------------------------------


class Call:
    """Pickles as a call of any function."""

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self._call = (function, arguments)

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self._call


@pytest.mark.parametrize("hidden", [os.mkdir, os.system, eval, getattr, pickle.loads, torch.load])
def test_a_pickled_call_is_named_and_never_runs(tmp_path: Path, hidden: Callable[..., object]) -> None:
    trace = tmp_path / "trace"
    argument = {os.system: f"mkdir {trace}", eval: f"__import__('os').mkdir({str(trace)!r})"}.get(hidden, str(trace))
    path = tmp_path / "evil.pt"
    path.write_bytes(saved(good(env=Call(hidden, argument))))
    with pytest.raises(UnsafeCheckpoint, match="Nothing of it was run"):
        load(path)
    assert not trace.exists()


@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_newer_pickle_protocols_hide_nothing(tmp_path: Path, protocol: int) -> None:
    trace = tmp_path / "trace"
    with pytest.raises(UnsafeCheckpoint):
        load_bytes(archive({"x/data.pkl": pickle.dumps(Call(os.mkdir, str(trace)), protocol=protocol)}))
    assert not trace.exists()


def archive(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return buffer.getvalue()


def repacked(data: bytes, change: Callable[[str, bytes], bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return archive({name: change(name, file.read(name)) for name in file.namelist()}, compression)


def legacy(entries: object) -> bytes:
    buffer = io.BytesIO()
    torch.save(entries, buffer, _use_new_zipfile_serialization=False)
    return buffer.getvalue()


EVIL = pickle.dumps(Call(os.mkdir, "x"), protocol=2)

HARMFUL: list[tuple[str, Callable[[], bytes]]] = [
    ("file is empty", lambda: b""),
    ("not a model file", lambda: b"Dm7 G7 C\n"),
    ("not a model file", lambda: pickle.dumps({"model_state": {}})),
    ("not a model file", lambda: legacy(good())),
    ("damaged", lambda: saved(good())[:3000]),
    ("damaged", lambda: b"PK\x03\x04" + bytes(100)),
    ("damaged", lambda: archive({"x/data.pkl": b"\x80\x02}q\x00X\xff"})),
    ("compressed", lambda: repacked(saved(good()), lambda _, content: content, zipfile.ZIP_DEFLATED)),
    ("compressed", lambda: archive({"x/data.pkl": b"N.", "x/data/0": bytes(10**8)}, zipfile.ZIP_DEFLATED)),
    ("exactly one data.pkl", lambda: archive({"x/version": b"3\n"})),
    ("exactly one data.pkl", lambda: archive({"x/data/0": b""})),
    ("holds x/other, which", lambda: archive({"x/other": b"N."})),
    ("holds y/data.pkl, which", lambda: archive({"x/data.pkl": b"N.", "y/data.pkl": b"N."})),
    ("holds archive/x/data.pkl, which", lambda: archive({"archive/x/data.pkl": b"N.", "archive/DATA.PKL": EVIL})),
    ("holds x/DATA.PKL, which", lambda: archive({"x/version": b"3", "x/DATA.PKL": EVIL})),
    ("some perhaps twice", lambda: archive({"x/data.pkl": b"N.", "X/data.pkl": EVIL})),
    ("holds x/, which", lambda: archive({"x/": b"", "x/data.pkl": b"N."})),
    ("holds x/code/a.py, which", lambda: archive({"x/data.pkl": b"N.", "x/code/a.py": b""})),
    (r"holds x\\\\data.pkl, which", lambda: archive({"x\\data.pkl": b"N."})),
    (r"holds x/data.pkl\\x00b, which", lambda: archive({"x/data.pkl_b": b"N."}).replace(b"pkl_b", b"pkl\0b")),
    ("exactly one data.pkl", lambda: archive({"x/data.pkl": b"N" * 2_000_001})),
    ("at most 500", lambda: archive({"x/data.pkl": b"N."} | {f"x/{i}": b"" for i in range(500)})),
    ("more than 300000 steps", lambda: archive({"x/data.pkl": b"\x80\x02" + b"N0" * 160_000 + b"N."})),
    ("may have 25 MB", lambda: bytes(LARGEST_FILE + 1)),
    ("asks to use torch.DoubleStorage", lambda: saved(good(env=torch.zeros(2, dtype=torch.float64)))),
    ("asks to use torch._utils._rebuild_sparse_tensor", lambda: saved(good(env=torch.eye(2).to_sparse()))),
]


@pytest.mark.parametrize(("words", "make"), HARMFUL, ids=[words for words, _ in HARMFUL])
def test_harmful_forms_are_refused_before_anything_is_read(words: str, make: Callable[[], bytes]) -> None:
    with pytest.raises(UnsafeCheckpoint, match=words):
        check_form(make())


def test_torch_reads_the_parts_that_were_judged_and_no_others() -> None:
    """Two archives of one size end to end: Python's reader finds the second, torch's the first."""
    first, second = (archive({"x/data.pkl": b"\x80\x02K%c." % each, "x/version": b"3"}) for each in (7, 9))
    both = first[:-22] + second
    assert torch.load(io.BytesIO(both), weights_only=True) == 7
    assert torch.load(io.BytesIO(check_form(both)), weights_only=True) == 9


@pytest.mark.parametrize("name", names())
def test_the_form_of_what_ships_is_kept_but_for_the_folder(name: str) -> None:
    data = (checkpoint.SHIPPED / f"{name}.pt").read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(io.BytesIO(check_form(data))) as kept:
        assert [each.replace(name, "archive", 1) for each in given.namelist()] == kept.namelist()


def test_files_of_the_first_zip_format_have_fewer_parts() -> None:
    """torch 1.6 wrote data.pkl, version and the numbers, named by any number."""
    with zipfile.ZipFile(io.BytesIO(GOOD_FILE)) as file:
        old = {name: file.read(name) for name in file.namelist() if re.search(r"data\.pkl|version$|/data/", name)}
    assert len(old) < len(zipfile.ZipFile(io.BytesIO(GOOD_FILE)).namelist())
    assert read_in_process(archive({name: content for name, content in old.items() if "/." not in name}))


def test_two_gigabytes_declared_are_not_allocated() -> None:
    """A storage that claims 500 million numbers where a handful lie."""
    claimed = repacked(
        saved({"model_state": torch.zeros(255, dtype=torch.float32)}),
        lambda name, content: content.replace(b"K\xff", b"J\x00e\xcd\x1d") if name.endswith("data.pkl") else content,
    )
    assert b"J\x00e\xcd\x1d" in claimed
    with pytest.raises(UnsafeCheckpoint):
        load_bytes(claimed)


def test_the_child_cannot_fill_the_memory() -> None:
    code = "from engine.checkpoint import child; child.serve(lambda data: bytearray(child.MEMORY_LIMIT))"
    done = subprocess.run([sys.executable, "-c", code], input="", capture_output=True, text=True, check=False)
    assert "MemoryError" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_the_child_gives_way_and_cannot_run_on() -> None:
    code = (
        "import os; from engine.checkpoint import child; child.CPU_LIMIT = 1\n"
        "def forever(data):\n    print(os.nice(0), flush=True)\n    while True: pass\n"
        "child.serve(forever)"
    )
    done = subprocess.run([sys.executable, "-c", code], input="", capture_output=True, text=True, check=False)
    assert done.returncode < 0
    assert int(done.stdout) == min(19, os.nice(0) + child.NICENESS)


def test_who_finds_both_places_taken_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = threading.BoundedSemaphore(1)
    taken.acquire()
    monkeypatch.setattr(reading, "_children", taken)
    monkeypatch.setattr(reading, "WAIT_SECONDS", 0.01)
    with pytest.raises(CheckpointError, match="Try again in a minute"):
        load_bytes(GOOD_FILE)


def test_a_place_is_free_again_when_its_child_died(monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("child", 1)

    monkeypatch.setattr(reading, "_children", threading.BoundedSemaphore(1))
    monkeypatch.setattr(reading, "WAIT_SECONDS", 0.01)
    monkeypatch.setattr(subprocess, "run", dies)
    for _ in range(2):
        with pytest.raises(UnsafeCheckpoint, match="more memory or time"):
            load_bytes(GOOD_FILE)


def test_a_child_that_dies_is_an_unsafe_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: object, **__: object) -> None:
        raise subprocess.CalledProcessError(-9, "child")

    monkeypatch.setattr(subprocess, "run", dies)
    with pytest.raises(UnsafeCheckpoint, match="more memory or time"):
        load_bytes(saved(good()))


GOOD_FILE = saved(good())


@given(place=st.integers(0, 2**16), value=st.integers(0, 255), where=st.sampled_from(["data.pkl", "data/0", "version"]))
def test_one_wrong_byte_is_at_worst_a_refusal(place: int, value: int, where: str) -> None:
    def spoilt(name: str, content: bytes) -> bytes:
        at = place % len(content)
        return content[:at] + bytes([value]) + content[at + 1 :] if name.endswith(where) else content

    try:
        contents = read_in_process(repacked(GOOD_FILE, spoilt))
    except CheckpointError as error:
        assert str(error)
    else:
        assert contents.architecture.vocab_size == len(contents.vocabulary)


def test_a_missing_model_is_named_with_those_that_exist(tmp_path: Path) -> None:
    with pytest.raises(UnknownCheckpoint, match="no model named nothing"):
        load("nothing")
    with pytest.raises(UnknownCheckpoint):
        load(tmp_path)


def test_bounds_alone_keep_a_giant_network_from_being_built() -> None:
    giant = replace(good_architecture(), hidden_size=2048)
    with pytest.raises(BadWeights, match="asks for"):
        contents_of(good(**config(hidden_size=giant.hidden_size)))


def good_architecture() -> Architecture:
    return contents_of(good()).architecture
