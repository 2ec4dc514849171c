"""What files are called that a visitor takes away: after the music in them, in signs that every disk takes."""

from __future__ import annotations

import re
from unicodedata import normalize

from pages.parts.language import _

MOST_NAME = 60  # characters without the ending


def file_name(*said: object, otherwise: str = "cadencia") -> str:
    """Words as a file's name without its ending; `otherwise` where nothing of them can be written so.

    >>> file_name("Jig in F♯ minor", 7)
    'jig-in-f-sharp-minor-7'
    """
    sharp, flat = _("sharp"), _("flat")
    text = " ".join(map(str, said)).replace("♯", f" {sharp} ").replace("♭", f" {flat} ")
    text = text.replace("#", "sharp").replace("/", "_").replace("'", "").replace("’", "")
    plain = normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9_]+", plain))[:MOST_NAME].strip("-") or otherwise
