"""A pasted progression, cut into tokens: words, bars, repeats, labels. One pass, linear in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple


class Token(NamedTuple):
    """A piece of the text: its kind, itself, and where it begins (0 at the start of the text)."""

    kind: str  # a group of _LEXEMES, such as "newline", "double" (bar line), "heading" or "word"; or "meter"
    text: str
    position: int


# Names of sections, with a number perhaps: "Verse 1:", "(Chorus x2)". "Solo" needs its colon, being Sol diminished.
_HEADING = (
    r"(?i:(?:pre-?)?(?:verse|chorus|bridge|intro|outro|coda|interlude|instrumental|refrain|hook|ending"
    r"|verso|estrofa|estribillo|coro|puente|introducci[oó]n|interludio|final)|solo(?=[ \t]?[0-9]{0,2}:))"
    r"(?:[ \t]{1,3}[0-9]{1,2})?(?:[ \t]{1,3}[x×][0-9]{1,2})?"
)

# The number over an ending of a repeat: "[1", "|1", "| 1", "1." and, for several, "1.-3." or "1,2". Without a point
# it stands after a bar line or a bracket, for "7" alone may be the seventh of the root before it.
_NUMBERS = r"[1-9](?:[.,–-]{1,2}[1-9]){0,4}"
_ENDING = (
    rf"\[{_NUMBERS}\.?(?![^\[\]|‖\r\n]{{0,40}}\])(?=[\sA-Z])"
    rf"|(?<=[|‖])(?:{_NUMBERS}\.?(?=[\s|‖A-Z]|$)|\[{_NUMBERS}\.?\])"
    rf"|(?<=[|‖] )(?:{_NUMBERS}\.?(?=\s)|\[{_NUMBERS}\.?\])"
    rf"|(?<!\S){_NUMBERS}\.(?=[\sA-Z]|$)"
)

_LEXEMES = re.compile(
    r"(?P<newline>[\r\n\u2028]+)"
    r"|(?P<space>[^\S\r\n\u2028]+|[,;…–—→]|[-=]?>)"
    r"|(?P<open>[|‖]+:)"
    r"|(?P<close>:[|‖]+:?)"
    r"|(?P<double>[|‖]{2,}\]?|‖|\|\])"
    r"|(?P<bar>\|)"
    rf"|(?P<ending>{_ENDING})"
    r"|\[(?P<label>[^\[\]\r\n]{0,40})\]"
    r"|(?P<percent>%|𝄎)"
    rf"|(?<![^\s|\[(])\(?(?P<heading>{_HEADING})(?:[ \t]?:(?![|‖])|(?=[\s|)]|$))\)?"
    r"|\(?(?P<times>[x×][0-9]{1,3})\)?(?!\w)"
    r"|(?P<hold>/(?=[\s|/]|$))"
    r"|(?P<word>(?:\([^()\s|]{0,30}\)|(?<=[\w#♯♭+])\([^()\r\n|]{0,30}\)|:(?![|‖])|[^\s,;…–—→|‖()\[\]%:])+)"
    r"|(?P<stray>.)"
)

# A dash between two chords: before a capital root, a Latin name, or (in numerals) a degree.
_CHORD_DASH = re.compile(r"-(?=[A-G]|N\.?C|(?:Do|Re|Mi|Fa|Sol|La|Si)(?:[^a-z]|$))")
_NUMERAL_DASH = re.compile(r"-(?=(?:nat|[b#♭♯])?[IVivs])")
_NUMERAL_START = re.compile(
    r"(?:nat|[b#♭♯])?(?:subV|Vsub|VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(?=m|M|o[0-9]?(?:$|[^a-z])|dim|aug|sus|add|alt|[^A-Za-z]|$)"
)
_LABEL_WORD = re.compile(r"[^\W\d]{3,}:$|[0-9]{1,2}/[0-9]{1,2}$")
_METER = re.compile(r"[1-9][0-9]?/(?:2|4|8|16|32)$")
_LINE_NUMBER = re.compile(r"[0-9]{1,3}\.$")


def looks_like_numeral(word: str) -> bool:
    """Whether a word begins as a numeral does: "bVI7", "viiø", "subV7/V"; "Intro" and "Verse" do not.

    >>> looks_like_numeral("♭VII"), looks_like_numeral("Verse"), looks_like_numeral("Bb7")
    (True, False, False)
    """
    return bool(_NUMERAL_START.match(word))


def ending_numbers(text: str) -> tuple[int, ...]:
    """The times a repeat is played to one ending.

    >>> ending_numbers("[1"), ending_numbers("1.-3."), ending_numbers("2,4")
    ((1,), (1, 2, 3), (2, 4))
    """
    numbers = [int(digit) for digit in text if digit.isdigit()]
    is_range = "-" in text or "–" in text
    return tuple(range(numbers[0], numbers[-1] + 1)) if is_range and len(numbers) == 2 else tuple(numbers)


def tokenize(text: str) -> Iterator[Token]:
    """The tokens of a text, in order; separators are dropped."""
    for found in _LEXEMES.finditer(text):
        kind = found.lastgroup or "space"
        if kind == "word":
            yield from _words(found.group(), found.start())
        elif kind not in ("space", "stray"):
            yield Token(kind, found.group(kind), found.start(kind))


def _words(text: str, start: int) -> Iterator[Token]:
    """The chords of a run without spaces ("C-F-G", "ii-V-I"), a name of a section or a meter; no numbers of lines."""
    if _LINE_NUMBER.match(text):
        return
    if _METER.match(text):
        yield Token("meter", text, start)
        return
    if _LABEL_WORD.match(text):
        yield Token("label", text.rstrip(":"), start)
        return
    dash = _NUMERAL_DASH if looks_like_numeral(text) else _CHORD_DASH
    for piece in dash.split(text):
        word = _unwrapped(piece)
        if word.strip("-*."):
            yield Token("word", word, start + piece.find(word))
        start += len(piece) + 1


def _unwrapped(piece: str) -> str:
    """ "(G7)" without its brackets."""
    return piece[1:-1] if piece.startswith("(") and piece.find(")") == len(piece) - 1 else piece
