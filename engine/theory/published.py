"""The published vocabulary: the 82 functional tokens of `songdb_functional_v4.csv` (Trapote, 2025, MIT).

Degrees are counted on the major scale in a major key and on the harmonic minor scale in a minor key. "V/X" and "Vsub/X"
look one chord ahead: they are written only when the next root is X. On the 2,613 tunes of that file this module gives
the file's own label for 99.95 % of 133,756 chords (scripts/measure_agreement.py). The rest are symbols that we read
otherwise: Dm9b5 and Bh7 as half-diminished, Csus2 as a chord without a third.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import Literal

from engine.errors import UnreadableNumeral
from engine.music import Chord, Key, Mode
from engine.theory.intervals import MINOR_QUALITIES
from engine.theory.keys import place_in, spell_root
from engine.theory.numerals import lowered
from engine.words import say

Colour = Literal["triads", "sevenths"]

_NAMES: dict[Mode, tuple[str, ...]] = {
    "major": ("I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII"),
    "minor": ("I", "bII", "II", "III", "natIII", "IV", "#IV", "V", "VI", "natVI", "bVII", "VII"),
}
_SCALE: dict[Mode, frozenset[int]] = {
    "major": frozenset({2, 4, 5, 7, 9, 11}),  # the degrees a dominant may be named after: all but the tonic
    "minor": frozenset({2, 3, 5, 7, 8, 11}),
}

# What the vocabulary calls `7`: a dominant seventh, and what stands for one.
_AS_DOMINANT = frozenset({"7", "7sus", "sus", "aug"})
_DIMINISHED = frozenset({"dim", "dim7"})

# A dominant seventh that ends a live context: its next chord is not known. Where more than half of the moves away from
# that place in the 2,613 tunes carried one look-ahead label, that label is the most plausible (its share beside it);
# elsewhere the plain token is kept. Counted over dominants followed by another root.
_LIKELY: dict[Mode, dict[int, str]] = {
    "major": {
        0: "V/IV",  # 2,252 of 3,179
        2: "V/V",  # 1,901 of 2,739
        4: "V/VI",  # 1,599 of 2,060
        8: "Vsub/V",  # 526 of 1,040
        9: "V/II",  # 3,748 of 4,365
        11: "V/III",  # 944 of 1,424
    },
    "minor": {
        0: "V/IV",  # 367 of 526
        2: "V/V",  # 285 of 399
        3: "V/VI",  # 221 of 362
        8: "Vsub/V",  # 328 of 554
        10: "V/III",  # 344 of 509
    },
}

# Plain tokens in sevenths: where the key, or for a borrowed degree the parallel one, has a major seventh on an upper
# case degree. V and bVII have a dominant one, which is a token of its own; there, and elsewhere, the triad stays.
_MAJOR_SEVENTHS: dict[Mode, frozenset[int]] = {
    "major": frozenset({0, 1, 3, 5, 8}),
    "minor": frozenset({1, 3, 8}),
}

_TOKEN = re.compile(r"(?P<degree>(?:nat|[b#])?(?:VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i))(?P<quality>7|ø|o|)$")


def published_tokens(chords: Sequence[Chord], key: Key) -> tuple[str, ...]:
    """The published tokens of chords in a key: silence is skipped, repeats are kept.

    The last chord has no next one. If it is a dominant seventh, it gets the label its place carries most often when it
    moves on (A7 in C is "V/II"), or its plain token where no label holds more than half. Suspended and augmented
    chords, which mostly do not resolve so, keep the plain token there.

    >>> published_tokens((Chord("D", "m7"), Chord("G", "7"), Chord("C", "maj7"), Chord("A", "7")), Key("C"))
    ('ii', 'V7', 'I', 'V/II')
    """
    sounding = [chord for chord in chords if not chord.is_silent]
    following = [place_in(chord.pitch_class, key) for chord in sounding[1:]]
    return tuple(_token(chord, key, after) for chord, after in zip_longest(sounding, following))


def _token(chord: Chord, key: Key, following: int | None) -> str:
    place = place_in(chord.pitch_class, key)
    name = _NAMES[key.mode][place]
    if is_dominant(chord):
        known = following is not None or chord.quality == "7"
        return (looking_ahead(place, following, key.mode) if known else None) or name + "7"
    if chord.quality in MINOR_QUALITIES:
        return lowered(name) + _minor_mark(chord.quality)
    return name


def _minor_mark(quality: str) -> str:
    return "ø" if quality == "m7b5" else "o" if quality in _DIMINISHED else ""


def is_dominant(chord: Chord) -> bool:
    """Whether the published vocabulary calls a chord `7`: dominant sevenths, suspended and augmented ones."""
    return chord.quality in _AS_DOMINANT


def looking_ahead(place: int, following: int | None, mode: Mode) -> str | None:
    """The look-ahead label of a dominant on a place, given the place of the next root or None; None if it has none."""
    if following is None:
        return _LIKELY[mode].get(place)
    if following not in _SCALE[mode]:
        return None
    label = {7: "V/", 1: "Vsub/"}.get((place - following) % 12)
    return label + _NAMES[mode][following] if label else None


@lru_cache(maxsize=2048)
def chord_of_published(token: str, key: Key, colour: Colour = "triads") -> Chord:
    """The chord of a published token: "V/II" in C is A7, "ii" is Dm or, in sevenths, Dm7, "biiio" is Ebdim7.

    In sevenths an upper case degree becomes a major seventh where jazz harmony has one (I, IV, bVI ...), and V and
    bVII stay triads, their dominant sevenths being tokens of their own. Raises UnreadableNumeral.

    >>> chord_of_published("V/II", Key("C")).root, chord_of_published("VI", Key("C", "minor")).root
    ('A', 'Ab')
    """
    place, quality = _parsed(token, key.mode, colour)
    return Chord(spell_root((key.pitch_class + place) % 12, quality, key), quality)


def _parsed(token: str, mode: Mode, colour: Colour) -> tuple[int, str]:
    label, slash, target = token.partition("/")
    if slash and label in ("V", "Vsub"):
        return (_place(target, token, mode) + (7 if label == "V" else 1)) % 12, "7"
    found = _TOKEN.match(token)
    if not found:
        raise _unreadable(token)
    place = _place(found["degree"], token, mode)
    if found["quality"]:
        return place, {"7": "7", "ø": "m7b5", "o": "dim7"}[found["quality"]]
    return place, _plain_quality(found["degree"].lstrip("#bnat").islower(), place, mode, colour)


def _plain_quality(is_minor: bool, place: int, mode: Mode, colour: Colour) -> str:
    if colour == "triads":
        return "m" if is_minor else ""
    if is_minor:
        return "m7"
    return "maj7" if place in _MAJOR_SEVENTHS[mode] else ""


def _place(degree: str, token: str, mode: Mode) -> int:
    """Semitones above the tonic; a degree of the other mode's names ("natVI" in major) is read where it lies."""
    accidental = degree[: len(degree) - len(degree.lstrip("#bnat"))]
    name = accidental + degree[len(accidental) :].upper()
    for names in (_NAMES[mode], _NAMES["minor"], _NAMES["major"]):
        if name in names:
            return names.index(name)
    raise _unreadable(token)


def _unreadable(token: str) -> UnreadableNumeral:
    return UnreadableNumeral(
        say(
            "\u201c{token}\u201d is not a token of the published chord vocabulary, such as ii, V7, viiø or V/II.",
            token=token[:24],
        )
    )
