"""The nearest readable symbol to one that cannot be read: least edit distance over symbols with the same root."""

from __future__ import annotations

import re
from functools import lru_cache

from engine.theory.names import LATIN_OF, Notation, plain_signs, read_note, write_note

# Suffixes worth proposing, the commonest first: ties go to the earlier one.
SUFFIXES = (
    *("", "m", "7", "maj7", "m7", "6", "m6", "m7b5", "dim7", "dim", "aug", "sus4", "sus2", "7sus4", "5", "9", "maj9"),
    *("m9", "add9", "13", "m11", "11", "mM7", "o", "69", "m69", "7b9", "7#9", "7alt", "7#5", "7b5", "7#11", "9sus4"),
    *("maj7#11", "maj7#5", "7b13", "13b9", "13#11", "9#11", "13sus4", "m13", "maj13", "madd9", "7b9b13", "7#5#9"),
    *("7#5b9", "9#5", "m9b5", "M7", "min7", "min", "maj", "-7", "ø7", "o7", "Δ7", "+"),
)

_GERMAN = re.compile(r"[Hh](?![a-z]{2,}[^0-9]*$)")


@lru_cache(maxsize=1024)
def nearest_symbol(text: str) -> str:
    """The readable symbol nearest to a text, in the notation it seems to be in. A German H is a B.

    >>> nearest_symbol("Cmaj77"), nearest_symbol("H7"), nearest_symbol("Solmm7")
    ('Cmaj7', 'B7', 'Solm7')
    """
    text = plain_signs(text)
    if _GERMAN.match(text):
        text = "B" + text[1:]
    root, rest = _root(text)
    return root + min(SUFFIXES, key=lambda suffix: _distance(rest, suffix))


def _root(text: str) -> tuple[str, str]:
    notations: tuple[Notation, ...] = ("latin", "letters")
    for notation in notations:
        found = read_note(text, notation)
        if found:
            return write_note(found[0], notation), text[found[1] :].lstrip(":")
    letters = [letter for letter in text.upper() if letter in LATIN_OF]
    return (letters[0] if letters else "C"), text[1:]


def _distance(one: str, other: str) -> int:
    """Edits (insert, delete, replace) that turn one text into the other (Levenshtein, 1966)."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (a != b))
    return row[-1]
