"""The house's colours: the function of a chord has one, the same on pads, cards, charts and scores.

Conventions: colours are "#RRGGBB". `marks` are for bars, boxes and borders (contrast at least 3:1 with ground and
surface, WCAG 2.2, 1.4.11), `texts` for letters (at least 4.5:1, WCAG 2.2, 1.4.3). All functions stay apart under
simulated protanopia and deuteranopia (Machado, Oliveira and Fernandes, 2009); still, a letter always stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from engine.music import Function

LETTERS: Mapping[Function, str] = MappingProxyType(
    {"tonic": "T", "subdominant": "S", "dominant": "D", "borrowed": "b", "other": "·"}
)


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one theme. `ground` is the page, `surface` a card on it, `ink` and `quiet` texts, `line` a hairline.

    `accent` marks what sounds now and nothing else.
    """

    ground: str
    surface: str
    ink: str
    quiet: str
    line: str
    accent: str
    marks: Mapping[Function, str]
    texts: Mapping[Function, str]


def _by_function(tonic: str, subdominant: str, dominant: str, borrowed: str, other: str) -> Mapping[Function, str]:
    return MappingProxyType(
        {"tonic": tonic, "subdominant": subdominant, "dominant": dominant, "borrowed": borrowed, "other": other}
    )


LIGHT = Palette(
    ground="#FFFFFF",
    surface="#F4F5F7",
    ink="#1B202A",
    quiet="#5B6270",
    line="#D9DCE2",
    accent="#85103A",
    marks=_by_function("#4A80E0", "#0B9A88", "#D9620C", "#5A1E9E", "#596070"),
    texts=_by_function("#3464CC", "#037B70", "#A34300", "#5E1299", "#414754"),
)

DARK = Palette(
    ground="#0E1117",
    surface="#1B202A",
    ink="#F2F4F8",
    quiet="#A3AAB6",
    line="#363D4A",
    accent="#FFE14D",
    marks=_by_function("#3D86DC", "#4CCFB0", "#F98A1E", "#BC95FF", "#7B828F"),
    texts=_by_function("#5A90F2", "#5FD3AE", "#F39A3C", "#D0A2FF", "#969DAA"),
)


def palette(dark: bool = False) -> Palette:
    """The colours of the dark or the light theme."""
    return DARK if dark else LIGHT


def css_variables(dark: bool = False) -> str:
    """The palette as CSS declarations: --ground, --ink, ..., --tonic (mark) and --tonic-text for every function.

    >>> css_variables().split("; ")[0]
    '--ground: #FFFFFF'
    """
    colours = palette(dark)
    plain = ("ground", "surface", "ink", "quiet", "line", "accent")
    pairs = [(name, getattr(colours, name)) for name in plain]
    for function in LETTERS:
        pairs += [(function, colours.marks[function]), (f"{function}-text", colours.texts[function])]
    return "; ".join(f"--{name}: {colour}" for name, colour in pairs)
