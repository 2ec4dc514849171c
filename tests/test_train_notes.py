"""Training note models: what is hidden now and then, runs that can be taken up and shipped, figures that add up."""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.evaluate import notes as judging
from engine.evaluate.note_courses import melody_course, plain_course
from engine.evaluate.notes import row_of, told
from engine.notewriter import chorale, melody
from engine.notewriter.form import lesson_of
from engine.notewriter.heading import UNKNOWN_MODE, UNKNOWN_SIGNATURE
from engine.notewriter.models import load
from engine.notewriter.vocabulary import SIZE, is_pitch
from engine.recurrent import checkpoint
from engine.recurrent.plan import Lesson
from engine.repertoire import pieces_for
from engine.repertoire.sources import chorale_folder
from engine.train import notes_ship
from engine.train.__main__ import main
from engine.train.notes import PLANS, SPEC, augment, read_record

TINY = ["--epochs", "1", "--hidden-size", "8", "--embedding-dim", "4", "--feature-dim", "2"]


def tune(seed: int) -> bytes:
    """A MIDI file of 40 notes, the second half as the first, every fourth note a quarter."""
    chance = random.Random(seed)
    pitches = [chance.choice((60, 62, 64, 65, 67, 69, 71, 72)) for _ in range(20)] * 2
    track = bytearray()
    for number, pitch in enumerate(pitches):
        length = b"\x83\x60" if number % 4 == 3 else b"\x81\x70"
        track += bytes((0, 0x90, pitch, 80)) + length + bytes((0x80, pitch, 0))
    track += b"\x00\xff\x2f\x00"
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, 480) + b"MTrk" + struct.pack(">I", len(track)) + bytes(track)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        for seed in range(24):
            opened.writestr(f"{seed:02}.mid", tune(seed))
    path: Path = tmp_path_factory.mktemp("data") / "tunes.zip"
    path.write_bytes(buffer.getvalue())
    return path


