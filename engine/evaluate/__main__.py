"""`python -m engine.evaluate <checkpoint name or path> --data songs.csv`: the published table and the theory suite."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

from engine import checkpoint
from engine.corpus import read_corpus
from engine.errors import EngineError
from engine.evaluate.ngram import baselines
from engine.evaluate.report import suite, table


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m engine.evaluate", description="Judges a chord model.")
    parser.add_argument("checkpoint", help="name of a shipped model or path of a .pt file")
    parser.add_argument("--data", type=Path, required=True, help="CSV of the published corpus")
    parser.add_argument("--threads", type=int, default=1, help="of torch")
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    try:
        sys.stdout.write(evaluation(options.checkpoint, options.data))
    except EngineError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def evaluation(name: str, data: Path) -> str:
    model = checkpoint.load(name)
    corpus = read_corpus(data)
    others = baselines(corpus.train, corpus.test, model.vocabulary, model.config.seq_len)
    return f"{table(model, Path(name).stem, corpus, others)}\n\n{suite(model)}\n"


if __name__ == "__main__":
    sys.exit(main())
