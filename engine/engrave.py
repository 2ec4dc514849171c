"""A score as a picture: our own MusicXML drawn by verovio. The only door to verovio.

verovio's reader of ABC can end the whole process on malformed text, so nothing but MusicXML that `render` wrote may
come in here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import Any

from engine.errors import RenderError
from engine.words import say

SCALES = (40, 34, 28, 23, 19, 16)  # per cent of verovio's own size: the largest that keeps the chord names apart
_RESERVED = 7.0  # verovio's size of text, for which it leaves room: that of a narrow Times
_DRAWN = 4.5  # the size drawn, so that the names stay apart in the wider fonts that stand in for a missing Times
_one_at_a_time = Lock()  # a toolkit is cheap to make, but its fonts are shared

_HARMONY = re.compile(r"<harmony.*?</harmony>", re.DOTALL)
_FIELD = r"<{name}[^>]*>([^<]*)<"
_KIND_TEXT = re.compile(r'<kind[^>]*text="([^"]*)"')
_FONT_SIZE = re.compile(r'<tspan font-size="([0-9]+)px">')  # of plain text; music signs name their font too

_NAMES = re.compile(r'class="harm">\s*<text x="([0-9]+)" y="([0-9]+)"(.*?)</text>', re.DOTALL)
_PAGE = re.compile(r'viewBox="0 0 ([0-9]+) [0-9]+">\s*<g class="page-margin" transform="translate\(([0-9]+)')
_PIECES = re.compile(r'<tspan (font-family)?[^>]*?font-size="([0-9]+)px">([^<]*)</tspan>')
_GAP = 60  # between two names, in units of which a staff line is 180 from the next
_WIDTHS = {**dict.fromkeys("ijlt/.()", 0.4), "s": 0.52, "m": 0.95, "M": 1.03, "N": 0.88, "C": 0.77}  # of a wide font
_CAPITAL, _USUAL = 0.8, 0.65  # ems too: other capitals, and all other letters and digits
_SIGN_WIDTH = 0.35  # of a music font's sharp or flat


def to_svg(musicxml: bytes, ink: str = "#000000", width: int = 760, note_names: Mapping[str, str] | None = None) -> str:
    """The whole score on one page of `width` pixels, as high as it needs, drawn in the colour `ink` ("#RRGGBB").

    Chord symbols have real sharps and flats and never touch: a crowded score is drawn smaller. `note_names` tells how
    their letters are written ("C" as "Do"). Raises RenderError for anything that is not a MusicXML score.
    """
    if b"<score-partwise" not in musicxml:
        raise _undrawn()
    text = _HARMONY.sub(_as_one_text(note_names or {}), musicxml.decode())
    svg = ""
    with _one_at_a_time:
        for scale in SCALES:
            svg = _draw(text, ink, width, scale)
            if _is_apart(svg):
                break
    return svg


def _draw(musicxml: str, ink: str, width: int, scale: int) -> str:
    toolkit = _toolkit(ink, width, scale)
    if not toolkit.loadData(musicxml):
        raise _undrawn()
    svg = str(toolkit.renderToSVG(1))
    return _FONT_SIZE.sub(lambda size: f'<tspan font-size="{round(int(size[1]) * _DRAWN / _RESERVED)}px">', svg)


def _undrawn() -> RenderError:
    return RenderError(say("The score could not be drawn. Its MusicXML can still be taken away."))


def _as_one_text(note_names: Mapping[str, str]) -> Callable[[re.Match[str]], str]:
    """Chord symbols that hold no more than how they look: verovio would print a symbol's degrees beside its text."""

    def note(harmony: str, part: str) -> str:
        step, alter = (re.search(_FIELD.format(name=f"{part}-{name}"), harmony) for name in ("step", "alter"))
        if not step:
            return ""
        shift = int(alter[1]) if alter else 0
        return note_names.get(step[1], step[1]) + "♯" * shift + "♭" * -shift

    def rewrite(found: re.Match[str]) -> str:
        kind = _KIND_TEXT.search(found[0])
        if ">none<" in found[0]:
            return found[0]
        quality = (kind[1] if kind else "").replace("b", "♭").replace("#", "♯")
        bass = note(found[0], "bass")
        look = note(found[0], "root") + quality + (f"/{bass}" if bass else "")
        root = '<root><root-step text="">C</root-step></root>'
        return f'<harmony>{root}<kind text="{look}">other</kind><staff>1</staff></harmony>'

    return rewrite


def _is_apart(svg: str) -> bool:
    """Whether every chord name ends before the next one on its line and before the page, in a wide font too."""
    names = [(int(x), y, int(x) + _length(pieces)) for x, y, pieces in _NAMES.findall(svg)]
    page = _PAGE.search(svg)
    room = int(page[1]) - int(page[2]) if page else 0
    return all(end <= room for *_, end in names) and all(
        end + _GAP <= next_x for (_, y, end), (next_x, next_y, _) in pairwise(names) if y == next_y
    )


def _length(pieces: str) -> float:
    """How long a name is drawn, at most: plain text in a wide font, signs in verovio's own."""
    return sum(
        int(size) * (_SIGN_WIDTH * len(text) if font else sum(map(_width, text)))
        for font, size, text in _PIECES.findall(pieces)
    )


def _width(letter: str) -> float:
    return _WIDTHS.get(letter, _CAPITAL if letter.isupper() else _USUAL)


def _toolkit(ink: str, width: int, scale: int) -> Any:
    import verovio

    verovio.enableLog(verovio.LOG_ERROR)  # crowded lines, on which it would warn, are drawn again
    toolkit = verovio.toolkit(False)
    # The path that the package sets when imported holds for the importing thread alone; pages run in many.
    toolkit.setResourcePath(str(Path(verovio.__file__).parent / "data"))
    toolkit.setOptions(
        {
            "inputFrom": "musicxml",
            "scale": scale,
            "pageWidth": width * 100 // scale,
            "pageHeight": 60_000,
            "adjustPageHeight": True,
            "lyricSize": _RESERVED,
            "header": "none",
            "footer": "none",
            "svgViewBox": True,
            "svgCss": f"svg {{ color: {ink}; fill: {ink}; stroke: {ink}; }} text {{ stroke: none; }}",
        }
    )
    return toolkit
