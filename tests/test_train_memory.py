"""Runs with a memory of the song: learn, finish, teach, ship; checkpoints of them load and predict as they learned."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine import checkpoint
from engine.checkpoint import Model
from engine.checkpoint.reading import read_in_process
from engine.errors import BadConfig, BadWeights, PredictionError
from engine.evaluate.__main__ import main as evaluate
from engine.evaluate.live import calibration_error, groups_of
from engine.evaluate.live_suite import examine_live, mode_of
from engine.evaluate.suite import THEORY_SUITE
from engine.music import Key
from engine.predict import Stream, predict_next, probabilities_after, suggest
from engine.songbook import live_vocabulary
from engine.theory import ALL_KEYS, chord_of, numeral_of, transpose
from engine.train.__main__ import main
from engine.train.lessons import lesson_of, piece_of, restarts_of
from engine.train.memories import Sources, commands_of_memory, material_of, run_memory
from engine.train.memory_cards import ship_memory
from engine.train.mixture import Lesson, RememberingLSTM
from engine.train.remembering import MemoryPlan, loss_of, predicted, validated
from engine.vocab import opening
from tests.test_train import broken_off

SONGS = Path(__file__).parent / "fixtures" / "songs.csv"
VOCAB, START = 12, 2
TINY = MemoryPlan(embedding_dim=6, hidden_size=8, epochs=2, places=60, dropout=0.1, seq_len=4)
TURNS = ("C Am Dm G7", "C F G7 C", "Am Dm E7 Am", "Dm7 G7 Cmaj7 A7", "C E7 F Fm", "F G7 Em Am")


def silent(_: str) -> None:
    """A run without a progress line."""


def made_songbook(folder: Path) -> Sources:
    """Forty songs of three turns each, beside a published table with titles."""
    book, table = folder / "book.jsonl.gz", folder / "table.csv"
    with gzip.open(book, "wt", encoding="utf-8") as file:
        for i in range(40):
            chords = " ".join(TURNS[(i * k + k) % 6] for k in (1, 2, 1, 3)).split()
            song = {"title": f"Song {i}", "artist": "", "source": "made", "genre": "jazz", "key": "C", "mode": "major"}
            file.write(json.dumps(song | {"chords": [*chords, *TURNS[i % 5].split()]}) + "\n")
    columns = ["title", "composedby", "chordprog", "key_mode", "key_estimada", "funcional_prog"]
    with table.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(columns)
        rows.writerows([f"Tune {i}", "", " ".join(TURNS[i % 3 :]), "major", "C", "I " * 9] for i in range(10))
    return Sources(table, book)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sources]:
    folder = tmp_path_factory.mktemp("live")
    sources = made_songbook(folder)
    run_memory(sources, TINY, folder / "run", silent)
    return folder / "run", sources


@pytest.fixture(scope="module")
def model(live: tuple[Path, Sources]) -> Model:
    return checkpoint.load(live[0] / "model.pt")


def ranking(model: Model, context: Sequence[str]) -> dict[str, float]:
    return {each.token: each.probability for each in predict_next(model, context, len(model.vocabulary))}


def test_a_run_learns_and_leaves_what_its_commands_say(tmp_path: Path) -> None:
    sources = Sources(SONGS)
    run_memory(sources, replace(TINY, epochs=6), tmp_path / "a", silent)
    losses = [json.loads(line)["train_loss"] for line in (tmp_path / "a" / "curves.jsonl").read_text().splitlines()]
    assert len(losses) == 6
    assert losses[-1] < losses[0] - 0.5
    run_memory(sources, TINY, tmp_path / "b", silent, teachers=[tmp_path / "a"])
    first, second = commands_of_memory(tmp_path / "b")
    assert first.startswith("python -m engine.train memory --data songs.csv --out ")
    assert "--epochs 6" in first
    assert second.endswith(f"--teachers {tmp_path / 'a'}")


def test_a_run_may_learn_on_from_another(tmp_path: Path) -> None:
    run_memory(Sources(SONGS), replace(TINY, epochs=4), tmp_path / "a", silent)
    later = replace(TINY, epochs=1, peak_rate=1e-5, early=3.0)
    run_memory(Sources(SONGS), later, tmp_path / "b", silent, start=tmp_path / "a")
    before, after = (json.loads((tmp_path / n / "curves.jsonl").read_text().splitlines()[-1]) for n in ("a", "b"))
    assert after["loss"] == pytest.approx(before["loss"], abs=0.02)
    assert commands_of_memory(tmp_path / "b")[-1].endswith(f"--start {tmp_path / 'a'}")
    assert len(commands_of_memory(tmp_path / "b")) == 2


def test_the_first_four_chords_may_count_more() -> None:
    lesson = lesson_of([piece_of([4 + i % 3 for i in range(9)])], START)
    plain, early = (_gradient_of_first(lesson, replace(TINY, early=weight, unknown_share=0.0)) for weight in (1.0, 5.0))
    assert early > 1.5 * plain


def _gradient_of_first(lesson: Lesson, plan: MemoryPlan) -> float:
    """How much the loss of the first chord counts, seen in the output's bias for a chord that comes first alone."""
    alone = replace(lesson, targets=torch.where(torch.arange(len(lesson.targets)) == 0, 11, lesson.targets))
    torch.manual_seed(0)
    network = RememberingLSTM(plan.architecture(VOCAB), 1).eval()
    loss_of(network, alone, plan)[0].backward()  # type: ignore[no-untyped-call]
    gradient = network.chords.decoder.bias.grad
    assert gradient is not None
    return float(-gradient[11])


