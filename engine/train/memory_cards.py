"""A finished run of the remembering network becomes a checkpoint that ships, judged on its test part."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import torch

from engine import checkpoint
from engine.checkpoint import SHIPPED, Model
from engine.checkpoint.shelf import write_card
from engine.checkpoint.writing import write_weights
from engine.corpus import SHORTEST_SONG, SPLIT_SEED, read_corpus
from engine.evaluate.contest import beliefs_of, remembering_scores
from engine.evaluate.live import judge, live_course
from engine.evaluate.live_suite import COLOURS, examine_live
from engine.evaluate.scores import Scores
from engine.evaluate.suite import Case, examine
from engine.songbook import HELD_OUT, read_live_corpus
from engine.train.memories import MEMORY_FILE, Sources, commands_of_memory
from engine.train.record import MODEL_FILE
from engine.train.ship import SOURCE

LIVE_SOURCES = (
    "McGill Billboard Project annotations (Burgoyne, Wild, Fujinaga 2011): CC0",
    "POP909 (Wang et al. 2020): MIT; its keys are machine-made",
    "LilyPond lead-sheet standards: Unlicense",
    "Rolling Stone 200 corpus (de Clercq, Temperley 2011): CC BY 4.0",
    "Weimar Jazz Database (Pfleiderer et al. 2017): ODbL; its keys estimated",
    "OpenEWLD (Simonetta et al. 2018): stated public domain",
    "antoniotrapote/chord-prediction-tfm, anexos/data/songdb_funcional_v4.csv, chords of the training part: MIT, "
    "Copyright (c) 2025 antoniotrapote",
)
LIVE_LIMITS = (
    "Western popular music and jazz standards; other music is foreign to it.",
    "Inversions and tensions are not heard: C13#11/E is read as C7.",
    "It hears neither bars nor durations, so it guesses at form from the order of chords.",
    "Songs that change key were labelled in their local keys; one key for a song that moves is harder for it.",
    "Styles are as uneven as their sources: Chinese pop and Billboard pop are many, older popular song is few.",
)
MEMORY_LIMITS = (
    "Made for comparison: its labels look ahead (V/II is written only when that degree follows).",
    "Jazz standards only; triads, sixths and sevenths of one kind share a token.",
    "It hears neither bars nor durations.",
)

Judgement = tuple[dict[str, object], Scores]  # metrics for the card; scores that go into the checkpoint


def ship_memory(run: Path, sources: Sources, name: str, notes: str = "", folder: Path = SHIPPED) -> None:
    """Writes `<name>.pt` and its card `<name>.json`. `notes` are said in the card."""
    model = checkpoint.load(run / MODEL_FILE)
    facts, (metrics, headline) = _facts(model, sources)
    path, plan = folder / f"{name}.pt", json.loads((run / MEMORY_FILE).read_text(encoding="utf-8"))["plan"]
    state = {key: torch.tensor(weight) for key, weight in model.contents.weights.items()}
    fingerprint = write_weights(path, (model.config, state), model.vocabulary, plan, headline.named())
    card: dict[str, object] = {"name": name, "sha256": fingerprint} | facts | {
        "architecture": {"class": "ChordLSTM with a memory of the song"} | asdict(model.config),
        "settings": plan,
        "metrics": metrics,
        "commands": [*commands_of_memory(run), _command(run, sources, name)],
        "date": datetime.now(UTC).date().isoformat(),
    }  # fmt: skip
    write_card(path.with_suffix(".json"), card | ({"notes": notes} if notes else {}))


def _command(run: Path, sources: Sources, name: str) -> str:
    return f"python -m engine.train ship-memory {sources.command()} --run {run} --name {name}"


def _facts(model: Model, sources: Sources) -> tuple[dict[str, object], Judgement]:
    """What the card says about the corpus, and how the model did on it."""
    if sources.songbook is None:
        return _published_facts(model, sources.data)
    return _live_facts(model, sources.data, sources.songbook)


def _published_facts(model: Model, data: Path) -> tuple[dict[str, object], Judgement]:
    corpus = read_corpus(data)
    scores = remembering_scores(model, corpus)
    suite = {"alone": _passed(examine(model, repetition=1.0)), "reranked": _passed(examine(model))}
    alone = remembering_scores(model, corpus, memory=0.0)
    metrics: dict[str, object] = {
        "test, whole song": _rounded(scores),
        "test, without its memory": _rounded(alone),
        "theory suite of 18": suite,
    }
    facts: dict[str, object] = {
        "what": "Next functional chord token from the whole song, for the published table",
        "data": SOURCE,
        "split": {
            "songs": {"train": len(corpus.train), "validation": len(corpus.validation), "test": len(corpus.test)},
            "rule": f"songs of at least {SHORTEST_SONG} tokens in file order; train_test_split, "
            f"random_state={SPLIT_SEED}, 0.2 held out, half of it for the test; trained on the first part alone",
        },
        "vocabulary": f"published functional vocabulary, {len(model.vocabulary)} tokens with <pad> <unk> <bos> <eos>; "
        "consecutive repeats kept",
        "limits": list(MEMORY_LIMITS),
    }
    return facts, (metrics, scores)


def _live_facts(model: Model, data: Path, songbook: Path) -> tuple[dict[str, object], Judgement]:
    corpus = read_live_corpus(songbook, data)
    course = live_course(corpus, model.vocabulary)
    groups = judge(beliefs_of(model, course.test, course.first), course)
    suites: Mapping[str, object] = {
        colour: {
            "alone": _passed(examine_live(model, colour, repetition=1.0)),
            "reranked": _passed(examine_live(model, colour)),
        }
        for colour in COLOURS
    }
    metrics: dict[str, object] = {
        f"test, {name}": _rounded(scores) | {"calibration error": round(error, 4)}
        for name, (scores, error) in groups.items()
    }
    facts: dict[str, object] = {
        "what": "Next chord as a numeral from the whole song, for live use",
        "data": list(LIVE_SOURCES),
        "report": corpus.report.splitlines(),
        "split": f"by song, {HELD_OUT:.0%} for validation and as much for the test, versions of one song on one side; "
        "songs held out come from the songbook; no title of the published validation or test part",
        "vocabulary": f"live vocabulary, {len(model.vocabulary)} tokens with the special ones, modes and styles; "
        "repeats merged; no token looks ahead",
        "limits": list(LIVE_LIMITS),
    }
    return facts, (metrics | {"theory suite of 18, live spelling": suites}, groups["all"][0])


def _passed(cases: tuple[Case, ...]) -> int:
    return sum(case.passes for case in cases)


def _rounded(scores: Scores) -> dict[str, float]:
    return {name: round(value, 4) for name, value in scores.named().items()}
