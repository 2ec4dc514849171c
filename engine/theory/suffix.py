"""What follows a root in a chord symbol: the grammar, from characters to a quality and its tensions.

A suffix is a family, perhaps a number, and tails:

    family: nothing | M maj Δ ^ j | m min mi - | dim o 0 | ø h hdim | aug + | dom
    number: 2 4 5 6 69 7 9 11 13 (after a major sign 7 is the major seventh)
    tail:   sus[2|4|24] | alt | add[#|b]n | (#|b|+|-)n | n | maj7 | M (behind the 7) | no3 | ( ) , / and spaces
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from engine.theory.intervals import TENSIONS
from engine.theory.parts import Parts, quality_of, tensions_of

_FAMILY = re.compile(
    r"(?P<half>ø|hdim|half-?dim|h(?=7|$|[/(]))"
    r"|(?P<minmaj>(?:minor|min|mi|m|-)[(/]?(?:[Mm]aj|M|Δ|\^)(?P<mm>7|9|11|13)?\)?)"
    r"|(?P<dim>dim|o(?!mit)|0(?=7?(?:$|[/(])))"
    r"|(?P<aug>aug|\+(?!5))"
    r"|(?P<dominant>dom(?=[791]))"
    r"|(?P<major>major|mayor|maj|Maj|MAJ|Ma|ma(?!dd)|M(?![iI])|Δ|\^|j)"
    r"|(?P<minor>minor|menor|min|Min|MIN|Mi|mi|m(?!aj)|-)"
)
_NUMBER = re.compile(r"6/?9|69|67|7/6|13|11|[245679]")
_TAIL = re.compile(
    r"(?P<skip>[(), ]+|(?<=[0-9])/(?=[#b]?[0-9]))"
    r"|sus(?P<sus>24|2/?4|2|4)?"
    r"|(?P<alt>alt)"
    r"|(?:add|ad)(?P<add>[#b+-]?(?:13|11|9|6|4|2))"
    r"|(?P<altered>[#b+-](?:13|11|9|6|5))"
    r"|(?P<major>(?:maj|Maj|M|Δ|\^|#)7)"
    r"|(?P<after>maj|Maj|M)"
    r"|(?P<natural>13|11|9|7)"
    r"|(?P<aug>\+|aug)"
    r"|(?P<no3>no3|omit3|no3rd)"
)
_ADDED = {
    "2": "9",
    "4": "11",
    "b6": "b13",
    "#6": "",
    "#4": "#11",
    "b2": "b9",
    "#2": "#9",
    "b4": "",
    "#13": "",
    "b11": "",
}
_EXTENSIONS = {"7": (), "9": ("9",), "11": ("9", "11"), "13": ("9", "13")}


MAX_SYMBOL = 48  # no chord symbol is longer; what is, is prose, and no memory of it is kept


class Refused(Exception):
    """Where in the suffix reading stopped. Never leaves this package."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


def read_suffix(text: str) -> tuple[str, tuple[str, ...]]:
    """(quality, tensions) of a suffix such as "maj9" or "7b9b13". Raises Refused with the place.

    >>> read_suffix("-7b5"), read_suffix("13#11"), read_suffix("m(maj7)")
    (('m7b5', ()), ('7', ('9', '#11', '13')), ('mM7', ()))
    """
    if len(text) > MAX_SYMBOL:
        raise Refused(0)
    return _read_suffix(text)


@lru_cache(maxsize=4096)
def _read_suffix(text: str) -> tuple[str, tuple[str, ...]]:
    parts = Parts()
    position = _read_number(text, _read_family(text, parts), parts)
    while position < len(text):
        found = _TAIL.match(text, position)
        if not found or not _read_tail(found, parts):
            raise Refused(position)
        position = found.end()
    quality = quality_of(parts)
    if quality is None or text.count("(") != text.count(")"):
        raise Refused(len(text))
    return quality, tensions_of(parts)


def _read_family(text: str, parts: Parts) -> int:
    found = _FAMILY.match(text)
    if not found:
        return 0
    match found.lastgroup:
        case "half":
            parts.third, parts.fifth, parts.seventh = "b3", "b5", "b7"
        case "minmaj":
            parts.third, parts.seventh = "b3", "7"
            parts.stack |= set(_EXTENSIONS[found.group("mm") or "7"])
        case "dim":
            parts.third, parts.fifth = "b3", "b5"
        case "aug":
            parts.fifth = "#5"
        case "minor":
            parts.third = "b3"
        case "dominant":
            pass
        case _:
            _read_major(text, found, parts)
    return found.end()


