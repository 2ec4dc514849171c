"""Write tests/golden/theory.json anew: python -m tests.golden.regenerate_theory. Then read the difference."""

from __future__ import annotations

import json
import re
from pathlib import Path

from engine.music import Key
from engine.theory import (
    all_numerals,
    chord_of,
    chord_of_published,
    chord_tones,
    function_of,
    name_for_display,
    published_tokens,
    read_chord,
    write_chord,
)

HERE = Path(__file__).parent
KEYS = {"C major": Key("C"), "C minor": Key("C", "minor"), "Gb major": Key("Gb"), "G# minor": Key("G#", "minor")}
SYMBOLS = (
    *(
        "C",
        "CM7",
        "C-7",
        "Cø",
        "C°7",
        "C+",
        "Csus2",
        "C7sus4",
        "C6/9",
        "Cadd9",
        "C7alt",
        "C13#11",
        "C-Δ7",
        "Cm11",
        "C/E",
    ),
    *("Cm7/Bb", "Do#m7b5/Mi", "Solb7", "D:hdim7/b3", "G:7(b9,13)", "bb7", "F♯-7b5", "Eb°7", "B♭maj9#11", "Am7b5/G"),
    "N.C.",
)


def symbols() -> dict[str, list[str]]:
    """What is typed -> what is written, its Latin form, its tones."""
    chords = {symbol: read_chord(symbol) for symbol in SYMBOLS}
    return {s: [write_chord(c), write_chord(c, "latin"), " ".join(chord_tones(c))] for s, c in chords.items()}


def live(key: Key) -> dict[str, list[str]]:
    """Live token -> symbol, name for people, function, published token as the last chord."""
    chords = {token: chord_of(token, key) for token in all_numerals()}
    return {
        token: [write_chord(c), name_for_display(c, key), function_of(c, key), *published_tokens([c], key)]
        for token, c in chords.items()
    }


def published(key: Key) -> dict[str, list[str]]:
    """Published token -> symbol in triads and in sevenths."""
    tokens = (HERE / "published_tokens.txt").read_text(encoding="utf-8").split()
    return {
        token: [
            write_chord(chord_of_published(token, key, "triads")),
            write_chord(chord_of_published(token, key, "sevenths")),
        ]
        for token in tokens
    }


def build() -> dict[str, object]:
    """The whole golden record."""
    return {
        "symbols": symbols(),
        "live": {name: live(key) for name, key in KEYS.items()},
        "published": {name: published(key) for name, key in KEYS.items()},
    }


def as_text(record: dict[str, object]) -> str:
    """JSON with one entry a line, so that a difference reads well."""
    lists = re.compile(r"\[\s+([^\[\]{}]*?)\s+\]")
    text = json.dumps(record, ensure_ascii=False, indent=1)
    return lists.sub(lambda found: "[" + re.sub(r"\s*\n\s*", " ", found[1]) + "]", text) + "\n"


if __name__ == "__main__":
    (HERE / "theory.json").write_text(as_text(build()), encoding="utf-8")
