"""The tables and the theory suite of a model.

python -m engine.evaluate functional --data songs.csv
python -m engine.evaluate live --data songs.csv --songbook songbook.jsonl.gz
python -m engine.evaluate tunes [MODEL] [--data FOLDER of ABC collections]
python -m engine.evaluate notes melody --data ARCHIVE of MIDI melodies
python -m engine.evaluate notes chorale
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

from engine import checkpoint
from engine.checkpoint import Model
from engine.corpus import read_corpus
from engine.errors import EngineError
from engine.evaluate import notes, tunes
from engine.evaluate.contest import published_scores
from engine.evaluate.live import live_table
from engine.evaluate.live_suite import live_suite
from engine.evaluate.report import suite, table
from engine.songbook import live_vocabulary, read_live_corpus


def main(arguments: list[str] | None = None) -> int:
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["tunes"]:
        return tunes.main(given[1:])
    if given[:1] == ["notes"]:
        return notes.main(given[1:])
    parser = argparse.ArgumentParser(prog="python -m engine.evaluate", description="Judges a chord model.")
    parser.add_argument("checkpoint", help="name of a shipped model or path of a .pt file")
    parser.add_argument("--data", type=Path, required=True, help="CSV of the published corpus")
    parser.add_argument("--songbook", type=Path, help="the songbook (.jsonl.gz), for a model of the live vocabulary")
    parser.add_argument("--threads", type=int, default=1, help="of torch")
    options = parser.parse_args(given)
    torch.set_num_threads(options.threads)
    try:
        model, name = checkpoint.load(options.checkpoint), Path(options.checkpoint).stem
        if model.vocabulary == live_vocabulary():
            if options.songbook is None:
                parser.error("a model of the live vocabulary is judged with --songbook")
            sys.stdout.write(live_evaluation(model, name, options.data, options.songbook))
        else:
            sys.stdout.write(evaluation(model, name, options.data))
    except EngineError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def evaluation(model: Model, name: str, data: Path) -> str:
    """The published table and suite."""
    corpus = read_corpus(data)
    return f"{table(model, name, corpus, published_scores(model, corpus))}\n\n{suite(model)}\n"


def live_evaluation(model: Model, name: str, data: Path, songbook: Path) -> str:
    """What the live corpus is made of, the live table and the suite in the live spelling."""
    corpus = read_live_corpus(songbook, data)
    return f"{corpus.report}\n\n{live_table(model, name, corpus)}\n\n{live_suite(model)}\n"


if __name__ == "__main__":
    sys.exit(main())