def _read_major(text: str, found: re.Match[str], parts: Parts) -> None:
    """A major sign makes the seventh major; "Δ" and "j" mean it even alone."""
    number = _NUMBER.match(text, found.end())
    if (number and number.group() in _EXTENSIONS) or found.group() in ("Δ", "^", "j"):
        parts.seventh = "7"


def _read_number(text: str, position: int, parts: Parts) -> int:
    found = _NUMBER.match(text, position)
    if not found:
        return position
    number = found.group()
    if number in _EXTENSIONS:
        _extend(parts, number)
    elif number.startswith("6") or number == "7/6":
        _read_six(parts, number)
    elif not _read_small(parts, number, first=position == 0):
        raise Refused(position)
    return found.end()


def _extend(parts: Parts, number: str) -> None:
    diminished = parts.third == "b3" and parts.fifth == "b5"
    parts.seventh = parts.seventh or ("bb7" if diminished else "b7")
    parts.stack |= set(_EXTENSIONS[number])


def _read_six(parts: Parts, number: str) -> None:
    if "7" in number:
        parts.seventh = "b7"
        parts.tensions.add("13")
        return
    parts.sixth = True
    if number.endswith("9"):
        parts.tensions.add("9")


def _read_small(parts: Parts, number: str, first: bool) -> bool:
    """2 adds the ninth, 4 suspends, 5 leaves the third out: the last two only straight after the root."""
    if number == "2":
        parts.tensions.add("9")
        return True
    if first:
        parts.third = "4" if number == "4" else ""
    return first


def _read_tail(found: re.Match[str], parts: Parts) -> bool:
    kind = found.lastgroup or "sus"
    if kind in ("add", "altered", "natural"):
        return _read_tension(found.group(kind), kind, parts)
    if kind == "sus":
        return _read_sus(found.group("sus") or "4", parts)
    return _TAILS[kind](parts)


def _read_aug(parts: Parts) -> bool:
    parts.fifth = "#5"
    return parts.third != "4"


def _read_no_third(parts: Parts) -> bool:
    parts.third = ""
    return True


def _read_sus(which: str, parts: Parts) -> bool:
    """A suspended second is the power chord with a ninth; 24 has both."""
    if parts.third not in ("3", "b3") or parts.fifth == "b5" or parts.seventh == "7":
        return False
    parts.third = "" if which == "2" else "4"
    if which != "4":
        parts.tensions.add("9")
    return True


def _read_alt(parts: Parts) -> bool:
    parts.seventh = "b7"
    parts.tensions |= {"b9", "#9", "b13"}
    return parts.third == "3"


def _read_major_seventh(parts: Parts) -> bool:
    fits = not parts.seventh or parts.seventh == "bb7"
    parts.seventh = "7"
    return fits


def _read_major_sign_after(parts: Parts) -> bool:
    """The sign behind the number, as in Spain and Brazil: "7M"."""
    fits = parts.seventh == "b7"
    parts.seventh = "7"
    return fits


_TAILS: dict[str, Callable[[Parts], bool]] = {
    "skip": lambda parts: True,
    "alt": _read_alt,
    "major": _read_major_seventh,
    "after": _read_major_sign_after,
    "aug": _read_aug,
    "no3": _read_no_third,
}


def _read_tension(value: str, kind: str, parts: Parts) -> bool:
    degree = value.replace("+", "#").replace("-", "b")
    if degree in ("b5", "#5"):
        fits = parts.fifth in ("5", degree)
        parts.fifth = degree
        return fits and kind == "altered"
    if degree == "7":
        return _read_late_seventh(parts)
    degree = _ADDED.get(degree, degree)
    if degree == "6":
        return _read_added_sixth(parts)
    parts.tensions.add(degree)
    return degree in TENSIONS


def _read_late_seventh(parts: Parts) -> bool:
    """A seventh after a suspension or an augmented sign: "sus7", "+7"."""
    fits = not parts.seventh and not parts.sixth
    parts.seventh = "b7"
    return fits


def _read_added_sixth(parts: Parts) -> bool:
    if parts.seventh or parts.third in ("4", ""):
        parts.tensions.add("13")
    else:
        parts.sixth = True
    return True
