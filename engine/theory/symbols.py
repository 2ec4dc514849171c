"""Chord symbols: text to chord and back.

A symbol is a root, a suffix (see `suffix`) and perhaps a slash bass; letters, Latin names and Harte labels are read,
and one canonical form is written. Canonical means: reading what was written gives the same chord.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from engine.errors import UnreadableChord
from engine.music import NO_CHORD, Chord, pitch_class_of
from engine.theory.harte import read_harte
from engine.theory.names import Notation, plain_signs, read_note, typeset, write_note
from engine.theory.nearest import nearest_symbol
from engine.theory.suffix import MAX_SYMBOL, Refused, read_suffix
from engine.words import say

_SILENCE = frozenset({"N.C.", "N.C", "NC", "N/C", "N", "X", "n.c.", "n.c", "nc"})
_SEVENTHS = {"7": "", "maj7": "maj", "m7": "m", "mM7": "mM", "7sus": "", "m7b5": "m"}
_NINTHS = ("b9", "9", "#9")
_SYMBOL = re.compile(r"[A-GN][^\s|]*")
_ALTERED = ("b9", "#9", "b13")


def read_chord(text: str) -> Chord:
    """The chord of a symbol: "C#m7b5/E", "Sib", "D:hdim7/b3", "N.C.". "Do7" alone is the Latin C7.

    Raises UnreadableChord with the text, the position (0 at its start) and the nearest readable symbol, if
    one is close.

    >>> read_chord("F♯-7b5/E")
    Chord(root='F#', quality='m7b5', tensions=(), bass='E')
    """
    return read_chord_as(text.strip(), ("latin", "letters"))


def read_chord_as(text: str, notations: tuple[Notation, ...]) -> Chord:
    """As `read_chord`, trying the notations in the order given. Raises UnreadableChord."""
    result = _tried(text, notations)
    if isinstance(result, int):
        raise unreadable(text, result)
    return result


def is_chord(text: str, notations: tuple[Notation, ...]) -> bool:
    """Whether `read_chord_as` would read a text."""
    return isinstance(_tried(text, notations), Chord)


def _tried(text: str, notations: tuple[Notation, ...]) -> Chord | int:
    """The chord of a text, or the place where reading stopped. What is too long is not remembered either."""
    return _remembered(text, notations) if len(text) <= MAX_SYMBOL else 0


@lru_cache(maxsize=8192)
def _remembered(text: str, notations: tuple[Notation, ...]) -> Chord | int:
    if text in _SILENCE:
        return NO_CHORD
    plain_text = plain_signs(text)
    furthest = 0
    for notation in notations:
        try:
            return _read(plain_text, notation)
        except Refused as refused:
            furthest = max(furthest, refused.position)
    return furthest


def _read(text: str, notation: Notation) -> Chord:
    found = read_note(text, notation)
    if not found:
        raise Refused(0)
    root, start = found
    if text[start : start + 1] == ":":
        return read_harte(text, root, start + 1)
    suffix, bass = _split_bass(text[start:], notation)
    try:
        quality, tensions = read_suffix(suffix.strip())
    except Refused as refused:
        raise Refused(start + refused.position) from None
    return _with_bass(Chord(root, quality, tensions), bass)


def _split_bass(text: str, notation: Notation) -> tuple[str, str]:
    before, slash, after = text.rpartition("/")
    found = read_note(after.strip(), notation) if slash else None
    if found and found[1] == len(after.strip()):
        return before, found[0]
    return text, ""


def _with_bass(chord: Chord, bass: str) -> Chord:
    if not bass or pitch_class_of(bass) == chord.pitch_class:
        return chord
    return replace(chord, bass=bass)


def unreadable(text: str, position: int, offset: int = 0) -> UnreadableChord:
    """The refusal of a symbol, with the nearest readable one if any is close (see `nearest_symbol`).

    `position` is where reading stopped in it, `offset` where it stands in a longer text.
    """
    nearest = nearest_symbol(text)
    shown = text if len(text) <= 24 else text[:24] + "…"
    place = str(offset + position + 1)
    if not nearest:
        sentence = say(
            "\u201c{text}\u201d is not a chord we can read (character {position}). "
            "Write a note and what kind of chord it is, such as C, F#m7 or Bb/D.",
            text=shown,
            position=place,
        )
    else:
        sentence = say(
            "\u201c{text}\u201d is not a chord we can read (character {position}). The nearest we know is {nearest}.",
            text=shown,
            position=place,
            nearest=nearest,
        )
    return UnreadableChord(sentence, text=text, position=offset + position, nearest=nearest)


@lru_cache(maxsize=8192)
def write_chord(chord: Chord, notation: Notation = "letters") -> str:
    """The plain symbol of a chord; reading it back gives the same chord.

    >>> write_chord(Chord("C", "7", ("9", "#11", "13"))), write_chord(Chord("C#", "m7b5", (), "E"), "latin")
    ('C13#11', 'Do#m7b5/Mi')
    """
    if chord.is_silent:
        return "N.C."
    bass = "/" + write_note(chord.bass, notation) if chord.bass else ""
    return write_note(chord.root, notation) + write_quality(chord.quality, chord.tensions) + bass


def in_notation(text: str, notation: Notation) -> str:
    """A text of canonical symbols, bar lines and beat slashes (see `sheet.write_text`) with its symbols in a notation.

    >>> in_notation("| Gm Eb/G | N.C. / C |", "latin")
    '| Solm Mib/Sol | N.C. / Do |'
    """
    return _SYMBOL.sub(lambda found: write_chord(read_chord_as(found[0], ("letters",)), notation), text)


def display_parts(chord: Chord, notation: Notation = "letters") -> tuple[str, str, str]:
    """(root, quality, bass) with real sharps and flats, for typesetting: the quality goes small and raised.

    A suspension shows its fourth and a minor chord with a major seventh its brackets, shorter as `write_chord` is.

    >>> display_parts(Chord("C#", "m7b5")), display_parts(Chord("Bb", "maj7", (), "D"), "latin")
    (('C♯', 'm7♭5', ''), ('Si♭', 'maj7', 'Re'))
    >>> display_parts(Chord("G", "7sus"))[1], display_parts(Chord("C", "mM7"))[1]
    ('7sus4', 'm(maj7)')
    """
    if chord.is_silent:
        return "N.C.", "", ""
    bass = typeset(write_note(chord.bass, notation)) if chord.bass else ""
    quality = _in_full(write_quality(chord.quality, chord.tensions))
    return typeset(write_note(chord.root, notation)), typeset(quality), bass


def _in_full(quality: str) -> str:
    return re.sub(r"sus(?![0-9])", "sus4", re.sub(r"mM([0-9]+)", r"m(maj\1)", quality))


@lru_cache(maxsize=2048)
def write_quality(quality: str, tensions: tuple[str, ...] = ()) -> str:
    """The suffix of a quality with its tensions.

    >>> write_quality("m7", ("9", "11")), write_quality("", ("9",)), write_quality("5", ("9",))
    ('m11', 'add9', 'sus2')
    """
    if not tensions:
        return quality
    if quality in _SEVENTHS:
        return _write_seventh(quality, tensions)
    if quality == "5" and "9" in tensions:
        return "sus2" + _added(tuple(t for t in tensions if t != "9"))
    if quality in ("6", "m6") and "9" in tensions:
        return quality + "9" + _beside(tuple(t for t in tensions if t != "9"))
    return quality + _added(tensions)


def _write_seventh(quality: str, tensions: tuple[str, ...]) -> str:
    if quality == "7" and tensions == _ALTERED:
        return "7alt"
    number, implied = _stack(tensions)
    ending = {"7sus": "sus", "m7b5": "b5"}.get(quality, "")
    return _SEVENTHS[quality] + number + ending + _beside(tuple(t for t in tensions if t not in implied))


def _stack(tensions: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The number a stack of thirds is written with, and the tensions it stands for."""
    ninths = [t for t in tensions if t in _NINTHS]
    if "9" in ninths and len(ninths) > 1:
        return "7", ()
    for top in ("13", "11"):
        if top in tensions and ninths and not {"b" + top, "#" + top} & set(tensions):
            return top, (top, "9")
    return ("9", ("9",)) if "9" in ninths else ("7", ())


def _beside(tensions: tuple[str, ...]) -> str:
    """Tensions after a number: altered ones stand bare, natural ones need "add"."""
    return "".join(t if t[0] in "b#" else "add" + t for t in tensions)


def _added(tensions: tuple[str, ...]) -> str:
    """Tensions on a chord without a seventh; an altered fifth goes in brackets, so that no root swallows its flat."""
    return "".join(f"({t})" if t.endswith("5") else "add" + t for t in tensions)
