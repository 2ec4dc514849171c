"""How often our published tokens are the file's own: python -m scripts.measure_agreement songdb_functional_v4.csv

Reads `chordprog` with `read_progression`, writes `published_tokens` in the file's key, compares with `funcional_prog`.
The last chord of a tune is compared as the file labels it, without the guess for live contexts.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from pathlib import Path

from engine.music import Chord, Key
from engine.theory import published_tokens, read_progression

_TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


def chords_of(text: str, key: Key) -> list[Chord]:
    """The chords of a chart: a tune longer than a link can carry is read in parts, bar by bar."""
    bars = [f"{bar} |" for bar in re.split(r"[|\n]", text)]
    parts = [" ".join(bars[start : start + 40]) for start in range(0, len(bars), 40)]
    return [chord for part in parts for chord in read_progression(part, key).chords]


def tokens_of(row: dict[str, str]) -> list[str]:
    key = Key(_TONICS[int(row["key_tonic_pc"])], "minor" if row["key_mode"] == "minor" else "major")
    chords = chords_of(row["chordprog"], key)
    ending = Chord(key.tonic)  # a tonic after the end: no look-ahead label names it
    return list(published_tokens([*chords, ending], key))[:-1]


def main(path: Path) -> None:
    right, total, lengths = 0, 0, 0
    differences: Counter[tuple[str, str, str]] = Counter()
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            ours, theirs = tokens_of(row), row["funcional_prog"].split()
            if len(ours) != len(theirs):
                lengths += 1
                continue
            symbols = [s for s in re.split(r"[|\s]+", row["chordprog"]) if re.match("[A-G]", s)]
            for symbol, one, other in zip(symbols, ours, theirs, strict=True):
                total += 1
                right += one == other
                if one != other:
                    suffix = re.sub(r"^[A-G][b#]?|/.*$", "", symbol)
                    differences[suffix, re.sub("[#bnatIViv]", "", one), re.sub("[#bnatIViv]", "", other)] += 1
    print(f"{right} of {total} tokens agree ({right / total:.4%}); {lengths} tunes of another length")
    for (suffix, one, other), count in differences.most_common(20):
        print(f"{count:5}  {suffix:10} ours {one or 'plain':6} the file's {other or 'plain'}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
