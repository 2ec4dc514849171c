"""A score as a picture: our own MusicXML drawn by verovio. The only door to verovio.

verovio's reader of ABC can end the whole process on malformed text, so nothing but MusicXML that `render` wrote may
come in here.
"""

from __future__ import annotations

import re
from pathlib import Path
from threading import Lock
from typing import Any

from engine.errors import RenderError
from engine.words import say

SCALE = 40  # per cent of verovio's own size
_one_at_a_time = Lock()  # a toolkit is cheap to make, but its fonts are shared
_DEGREES = re.compile(rb"\s*<degree.*?</degree>", re.DOTALL)


def to_svg(musicxml: bytes, ink: str = "#000000", width: int = 760) -> str:
    """The whole score on one page of `width` pixels, as high as it needs, drawn in the colour `ink` ("#RRGGBB").

    The chord symbols' degrees are left to their text, which already tells them (verovio would print both).
    Raises RenderError for anything that is not a MusicXML score.
    """
    with _one_at_a_time:
        toolkit = _toolkit(ink, width)
        if b"<score-partwise" not in musicxml or not toolkit.loadData(_DEGREES.sub(b"", musicxml).decode()):
            raise RenderError(say("The score could not be drawn. Its MusicXML can still be taken away."))
        return str(toolkit.renderToSVG(1))


def _toolkit(ink: str, width: int) -> Any:
    import verovio

    toolkit = verovio.toolkit(False)
    # The path that the package sets when imported holds for the importing thread alone; pages run in many.
    toolkit.setResourcePath(str(Path(verovio.__file__).parent / "data"))
    toolkit.setOptions(
        {
            "inputFrom": "musicxml",
            "scale": SCALE,
            "pageWidth": width * 100 // SCALE,
            "pageHeight": 60_000,
            "adjustPageHeight": True,
            "header": "none",
            "footer": "none",
            "svgViewBox": True,
            "svgCss": f"svg {{ color: {ink}; fill: {ink}; stroke: {ink}; }} text {{ stroke: none; }}",
        }
    )
    return toolkit
