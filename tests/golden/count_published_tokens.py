"""Writes published_tokens.txt anew, the tokens of the published corpus, commonest first.

python -m tests.golden.count_published_tokens songs.csv

The corpus is no part of this repository, so `make golden` leaves this file alone; theory.json follows its order.
"""

from __future__ import annotations

import csv
import sys
import textwrap
from collections import Counter
from pathlib import Path

from engine.corpus import COLUMN

FILE = Path(__file__).parent / "published_tokens.txt"


def main(corpus: str) -> None:
    with Path(corpus).open(newline="", encoding="utf-8") as table:
        counts = Counter(token for row in csv.DictReader(table) for token in row[COLUMN].split())
    tokens = " ".join(token for token, _ in counts.most_common())
    FILE.write_text(textwrap.fill(tokens, 80, break_on_hyphens=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
