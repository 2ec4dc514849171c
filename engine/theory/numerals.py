"""The live vocabulary: chords as numerals that depend on nothing but the chord and its key.

A token is an accidental, a degree counted on the major scale in both modes, and the quality written out; case follows
the third: "bVImaj7", "iim7", "V7", "#ivdim7". Silence is "N.C.". Tensions and bass are left out: no model reads them.
What people write is read too: "ii7", "viio7", "♭VI", "V7/ii", "subV7/V", "natVI", "Imaj9".
"""

from __future__ import annotations

import re
from functools import lru_cache

from engine.errors import UnreadableNumeral
from engine.music import NO_CHORD, QUALITIES, Chord, Key
from engine.theory.intervals import MINOR_QUALITIES, plain
from engine.theory.keys import place_in, spell_root
from engine.theory.names import plain_signs
from engine.theory.suffix import Refused, read_suffix
from engine.words import say

SILENCE = "N.C."
MAX_NUMERAL = 48  # no numeral is longer; what is, is prose

DEGREES = ("I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII")

_PLACES = {"I": 0, "II": 2, "III": 4, "IV": 5, "V": 7, "VI": 9, "VII": 11}

_NUMERAL = re.compile(
    r"(?P<accidental>nat|[b#]?)(?P<degree>VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(?![IViv])(?P<suffix>.*)$"
)
_TARGET = re.compile(r"(?P<accidental>nat|[b#]?)(?P<degree>VII|VI|IV|V|III|II|I)$", re.IGNORECASE)
_APPLIED = re.compile(r"(?P<sub>subV|Vsub|V)(?P<suffix>[^/]*)/(?P<target>[^/]+)$")
_SUBSTITUTE = re.compile(r"subV(?P<suffix>[^/]*)$")

_ROOT_SHIFT = {"V": 7, "subV": 1, "Vsub": 1}


@lru_cache(maxsize=4096)
def numeral_of(chord: Chord, key: Key) -> str:
    """The live token of a chord in a key.

    >>> numeral_of(Chord("Ab", "maj7"), Key("C")), numeral_of(Chord("D", "m"), Key("C")), numeral_of(NO_CHORD, Key("C"))
    ('bVImaj7', 'iim', 'N.C.')
    """
    if chord.is_silent:
        return SILENCE
    return degree_name(place_in(chord.pitch_class, key), chord.quality) + chord.quality


def degree_name(place: int, quality: str) -> str:
    """The degree of a place (semitones above the tonic), in the case its third asks for.

    >>> degree_name(8, "m7b5"), degree_name(8, "sus")
    ('bvi', 'bVI')
    """
    return lowered(DEGREES[place]) if quality in MINOR_QUALITIES else DEGREES[place]


def lowered(degree: str) -> str:
    """A degree in lower case with its accidental kept."""
    return degree if degree.islower() else degree.replace("V", "v").replace("I", "i")


@lru_cache(maxsize=4096)
def chord_of(numeral: str, key: Key) -> Chord:
    """The chord of a numeral in a key, spelled as the key spells it.

    Degrees count on the major scale in both modes. "V/X", "V7/X" and "subV7/X" are dominant sevenths a fifth and a
    semitone above X. A lower case degree is minor: "ii7" is a minor seventh. Raises UnreadableNumeral.

    >>> chord_of("bVImaj7", Key("C")), chord_of("V7/ii", Key("F")).root, chord_of("ii7", Key("Gb"))
    (Chord(root='Ab', quality='maj7', tensions=(), bass=''), 'D', Chord(root='Ab', quality='m7', tensions=(), bass=''))
    """
    text = plain_signs(numeral.strip())
    if len(text) > MAX_NUMERAL:
        raise _unreadable(numeral)
    if text in (SILENCE, "NC"):
        return NO_CHORD
    place, suffix = _applied(text) or _plain(text)
    try:
        quality, tensions = read_suffix(suffix)
    except Refused:
        raise _unreadable(numeral) from None
    return Chord(_root(place, quality, key), quality, tensions)


def _root(place: int, quality: str, key: Key) -> str:
    return plain(spell_root((key.pitch_class + place) % 12, quality, key))


def _plain(text: str) -> tuple[int, str]:
    """(place, suffix) of a degree with its quality; the suffix of a lower case degree is made minor."""
    found = _NUMERAL.match(text)
    if not found:
        raise _unreadable(text)
    suffix = found["suffix"]
    if found["degree"].islower():
        suffix = _minor_suffix(suffix)
    return place_of(found["accidental"], found["degree"]), suffix


def _minor_suffix(suffix: str) -> str:
    """ "ii7" is a minor seventh, "viio" diminished, "iiø" half-diminished: a marked suffix keeps its mark."""
    return suffix if re.match(r"m(?!aj)|-|min|o|dim|ø|h", suffix) else "m" + suffix


def place_of(accidental: str, degree: str) -> int:
    """Semitones above the tonic of a degree counted on the major scale; "nat" marks the major scale's own.

    >>> place_of("b", "vi"), place_of("nat", "VI")
    (8, 9)
    """
    return (_PLACES[degree.upper()] + {"b": -1, "#": 1}.get(accidental, 0)) % 12


def _applied(text: str) -> tuple[int, str] | None:
    """(place, suffix) of a dominant that is named after its target."""
    substitute = _SUBSTITUTE.match(text)
    if substitute:
        return 1, substitute["suffix"] or "7"
    found = _APPLIED.match(text)
    target = _TARGET.match(found["target"]) if found else None
    if not found or not target:
        return None
    place = place_of(target["accidental"], target["degree"]) + _ROOT_SHIFT[found["sub"]]
    return place % 12, found["suffix"] or "7"


def _unreadable(text: str) -> UnreadableNumeral:
    return UnreadableNumeral(
        say(
            "\u201c{text}\u201d is not a numeral we can read. Write a degree and a quality: ii7, V7, bVImaj7, V7/ii.",
            text=text[:24],
        )
    )


def all_numerals() -> tuple[str, ...]:
    """Every token of the live vocabulary but silence: twelve degrees by every quality."""
    return tuple(degree_name(place, quality) + quality for place in range(12) for quality in QUALITIES)
