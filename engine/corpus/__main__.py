"""What the corpora are made of, rebuilt from what this machine has.

python -m engine.corpus abc [--data FOLDER] [--out FOLDER] [--known FILE]

`--data` is a folder with ABC files beside music21's own (ceol_rince.abc, irish.abc); `--out` takes the parts as
canonical text, one tune a paragraph; `--known` takes the lines by which the app tells new tunes from old ones.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from engine.errors import EngineError
from engine.tunebook import PARTS, Tunebook, tunebook
from engine.tunebook.known import write_known
from engine.tunebook.report import report


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m engine.corpus", description="Rebuilds a corpus and reports on it.")
    commands = parser.add_subparsers(dest="command", required=True)
    abc = commands.add_parser("abc", help="tunes: read, cleaned, without duplicates, split by family")
    abc.add_argument("--data", type=Path, help="folder with further collections")
    abc.add_argument("--only", nargs="*", default=[], help="names of collections, for instance irish")
    abc.add_argument("--out", type=Path, help="folder to write the parts to")
    abc.add_argument("--known", type=Path, help="file (.npz) to write the lines of all tunes to")
    options = parser.parse_args(arguments)
    try:
        book = tunebook(options.data, options.only)
    except EngineError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if options.out:
        _write(book, options.out)
    if options.known:
        write_known(book, options.known)
    sys.stdout.write(report(book))
    return 0


def _write(book: Tunebook, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        text = "".join(f"T:{tune.title}\n{tune.text}\n\n" for tune in getattr(book, part))
        (folder / f"{part}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
