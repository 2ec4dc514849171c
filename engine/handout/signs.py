"""Signs in the fonts that every PDF reader has: Latin ones in the text's font, Greek and mathematical ones in Symbol.

Those fonts are not asked for Unicode: text is Windows-1252, Symbol and Zapf Dingbats have an order of their own. A low
or raised sign is a smaller one off the line. What no font has is written out; what cannot be, is a question mark.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

Font = Literal["text", "symbol", "zapfdingbats"]
Place = Literal["line", "low", "high", "ring"]  # a ring is the degree sign, let down to the middle of the line


@dataclass(frozen=True, slots=True)
class Run:
    """Signs of one font at one height; `text` holds the font's own codes as code points."""

    text: str
    font: Font = "text"
    place: Place = "line"


_WRITTEN_OUT: Mapping[str, str] = {"♭": "b", "♯": "#", "♮": "=", "␣": "_", "⇥": "->|", "⊙": "∘", "\u2060": ""}
_CODES: tuple[tuple[Font, Place, Mapping[str, str]], ...] = (
    ("symbol", "line", {
        "→": "\xae", "←": "\xac", "↵": "\xbf", "≤": "\xa3", "≥": "\xb3", "≠": "\xb9", "≈": "\xbb", "−": "\x2d",
        "∂": "\xb6", "√": "\xd6", "′": "\xa2", "∞": "\xa5", "Δ": "D", "Σ": "S", "α": "a", "δ": "d", "ε": "e",
        "λ": "l", "π": "p", "σ": "s",
    }),
    ("symbol", "low", {"₋": "\x2d", "₊": "\x2b"}),
    ("symbol", "ring", {"∘": "\xb0"}),
    ("zapfdingbats", "line", {"✓": "3", "✗": "7"}),
    ("text", "low", dict(zip("₀₁₂₃₄₅₆₇₈₉ₜ", "0123456789t", strict=True))),
    ("text", "high", dict(zip("ᵀᶠⁱᵍᵒᶻʳⁿ", "Tfigozrn", strict=True))),
)  # fmt: skip


def runs(text: str) -> tuple[Run, ...]:
    """The text as runs of signs.

    >>> runs("δh₁ ✓")
    (Run(text='d', font='symbol', place='line'), Run(text='h', font='text', place='line'), \
Run(text='1', font='text', place='low'), Run(text=' ', font='text', place='line'), \
Run(text='3', font='zapfdingbats', place='line'))
    >>> [run.text for run in runs("B♭ … 漢")]
    ['Bb \\x85 ?']
    """
    written = "".join(_WRITTEN_OUT.get(sign, sign) for sign in text)
    alike = groupby(map(_run, written), key=lambda run: (run.font, run.place))
    return tuple(Run("".join(run.text for run in same), font, place) for (font, place), same in alike)


def _run(sign: str) -> Run:
    for font, place, codes in _CODES:
        if sign in codes:
            return Run(codes[sign], font, place)
    return Run(sign.encode("cp1252", errors="replace").decode("latin-1"))
