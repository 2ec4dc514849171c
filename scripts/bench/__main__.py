"""Runs the measures named as arguments, or all of them."""

from __future__ import annotations

import importlib
import sys

MEASURES = ("suggestion", "remembering", "tunes", "sound", "imports", "browser", "thirty")


def main(wanted: list[str]) -> None:
    unknown = set(wanted) - set(MEASURES)
    if unknown:
        raise SystemExit(f"No measure is named {', '.join(sorted(unknown))}. There are: {', '.join(MEASURES)}.")
    for name in wanted or MEASURES:
        for row in importlib.import_module(f"scripts.bench.{name}").rows():
            print(row, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
