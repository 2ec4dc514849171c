"""The header fields of ABC that a tune needs: type, meter, unit of length and key, as people write them."""

from __future__ import annotations

import re
from fractions import Fraction

from engine.abc.keys import has_signature
from engine.abc.lengths import meter_numbers
from engine.abc.tokens import MODES, Tune

MOST_BEATS = 32  # of a meter: M:1000/1 is no music and has brought parsers to a stand
BEATS = (1, 2, 4, 8, 16)  # what may stand under a meter

_KEY = re.compile(r"([A-G])([#b]?)[ ]{0,3}([A-Za-z]{0,12})")
_MODE_WORDS = {"": "maj", "m": "min", "ion": "maj", "aeo": "min"} | {mode: mode for mode in MODES}
_METER = re.compile(r"([0-9]{1,2})/([0-9]{1,2})")
_UNIT = re.compile(r"1(?:/([0-9]{1,2}))?")
# Words of titles and R: fields, the first that is found decides.
_TYPE_WORDS = (
    ("slip jig", "slip jig"), ("slipjig", "slip jig"), ("hop jig", "slip jig"), ("jig", "jig"), ("reel", "reel"),
    ("hornpipe", "hornpipe"), ("h'pipe", "hornpipe"), ("clog", "hornpipe"), ("strathspey", "strathspey"),
    ("fling", "strathspey"), ("waltz", "waltz"), ("polka", "polka"), ("slide", "slide"), ("march", "march"),
    ("quick step", "march"), ("quickstep", "march"), ("lament", "air"),
)  # fmt: skip


def rhythm_of(*words: str) -> str:
    """The type that a field or a title names, the earlier text first; "air" also as a whole word; else "other".

    >>> rhythm_of("double jig"), rhythm_of("", "Acacia -- Reel"), rhythm_of("", "The Fair Maid")
    ('jig', 'reel', 'other')
    """
    for text in words:
        low = text.lower()[:200]
        for word, rhythm in _TYPE_WORDS:
            if word in low:
                return rhythm
        if "air" in re.split(r"[^a-z]", low):
            return "air"
    return "other"


def key_of(text: str) -> str | None:
    """The canonical name of a K: field, None when it names no major, minor or church mode.

    >>> key_of("Gm"), key_of("E Minor"), key_of("Amix"), key_of("Bb"), key_of("HP"), key_of("Dm clef=treble")
    ('Gmin', 'Emin', 'Amix', 'Bbmaj', None, 'Dmin')
    """
    found = _KEY.match(text.strip())
    if found is None:
        return None
    tonic, word, rest = found[1] + found[2], found[3].lower(), text.strip()[found.end() :].strip()
    if word in ("clef", "exp", "octave", "none"):
        word, rest = "", word + rest
    mode = _MODE_WORDS.get(word if word == "m" else word[:3])
    if mode is None or (any(sign in rest for sign in "^_=") and not rest.startswith("clef=")):
        return None
    return tonic + mode if has_signature(tonic + mode) else None


def meter_of(text: str) -> str | None:
    """The canonical name of an M: field; C and C| are both 4/4, as their bars are equally long. None for no meter.

    >>> meter_of("C|"), meter_of(" 6/8"), meter_of("1000/1"), meter_of("none")
    ('4/4', '6/8', None, None)
    """
    plain = text.strip()
    if plain in ("C", "C|", "2/2"):
        return "4/4"
    found = _METER.fullmatch(plain)
    if found is None or not 0 < int(found[1]) <= MOST_BEATS or int(found[2]) not in BEATS:
        return None
    return f"{int(found[1])}/{int(found[2])}"


def unit_of(text: str) -> Fraction | None:
    """The unit of an L: field in eighths: "1/16" is a half. None when it is none."""
    found = _UNIT.fullmatch(text.strip())
    under = int(found[1] or 1) if found else 0
    return Fraction(8, under) if under in (1, 2, 4, 8, 16, 32) else None


def usual_unit(meter: str) -> Fraction:
    """The unit in eighths of a tune without L: (ABC 2.1): a sixteenth where a bar is shorter than three quarters."""
    return Fraction(1, 2) if Fraction(*meter_numbers(meter)) < Fraction(3, 4) else Fraction(1)


def plain_tune(rhythm: str = "other", meter: str = "4/4", key: str = "Cmaj") -> Tune:
    """What is taken where a text says nothing."""
    return Tune(rhythm, meter, key, ())