@pytest.fixture(scope="module")
def run(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("runs") / "tiny"
    assert main(["notes", "--plan", "melody", "--data", str(archive), "--out", str(folder), *TINY]) == 0
    return folder


def test_a_run_keeps_its_plan_its_weights_and_its_curves(run: Path) -> None:
    kind, asked, plan = read_record(run)
    assert (kind, asked["hidden_size"], plan.hidden_size) == ("melody", 8, 8)
    assert plan.features == PLANS["melody"].features
    assert (run / "best.pt").is_file()
    (line,) = (run / "curves.jsonl").read_text(encoding="utf-8").splitlines()
    assert {"train_loss", "validation_loss", "train_accuracy", "validation_accuracy"} <= set(json.loads(line))


def test_a_run_that_is_done_is_not_done_again(run: Path, archive: Path) -> None:
    before = (run / "best.pt").read_bytes()
    assert main(["notes", "--plan", "melody", "--data", str(archive), "--out", str(run), *TINY]) == 0
    assert (run / "best.pt").read_bytes() == before
    assert len((run / "curves.jsonl").read_text(encoding="utf-8").splitlines()) == 1


def test_a_run_ships_with_its_card(run: Path, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                   capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    monkeypatch.setattr(notes_ship, "SHIPPED", tmp_path)
    monkeypatch.setattr(checkpoint, "SHIPPED", tmp_path)
    assert main(["ship-notes", "--data", str(archive), "--run", str(run), "--name", "small"]) == 0
    card = json.loads((tmp_path / "small.json").read_text(encoding="utf-8"))
    assert {"what", "data", "split", "limits", "metrics", "curves", "commands", "sha256", "date"} <= set(card)
    assert "CC BY 4.0" in card["data"][0]
    for option in ("--plan melody", "--data tunes.zip", "--epochs 1", "--hidden-size 8"):
        assert option in card["commands"][0]
    assert str(tmp_path.parent) not in json.dumps(card), "no path of this machine"
    model = load("small")
    assert (model.form, model.card["name"]) == ("melody", "small")
    assert "Kneser–Ney" in capsys.readouterr().err
    assert judging.main(["small", "--data", str(archive)]) == 0
    printed = capsys.readouterr().out
    assert "bars as the bar before" in printed and ("2-gram" in printed or "gram + memory" in printed)


def test_the_published_network_learns_from_the_plain_form(archive: Path, tmp_path: Path) -> None:
    assert (SPEC.cell, SPEC.num_layers, SPEC.hidden_size, SPEC.dropout, SPEC.window) == ("gru", 3, 128, 0.2, 20)
    asked = ["--epochs", "1", "--hidden-size", "8", "--embedding-dim", "4"]
    assert main(["notes", "--plan", "spec", "--data", str(archive), "--out", str(tmp_path), *asked]) == 0
    assert (tmp_path / "best.pt").is_file()
    assert main(["ship-notes", "--data", str(archive), "--run", str(tmp_path)]) == 1, "it is a baseline, it ships not"


def test_melodies_without_an_archive_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["notes", "--plan", "melody", "--out", str(tmp_path)]) == 1
    assert "--data" in capsys.readouterr().err


def test_what_is_hidden_is_hidden_whole_and_only_now_and_then(archive: Path) -> None:
    work = pieces_for("melody", archive).train[0]
    lesson = Lesson(*lesson_of("melody", work.piece))
    chance, hide, hidden = np.random.default_rng(0), augment("melody"), 0
    assert lesson.features is not None
    for _ in range(200):
        rows = hide(lesson, chance).features
        assert rows is not None
        keys = rows[:, melody.KEY_STREAMS]
        if (keys == (UNKNOWN_SIGNATURE, UNKNOWN_MODE)).all():
            hidden += 1
        else:
            assert (rows == lesson.features).all()
    assert 20 < hidden < 65


def test_a_hidden_soprano_is_what_the_reader_shows_without_one(tmp_path: Path) -> None:
    for name in ("bwv269.mxl", "bwv347.mxl"):
        (tmp_path / name).write_bytes((chorale_folder() / name).read_bytes())
    folder = pieces_for("chorale", tmp_path)
    works = [*folder.train, *folder.validation, *folder.test]
    given = Lesson(*lesson_of("chorale", works[0].piece, given=True))
    plain = Lesson(*lesson_of("chorale", works[0].piece))
    chance, hide = np.random.default_rng(1), augment("chorale")
    assert given.features is not None and plain.features is not None
    keys = list(melody.KEY_STREAMS)
    seen = set()
    for _ in range(30):
        rows = hide(given, chance).features
        assert rows is not None
        ahead = (rows[:, chorale.SOPRANO_STREAMS] == chorale.HIDDEN_SOPRANO).all()
        wanted = (plain if ahead else given).features
        assert wanted is not None
        kept = [stream for stream in range(rows.shape[1]) if stream not in keys]
        assert (rows[:, kept] == wanted[:, kept]).all()
        seen.add(bool(ahead))
    assert seen == {True, False}


def test_nats_per_onset_are_all_nats_over_all_onsets(archive: Path) -> None:
    """A model that believes nothing pays the same for every token."""
    works = pieces_for("melody", archive).train[:3]
    course = melody_course(works)
    tokens = sum(len(sequence) - 1 for sequence in course.sequences)
    onsets = sum(is_pitch(token) for sequence in course.sequences for token in sequence)
    row = row_of("flat", course, np.full(tokens, np.log(SIZE)), np.zeros(tokens, dtype=bool))
    assert row.nats == pytest.approx(tokens * np.log(SIZE) / onsets)
    assert row.accuracy == 0
    assert onsets == sum(len(work.lines[0]) for work in works)
    assert len(plain_course(works).new) == onsets


def test_events_heard_before_are_not_new(archive: Path) -> None:
    """Every tune of the archive says its first half twice: none of the second half but its first events is new."""
    course = plain_course(pieces_for("melody", archive).train[:1])
    assert course.new[:10].all()
    assert not course.new[24:40].any()


def test_what_the_evaluation_costs_is_what_the_network_says(run: Path, archive: Path, tmp_path: Path,
                                                            monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    from engine.notewriter.models import NoteModel
    from engine.recurrent.evaluation import evaluate
    from engine.recurrent.network import initialised, weights_of
    from engine.recurrent.steps import steps_of

    network = initialised(read_record(run)[2].sizes(SIZE), 3)
    model = NoteModel("melody", steps_of(network.sizes, weights_of(network)), {})
    works = pieces_for("melody", archive).test
    nats, right = told(model, works)
    judged = evaluate(network, [Lesson(*lesson_of("melody", work.piece)) for work in works])
    assert nats.sum() == pytest.approx(judged.nats, rel=1e-5)
    assert right.mean() == pytest.approx(judged.accuracy)


def test_the_published_input_is_the_scaled_index_and_is_never_learned(archive: Path, tmp_path: Path) -> None:
    asked = ["--epochs", "2", "--hidden-size", "8", "--stride", "4"]
    given = ["--plan", "spec", "--published", "--data", str(archive), "--out", str(tmp_path)]
    assert main(["notes", *given, *asked]) == 0
    weights = torch.load(tmp_path / "best.pt", weights_only=True)
    index = weights["emb.weight"][:, 0]
    assert torch.equal(index, torch.arange(len(index)) / len(index))
    assert len((tmp_path / "curves.csv").read_text(encoding="utf-8").splitlines()) == 3
