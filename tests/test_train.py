"""The trainer: every token is learned once, targets are inputs shifted by one, seeds decide all, broken runs go on."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine import checkpoint
from engine.corpus import Corpus, read_corpus
from engine.errors import BadConfig
from engine.networks import ChordLSTM, initialised
from engine.train.__main__ import main, parser
from engine.train.batches import IGNORED, Batch, batch_of, batched, crops_of, with_unknowns
from engine.train.curves import Curves
from engine.train.loop import loss_of, train
from engine.train.plan import Plan
from engine.train.record import commands_of, read_record
from engine.train.running import Run
from engine.train.ship import ship
from engine.train.teachers import soft_targets
from engine.vocab import Vocabulary, vocabulary_of

FIXTURE = Path(__file__).parent / "fixtures" / "songs.csv"
CORPUS = read_corpus(FIXTURE)
TINY = Plan(embedding_dim=6, hidden_size=8, seq_len=4, epochs=3, batch_size=4, crop_min=4, crop_max=9, dropout=0.1)
VOCABULARY = Vocabulary(("<pad>", "<unk>", "<bos>", "<eos>", *(str(i) for i in range(60))))


def silent(_: str) -> None:
    """A run without a progress line."""


# --- crops and batches ----------------------------------------------------------------------------------------------

lengths_of_songs = st.lists(st.integers(1, 40), min_size=1, max_size=8)


@given(lengths=lengths_of_songs, start_share=st.sampled_from([0.0, 0.5, 1.0]), seed=st.integers(0, 99))
def test_every_token_of_every_song_is_a_target_once(lengths: list[int], start_share: float, seed: int) -> None:
    """Songs are counted 4, 5, 6, ...: each target must be one more than its input, and all must be there."""
    plan = replace(TINY, phrase_start_share=start_share)
    songs = [list(range(4, 4 + length)) for length in lengths]
    crops = crops_of(lengths, plan, np.random.default_rng(seed))
    seen: list[int] = []
    for group in batched(crops, 3, np.random.default_rng(seed)):
        batch = batch_of(group, songs, VOCABULARY)
        counted = batch.targets != IGNORED
        seen.extend(batch.targets[counted].tolist())
        inputs, targets = batch.ids[counted], batch.targets[counted]
        after_padding = inputs == VOCABULARY.start
        assert bool((targets[~after_padding] == inputs[~after_padding] + 1).all())
    assert sorted(seen) == sorted(token for song in songs for token in song)


def test_a_songs_beginning_is_padded_like_a_short_context_and_its_middle_is_not() -> None:
    crops = crops_of([40, 40], replace(TINY, phrase_start_share=0.0), np.random.default_rng(1))
    assert {1 <= crop.padding <= TINY.seq_len for crop in crops if crop.start == 0} == {True}
    assert {crop.padding for crop in crops if crop.start > 0} == {0}


def test_padding_on_the_right_never_counts() -> None:
    songs = [[4, 5, 6, 7, 8, 9, 10, 11], [4, 5]]
    crops = crops_of([8, 2], replace(TINY, crop_min=20, crop_max=20), np.random.default_rng(0))
    batch = batch_of(crops, songs, VOCABULARY)
    network = initialised(TINY.architecture(len(VOCABULARY)), 1).eval()
    disturbed = torch.where(batch.targets == IGNORED, 50, batch.ids)
    disturbed[:, : TINY.seq_len + 1] = batch.ids[:, : TINY.seq_len + 1]
    with torch.inference_mode():
        plain, other = (float(loss_of(network, Batch(ids, batch.targets), TINY)[0]) for ids in (batch.ids, disturbed))
    assert not torch.equal(batch.ids, disturbed)
    assert plain == pytest.approx(other, abs=1e-6)


def test_a_share_of_inputs_is_hidden_and_no_target() -> None:
    ids = torch.full((50, 40), 5)
    batch = with_unknowns(Batch(ids, ids), 0.25, VOCABULARY.unknown, torch.Generator().manual_seed(1))
    assert 0.2 < float((batch.ids == VOCABULARY.unknown).float().mean()) < 0.3
    assert torch.equal(batch.targets, ids)


# --- the loop -------------------------------------------------------------------------------------------------------


def weights_of(network: ChordLSTM) -> torch.Tensor:
    return torch.cat([tensor.flatten() for tensor in network.state_dict().values()])


def test_training_learns(tmp_path: Path) -> None:
    train(CORPUS, replace(TINY, epochs=12, peak_rate=0.02, averaging=0.9), tmp_path, silent)
    losses = [epoch.validation_loss for epoch in Curves(tmp_path).read()]
    assert losses[-1] < 0.75 * losses[0]


def test_the_seed_decides_all(tmp_path: Path) -> None:
    one, same, other = (
        weights_of(train(CORPUS, replace(TINY, rng_seed=seed), tmp_path / name, silent))
        for seed, name in ((1, "one"), (1, "same"), (2, "other"))
    )
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def broken_off(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The next run ends after its first epoch; the epochs that were kept from then on."""
    keep, kept = Run.keep, list[int]()

    def broken(run: Run[ChordLSTM], folder: Path, marks: Mapping[str, object], epochs: int, best: bool) -> None:
        keep(run, folder, marks, epochs, best)
        kept.append(epochs)
        if len(kept) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(Run, "keep", broken)
    return kept


