"""Checkpoint files from outside: nothing in them runs, fills memory or goes on for ever."""

from __future__ import annotations

import io
import os
import pickle
import re
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine import checkpoint
from engine.architecture import Architecture
from engine.checkpoint import child, load, load_bytes, names, reading
from engine.checkpoint.form import LARGEST_FILE, check_form
from engine.checkpoint.reading import read_in_process
from engine.checkpoint.schema import contents_of
from engine.errors import BadWeights, CheckpointError, UnknownCheckpoint, UnsafeCheckpoint
from tests.checkpoint_files import GOOD_FILE, config, good, saved


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
