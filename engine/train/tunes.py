"""Trains tune writers and ships them: ours, and the three-layer character network of the published task.

Ours reads tokens of the tonic form with what `engine.tunewriter.features` says of the past, whole tunes from state
zero. The published one ("spec") reads plain canonical text, character by character: three layers of 512, dropout .5,
one-hot input, chunks of 100 in 128 rows with the state carried on, Adam .001, clipping at 5.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime
from pathlib import Path

import torch

from engine.abc.tokens import VOCABULARY
from engine.checkpoint.shelf import write_card
from engine.evaluate.tunes import judged, judgement, scored
from engine.recurrent import Plan
from engine.recurrent.checkpoint import SHIPPED, write
from engine.recurrent.network import TokenRNN
from engine.recurrent.training import train
from engine.tunebook import Tunebook, tunebook
from engine.tunebook.report import report
from engine.tunewriter.features import SIZES
from engine.tunewriter.lessons import CHARACTER_LANGUAGE, CHARACTERS, LANGUAGE, lessons_of

PLANS = {
    "ours": Plan(
        embedding_dim=96, hidden_size=512, num_layers=1, dropout=0.4, input_dropout=0.1, features=SIZES,
        feature_dim=16, direct=True, batch_tokens=4096, epochs=15, peak_rate=0.003, weight_decay=0.03, averaging=0.998,
        patience=30, precision="bfloat16",
    ),
    "spec": Plan(
        embedding_dim=0, hidden_size=512, num_layers=3, dropout=0.5, mode="stream", window=100, batch_size=128,
        epochs=100, peak_rate=0.001, schedule="constant", clip=5.0, weight_decay=0.0, patience=100,
    ),
}  # fmt: skip
FIXED = ("features", "only_last", "stride", "tie_weights", "direct")
SETTABLE = tuple(entry.name for entry in fields(Plan) if entry.name not in FIXED)
RECORD = "plan.json"
LIMITS = (
    "British and Irish dance tunes of eighteenth- to twentieth-century print; other music is foreign to it.",
    "One voice, one key and one meter a tune; no ornaments, chord symbols or words.",
    "Half of the printed tunes name no type; for them it is 'other'.",
    "Waltzes, airs and slides are few.",
)


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`tunes` trains, `ship-tunes` evaluates a run and writes checkpoint and card."""
    tunes = commands.add_parser("tunes", help="train a tune writer")
    tunes.add_argument("--data", type=Path, help="folder with ABC collections beside music21's own")
    tunes.add_argument("--out", type=Path, required=True, help="folder of the run; an unfinished run is resumed")
    tunes.add_argument("--plan", choices=sorted(PLANS), default="ours")
    tunes.add_argument("--threads", type=int, default=1, help="of torch")
    tunes.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    for name in SETTABLE:
        tunes.add_argument(f"--{name.replace('_', '-')}", type=type(getattr(PLANS["ours"], name)), default=None)
    shipping = commands.add_parser("ship-tunes", help="evaluate a run and write checkpoint and card")
    shipping.add_argument("--data", type=Path)
    shipping.add_argument("--run", type=Path, required=True)
    shipping.add_argument("--name", default="tunes")
    shipping.add_argument("--notes", default="", help="a sentence for the card")


def run_tunes(options: argparse.Namespace, tell: Callable[[str], None]) -> None:
    """The command `tunes`."""
    torch.set_num_threads(options.threads)
    asked = {name: getattr(options, name) for name in SETTABLE if getattr(options, name) is not None}
    plan = replace(PLANS[options.plan], **asked)
    book = tunebook(options.data)
    tell(report(book))
    options.out.mkdir(parents=True, exist_ok=True)
    record = {"plan": options.plan, "asked": asked, "settings": asdict(plan)}
    (options.out / RECORD).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    language, tokens = _language(options.plan)
    learned, watched = lessons_of(book.train, language), lessons_of(book.validation, language)
    network = train(learned, watched, plan, len(tokens), options.out, tell, device=options.device)
    tell(f"validation: {judged(network, watched).text()}\n")


def _language(plan: str) -> tuple[str, tuple[str, ...]]:
    return (LANGUAGE, VOCABULARY) if plan == "ours" else (CHARACTER_LANGUAGE, CHARACTERS)


def ship_tunes(options: argparse.Namespace, tell: Callable[[str], None]) -> None:
    """The command `ship-tunes`."""
    record = json.loads((options.run / RECORD).read_text(encoding="utf-8"))
    book = tunebook(options.data)
    language, tokens = _language(record["plan"])
    network = _best(options.run, record, len(tokens))
    parts = scored(network, book, language)
    settings = {name: value for name, value in record["settings"].items() if name != "features"}
    folder = SHIPPED
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{options.name}.pt"
    metrics = {"bits_per_tune": parts["test"].bits_per_tune, "bits_per_token": parts["test"].bits_per_token}
    fingerprint = write(path, network, tokens, language, settings, metrics)
    card = {"name": options.name, "sha256": fingerprint} | _card(book, record, network)
    card |= {"metrics": judgement(parts), "commands": _commands(options, record)}
    write_card(path.with_suffix(".json"), card | ({"notes": options.notes} if options.notes else {}))
    tell("".join(f"{part}: {figures.text()}\n" for part, figures in parts.items()))


def _best(run: Path, record: dict[str, dict[str, object]], vocab_size: int) -> TokenRNN:
    settings = {name: tuple(value) if isinstance(value, list) else value for name, value in record["settings"].items()}
    network = TokenRNN(Plan(**settings).sizes(vocab_size))  # type: ignore[arg-type]
    network.load_state_dict(torch.load(run / "best.pt", map_location="cpu", weights_only=True))
    return network.eval()


def _card(book: Tunebook, record: dict[str, object], network: TokenRNN) -> dict[str, object]:
    return {
        "what": "The next token of a tune in ABC, from its type, meter, key and all that was written so far",
        "data": [
            f"{tally.collection.title}: {tally.collection.licence}; {tally.kept} tunes"
            for tally in book.tallies
            if tally.read
        ],
        "report": report(book).splitlines(),
        "split": "by tune family: tunes that share a run of 20 intervals in any key stay on one side; 90/5/5 by the "
        "hash of the family's first tune; the collection irish is trained on alone",
        "vocabulary": f"{network.sizes.vocab_size} tokens of the tonic form: letters moved so that the tonic is C, "
        "accidentals relative to the signature; lengths in eighths; header of type, meter and key",
        "architecture": {"class": "TokenRNN"} | asdict(network.sizes),
        "settings": record["settings"],
        "limits": list(LIMITS),
        "date": datetime.now(UTC).date().isoformat(),
        "environment": {"torch": str(torch.__version__)},
    }


def _commands(options: argparse.Namespace, record: dict[str, object]) -> list[str]:
    data = " --data FOLDER" if options.data else ""
    asked = record["asked"]
    assert isinstance(asked, dict)
    chosen = "".join(f" --{name.replace('_', '-')} {value}" for name, value in asked.items())
    return [
        f"python -m engine.train tunes{data} --out {options.run.name} --plan {record['plan']}{chosen}",
        f"python -m engine.train ship-tunes{data} --run {options.run.name} --name {options.name}",
        f"python -m engine.evaluate tunes {options.name}{data}",
        f"python -m engine.corpus abc{data} --known checkpoints/recurrent/tunes_known.npz",
    ]
