"""A finished run of a note model becomes a checkpoint that ships, judged once on its test part."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import torch

from engine.checkpoint.shelf import write_card
from engine.errors import CorpusError
from engine.evaluate.notes import NoteReport, note_report
from engine.notewriter.form import FORMS
from engine.notewriter.models import NoteModel, language_of
from engine.notewriter.vocabulary import TOKENS
from engine.recurrent.checkpoint import SHIPPED, write
from engine.recurrent.curves import Curves
from engine.recurrent.network import TokenRNN, weights_of
from engine.recurrent.steps import steps_of
from engine.train.notes import read_record
from engine.words import say

SOURCES = {
    "melody": (
        "Ceol Rince na hÉireann (Breandán Breathnach), tunes as MIDI from polifonia-project/folk_ngram_analysis: "
        "README CC BY 4.0, LICENSE Unlicense; credit: the Polifonia project",
    ),
    "chorale": (
        "J. S. Bach, chorales in four voices: music in the public domain; MusicXML of music21's corpus, most of it "
        "encoded by Margaret Greentree (jsbchorales.net). music21 says of its corpus: distributed with the permission "
        "of the encoders; encodings may be under copyright but have been licensed for use, though there may be "
        "restrictions on commercial use. Weights ship, none of the files does",
    ),
}
WHAT = {
    "melody": "The next note of a melody and its length, from all that was written so far",
    "chorale": "Four voices moment by moment, from all that was written so far; with the soprano given it harmonises",
}
LIMITS = {
    "melody": (
        "Irish dance tunes with their repeats played out; other music is foreign to it.",
        "One line in one meter and one key signature; no dynamics, ornaments or chords.",
    ),
    "chorale": (
        "Bach's chorale harmony; other styles, crossing voices and more than four parts are foreign to it.",
        "It knows no words and no fermatas; quick melodies are harmonised note by note more often than a singer likes.",
    ),
}
SPLIT = {
    "melody": "by piece, 10 % for validation and as much for the test; pieces that share a run of 20 intervals in any "
    "key stay on one side",
    "chorale": "by piece, 10 % for validation and as much for the test; pieces that share a run of 20 intervals in any "
    "voice and key, or 12 of their sopranos (settings of one hymn), stay on one side",
}
VOCABULARY = (
    "{n} tokens, pitch and length apart, 12 parts to a beat; pitches moved so that the signature has no sharps or flats"
)


def ship_notes(options: argparse.Namespace, tell: Callable[[str], None]) -> None:
    """The command `ship-notes`."""
    kind, asked, plan = read_record(options.run)
    if kind not in FORMS:
        raise CorpusError(say("Only melody and chorale models ship; this run is {kind}.", kind=kind))
    network = TokenRNN(plan.sizes(len(TOKENS)))
    network.load_state_dict(torch.load(options.run / "best.pt", map_location="cpu", weights_only=True))
    model = NoteModel("melody" if kind == "melody" else "chorale", steps_of(network.sizes, weights_of(network)), {})
    report = note_report(model, options.data)
    SHIPPED.mkdir(parents=True, exist_ok=True)
    path = SHIPPED / f"{options.name or kind}.pt"
    settings = {name: value for name, value in asdict(plan).items() if name != "features"}
    headline = {"nats_per_onset": report.model.nats, "accuracy": report.model.accuracy}
    fingerprint = write(path, network.eval(), TOKENS, language_of(model.form), settings, headline)
    card: dict[str, object] = {"name": path.stem, "sha256": fingerprint, "what": WHAT[kind]}
    card |= {"data": list(SOURCES[kind]), "report": report.pieces.splitlines(), "split": SPLIT[kind]}
    card |= {"vocabulary": VOCABULARY.format(n=len(TOKENS)), "limits": list(LIMITS[kind])}
    card |= {"architecture": {"class": "TokenRNN"} | asdict(network.sizes), "settings": settings}
    card |= {
        "metrics": metrics_of(report),
        "curves": curves_of(options.run),
        "commands": _commands(options, kind, asked),
    }
    card |= {"date": datetime.now(UTC).date().isoformat(), "environment": {"torch": str(torch.__version__)}}
    write_card(path.with_suffix(".json"), card)
    tell(f"{report}\n")


def metrics_of(report: NoteReport) -> dict[str, object]:
    """Figures of the test part, rounded, the model's and the n-grams'; those of new events where they are counted."""
    rows = {row.name: {name: round(value, 4) for name, value in row._asdict().items() if _counts(value)}
            for row in report.rows}  # fmt: skip
    return {"test, nats per onset and share right": rows, "bars as the bar before": dict(report.repeated)}


def _counts(value: object) -> bool:
    return isinstance(value, float) and value == value  # noqa: PLR0124 - not-a-number where there are no new events


def curves_of(run: Path) -> list[dict[str, float]]:
    """Loss and accuracy of every epoch, for a plot."""
    wanted = ("epoch", "train_loss", "validation_loss", "train_accuracy", "validation_accuracy")
    return [{name: round(getattr(epoch, name), 5) for name in wanted} for epoch in Curves(run).read()]


def _commands(options: argparse.Namespace, kind: str, asked: dict[str, object]) -> list[str]:
    data = f" --data {options.data.name}" if options.data else ""
    chosen = "".join(f" --{name.replace('_', '-')} {value}" for name, value in asked.items())
    named = f" --name {options.name}" if options.name else ""
    return [
        f"python -m engine.train notes --plan {kind}{data} --out {options.run.name}{chosen}",
        f"python -m engine.train ship-notes{data} --run {options.run.name}{named}",
        f"python -m engine.evaluate notes {options.name or kind}{data}",
    ]
