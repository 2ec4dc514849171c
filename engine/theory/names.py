"""Note names as people write them: letters, Latin names, sharps and flats in every form."""

from __future__ import annotations

import re
from typing import Literal

Notation = Literal["letters", "latin"]

LATIN = {"do": "C", "re": "D", "mi": "E", "fa": "F", "sol": "G", "la": "A", "si": "B"}
LATIN_OF = {letter: name.capitalize() for name, letter in LATIN.items()}

_SIGNS = str.maketrans("♭♯−\u2011°º˚∆△Ø⌀é", "b#--oooΔΔøøe")  # one for one: positions in the text stay true

_LETTER_NOTE = re.compile(r"[A-Ga-g](?:##|bb|#|b)?")
_LATIN_NOTE = re.compile(r"(do|re|mi|fa|sol|la|si)(##|bb|#|b)?", re.IGNORECASE)


def plain_signs(text: str) -> str:
    """Music signs as plain characters: "B♭" as "Bb", "C°" as "Co", "C∆" as "CΔ"."""
    return text.translate(_SIGNS)


def read_note(text: str, notation: Notation) -> tuple[str, int] | None:
    """The spelled note a text begins with and how many characters it took, or None.

    >>> read_note("Solb7", "latin"), read_note("bb7", "letters"), read_note("Do", "letters")
    (('Gb', 4), ('Bb', 2), ('D', 1))
    """
    text = plain_signs(text)
    found = (_LATIN_NOTE if notation == "latin" else _LETTER_NOTE).match(text)
    if not found:
        return None
    name = found.group()
    if notation == "latin":
        name = LATIN[found.group(1).lower()] + (found.group(2) or "")
    return name[0].upper() + name[1:], found.end()


def write_note(name: str, notation: Notation = "letters") -> str:
    """A spelled note in a notation.

    >>> write_note("Bb", "latin")
    'Sib'
    """
    return LATIN_OF[name[0]] + name[1:] if notation == "latin" else name


def typeset(text: str) -> str:
    """Real sharps and flats for plain ones, in a note name or a quality.

    >>> typeset("m7b5"), typeset("C#")
    ('m7♭5', 'C♯')
    """
    return text.replace("b", "♭").replace("#", "♯")


# A flat stands after a note name or before a degree or a number; the b of "sub" is a letter.
_FLAT = re.compile(r"(?<=[A-Goeialb])b|(?<!su)b(?=[IViv\d])")


def in_type(text: str) -> str:
    """A text of note names, chord symbols or numerals with real signs.

    >>> in_type("Ebm7b5/Bb"), in_type("bVII"), in_type("subV7/V"), in_type("#ivo7"), in_type("Sib")
    ('E♭m7♭5/B♭', '♭VII', 'subV7/V', '♯iv°7', 'Si♭')
    """
    signs = _FLAT.sub("♭", text).replace("#", "♯")
    return re.sub(r"(?<=[iv])o(?=7|$|/)", "°", signs)
