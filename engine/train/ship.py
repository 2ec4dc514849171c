"""A finished run becomes a checkpoint that ships: evaluated on the test part, with a card that says what it is."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from engine import checkpoint
from engine.checkpoint import SHIPPED, Model
from engine.checkpoint.shelf import write_card
from engine.checkpoint.writing import write
from engine.corpus import COLUMN, SHORTEST_SONG, SPLIT_SEED, Corpus, read_corpus
from engine.evaluate.scores import Scores, song_scores, window_scores
from engine.evaluate.suite import examine
from engine.predict import DEFAULT_REPETITION
from engine.train.curves import Curves
from engine.train.record import MODEL_FILE, Record, commands_of, read_record

SOURCE = {
    "corpus": "antoniotrapote/chord-prediction-tfm, anexos/data/songdb_funcional_v4.csv: 2,613 jazz tunes",
    "column": COLUMN,
    "licence": "MIT, Copyright (c) 2025 antoniotrapote",
}
LIMITS = (
    "Jazz standards only; other styles are foreign to it.",
    "Its labels look ahead: V/II is written only when that degree follows, so it means a dominant seventh.",
    "Triads, sixths and sevenths of one kind share a token; it does not choose between C, C6 and Cmaj7.",
    "It hears a window of 16 tokens and forgets what lies before.",
    "It repeats the last chord more than a musician would; suggestions are reranked for that.",
)


def ship(run: Path, data: Path, name: str, folder: Path = SHIPPED) -> None:
    """Writes `<name>.pt` and its card `<name>.json` from the run's best network."""
    record, corpus = read_record(run), read_corpus(data)
    model = checkpoint.load(run / MODEL_FILE)
    judged = window_scores(model.network, model.vocabulary, corpus.test)
    path = folder / f"{name}.pt"
    fingerprint = write(path, model.network, model.vocabulary, asdict(record.plan), judged.named())
    commands = [
        *commands_of(record, data.name),
        f"python -m engine.train ship --data {data.name} --run {run} --name {name}",
    ]
    card = {"name": name, "sha256": fingerprint} | _card(model, record, corpus) | {"commands": commands}
    write_card(path.with_suffix(".json"), card)


def _card(model: Model, record: Record, corpus: Corpus) -> dict[str, object]:
    return {
        "what": "Next functional chord token from the last 16, for jazz harmony",
        "architecture": {"class": "ChordLSTM"} | asdict(model.config),
        "data": SOURCE,
        "split": {
            "songs": {"train": len(corpus.train), "validation": len(corpus.validation), "test": len(corpus.test)},
            "rule": f"songs of at least {SHORTEST_SONG} tokens in file order; train_test_split, "
            f"random_state={SPLIT_SEED}, 0.2 held out, half of it for the test; trained on the first part alone",
        },
        "vocabulary": f"published functional vocabulary, {len(model.vocabulary)} tokens with <pad> <unk> <bos> <eos>; "
        "consecutive repeats kept",
        "training": _training(record),
        "rng_seed": record.plan.rng_seed,
        "epochs": len(Curves(record.folder).read()),
        "metrics": _metrics(model, corpus),
        "date": datetime.now(UTC).date().isoformat(),
        "limits": list(LIMITS),
    }


def _training(record: Record) -> str:
    taught = (
        f"; {record.plan.teaching} of the loss follows the mean of {len(record.teachers)} teachers trained likewise"
    )
    return (
        f"crops of {record.plan.crop_min} to {record.plan.crop_max} tokens, state zero before each, songs behind 1 to "
        f"{record.plan.seq_len} <bos>; mean of weights; best epoch by the validation part"
        + (taught if record.teachers else "")
    )


def _metrics(model: Model, corpus: Corpus) -> dict[str, object]:
    passed = sum(case.passes for case in examine(model))
    alone = sum(case.passes for case in examine(model, repetition=1.0))
    network, vocabulary = model.network, model.vocabulary
    return {
        "validation, window of 16": _rounded(window_scores(network, vocabulary, corpus.validation)),
        "test, window of 16": _rounded(window_scores(network, vocabulary, corpus.test)),
        "test, whole song": _rounded(song_scores(network, vocabulary, corpus.test)),
        "theory suite of 18": {"network alone": alone, f"repetition {DEFAULT_REPETITION}": passed},
    }


def _rounded(scores: Scores) -> dict[str, float]:
    return {name: round(value, 4) for name, value in scores.named().items() if name != "positions"} | {
        "positions": scores.positions
    }