def test_a_broken_run_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = weights_of(train(CORPUS, TINY, tmp_path / "whole", silent))
    kept = broken_off(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        train(CORPUS, TINY, tmp_path / "broken", silent)
    resumed = weights_of(train(CORPUS, TINY, tmp_path / "broken", silent))
    assert len(kept) == TINY.epochs  # none was done twice
    assert torch.equal(resumed, whole)
    broken_run, whole_run = (Curves(tmp_path / name).read() for name in ("broken", "whole"))
    assert [epoch.validation_loss for epoch in broken_run] == [epoch.validation_loss for epoch in whole_run]


def test_another_plan_begins_anew(tmp_path: Path) -> None:
    train(CORPUS, replace(TINY, epochs=1), tmp_path, silent)
    train(CORPUS, replace(TINY, epochs=2, rng_seed=9), tmp_path, silent)
    assert len(Curves(tmp_path).read()) == 2


def test_training_stops_when_validation_no_longer_improves(tmp_path: Path) -> None:
    said: list[str] = []
    plan = replace(TINY, epochs=40, patience=2, peak_rate=0.3, averaging=0.0)
    network = train(CORPUS, plan, tmp_path, said.append)
    losses = [epoch.validation_loss for epoch in Curves(tmp_path).read()]
    assert len(losses) < 40 and losses.index(min(losses)) == len(losses) - 3
    assert "stopped" in said[-1]
    saved = torch.load(tmp_path / "best.pt", weights_only=True)
    assert all(torch.equal(saved[name], tensor) for name, tensor in network.state_dict().items())


def test_the_test_part_is_never_looked_at(tmp_path: Path) -> None:
    blind = Corpus(CORPUS.train, CORPUS.validation, ())
    assert torch.equal(
        weights_of(train(blind, TINY, tmp_path / "blind", silent)),
        weights_of(train(CORPUS, TINY, tmp_path / "seeing", silent)),
    )


def test_curves_are_kept_as_lines_and_as_a_table(tmp_path: Path) -> None:
    said: list[str] = []
    train(CORPUS, TINY, tmp_path, said.append)
    lines = [json.loads(line) for line in (tmp_path / "curves.jsonl").read_text("utf-8").splitlines()]
    with (tmp_path / "curves.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [line["epoch"] for line in lines] == [int(row["epoch"]) for row in rows] == [0, 1, 2]
    assert {"train_loss", "train_accuracy", "validation_loss", "validation_accuracy"} <= set(rows[0])
    assert float(rows[1]["validation_loss"]) == lines[1]["validation_loss"]
    assert "epoch 3/3" in "".join(said)


# --- teachers, records, shipping ------------------------------------------------------------------------------------


def trained(folder: Path, *options: str) -> Path:
    sizes = ["--hidden-size=8", "--embedding-dim=6", "--epochs=2", "--crop-min=4", "--crop-max=9", "--batch-size=6"]
    assert main(["chords", "--data", str(FIXTURE), "--out", str(folder), *sizes, *options]) == 0
    return folder / "model.pt"


def test_a_student_learns_from_teachers_and_the_record_names_all_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    teacher = trained(Path("runs/teacher"))
    trained(Path("runs/student"), "--teachers", str(teacher), "--no-tie-weights", "--rng-seed", "7")
    commands = commands_of(read_record(Path("runs/student")), "songs.csv")
    assert len(commands) == 2 and "runs/teacher" in commands[0]
    arguments = parser().parse_args(commands[1].split()[3:])
    assert (arguments.rng_seed, arguments.tie_weights, arguments.hidden_size) == (7, False, 8)
    assert arguments.teachers == [teacher]


def test_soft_targets_are_the_mean_of_what_teachers_believe(tmp_path: Path) -> None:
    vocabulary = vocabulary_of(CORPUS.train)
    teachers = [checkpoint.load(trained(tmp_path / seed, "--rng-seed", seed)) for seed in ("1", "2")]
    together = soft_targets(teachers, CORPUS.train, vocabulary)
    apart = [soft_targets([teacher], CORPUS.train, vocabulary) for teacher in teachers]
    assert together is not None and apart[0] is not None and apart[1] is not None
    assert all(np.allclose(rows.sum(-1), 1, atol=1e-5) for rows in together)
    assert [rows.shape for rows in together] == [(len(song), len(vocabulary)) for song in CORPUS.train]
    assert np.allclose(together[3], (apart[0][3] + apart[1][3]) / 2, atol=1e-6)
    song = CORPUS.train[3]
    ids = torch.tensor([vocabulary.encode(["<bos>", *song])])
    expected = teachers[0].network.read(ids)[0][0, len(song) - 1].softmax(-1).numpy()
    assert np.allclose(apart[0][3][-1], expected, atol=1e-6)


def test_no_teachers_no_soft_targets_and_a_stranger_is_refused(tmp_path: Path) -> None:
    assert soft_targets([], CORPUS.train, VOCABULARY) is None
    with pytest.raises(BadConfig, match="another vocabulary"):
        soft_targets([checkpoint.load(trained(tmp_path))], CORPUS.train, VOCABULARY)


def test_soft_targets_stand_where_their_tokens_stand() -> None:
    songs = [list(range(4, 24))]
    soft = [np.eye(len(VOCABULARY), dtype=np.float32)[songs[0]]]
    crops = crops_of([20], replace(TINY, phrase_start_share=0.5), np.random.default_rng(3))
    batch = batch_of(crops, songs, VOCABULARY, soft)
    counted = batch.targets != IGNORED
    assert batch.soft is not None
    assert torch.equal(batch.soft.argmax(-1)[counted], batch.targets[counted])
    network = initialised(TINY.architecture(len(VOCABULARY)), 1).eval()
    with torch.inference_mode():
        hard, taught = (float(loss_of(network, each, TINY)[0]) for each in (Batch(batch.ids, batch.targets), batch))
    assert taught == pytest.approx(hard, abs=1e-5)


def test_a_run_ships_as_a_checkpoint_with_a_truthful_card(tmp_path: Path) -> None:
    trained(tmp_path / "run")
    ship(tmp_path / "run", FIXTURE, "small", tmp_path)
    model = checkpoint.load(tmp_path / "small.pt")
    assert model.card["sha256"] and model.card["name"] == "small"  # only a matching fingerprint gives a card
    metrics = model.card["metrics"]
    assert isinstance(metrics, dict)
    shipped = metrics["test, window of 16"]
    assert shipped["ppl"] == pytest.approx(model.contents.metrics["ppl"], abs=1e-3)
    assert shipped["positions"] == sum(max(0, len(song) - 15) for song in CORPUS.test)
    assert str(model.card["commands"]).count("engine.train") == 2


def test_the_command_line_refuses_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = str(tmp_path / "missing.csv")
    assert main(["chords", "--data", missing, "--out", str(tmp_path / "out")]) == 1
    assert "missing.csv cannot be read" in capsys.readouterr().err
