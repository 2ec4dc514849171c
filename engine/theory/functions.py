"""What a chord does in its key, and its numeral as a human reads it.

The tables follow the usual teaching: tonic family I iii vi, subdominant family ii IV, dominant family V vii°; dominant
sevenths that point elsewhere and their tritone substitutes are dominants; chords of the parallel mode are borrowed. In
minor, bIII is tonic, bVI subdominant, and V, v, bVII dominant. In a blues the sevenths on I, IV and V are colour: they
are tonic, subdominant and dominant.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from engine.music import Chord, Function, Key, Mode
from engine.theory.intervals import DIMINISHED_QUALITIES, DOMINANT_QUALITIES, MINOR_QUALITIES
from engine.theory.keys import place_in
from engine.theory.numerals import DEGREES, SILENCE, lowered

_LETTERS: dict[str, Function] = {
    "T": "tonic",
    "S": "subdominant",
    "D": "dominant",
    "b": "borrowed",
    ".": "other",
}

# One letter per place above the tonic: I bII II bIII III IV #IV V bVI VI bVII VII.
_FUNCTIONS: dict[Mode, dict[str, str]] = {
    "major": {
        "triad": "TbDbDS.DbDbD",
        "major": "Tb.b.S.Db.b.",
        "6": "Tb.b.S.Db.b.",
        "dominant": "DDDDDSDDDDbD",
        "7sus": "DDDDDSDDDDbD",
        "open": "TbSbTS.DbTb.",
        "aug": "T.D.D..D.D.D",
        "minor": "b.S.Tb.b.T..",
        "m7b5": "..b...S....D",
        "dim": ".Db.D.D.D..D",
        "dim7": ".DD.DDDDD.DD",
    },
    "minor": {
        "triad": "bbDT.b.DS.D.",
        "major": "bb.T.b.DS...",  # Bbmaj7 in C minor: with A it is of neither mode, and no dominant of Eb
        "6": "bb.T.b.DS.D.",
        "dominant": "DDDDDbDDDDDD",
        "7sus": "DDDDDSDDDDDD",  # F7sus lacks the third that makes F7 foreign to C minor
        "open": "TbST.S.DS.D.",
        "aug": "..DD...D...D",
        "minor": "T.b.bS.D.b..",
        "m7b5": "..S...S..T.D",
        "dim": "..S.D.D....D",
        "dim7": ".DD.DDDDD.DD",
    },
}

_CLASSES = {"": "triad", "maj7": "major", "7": "dominant", "sus": "open", "5": "open"}

# Where a dominant seventh most often goes, its next chord unknown: counted in 2,613 jazz tunes, see `published`.
_USUAL_TARGETS: dict[Mode, dict[int, int]] = {
    "major": {0: 5, 2: 7, 4: 9, 8: 7, 9: 2, 11: 4},
    "minor": {0: 5, 2: 7, 3: 8, 8: 7, 10: 3},
}

# Degrees whose own chord, as the goal of a dominant, is minor or major; the others have none that music rests on.
MINOR_PLACES: dict[Mode, frozenset[int]] = {"major": frozenset({2, 4, 9}), "minor": frozenset({0, 5})}
MAJOR_PLACES: dict[Mode, frozenset[int]] = {"major": frozenset({0, 5, 7}), "minor": frozenset({3, 7, 8, 10})}

_BLUES: dict[int, Function] = {0: "tonic", 5: "subdominant", 7: "dominant"}

_SUFFIXES = {"m": "", "m7": "7", "m6": "6", "mM7": "M7", "m7b5": "ø7", "dim": "o", "dim7": "o7", "aug": "+"}


def is_blues(chords: Iterable[Chord], key: Key) -> bool:
    """Whether chords hold dominant sevenths on both the tonic and the subdominant, in either mode.

    There I7 is home with the blues seventh, not the dominant of IV.

    >>> is_blues((Chord("C", "7"), Chord("F", "7")), Key("C")), is_blues((Chord("C", "7"), Chord("F")), Key("C"))
    (True, False)
    """
    sevenths = {place_in(chord.pitch_class, key) for chord in chords if chord.quality == "7"}
    return {0, 5} <= sevenths


def blues_degree(chord: Chord, key: Key) -> int | None:
    """The place of one of the three chords of a blues, I7, IV7 and V7 (0, 5, 7); None for any other chord."""
    place = place_in(chord.pitch_class, key) if chord.quality == "7" else None
    return place if place in _BLUES else None


@lru_cache(maxsize=4096)
def function_of(chord: Chord, key: Key, blues: bool = False) -> Function:
    """The family a chord belongs to in a key, or in a blues in that key (see `is_blues`); silence is "other".

    >>> [function_of(Chord(r, q), Key("C")) for r, q in (("A", "m7"), ("A", "7"), ("F", "m"), ("F#", ""))]
    ['tonic', 'dominant', 'borrowed', 'other']
    """
    if chord.is_silent:
        return "other"
    degree = blues_degree(chord, key) if blues else None
    if degree is not None:
        return _BLUES[degree]
    table = _FUNCTIONS[key.mode]
    quality = "minor" if chord.quality in ("m", "m7", "m6", "mM7") else _CLASSES.get(chord.quality, chord.quality)
    return _LETTERS[table[quality][place_in(chord.pitch_class, key)]]


@lru_cache(maxsize=8192)
def name_for_display(chord: Chord, key: Key, following: Chord | None = None, blues: bool = False) -> str:
    """The numeral a musician reads: "V7/ii", "subV7/V", "viiø7", "iv", "bVImaj7".

    A dominant seventh is named after the chord it resolves to; with no chord following, after the one it usually does.
    In a blues I7, IV7 and V7 are named after where they stand.

    >>> name_for_display(Chord("A", "7"), Key("C")), name_for_display(Chord("A", "7"), Key("C"), Chord("F"))
    ('V7/ii', 'VI7')
    """
    if chord.is_silent:
        return SILENCE
    place = place_in(chord.pitch_class, key)
    if blues and blues_degree(chord, key) is not None:
        return DEGREES[place] + "7"
    if chord.quality in DOMINANT_QUALITIES:
        return _dominant_name(chord, key, following) or DEGREES[place] + chord.quality
    return _human_degree(place, chord.quality, key.mode) + _SUFFIXES.get(chord.quality, chord.quality)


def _human_degree(place: int, quality: str, mode: Mode) -> str:
    if quality in ("dim", "dim7") and mode == "major" and place in (1, 8):
        return {1: "#i", 8: "#v"}[place]
    return lowered(DEGREES[place]) if quality in MINOR_QUALITIES else DEGREES[place]


def target_of(chord: Chord, key: Key, following: Chord | None = None) -> int | None:
    """The place a dominant seventh leads to, a fifth or a semitone below: as the next chord shows or as is usual.

    None for a diminished chord, which leads a half step up: Gdim7 is no dominant of C.

    >>> target_of(Chord("A", "7"), Key("C")), target_of(Chord("Db", "7"), Key("C"), Chord("C"))
    (2, 0)
    """
    if chord.quality in DIMINISHED_QUALITIES:
        return None
    place = place_in(chord.pitch_class, key)
    if following is None or following.is_silent:
        usual = {**_USUAL_TARGETS[key.mode], 7: 0, 1: 0} if chord.quality == "7" else {7: 0}
        return usual.get(place)
    target = place_in(following.pitch_class, key)
    return target if (place - target) % 12 in (7, 1) else None


def prepares(chord: Chord, following: Chord, key: Key) -> bool:
    """Whether theory says that a chord leads into another: as its dominant or as the ii of a ii–V.

    Its dominant is a triad, an augmented triad or a seventh a fifth above, a seventh a half step above, or a diminished
    chord on its leading note. The ii is a minor chord a fifth above a dominant.

    >>> [prepares(Chord(r, q), Chord("E", "m"), Key("C")) for r, q in (("B", "7"), ("F", "7"), ("C", ""))]
    [True, True, False]
    """
    if chord.is_silent or following.is_silent:
        return False
    fall = (chord.pitch_class - following.pitch_class) % 12
    if chord.quality in ("m", "m7", "m7b5"):
        seventh = following.quality in DOMINANT_QUALITIES
        two_five = seventh or (following.quality == "" and place_in(following.pitch_class, key) == 7)
        return (fall == 7 and two_five) or (fall == 11 and chord.quality == "m7b5")
    if chord.quality in ("dim", "dim7"):
        return fall == 11
    return (fall == 7 and chord.quality in ("", "aug", "7", "7sus")) or (fall == 1 and chord.quality == "7")


def _dominant_name(chord: Chord, key: Key, following: Chord | None) -> str | None:
    target = target_of(chord, key, following)
    if target is None:
        return None
    substitute = (place_in(chord.pitch_class, key) - target) % 12 == 1
    label = ("subV" if substitute else "V") + chord.quality
    return label if target == 0 else f"{label}/{_target_name(target, key, following)}"


def _target_name(target: int, key: Key, following: Chord | None) -> str:
    sounding = following is not None and not following.is_silent
    minor = following.quality in MINOR_QUALITIES if following and sounding else target in MINOR_PLACES[key.mode]
    return lowered(DEGREES[target]) if minor else DEGREES[target]
