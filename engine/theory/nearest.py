"""The readable symbol that one which cannot be read is a slip of: least edit distance among those with its root."""

from __future__ import annotations

import re
from functools import lru_cache

from engine.theory.names import Notation, plain_signs, read_note, write_note
from engine.theory.suffix import MAX_SYMBOL, Refused, read_suffix

# Suffixes worth proposing, the commonest first: ties go to the earlier one.
SUFFIXES = (
    *("", "m", "7", "maj7", "m7", "6", "m6", "m7b5", "dim7", "dim", "aug", "sus4", "sus2", "7sus4", "5", "9", "maj9"),
    *("m9", "add9", "13", "m11", "11", "mM7", "o", "69", "m69", "7b9", "7#9", "7alt", "7#5", "7b5", "7#11", "9sus4"),
    *("maj7#11", "maj7#5", "7b13", "13b9", "13#11", "9#11", "13sus4", "m13", "maj13", "madd9", "7b9b13", "7#5#9"),
    *("7#5b9", "9#5", "m9b5", "M7", "min7", "min", "maj", "-7", "ø7", "o7", "Δ7", "+"),
)

LONGEST = 16  # characters after a root; what is longer is no slip

_TYPED_NUMBER = re.compile(r"[0-9#]")


def nearest_symbol(text: str) -> str:
    """The readable symbol that a text is a slip of, in its notation, or "" when none is close. A German H is a B.

    Close means the same root and one edit in what follows, two when that is long and has a number in it.

    >>> nearest_symbol("Cmaj77"), nearest_symbol("H7"), nearest_symbol("Solmm7"), nearest_symbol("Every")
    ('Cmaj7', 'B7', 'Solm7', '')
    """
    return _nearest(text) if len(text) <= MAX_SYMBOL else ""


@lru_cache(maxsize=1024)
def _nearest(text: str) -> str:
    text = plain_signs(text)
    if text[:1] in ("H", "h"):
        return _german(text[1:])
    root, rest = _root(text)
    if not root or len(rest) > LONGEST or not _is_slip(text, rest):
        return ""
    suffix = min(SUFFIXES, key=lambda suffix: _distance(rest, suffix))
    allowed = 2 if len(rest) > 3 and _TYPED_NUMBER.search(rest) else 1
    return root + suffix if _distance(rest, suffix) <= allowed else ""


def _german(rest: str) -> str:
    try:
        read_suffix(rest)
    except Refused:
        return ""
    return "B" + rest


def _is_slip(text: str, rest: str) -> bool:
    """Words of small letters ("be"), and those with one letter after the root ("At"), are not."""
    is_word = text.isalpha() and (text.islower() or len(rest) == 1)
    return not is_word


def _root(text: str) -> tuple[str, str]:
    notations: tuple[Notation, ...] = ("latin", "letters")
    for notation in notations:
        found = read_note(text, notation)
        if found:
            return write_note(found[0], notation), text[found[1] :].lstrip(":")
    return "", text


def _distance(one: str, other: str) -> int:
    """Edits (insert, delete, replace) that turn one text into the other (Levenshtein, 1966)."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (a != b))
    return row[-1]
