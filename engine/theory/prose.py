"""Which words of a pasted text are lyrics, so that they are told once and not as misspelled chords one by one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, groupby

from engine.theory.lines import BAR_LINES
from engine.theory.nearest import nearest_symbol
from engine.theory.scripts import Script, commonest, script_of
from engine.theory.tokens import Token, looks_like_numeral

FEW = 3  # unreadable words, in a line or in a row, that may still be misspelled chords
SURE = 2  # chords that can be nothing else: they tell what a text is written in

# A word that no sign makes a chord.
_LETTERS = re.compile(r"[^\d#♯♭/|°øΔ+]+$")
# What reads as a chord and is an everyday word: small letters, and "A", "I", "Am", "Do" ... at the start of a sentence.
_EVERYDAY = re.compile(r"[a-z]+$|(?:A|I|Ah|Am|AM|E|Eh|Em|Go|GO|Do|DO|Re|Mi|MI|La|LA|Si|SI|Sol|SOL|Solo)$")
# Qualities that stand apart from their root ("Do m", "Sol 7") are no words of a sentence.
_QUALITY = re.compile(r"(?:m|min|maj|dim|aug|sus)$")


@dataclass(frozen=True, slots=True)
class Prose:
    """The positions of lyrics: of those in lines without chords, and of those among chords."""

    lines: frozenset[int]
    among_chords: frozenset[int]
    has_chords: bool  # whether anything else in the text reads as a chord


@dataclass(frozen=True, slots=True)
class _Word:
    token: Token
    is_chord: bool

    @property
    def is_everyday(self) -> bool:
        """Whether it reads as a chord and is as likely a word."""
        return self.is_chord and may_be_word(self.token.text)

    @property
    def is_near(self) -> bool:
        """Whether an unreadable word resembles a chord symbol or a numeral."""
        return looks_like_numeral(self.token.text) or bool(nearest_symbol(self.token.text))


def may_be_word(text: str) -> bool:
    """Whether what reads as a chord is as likely an everyday word.

    >>> may_be_word("Am"), may_be_word("do"), may_be_word("Am7"), may_be_word("sus")
    (True, True, False, False)
    """
    return bool(_EVERYDAY.match(text)) and not _QUALITY.match(text)


def lyrics(tokens: Iterable[Token], is_chord: Callable[[str], bool], has_chords: bool) -> Prose:
    """The words that are lyrics; `has_chords` tells that chords stand in other places than words.

    More than three unreadable words in a line, or in a row of lines without chords, are, unless most of them resemble
    chords. In a line that is mostly unreadable, everyday words that would read as chords ("A", "do") count as such. So
    does all that may be a word in a short line of words ("Am I wrong"), and in a text with chords each line of
    unreadable words.
    """
    rows = list(_lines(tokens))
    lines = [[_Word(token, is_chord(token.text)) for token in row if token.kind == "word"] for row in rows]
    sure = (word for line in lines for word in line if word.is_chord and not word.is_everyday)
    script = commonest((word.token.text for word in sure), SURE)
    found: set[int] = set()
    for line in lines:
        found |= _in_line(line) or _in_short_line(line, script)
    mixed = [any(word.is_chord and word.token.position not in found for word in line) for line in lines]
    for is_mixed, run in groupby(zip(mixed, lines, strict=True), key=lambda pair: pair[0]):
        found |= set() if is_mixed else _in_row([word for _, line in run for word in line])
    has_chords = has_chords or any(mixed)
    for row, line in zip(rows, lines, strict=True):
        if has_chords and not any(token.kind in BAR_LINES for token in row):
            found |= _in_line_without_chords(line)
    among = found & {word.token.position for line in compress(lines, mixed) for word in line}
    return Prose(frozenset(found - among), frozenset(among), has_chords)


def _in_row(words: Sequence[_Word]) -> set[int]:
    return _positions([word for word in words if not word.is_chord])


def _lines(tokens: Iterable[Token]) -> Iterator[list[Token]]:
    for is_end, line in groupby(tokens, key=lambda token: token.kind == "newline"):
        if not is_end:
            yield list(line)


def _in_line_without_chords(line: Sequence[_Word]) -> set[int]:
    """Unreadable words, unless half of them resemble chords; one alone only where no sign makes it a chord."""
    if not line or any(word.is_chord for word in line) or 2 * sum(word.is_near for word in line) >= len(line):
        return set()
    is_text = len(line) > 1 or _LETTERS.match(line[0].token.text)
    return {word.token.position for word in line} if is_text else set()


def _in_line(line: Sequence[_Word]) -> set[int]:
    is_text = 2 * sum(not word.is_chord for word in line) > len(line)
    return _positions([word for word in line if not word.is_chord or (is_text and _EVERYDAY.match(word.token.text))])


def _in_short_line(line: Sequence[_Word], script: Script | None) -> set[int]:
    """Everyday words and unreadable ones, where those that can only be words outnumber those that can only be chords.

    An everyday word can only be one where it would be a chord in another script than the text, or than the line: "I"
    and "La" among letters. "Am Em" stays a line of chords, and "am f c g what" one with a slip.
    """
    everyday = [word for word in line if word.is_everyday]
    unsure = everyday + [word for word in line if not word.is_chord]
    script = script or _first(commonest(word.token.text for word in everyday), everyday)
    plain = sum(script_of(word.token.text) != script if word.is_chord else not word.is_near for word in unsure)
    different = len({word.token.text.lower() for word in unsure})
    is_text = everyday and len(unsure) > 1 and plain > len(line) - len(unsure) and 3 * plain >= different
    return {word.token.position for word in unsure} if is_text else set()


def _first(script: Script | None, words: Sequence[_Word]) -> Script | None:
    return script or (script_of(words[0].token.text) if words else None)


def _positions(words: Sequence[_Word]) -> set[int]:
    """Of words that stand together and may be no chords, if they are many and do not resemble chords."""
    if len(words) <= FEW or 2 * sum(not word.is_chord and word.is_near for word in words) > len(words):
        return set()
    return {word.token.position for word in words}
