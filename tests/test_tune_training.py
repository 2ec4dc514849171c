"""Tune writers are trained, judged and shipped by commands; the published character network learns too."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from engine.abc import VOCABULARY, Tune, split_body
from engine.evaluate import tunes as judging
from engine.evaluate.__main__ import main as evaluate_main
from engine.evaluate.tunes import Figures, judged, ngram_figures
from engine.recurrent.checkpoint import load
from engine.recurrent.network import initialised
from engine.train import tunes as training
from engine.train.__main__ import main
from engine.train.tunes import PLANS
from engine.tunebook import Tunebook
from engine.tunewriter.lessons import CHARACTERS, LANGUAGE, lessons_of

SMALL = [
    "--hidden-size",
    "8",
    "--embedding-dim",
    "6",
    "--epochs",
    "2",
    "--batch-tokens",
    "200",
    "--precision",
    "float32",
]


def tune_of(number: int) -> Tune:
    scale = "CDEFGABcdefg"
    bars = ["".join(scale[(number + step * at) % 12] for step in range(6)) for at in (1, 5)]
    return Tune("jig", "6/8", "Dmaj", split_body("|".join(bars * 2) + "|]"), f"No. {number}", "fixture")


BOOK = Tunebook(tuple(map(tune_of, range(10))), tuple(map(tune_of, (10, 11))), (tune_of(12), tune_of(13)))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small tunebook and a folder of models of its own."""
    monkeypatch.setattr(training, "tunebook", lambda _: BOOK)
    monkeypatch.setattr(judging, "tunebook", lambda _: BOOK)
    monkeypatch.setattr(training, "SHIPPED", tmp_path / "models")
    return tmp_path


def test_a_run_is_trained_shipped_and_judged(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tunes", "--out", str(here / "run"), *SMALL]) == 0
    assert main(["ship-tunes", "--run", str(here / "run"), "--name", "small", "--notes", "a trial"]) == 0
    card = json.loads((here / "models" / "small.json").read_text("utf-8"))
    assert card["architecture"]["hidden_size"] == 8
    assert card["notes"] == "a trial"
    assert "--hidden-size 8" in card["commands"][0]
    model = load(here / "models" / "small.pt")
    assert (model.language, model.vocabulary.tokens) == (LANGUAGE, VOCABULARY)
    figures = judged(model.network, lessons_of(BOOK.test))
    assert card["metrics"]["test"]["bits per tune"] == pytest.approx(figures.bits_per_tune, abs=0.01)
    capsys.readouterr()
    assert evaluate_main(["tunes", str(here / "models" / "small.pt"), "--no-baselines", "-n", "0"]) == 0
    said = capsys.readouterr().out
    assert f"{figures.bits_per_tune:.1f} bits per tune" in said
    assert "jig" in said


def test_the_published_network_is_as_published_and_learns(here: Path) -> None:
    plan = PLANS["spec"]
    sizes = plan.sizes(len(CHARACTERS))
    assert (sizes.cell, sizes.num_layers, sizes.hidden_size, sizes.dropout) == ("lstm", 3, 512, 0.5)
    assert (sizes.embedding_dim, sizes.input_size) == (0, len(CHARACTERS))
    assert (plan.mode, plan.window, plan.batch_size, plan.clip) == ("stream", 100, 128, 5.0)
    assert (plan.peak_rate, plan.schedule, plan.weight_decay, plan.epochs) == (0.001, "constant", 0.0, 100)
    small = ["--hidden-size", "12", "--batch-size", "2", "--window", "20", "--epochs", "3", "--peak-rate", "0.01"]
    assert main(["tunes", "--plan", "spec", "--out", str(here / "run"), *small]) == 0
    lines = (here / "run" / "curves.jsonl").read_text("utf-8").splitlines()
    losses = [json.loads(line)["train_loss"] for line in lines]
    assert losses[-1] < losses[0] < math.log(len(CHARACTERS)) + 0.1


def test_bits_are_those_of_every_token_with_the_end_mark() -> None:
    network = initialised(PLANS["ours"].sizes(len(VOCABULARY)), 1)
    network.fc.weight.data.zero_()
    network.fc.bias.data.zero_()
    figures = judged(network, lessons_of([tune_of(1)]))
    assert figures.tokens == (len(tune_of(1).body) + 4,)
    assert figures.bits_per_tune == pytest.approx(figures.tokens[0] * math.log2(len(VOCABULARY)), rel=1e-5)


def test_ngrams_stand_beside_it_with_and_without_memory() -> None:
    rows = ngram_figures(BOOK)
    assert [label for label in rows if "memory" in label] == [list(rows)[-1]]
    assert all(len(figures.bits) == 2 and 0 < figures.bits_per_tune < 500 for figures in rows.values())


@pytest.mark.parametrize(("recalled", "share"), [(0.0, 0.0), (1.0, 0.95)])
def test_the_share_of_the_memory_is_what_validates_best(recalled: float, share: float) -> None:
    own, memory = np.array([0.5, 0.5, 0.5]), np.array([recalled, recalled, -1.0])
    assert judging._best_share([own], [memory]) == pytest.approx(share)
    assert judging._mixed([own], [memory], 0.5)[0].tolist() == [0.25 + recalled / 2, 0.25 + recalled / 2, 0.5]


def test_intervals_hold_the_mean_and_are_the_same_twice() -> None:
    bits = tuple(np.random.default_rng(0).normal(400, 50, 200))
    figures = Figures(bits, (170,) * 200)
    low, high = figures.interval
    assert low < figures.bits_per_tune < high
    assert figures.interval == (low, high)
    assert high - low == pytest.approx(2 * 1.96 * 50 / 200**0.5, rel=0.2)


def test_an_unknown_model_is_refused(here: Path) -> None:
    assert evaluate_main(["tunes", str(here / "nothing")]) == 1
