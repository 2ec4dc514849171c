"""Chord labels of research files (Harte et al., 2005): "C:min7", "D:hdim7/b3", "G:7(b9,13)", "A:sus4(b7)"."""

from __future__ import annotations

import re
from dataclasses import replace

from engine.music import Chord
from engine.theory.intervals import INTERVALS, TENSIONS, raised
from engine.theory.suffix import Refused, read_suffix

_LABEL = re.compile(r"(?P<shorthand>[a-z]*[0-9]*)(?:\((?P<degrees>[^()]*)\))?(?:/(?P<bass>[#b]?[0-9]+))?$")

_SHORTHANDS = {
    "": "",
    "maj": "",
    "min": "m",
    "dim": "dim",
    "aug": "aug",
    "hdim7": "ø",
    "hdim": "ø",
    "1": "",
    "minmaj7": "mM7",
    "maj6": "6",
    "min6": "m6",
}

_ADDED = {"2": "9", "4": "11", "6": "13", "b6": "b13", "b2": "b9"}


def read_harte(text: str, root: str, start: int) -> Chord:
    """The chord of a label whose root and colon have been read. Raises Refused with the place in `text`.

    >>> read_harte("D:hdim7/b3", "D", 2)
    Chord(root='D', quality='m7b5', tensions=(), bass='F')
    """
    found = _LABEL.match(text, start)
    if not found:
        raise Refused(start)
    chord = _body(root, found["shorthand"], tuple((found["degrees"] or "").replace(" ", "").split(",")), start)
    return replace(chord, bass=_bass(root, found["bass"], start)) if found["bass"] else chord


def _body(root: str, shorthand: str, degrees: tuple[str, ...], start: int) -> Chord:
    added = tuple(d for d in degrees if d and d not in ("1", "3", "5") and not d.startswith("*"))
    if shorthand in ("", "1") and degrees == ("1", "5"):
        shorthand = "5"
    suffix = _SHORTHANDS.get(shorthand, shorthand.replace("min", "m"))
    if "b7" in added and suffix in ("", "m", "aug", "sus4"):
        suffix, added = suffix.replace("sus", "7sus") if "sus" in suffix else suffix + "7", _without(added, "b7")
    if any(d.startswith("*") for d in degrees) and degrees != ("*3",):
        raise Refused(start)
    quality, tensions = _suffix("5" if degrees == ("*3",) and not suffix else suffix, start)
    return Chord(root, quality, _merged(tensions, added, start))


def _suffix(suffix: str, start: int) -> tuple[str, tuple[str, ...]]:
    try:
        return read_suffix(suffix)
    except Refused as refused:
        raise Refused(start + refused.position) from None


def _merged(tensions: tuple[str, ...], added: tuple[str, ...], start: int) -> tuple[str, ...]:
    wanted = {*tensions, *(_ADDED.get(degree, degree) for degree in added)}
    if not wanted <= set(TENSIONS):
        raise Refused(start)
    return tuple(sorted(wanted, key=TENSIONS.index))


def _without(degrees: tuple[str, ...], degree: str) -> tuple[str, ...]:
    return tuple(d for d in degrees if d != degree)


def _bass(root: str, degree: str, start: int) -> str:
    if degree not in INTERVALS and degree not in _ADDED:
        raise Refused(start)
    bass = raised(root, INTERVALS.get(degree) or INTERVALS[_ADDED[degree]])
    return "" if bass == root else bass
