"""How a text writes its chords: in letters, Latin names or numerals, and on which scale its numerals count."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Literal

from engine.music import Key
from engine.theory.names import Notation
from engine.theory.tokens import looks_like_numeral

Script = Literal["letters", "latin", "numerals"]

_LATIN_WORD = re.compile(r"(?:re|mi|sol|la|si)(?=[^a-z]|m|dim|aug|sus|maj|add|b(?![a-z])|$)", re.IGNORECASE)
_LATIN_ROOT = re.compile(r"(?:do|re|mi|fa|sol|la|si)$", re.IGNORECASE)
_LETTER_WORD = re.compile(r"[ABCEG](?![a-z]{3})|[DF](?![oOaA])")
_LIVE_MINOR = re.compile(r"[#b♯♭]?[iv]+m(?!aj|M)|[b♭](?:III|VI|iii|vi)(?![Ii])")


def notations(words: Sequence[str]) -> tuple[Notation, ...]:
    """The order in which to try the notations of a text's notes."""
    latin = sum(bool(_LATIN_WORD.match(word)) for word in words)
    letters = sum(bool(_LETTER_WORD.match(word)) for word in words)
    return ("letters", "latin") if letters > latin else ("latin", "letters")


def script_of(word: str) -> Script:
    """How a word that reads as a chord is written; "Do" and "Fa" alone are names.

    >>> script_of("I"), script_of("La"), script_of("Do7"), script_of("am")
    ('numerals', 'latin', 'letters', 'letters')
    """
    if looks_like_numeral(word):
        return "numerals"
    return "latin" if _LATIN_WORD.match(word) or _LATIN_ROOT.match(word) else "letters"


def commonest(words: Iterable[str], least: int = 1) -> Script | None:
    """What most of these chords, and at least so many, are written in, if they are."""
    first, second = [*Counter(script_of(word) for word in words).most_common(2), (None, 0), (None, 0)][:2]
    return first[0] if first[1] > second[1] and first[1] >= least else None


def natural_degrees(words: Sequence[str], key: Key) -> tuple[str, ...]:
    """The degrees that this text counts on the natural minor scale."""
    numerals = list(islice((word for word in words if looks_like_numeral(word)), 1000))
    if key.mode == "major" or any(_LIVE_MINOR.match(word) for word in numerals):
        return ()
    lowered_seventh = any(word.startswith(("bVII", "♭VII")) for word in numerals)
    return ("III", "VI") if lowered_seventh else ("III", "VI", "VII")
