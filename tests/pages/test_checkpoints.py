"""The checkpoint room: every check has its line, files are read apart, and nothing in a file means anything."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from engine import checkpoint
from engine.architecture import Architecture
from engine.checkpoint.schema import contents_of
from engine.errors import CheckpointError
from engine.networks import initialised
from engine.predict import predict_next
from engine.vocab import BOS, UNK, Vocabulary
from engine.workshop.checks import Inspection, checks_until, inspect, shipped
from engine.workshop.inspecting import LONGEST_FACT, MOST_FACTS, facts_in
from engine.workshop.portrait import embedding_map, function_of_token, judged, principal, side_by_side, tokens_for
from pages.parts.checkpoints.checks import line
from pages.parts.kept import checkpoints as kept
from pages.parts.session.checkpoints import Look, read, write
from tests.pages.opening import opened_page

TOKENS = ("<pad>", UNK, BOS, "<eos>", "I", "ii", "V7", "vi", "IV")
FORM, KEYS, TABLE, SPECIAL, SIZE, INVERSE, STATE, CONFIG, WEIGHTS = range(9)


def entries() -> dict[str, Any]:
    architecture = Architecture(len(TOKENS), 8, 12, 1, 0.0, 16, tie_weights=True)
    return {
        "model_state": dict(initialised(architecture, 1).state_dict()),
        "model_class": "ChordLSTM",
        "config": {"embedding_dim": 8, "hidden_size": 12, "num_layers": 1, "dropout": 0.0, "seq_len": 16,
                   "tie_weights": True, "epochs": 3, "note": "<script>"},
        "metrics_test": {"loss": 1.5, "Top@1": 0.5},
        "stoi": {token: i for i, token in enumerate(TOKENS)},
        "itos": list(TOKENS),
        "vocab_size": len(TOKENS),
        "created_at": "2026-01-02T03:04:05",
        "env": {"python": "3.11.7", "torch": "2.13"},
    }  # fmt: skip


def saved(raw: object) -> bytes:
    buffer = io.BytesIO()
    torch.save(raw, buffer)
    return buffer.getvalue()


def _without(raw: dict[str, Any], key: str) -> None:
    del raw[key]


def _put(raw: dict[str, Any], key: str, value: object) -> None:
    raw[key] = value


def _no_start(raw: dict[str, Any]) -> None:
    raw["stoi"] = {token: i for i, token in enumerate(("a", "b"))}


def _bad_shape(raw: dict[str, Any]) -> None:
    raw["model_state"]["proj.weight"] = torch.zeros(3, 3)


def _not_finite(raw: dict[str, Any]) -> None:
    raw["model_state"]["decoder.bias"] = torch.full((len(TOKENS),), float("nan"))


def _too_wide(raw: dict[str, Any]) -> None:
    raw["config"]["hidden_size"] = 10**9


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (partial(_without, key="config"), KEYS),
        (partial(_put, key="stoi", value=[1, 2]), TABLE),
        (_no_start, SPECIAL),
        (partial(_put, key="vocab_size", value=3), SIZE),
        (partial(_put, key="itos", value=list(reversed(TOKENS))), INVERSE),
        (partial(_put, key="model_state", value=[]), STATE),
        (_too_wide, CONFIG),
        (partial(_put, key="model_class", value="Other"), CONFIG),
        (_bad_shape, WEIGHTS),
        (_not_finite, WEIGHTS),
    ],
)
def test_every_refusal_has_its_line(spoil: Callable[[dict[str, Any]], None], place: int) -> None:
    raw = entries()
    spoil(raw)
    with pytest.raises(CheckpointError) as refusal:
        contents_of(raw)
    lines = checks_until(refusal.value)
    assert [check.outcome for check in lines] == ["passed"] * place + ["failed"] + ["not reached"] * (8 - place)
    assert lines[place].why == refusal.value.sentence


def test_what_is_no_archive_fails_at_the_door() -> None:
    inspection = inspect(b"not a model")
    assert [check.outcome for check in inspection.checks] == ["failed"] + ["not reached"] * 8
    assert inspection.chords is None


def test_a_file_from_outside_is_read_apart_with_what_it_says_of_itself() -> None:
    inspection = inspect(saved(entries()))
    assert {check.outcome for check in inspection.checks} == {"passed"}
    assert inspection.chords is not None
    assert inspection.chords.vocabulary == Vocabulary(TOKENS)
    assert inspection.created_at == "2026-01-02T03:04:05"
    assert dict(inspection.env) == {"python": "3.11.7", "torch": "2.13"}
    assert inspection.settings["epochs"] == "3"


def test_a_hostile_file_is_refused_and_does_nothing(tmp_path: Path) -> None:
    class Bad:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (tmp_path / "ran",)

    inspection = inspect(saved(entries() | {"env": Bad()}))
    assert inspection.checks[FORM].outcome == "failed"
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["live", "functional", "memory"])
def test_shipped_models_pass_everything(name: str) -> None:
    inspection = shipped(name)
    assert {check.outcome for check in inspection.checks} == {"passed"}
    assert inspection.created_at and inspection.env


@given(
    st.dictionaries(st.text(), st.one_of(st.text(), st.integers(), st.floats(), st.lists(st.integers())), max_size=80)
)
def test_facts_are_few_short_and_printable(raw: dict[str, object]) -> None:
    facts = facts_in(raw)
    assert len(facts) <= MOST_FACTS
    assert all(text.isprintable() and len(text) <= LONGEST_FACT for pair in facts.items() for text in pair)


# --- the portrait ---------------------------------------------------------------------------------------------------


def test_the_map_keeps_distances_of_a_plane_and_counts_all_difference() -> None:
    plane = np.random.default_rng(1).normal(size=(20, 2)).astype(np.float32)
    lifted = plane @ np.linalg.qr(np.random.default_rng(2).normal(size=(7, 2)))[0].T.astype(np.float32)
    places, shares = principal(lifted)
    apart = np.linalg.norm(plane[:, None] - plane[None], axis=-1)
    assert np.allclose(np.linalg.norm(places[:, None] - places[None], axis=-1), apart, atol=1e-4)
    assert sum(shares) == pytest.approx(1.0)


@pytest.mark.parametrize("rows", [np.zeros((1, 4)), np.zeros((3, 1)), np.ones((5, 3))])
def test_degenerate_embeddings_make_a_map_too(rows: np.ndarray) -> None:
    places, shares = principal(rows.astype(np.float32))
    assert places.shape == (len(rows), 2)
    assert np.isfinite(places).all() and np.isfinite(shares).all()


def test_functions_on_the_map_are_those_of_the_theory() -> None:
    assert [function_of_token(token, "major") for token in ("I", "iim7", "ii", "V7", "ivm", "R:jig")] == [
        "tonic", "subdominant", "subdominant", "dominant", "borrowed", "other"
    ]  # fmt: skip
    model = checkpoint.load("live")
    assert {point.token for point in embedding_map(model).points} == {
        token for token in model.vocabulary.tokens if not token.startswith("<")
    }


def test_a_window_of_all_hears_what_the_stream_hears() -> None:
    """A model with a memory hears all of a context either way; one without hears its window."""
    heard = side_by_side(checkpoint.load("live"), ("I", "vim", "IV"))
    assert heard.apart == pytest.approx(0.0, abs=1e-6)
    functional = checkpoint.load("functional")
    both = side_by_side(functional, ("I", "vi"))
    assert both.window == predict_next(functional, ("I", "vi"))[:8]
    assert 0 <= both.apart <= 1


def test_songs_are_told_in_the_models_own_language() -> None:
    live, functional = checkpoint.load("live").vocabulary, checkpoint.load("functional").vocabulary
    assert tokens_for(live, "minor", ("im", "V7", "V7")) == ("<minor>", "im", "V7")
    assert tokens_for(functional, "minor", ("im", "V7")) == ("i", "V7")
    scores = judged(checkpoint.load("functional"), songs=2)
    assert 0 < scores.top1 <= scores.top3 <= scores.top5 <= 1
    assert scores.unknown == 0
    assert scores.perplexity > 1


# --- the page -------------------------------------------------------------------------------------------------------


def opened(**given: str) -> AppTest:
    return opened_page("checkpoints", {entry.replace("_", ".", 1): value for entry, value in given.items()})


def text(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.markdown, *app.caption, *app.warning))


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("checks", "itos is the inverse"),
        ("facts", "hidden"),
        ("vocabulary", "190 of 190"),
        ("map", "alike"),
        ("listening", "They disagree by"),
        ("suite", "18 of 18"),
        ("songs", "281 chords"),
    ],
)
def test_every_view_stands(view: str, words: str) -> None:
    assert words in text(opened(models_name="live", models_view=view))


@pytest.mark.parametrize("name", ["live", "memory", "functional"])
def test_a_shipped_model_says_under_its_name_what_it_learned_from_and_where_it_ends(name: str) -> None:
    app = opened(models_name=name, models_view="facts")
    told = [element.value for element in app.main if hasattr(element, "value")]
    learned, limits = told.index("Learned from"), told.index("Limits")
    assert "MIT" in told[learned + 1] and learned + 2 == limits
    assert told[limits + 1].count("\n- ") >= 2


def test_a_refused_file_shows_its_lines_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = entries()
    _too_wide(raw)
    with pytest.raises(CheckpointError) as refusal:
        contents_of(raw)
    refused = Inspection(checks_until(refusal.value))
    monkeypatch.setattr(kept, "inspection", lambda source: refused)
    shown = text(opened(models_view="map"))
    assert "Passed 7 of 9" in shown
    assert "hidden" in shown and "not reached" in shown


def test_what_is_sought_is_found() -> None:
    app = opened(models_view="vocabulary")
    app.text_input(key="models_sought").set_value("bVII").run()
    assert "bVII" in text(app)
    assert "190 of 190" not in text(app)


def test_a_check_is_told_by_sign_and_word_not_by_colour_alone() -> None:
    with pytest.raises(CheckpointError) as refusal:
        contents_of({})
    lines = [line(check) for check in checks_until(refusal.value)]
    assert "✓" in lines[0] and "✗" in lines[1] and "failed" in lines[1]
    assert "not reached" in lines[2]


@pytest.mark.parametrize("look", [Look(), Look("functional", "map", "Dm7 G7")])
def test_the_link_holds_what_is_looked_at(look: Look) -> None:
    assert read(write(look)) == look


def test_a_broken_link_opens_the_first_model() -> None:
    assert "Passed all 9" in text(opened(models_name="../../etc", models_view="x"))
