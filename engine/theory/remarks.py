"""Remarks between the chords of a pasted text, such as "(2 bars)", and the many ways to write that a line comes again.

x2    2x    x 2    (repeat 2x)    (2 times)    (dos veces)    [x2]    (bis)        all are "x2" to the reader
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.theory.nearest import nearest_symbol
from engine.theory.prose import may_be_word
from engine.theory.symbols import is_chord
from engine.theory.tokens import looks_like_numeral, tokenize

_AGAIN = r"(?:play|repeats?|repite|repetir|se[ \t]+repite)"
_VERB = rf"(?:{_AGAIN}[ \t:]{{1,3}})?"
_SIGN = r"[x×][ \t]?(?P<after>[1-9][0-9]?)|(?P<before>[1-9][0-9]?)[ \t]?[x×]"
_TIMES = r"(?:times|veces)"
_WORDS = rf"(?P<told>[1-9][0-9]?)[ \t]{_TIMES}|twice|dos[ \t]veces|bis"
_COUNT_IN_BRACKETS = re.compile(
    rf"[(\[][ \t]?{_VERB}(?:(?:{_SIGN})(?:[ \t]{_TIMES})?|{_WORDS})[ \t]?[)\]]", re.IGNORECASE
)
# Not within the frets of a chord: "Bm x 2 4 4 3 2".
_BARE_COUNT = re.compile(rf"(?<![^\s|:)\]]){_VERB}(?:{_SIGN})(?![^\s|:,;.)\]]|[ \t]+[0-9x×])", re.IGNORECASE)
_BRACKETS = re.compile(r"(?<![\w#♯♭+°ø])\(([^()\r\n|]{1,60})\)")
_REPEAT_LINE = re.compile(rf"^[ \t]*({_AGAIN}\b[^|\r\n]{{0,40}})$", re.IGNORECASE | re.MULTILINE)
_IS_REPEAT = re.compile(rf"{_AGAIN}\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}[.!?]*")
_QUALITY = re.compile(r"(?:min|minor|menor|maj|major|mayor|sus|dim|aug|alt|add|no|omit)$")  # "C (sus)"


@dataclass(frozen=True, slots=True)
class Remarks:
    """What was remarked, the repeats that tell no number, and the text with spaces in their place."""

    text: str
    remarks: tuple[str, ...] = ()
    repeats: tuple[str, ...] = ()


def without_remarks(text: str) -> Remarks:
    """The text without remarks in brackets, repeats written "x2"; what else stands in it keeps its place.

    >>> without_remarks("C G (repeat 2x) F (2 bars)").text.split()
    ['C', 'G', 'x2', 'F']
    """
    remarks: list[str] = []
    repeats: list[str] = []

    def aside(found: re.Match[str]) -> str:
        if not _is_remark(found[1]):
            return found[0]
        kept = repeats if _IS_REPEAT.search(found[1]) else remarks
        kept.append(" ".join(found[0].split()))
        return " " * len(found[0])

    text = _BARE_COUNT.sub(_as_times, _COUNT_IN_BRACKETS.sub(_as_times, text))
    text = _REPEAT_LINE.sub(aside, _BRACKETS.sub(aside, text))
    return Remarks(text, tuple(remarks), tuple(repeats))


def _as_times(found: re.Match[str]) -> str:
    """ "x2", as long as what was found; after a bracket it does not touch the chord before."""
    count = next(filter(None, found.groupdict().values()), "2")
    times = f" x{count}" if found[0][0] in "([" else f"x{count}"
    return times.ljust(len(found[0]))


def _is_remark(content: str) -> bool:
    """Whether brackets hold words and neither a chord, a slip of one ("Amm"), nor what has a meaning of its own."""
    tokens = list(tokenize(content))
    words = [token.text for token in tokens if token.kind == "word"]
    meant = {"times"} if _IS_REPEAT.match(content) else {"times", "heading"}  # "Repeat Chorus" names no section here
    if any(token.kind in meant for token in tokens) or any(map(_is_surely_chord, words)):
        return False
    return any(_WORD.fullmatch(word) and not _is_of_chord(word) for word in words)


def _is_of_chord(word: str) -> bool:
    return bool(_QUALITY.match(word) or _reads_as_chord(word) or nearest_symbol(word))


def _is_surely_chord(word: str) -> bool:
    return _reads_as_chord(word) and not may_be_word(word)


def _reads_as_chord(word: str) -> bool:
    return looks_like_numeral(word) or is_chord(word, ("latin", "letters")) or is_chord(word, ("letters", "latin"))
