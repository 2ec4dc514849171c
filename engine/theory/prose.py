"""Which words of a pasted text are lyrics, so that they are told once and not as misspelled chords one by one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from engine.theory.nearest import nearest_symbol
from engine.theory.tokens import Token, looks_like_numeral

FEW = 3  # unreadable words, in a line or in a row, that may still be misspelled chords

# What reads as a chord and is an everyday word: small letters, and "A", "I", "Am", "Do" ... at the start of a sentence.
_EVERYDAY = re.compile(r"[a-z]+$|(?:A|I|Am|Go|Do|Re|Mi|La|Si|Sol)$")


@dataclass(frozen=True, slots=True)
class _Word:
    token: Token
    is_chord: bool

    @property
    def is_near(self) -> bool:
        """Whether an unreadable word resembles a chord symbol or a numeral."""
        return looks_like_numeral(self.token.text) or bool(nearest_symbol(self.token.text))


def lyrics(tokens: Iterable[Token], is_chord: Callable[[str], bool]) -> frozenset[int]:
    """The positions of words that are lyrics.

    More than three unreadable words in a line or in a row are, unless most of them resemble chords. In a line that is
    mostly unreadable, everyday words that would read as chords ("A", "do") count as such.
    """
    found: set[int] = set()
    words: list[_Word] = []
    for line in _lines(tokens):
        here = [_Word(token, is_chord(token.text)) for token in line]
        found |= _in_line(here)
        words += here
    for unreadable, run in groupby(words, key=lambda word: not word.is_chord):
        found |= _positions(list(run)) if unreadable else set()
    return frozenset(found)


def _lines(tokens: Iterable[Token]) -> Iterator[list[Token]]:
    for is_end, line in groupby(tokens, key=lambda token: token.kind == "newline"):
        if not is_end:
            yield [token for token in line if token.kind == "word"]


def _in_line(line: Sequence[_Word]) -> set[int]:
    is_text = 2 * sum(not word.is_chord for word in line) > len(line)
    return _positions([word for word in line if not word.is_chord or (is_text and _EVERYDAY.match(word.token.text))])


def _positions(words: Sequence[_Word]) -> set[int]:
    """Of words that stand together and may be no chords, if they are many and do not resemble chords."""
    if len(words) <= FEW or 2 * sum(not word.is_chord and word.is_near for word in words) > len(words):
        return set()
    return {word.token.position for word in words}
