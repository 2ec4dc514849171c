"""Which notes may come next in a chord that is written, and whether it can be tied.

An accidental lasts to the bar line, for its letter in all octaves. Where a letter comes twice, the second time with an
accidental, the first of the two cannot be held: whoever reads the note it is tied to gives that the accidental too.

Conventions: pitch tokens; `bare` is one without its accidental.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

MOST_IN_CHORD = 4

Pitches = frozenset[str]


def bare(word: str) -> str:
    return word.lstrip("^_=")


def within(words: Mapping[str, str], pitches: Pitches, tied: Pitches, *, strict: bool) -> set[str]:
    """What may follow `pitches` in a chord that has to hold `tied`; `words` are all pitches with their bare ones.
    `strict` is for writing: what is to be held comes before an accidental of its letter."""
    missing = tied - pitches
    if MOST_IN_CHORD - len(pitches) <= len(missing):
        return set(missing)
    found = {word for word, plain in words.items() if plain not in pitches and plain not in tied}
    return {*missing, *(word for word in found if not (strict and again(missing, word)))}


def again(pitches: Iterable[str], word: str) -> bool:
    """Whether a note brings an accidental for a letter that is there already."""
    return word[0] in "^_=" and _letter(word) in map(_letter, pitches)


def _letter(word: str) -> str:
    return bare(word)[0].upper()
