"""Command line of the trainer.

python -m engine.train chords --data songs.csv --out runs/a [--hidden-size 320 ...] [--teachers runs/b/model.pt ...]
python -m engine.train ship --data songs.csv --run runs/a --name functional

With a memory of the song, on the published corpus or, with a songbook, on the live one:
python -m engine.train memory --data songs.csv [--songbook songbook.jsonl.gz] --out runs/m [--teachers runs/k ...]
python -m engine.train ship-memory --data songs.csv [--songbook songbook.jsonl.gz] --run runs/m --name live

Tunes in ABC, from music21's collections and, with a folder, others; `--plan spec` is the published character network:
python -m engine.train tunes [--data FOLDER] --out runs/t [--plan ours|spec] [--epochs 22 ...]
python -m engine.train ship-tunes [--data FOLDER] --run runs/t [--name tunes]

Melodies from an archive of MIDI files, Bach's chorales from music21; `--plan spec` is the published three-layer GRU:
python -m engine.train notes --plan melody|spec --data ceol_rince.zip --out runs/n
python -m engine.train notes --plan chorale --out runs/n
python -m engine.train ship-notes [--data ceol_rince.zip] --run runs/n
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from pathlib import Path

import torch

from engine import checkpoint
from engine.checkpoint.writing import write
from engine.corpus import read_corpus
from engine.errors import EngineError
from engine.train import notes, notes_ship, tunes
from engine.train.loop import train
from engine.train.memories import Sources, run_memory
from engine.train.memory_cards import ship_memory
from engine.train.plan import Plan
from engine.train.record import MODEL_FILE, write_record
from engine.train.remembering import MemoryPlan
from engine.train.ship import ship
from engine.train.teachers import soft_targets
from engine.vocab import vocabulary_of


def parser() -> argparse.ArgumentParser:
    """One option for every field of the plan, with its default."""
    top = argparse.ArgumentParser(prog="python -m engine.train", description="Trains and ships chord models.")
    commands = top.add_subparsers(dest="command", required=True)
    chords = commands.add_parser("chords", formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    chords.add_argument("--data", type=Path, required=True, help="CSV of the published corpus")
    chords.add_argument("--out", type=Path, required=True, help="folder of the run; an unfinished run is resumed")
    chords.add_argument("--teachers", type=Path, nargs="*", default=[], help="trained models to learn from")
    chords.add_argument("--threads", type=int, default=1, help="of torch")
    chords.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    _add_settings(chords, Plan)
    remembering = commands.add_parser("memory", formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    _add_sources(remembering)
    remembering.add_argument("--out", type=Path, required=True, help="folder of the run")
    remembering.add_argument("--teachers", type=Path, nargs="*", default=[], help="folders of finished runs")
    remembering.add_argument("--start", type=Path, help="folder of a finished run of the same sizes to learn on from")
    remembering.add_argument("--threads", type=int, default=1, help="of torch")
    _add_settings(remembering, MemoryPlan)
    shipping = commands.add_parser("ship", help="evaluate a run and write checkpoint and card")
    shipping.add_argument("--data", type=Path, required=True)
    shipping.add_argument("--run", type=Path, required=True)
    shipping.add_argument("--name", required=True)
    memories = commands.add_parser("ship-memory", help="the same for a run with a memory of the song")
    _add_sources(memories)
    memories.add_argument("--run", type=Path, required=True)
    memories.add_argument("--name", required=True)
    memories.add_argument("--notes", default="", help="a sentence for the card")
    tunes.add_commands(commands)
    notes.add_commands(commands)
    return top


def _add_sources(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data", type=Path, required=True, help="CSV of the published corpus")
    command.add_argument("--songbook", type=Path, help="the songbook (.jsonl.gz): makes it a live model")


def _add_settings(command: argparse.ArgumentParser, plan: type[Plan | MemoryPlan]) -> None:
    for entry in fields(plan):
        name, default = f"--{entry.name.replace('_', '-')}", entry.default
        if isinstance(default, bool):
            command.add_argument(name, action=argparse.BooleanOptionalAction, default=default)
        else:
            command.add_argument(name, type=type(default), default=default, help=" ")


def run_chords(arguments: argparse.Namespace) -> None:
    torch.set_num_threads(arguments.threads)
    plan = Plan(**{entry.name: getattr(arguments, entry.name) for entry in fields(Plan)})
    corpus = read_corpus(arguments.data)
    vocabulary = vocabulary_of(corpus.train)
    teachers = [checkpoint.load(path) for path in arguments.teachers]
    soft = soft_targets(teachers, corpus.train, vocabulary)
    network = train(corpus, plan, arguments.out, _report, soft=soft, device=arguments.device)
    write(arguments.out / MODEL_FILE, network, vocabulary, asdict(plan), {})
    write_record(arguments.out, plan, arguments.teachers)


def run_with_memory(arguments: argparse.Namespace) -> None:
    torch.set_num_threads(arguments.threads)
    plan = MemoryPlan(**{entry.name: getattr(arguments, entry.name) for entry in fields(MemoryPlan)})
    sources = Sources(arguments.data, arguments.songbook)
    run_memory(sources, plan, arguments.out, _report, teachers=arguments.teachers, start=arguments.start)


_OF_TOKENS: Mapping[str, Callable[[argparse.Namespace, Callable[[str], None]], None]] = {
    "tunes": tunes.run_tunes,
    "ship-tunes": tunes.ship_tunes,
    "notes": notes.run_notes,
    "ship-notes": notes_ship.ship_notes,
}


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        if options.command == "chords":
            run_chords(options)
        elif options.command == "memory":
            run_with_memory(options)
        elif options.command in _OF_TOKENS:
            _OF_TOKENS[options.command](options, _report)
        elif options.command == "ship-memory":
            ship_memory(options.run, Sources(options.data, options.songbook), options.name, options.notes)
        else:
            ship(options.run, options.data, options.name)
    except EngineError as error:
        _report(f"{error}\n")
        return 1
    return 0


def _report(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


if __name__ == "__main__":
    torch.set_flush_denormal(True)  # vanishing gradients would slow the processor down; a setting of the whole process
    sys.exit(main())