def test_a_seed_decides_all(tmp_path: Path) -> None:
    for name in ("a", "b"):
        run_memory(Sources(SONGS), replace(TINY, epochs=1), tmp_path / name, silent)
    one, other = (torch.load(tmp_path / name / "best.pt", weights_only=True) for name in ("a", "b"))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_broken_run_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources, plan = made_songbook(tmp_path), replace(TINY, epochs=3)
    run_memory(sources, plan, tmp_path / "whole", silent)
    kept = broken_off(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        run_memory(sources, plan, tmp_path / "broken", silent)
    run_memory(sources, plan, tmp_path / "broken", silent)
    assert kept == [1, 2, 3]  # none was done twice
    whole, broken = (torch.load(tmp_path / name / "best.pt", weights_only=True) for name in ("whole", "broken"))
    assert all(torch.equal(weight, broken[name]) for name, weight in whole.items())
    curves = [(tmp_path / name / "curves.jsonl").read_text("utf-8").splitlines() for name in ("whole", "broken")]
    losses = [[json.loads(line)["loss"] for line in lines] for lines in curves]
    assert losses[0] == losses[1]
    run_memory(sources, replace(plan, epochs=1), tmp_path / "broken", silent)  # another plan begins anew
    assert len((tmp_path / "broken" / "curves.jsonl").read_text("utf-8").splitlines()) == 1


def test_a_checkpoint_believes_what_the_network_learned(live: tuple[Path, Sources], model: Model) -> None:
    material = material_of(live[1], TINY)
    network = RememberingLSTM(TINY.architecture(len(material.vocabulary)), 1)
    network.load_state_dict(torch.load(live[0] / "best.pt", weights_only=True))
    piece = material.validation[0]
    with torch.inference_mode():
        expected = network.eval()(lesson_of([piece], material.vocabulary.start))[0].exp().numpy()
    tokens = material.vocabulary.decode([*piece.opening, *piece.chords])
    for at in range(len(piece.chords)):
        assert np.allclose(probabilities_after(model, tokens[: 2 + at]), expected[at], atol=2e-4)


def test_validation_counts_from_its_first_place(live: tuple[Path, Sources]) -> None:
    material = material_of(live[1], TINY)
    network = RememberingLSTM(TINY.architecture(len(material.vocabulary)), 1)
    every = validated(network, material)
    later = validated(network, replace(material, first=4))
    assert every.positions == sum(len(piece.chords) for piece in material.validation)
    assert later.positions == every.positions - 4 * len(material.validation)
    logarithms, targets = predicted(network, material.validation, material.vocabulary)
    assert [len(rows) for rows in logarithms] == [len(each) for each in targets]


def test_window_and_stream_agree_and_neither_forgets(model: Model) -> None:
    """Longer than the window of 4: all of it counts."""
    context = (*opening("major", "jazz"), *["I", "vim", "iim", "V7", "I", "IV", "V7", "I", "vim", "iim", "V7"])
    stream = Stream(model)
    for at, token in enumerate(context):
        after = {each.token: each.probability for each in stream.add(token, len(model.vocabulary))}
        assert after == pytest.approx(ranking(model, context[: at + 1]), abs=1e-6)
    assert ranking(model, context) != pytest.approx(ranking(model, context[-4:]), abs=1e-4)
    stream.window(context)
    assert {e.token: e.probability for e in stream.next(999)} == pytest.approx(ranking(model, context), abs=1e-6)


def test_the_weight_of_the_memory_and_the_temperature(model: Model) -> None:
    context = ["I", "vim", "iim", "V7", "I", "vim", "iim"]
    alone = probabilities_after(model, context, memory=0.0)
    whole = probabilities_after(model, context)
    assert not np.allclose(alone, whole, atol=1e-4)
    hot, cold = (probabilities_after(model, context, temperature) for temperature in (3.0, 0.3))
    assert hot.max() < whole.max() < cold.max()
    assert hot.argmax() == whole.argmax() == cold.argmax()
    for wrong in (-0.1, 1.1, float("nan")):
        with pytest.raises(PredictionError):
            probabilities_after(model, context, memory=wrong)


def test_modes_and_styles_may_be_given_and_are_never_suggested(model: Model) -> None:
    given = probabilities_after(model, (*opening("minor", "pop"), "im"))
    assert not np.allclose(given, probabilities_after(model, ("im",)), atol=1e-6)
    offered = {each.token for each in suggest(model, ("im",), len(model.vocabulary))}
    assert not any(token.startswith("<") for token in offered)


def test_transposition_never_changes_a_suggestion(model: Model) -> None:
    """The same song in every key has the same tokens, so it has the same suggestions."""
    home = Key("C")
    chords = [chord_of(numeral, home) for numeral in ["Imaj7", "vim7", "iim7", "V7", "IV", "ivm", "bVII7", "I"]]
    expected = suggest(model, tuple(numeral_of(chord, home) for chord in chords))
    for key in ALL_KEYS:
        if key.mode == "major":
            moved = tuple(numeral_of(transpose(chord, home, key), key) for chord in chords)
            assert suggest(model, moved) == expected


def test_shipping_writes_a_card_and_the_table_says_what_was_measured(
    live: tuple[Path, Sources], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, sources = live
    ship_memory(run, sources, "tiny", "a note", tmp_path)
    card = json.loads((tmp_path / "tiny.json").read_text(encoding="utf-8"))
    assert {"test, all", "test, first four", "test, novel"} <= card["metrics"].keys()
    assert card["notes"] == "a note"
    assert any("CC BY 4.0" in line for line in card["data"])
    shipped = checkpoint.load(tmp_path / "tiny.pt")
    assert shipped.card["name"] == "tiny"
    assert shipped.contents.metrics["Top@1"] == pytest.approx(card["metrics"]["test, all"]["Top@1"], abs=1e-4)
    book = str(sources.songbook)
    assert evaluate([str(tmp_path / "tiny.pt"), "--data", str(sources.data), "--songbook", book]) == 0
    printed = capsys.readouterr().out
    for words in ("unigram", "Kneser–Ney 6-gram + in-song memory", "tiny, without its memory", "first four", "merged"):
        assert words in printed


def test_the_command_line_trains_and_ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = str(tmp_path / "run")
    sizes = ["--embedding-dim", "6", "--hidden-size", "8", "--epochs", "1", "--seq-len", "4"]
    assert main(["memory", "--data", str(SONGS), "--out", run, *sizes]) == 0
    monkeypatch.setattr(ship_memory, "__defaults__", ("", tmp_path))
    assert main(["ship-memory", "--data", str(SONGS), "--run", run, "--name", "remembers"]) == 0
    card = json.loads((tmp_path / "remembers.json").read_text(encoding="utf-8"))
    assert card["architecture"]["memory"] == 1
    assert evaluate([str(tmp_path / "remembers.pt"), "--data", str(SONGS)]) == 0


def test_a_file_that_lies_about_its_memory_is_refused(live: tuple[Path, Sources], tmp_path: Path) -> None:
    raw = torch.load(live[0] / "model.pt", weights_only=True)
    for version, error in ((2, BadConfig), (-1, BadConfig), ("1", BadConfig), (True, BadConfig), (0, BadWeights)):
        torch.save(raw | {"config": raw["config"] | {"memory": version}}, tmp_path / "wrong.pt")
        with pytest.raises(error):
            read_in_process((tmp_path / "wrong.pt").read_bytes())
    state = {name: weight for name, weight in raw["model_state"].items() if name != "memory.pair.weight"}
    torch.save(raw | {"model_state": state}, tmp_path / "wrong.pt")
    with pytest.raises(BadWeights):
        checkpoint.load(tmp_path / "wrong.pt")  # in a child process, as every file from outside


def test_groups_of_positions() -> None:
    groups = groups_of([[0, 1, 2, 5, 6, 5, 6, 5, 7]])
    assert groups["all"].tolist() == [True] * 6
    assert groups["first four"].tolist() == [True] * 4 + [False] * 2
    assert groups["novel"].tolist() == [False, False, True, True, False, False]


def test_calibration_by_hand() -> None:
    beliefs = np.array([[0.9, 0.1], [0.9, 0.1], [0.4, 0.6]])
    assert calibration_error(beliefs, np.array([0, 1, 1])) == pytest.approx((2 * 0.4 + 0.4) / 3)


def test_the_live_suite_has_every_case_in_its_own_spelling(model: Model) -> None:
    cases = examine_live(model, "sevenths")
    assert len(cases) == len(THEORY_SUITE) == 18
    assert cases[0].context == ("iim7", "V7")
    assert set(cases[0].acceptable) == {"I", "Imaj7", "I6"}
    vocabulary = live_vocabulary()
    assert all(token in vocabulary for case in cases for token in (*case.context, *case.acceptable))
    assert mode_of(THEORY_SUITE[0]) == "major"
    assert mode_of(next(case for case in THEORY_SUITE if case.context == ("VI", "iiø"))) == "minor"


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.integers(0, 5), st.integers(0, 99))
def test_a_song_starts_anew_where_its_first_chord_comes_back(chords: list[int], most: int, seed: int) -> None:
    found = restarts_of(chords, most, np.random.default_rng(seed))
    places = [len(chords) - len(later) for later in found]
    possible = {at for at in range(4, len(chords) - 8) if chords[at] == chords[0]}
    assert len(found) == len(set(places)) == min(most, len(possible))
    assert set(places) <= possible
    assert all(chords[at:] == list(later) for at, later in zip(places, found, strict=True))


def test_restarts_are_learned_from_and_nothing_is_validated_by_them(live: tuple[Path, Sources]) -> None:
    plain, more = (material_of(live[1], replace(TINY, restarts=restarts)) for restarts in (0, 1))
    assert len(more.validation) == len(plain.validation)
    added = more.pieces[len(plain.pieces) :]
    assert added
    wholes = [piece.chords.tolist() for piece in plain.pieces]
    for piece in added:
        own = piece.chords.tolist()
        assert any(len(whole) > len(own) and whole[-len(own) :] == own and whole[0] == own[0] for whole in wholes)


def test_a_piece_keeps_its_opening() -> None:
    assert piece_of([4, 5], (9,)).opening == (9,)
