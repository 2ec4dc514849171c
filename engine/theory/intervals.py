"""Spelled intervals: which letters a chord is made of.

Conventions: an interval is (letters up, semitones up); a spelled name is a letter with `#` or `b` ("F#", "Bb", "F##").
"""

from __future__ import annotations

from functools import lru_cache

from engine.music import LETTER_PITCH_CLASS, Chord, pitch_class_of

LETTERS = "CDEFGAB"

# Degree of a chord -> (letters above the root, semitones above the root), within an octave for the basic tones.
INTERVALS = {
    "1": (0, 0),
    "2": (1, 2),
    "b3": (2, 3),
    "3": (2, 4),
    "4": (3, 5),
    "b5": (4, 6),
    "5": (4, 7),
    "#5": (4, 8),
    "6": (5, 9),
    "bb7": (6, 9),
    "b7": (6, 10),
    "7": (6, 11),
    "b9": (8, 13),
    "9": (8, 14),
    "#9": (8, 15),
    "11": (10, 17),
    "#11": (10, 18),
    "b13": (12, 20),
    "13": (12, 21),
}

# What a symbol may add to a quality; "b5" and "#5" stand in place of the fifth, all others are heard beside it.
TENSIONS = ("b5", "#5", "b9", "9", "#9", "11", "#11", "b13", "13")

QUALITY_DEGREES: dict[str, tuple[str, ...]] = {
    "": ("1", "3", "5"),
    "m": ("1", "b3", "5"),
    "7": ("1", "3", "5", "b7"),
    "maj7": ("1", "3", "5", "7"),
    "m7": ("1", "b3", "5", "b7"),
    "6": ("1", "3", "5", "6"),
    "m6": ("1", "b3", "5", "6"),
    "mM7": ("1", "b3", "5", "7"),
    "m7b5": ("1", "b3", "b5", "b7"),
    "dim": ("1", "b3", "b5"),
    "dim7": ("1", "b3", "b5", "bb7"),
    "aug": ("1", "3", "#5"),
    "sus": ("1", "4", "5"),
    "7sus": ("1", "4", "5", "b7"),
    "5": ("1", "5"),
}

MINOR_QUALITIES = frozenset({"m", "m7", "m6", "mM7", "m7b5", "dim", "dim7"})  # a minor third: lower case numerals
DIMINISHED_QUALITIES = frozenset({"dim", "dim7", "m7b5"})
DOMINANT_QUALITIES = frozenset({"7", "7sus"})

_SIMPLE_NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


def accidental(letter: str, pitch_class: int) -> str:
    """The accidental that brings a letter to a pitch class, by the shorter way: "", "#", "bb" ...

    >>> accidental("B", 9), accidental("F", 7)
    ('bb', '##')
    """
    shift = (pitch_class - LETTER_PITCH_CLASS[letter] + 6) % 12 - 6
    return "#" * shift if shift >= 0 else "b" * -shift


@lru_cache(maxsize=2048)
def raised(name: str, interval: tuple[int, int]) -> str:
    """The note an interval above a spelled one, with the letter that theory asks for.

    >>> raised("D", (2, 4)), raised("Ab", (-1, -1)), raised("G#", (2, 4))
    ('F#', 'G', 'B#')
    """
    letters, semitones = interval
    letter = LETTERS[(LETTERS.index(name[0]) + letters) % 7]
    return letter + accidental(letter, (pitch_class_of(name) + semitones) % 12)


def plain(name: str) -> str:
    """The same pitch without a double accidental.

    >>> plain("Bbb"), plain("F##"), plain("Gb")
    ('A', 'G', 'Gb')
    """
    return name if len(name) <= 2 else _SIMPLE_NAMES[pitch_class_of(name)]


def degrees_of(chord: Chord) -> tuple[str, ...]:
    """The degrees a chord is made of, root upward, tensions last; () for silence.

    >>> degrees_of(Chord("C", "7", ("#5", "b9")))
    ('1', '3', '#5', 'b7', 'b9')
    """
    if chord.is_silent:
        return ()
    fifths = [t for t in chord.tensions if t in ("b5", "#5")]
    basic: list[str] = []
    for degree in QUALITY_DEGREES[chord.quality]:
        basic += fifths if degree == "5" and fifths else [degree]
    return (*basic, *(t for t in chord.tensions if t not in fifths))


@lru_cache(maxsize=4096)
def chord_tones(chord: Chord) -> tuple[str, ...]:
    """The spelled tones of a chord, root upward, tensions last; the bass is not among them unless it is a chord tone.

    Thirds, fifths and sevenths keep the letter theory asks for (the third of D# is F##). Diminished sevenths, which
    are symmetric, and tensions are written without double accidentals, as musicians do.

    >>> chord_tones(Chord("D", "7")), chord_tones(Chord("C", "dim7")), chord_tones(Chord("Ab", "", ("9",)))
    (('D', 'F#', 'A', 'C'), ('C', 'Eb', 'Gb', 'A'), ('Ab', 'C', 'Eb', 'Bb'))
    """
    return tuple(_tone(chord, degree) for degree in degrees_of(chord))


def _tone(chord: Chord, degree: str) -> str:
    name = raised(chord.root, INTERVALS[degree])
    return plain(name) if degree != "1" and (chord.quality == "dim7" or degree in chord.tensions) else name


def pitch_classes(chord: Chord) -> frozenset[int]:
    """The pitch classes of a chord, the bass included."""
    bass = {pitch_class_of(chord.bass)} if chord.bass else set()
    return frozenset(pitch_class_of(name) for name in chord_tones(chord)) | bass
