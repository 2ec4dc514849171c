"""Single signs as music21 has them: keys, spelled pitches, chord symbols."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.music import Chord, Note, Score
from engine.theory import read_chord

# Live quality -> MusicXML kind, as music21 names it.
_KINDS = {
    "": "major",
    "m": "minor",
    "7": "dominant-seventh",
    "maj7": "major-seventh",
    "m7": "minor-seventh",
    "6": "major-sixth",
    "m6": "minor-sixth",
    "mM7": "minor-major-seventh",
    "m7b5": "half-diminished-seventh",
    "dim": "diminished",
    "dim7": "diminished-seventh",
    "aug": "augmented",
    "sus": "suspended-fourth",
    "7sus": "suspended-fourth",
    "5": "power",
}


UNTITLED = "Cadencia"


def title_of(score: Score) -> str:
    """The score's title without the characters that XML cannot hold: they would make the file unreadable."""
    return "".join(character for character in score.title if character.isprintable()).strip() or UNTITLED


def key_of(library: Any, score: Score) -> Any:
    """The key's own signature; a theoretical key of more than seven sharps or flats is written with none."""
    tonic = _music21_name(score.key.tonic)
    key = library.key.Key(tonic.lower() if score.key.mode == "minor" else tonic, score.key.mode)
    return key if abs(key.sharps) <= 7 else library.key.KeySignature(0)


def pitch_of(library: Any, note: Note) -> Any:
    """The spelled pitch in the octave that sounds right: B# below middle C is B#3, sounding 60."""
    pitch = library.pitch.Pitch(midi=note.pitch)
    if note.spelling:
        pitch = library.pitch.Pitch(_music21_name(note.spelling), octave=note.pitch // 12 - 1)
        pitch.octave += round((note.pitch - pitch.ps) / 12)
    return pitch


def show_accidentals(library: Any, key: Any, struck: list[Any]) -> None:
    """Shows, in order of time, the accidentals of a bar that neither the key nor one before them in their octave tells.

    A note that goes on under a tie needs none, and tells later ones nothing.
    """
    heard: dict[str, str] = {}
    for element, pitch in ((one, pitch) for one in struck for pitch in one.pitches):
        place, usual = f"{pitch.step}{pitch.octave}", key.accidentalByStep(pitch.step)
        before = heard.get(place, f"{pitch.step}{usual.modifier if usual else ''}{pitch.octave}")
        goes_on = element.tie is not None and element.tie.type != "start"
        needed = pitch.nameWithOctave != before and not goes_on
        if pitch.accidental is None and needed:
            pitch.accidental = library.pitch.Accidental("natural")
        if pitch.accidental is not None:
            pitch.accidental.displayStatus = needed
        if not goes_on:
            heard[place] = pitch.nameWithOctave


def _music21_name(name: str) -> str:
    """music21 writes a flat as a minus sign."""
    return name[0] + name[1:].replace("b", "-")


def chord_symbol(library: Any, name: str) -> Any:
    """A chord name that notation programs read as harmony, looking as we write it."""
    chord = read_chord(name)
    if chord.is_silent:
        return library.harmony.NoChord("N.C.")
    symbol = library.harmony.ChordSymbol()
    symbol.root(_music21_name(chord.root))
    symbol.bass(_music21_name(chord.bass or chord.root), allow_add=True)
    symbol.chordKind = _KINDS[chord.quality]
    symbol.chordKindStr = name.split("/", maxsplit=1)[0][len(chord.root) :]
    for kind, degree, alteration in _degrees(chord):
        change = library.harmony.ChordStepModification(kind, degree, alteration)
        symbol.addChordStepModification(change, updatePitches=False)
    return symbol


def _degrees(chord: Chord) -> Iterator[tuple[str, int, int]]:
    """What a chord has beyond its kind: (add or alter, degree, semitones)."""
    if chord.quality == "7sus":
        yield "add", 7, -1
    for tension in chord.tensions:
        degree, alteration = int(tension.lstrip("#b")), tension.count("#") - tension.count("b")
        yield ("alter" if degree == 5 else "add"), degree, alteration
