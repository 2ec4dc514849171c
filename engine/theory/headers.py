"""Lines in which a pasted chart tells about itself: key, tuning, capo, tempo, title. None of their letters is a chord.

Such as "Key: D | Capo: 2", "Tuning: D A D G B E", "96 BPM", "Afinación: Re La Re" and "{title: Blackbird}".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from engine.errors import UnreadableKey
from engine.music import Key
from engine.theory.keys import read_key, usual

MAX_SHOWN = 40  # characters of a line that a note quotes

# What stands before a colon. The names of sections are not among them: "Verse: C G" has chords.
_TOLD = re.compile(
    r"(?:original |song )?key|(?:guitar )?tuning|capo|tempo|bpm|time(?: signature)?|met(?:er|re)|artist|band"
    r"|(?:sub)?title|album|composer|author|(?:(?:written|tabbed|transcribed) )?by|(?:words and )?music|words|lyrics"
    r"|genre|style|year|difficulty|copyright|source|url|strumming(?: pattern)?"
    r"|(?:tono|tonalidad)(?: original)?|afinacion|cejill[ao]|capo(?:traste|dastro)|compas|titulo|artista|interprete"
    r"|grupo|autor(?:a|es)?|compositor|(?:letra y )?musica|letra|disco|genero|estilo|ano|dificultad|rasgueo|velocidad"
)
_LABEL = re.compile(r"(?P<label>[^\W\d_][^:=|]{0,23}?)[ \t*_]{0,4}[:=]")
_ORNAMENT = " \t>*#_~{}()[]"  # around such a line: Markdown, ChordPro, brackets
_PLACE = (
    r"(?:[ \t.@]+(?:on|at|in|en|the|el|la|fret|traste|none|I{1,3}|I?V|VI{1,3}|[0-9]{1,2}(?:[ºª°]|[a-z]{2})?"
    r"|first|second|third|fourth|fifth|primer|primero|segundo|tercer|tercero|cuarto|quinto)){0,5}"
)
# The same told without a colon.
_PLAIN = re.compile(
    rf"(?:no[ \t]+|sin[ \t]+)?(?:capo|cejilla|cejillo|capotraste|capodastro){_PLACE}"
    r"|(?:bpm|tempo)[ \t]*[0-9]{2,3}(?:[ \t]*bpm)?|[0-9]{2,3}[ \t]*bpm|[♩q][ \t]*=[ \t]*[0-9]{2,3}"
    r"|(?:[\w#♭/]{1,12}[ \t-]{1,3}){1,4}tuning(?:[ \t]*\([^()]{0,30})?"
    r"|(?:tuning|tune[ \t]+down|tuned|afinaci[oó]n)[ \t].{0,40}"
    r"|(?:time|comp[aá]s)[ \t]+[0-9]{1,2}/[0-9]{1,2}|[0-9]{1,2}/[0-9]{1,2}[ \t]+time",
    re.IGNORECASE,
)
_DIRECTIVE = re.compile(r"\s*\{[^{}]{0,200}\}\s*")  # of ChordPro: "{soc}"
_PLAIN_KEY = re.compile(
    r"(?:in[ \t]+)?(?:the[ \t]+)?(?:key|tono|tonalidad)[ \t]+(?:(?:of|is|de|es)[ \t]+)?(.{1,24})", re.IGNORECASE
)
# "Original key" is that of the record, seldom that of the chords below it.
_KEY = re.compile(
    r"(?<!original )\b(?:key|tono|tonalidad)[ \t*_]{0,4}[:=][ \t*_]{0,4}([^,;(/|–—]{1,40})", re.IGNORECASE
)
_METER = re.compile(r"(?<!\S)[1-9][0-9]?/(?:2|4|8|16|32)(?![\w/]|\s*=)")


@dataclass(frozen=True, slots=True)
class Headers:
    """What such lines told, and the text with spaces in their place, so that all else stands where it stood."""

    text: str
    key: Key | None = None
    lines: tuple[str, ...] = ()


def without_headers(text: str) -> Headers:
    """The text without the lines that tell about the song; its key is the first that one of them names.

    >>> without_headers("Key: Am\\nC G").key, without_headers("Key: Am\\nC G").lines
    (Key(tonic='A', mode='minor'), ('Key: Am',))
    """
    parts, lines, end = [], [], 0
    key: Key | None = None
    for start, piece in _headers(text):
        parts += [text[end:start], _blank(piece)]
        end = start + len(piece)
        lines.append(_shown(piece))
        key = key or _key_in(piece)
    return Headers("".join([*parts, text[end:]]), key, tuple(filter(None, lines)))


def _headers(text: str) -> Iterator[tuple[int, str]]:
    """Where each such line begins, and itself; of a line cut by bars ("Key: D | Capo: 2") the pieces that are."""
    for line in re.finditer(r"[^\r\n\u2028]+", text):
        start = line.start()
        pieces = line.group().split("|")
        for piece, following in zip(pieces, [*pieces[1:], ""], strict=True):
            if piece.strip() and not _is_header(piece):
                break
            if piece.strip():
                is_last = len(piece) == line.end() - start
                # The bar line before chords is theirs.
                yield start, piece if is_last or (following.strip() and not _is_header(following)) else piece + "|"
            start += len(piece) + 1


def _is_header(piece: str) -> bool:
    told = piece.strip(_ORNAMENT)
    label = _LABEL.match(told)
    return bool(
        (label and _TOLD.fullmatch(_plain(label["label"])))
        or _PLAIN.fullmatch(told)
        or _DIRECTIVE.fullmatch(piece)
        or _plain_key(told)
    )


def _plain(label: str) -> str:
    """A label in small letters without accents, its spaces single."""
    bare = "".join(sign for sign in unicodedata.normalize("NFD", label.lower()) if not unicodedata.combining(sign))
    return " ".join(bare.split())


def _key_in(piece: str) -> Key | None:
    """The key that a line names: "Key: D (capo 2)", "Tono: La menor", "In the key of G"."""
    told = piece.strip(_ORNAMENT + "|")
    for found in _KEY.finditer(told):
        words = found[1].strip(_ORNAMENT + ".").split()[:3]
        for count in range(len(words), 0, -1):
            key = _readable_key(" ".join(words[:count]))
            if key:
                return key
    return _plain_key(told)


def _plain_key(told: str) -> Key | None:
    found = _PLAIN_KEY.fullmatch(told)
    return _readable_key(found[1]) if found else None


def _readable_key(text: str) -> Key | None:
    try:
        return usual(read_key(text))
    except UnreadableKey:
        return None


def _blank(piece: str) -> str:
    """Spaces in its place; a meter stays, for the reader tells one that is not the sheet's."""
    meter = _METER.search(piece)
    if not meter:
        return " " * len(piece)
    return " " * meter.start() + meter.group() + " " * (len(piece) - meter.end())


def _shown(piece: str) -> str:
    told = " ".join(piece.replace("*", "").strip(" \t>#_~|").split())
    return told if len(told) <= MAX_SHOWN else told[:MAX_SHOWN] + "…"
