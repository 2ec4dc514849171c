"""Keys: their usual spellings, their scales, how they spell every note, and how chords move from one to another.

Conventions: a note's place in a key is its distance above the tonic in semitones (0 to 11); the minor scale is the
natural one, with the raised leading note spelled as a leading note ("F##" in G# minor).

Roots are spelled as charts print them: what would be Fb, Cb, E# or B# takes its natural name (E7 in Eb, Fm7b5 in B),
unless it is a note of the key's scale (Cb in Gb), the root of a diminished chord on the leading note (E#dim7 in F#
minor), or Cb as a major chord on a borrowed degree (bVI in Eb).
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from engine.errors import UnreadableKey
from engine.music import Chord, Key, Mode, pitch_class_of
from engine.theory.intervals import DIMINISHED_QUALITIES, chord_tones, plain, raised
from engine.theory.names import read_note
from engine.words import say

_MAJOR_TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_MINOR_TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")

ALL_KEYS: tuple[Key, ...] = tuple(Key(t, "major") for t in _MAJOR_TONICS) + tuple(
    Key(t, "minor") for t in _MINOR_TONICS
)

SCALE_STEPS: dict[Mode, tuple[int, ...]] = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}

# Letters above the tonic for each of the twelve places: bII, bIII, bVI, bVII are lowered, #IV is raised, in both modes.
_LETTERS_UP = (0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6)

_NATURAL_NAMES = {"Fb": "E", "Cb": "B", "E#": "F", "B#": "C"}
_BORROWED_PLACES = frozenset({1, 3, 8, 10})

# In major, a diminished chord on these places leads upward and is named after the note it raises: C#dim7 to Dm.
_RAISED_ROOTS = {1: (0, 1), 8: (4, 8)}

_KEY_WORDS: dict[str, Mode] = {
    "": "major",
    "major": "major",
    "maj": "major",
    "mayor": "major",
    "M": "major",
    "dur": "major",
    "m": "minor",
    "min": "minor",
    "mi": "minor",
    "minor": "minor",
    "menor": "minor",
    "moll": "minor",
    "-": "minor",
}

_ACCIDENTALS = {"flat": "b", "bemol": "b", "sharp": "#", "sostenido": "#"}
_ACCIDENTAL_WORDS = re.compile(r"[ -](flat|sharp|bemol|sostenido)\b", re.IGNORECASE)


def place_in(pitch_class: int, key: Key) -> int:
    """Semitones above the tonic, 0 to 11."""
    return (pitch_class - key.pitch_class) % 12


@lru_cache(maxsize=1024)
def spell(pitch_class: int, key: Key) -> str:
    """The name of a pitch class (0 to 11) in a key.

    Double accidentals appear only in the leading note of a minor key, where theory demands them.

    >>> spell(10, Key("F")), spell(8, Key("C")), spell(11, Key("Gb")), spell(7, Key("G#", "minor"))
    ('Bb', 'Ab', 'Cb', 'F##')
    """
    place = place_in(pitch_class, key)
    name = raised(key.tonic, (_LETTERS_UP[place], place))
    return name if place == 11 and key.mode == "minor" else plain(name)


@lru_cache(maxsize=128)
def scale(key: Key) -> tuple[str, ...]:
    """The seven notes of a key, from the tonic; minor is natural minor.

    >>> scale(Key("Gb"))
    ('Gb', 'Ab', 'Bb', 'Cb', 'Db', 'Eb', 'F')
    """
    return tuple(raised(key.tonic, (letters, steps)) for letters, steps in enumerate(SCALE_STEPS[key.mode]))


def spell_root(pitch_class: int, quality: str, key: Key) -> str:
    """The name of a chord's root in a key: as `spell`, but a diminished chord that leads upward is raised.

    Fb, Cb, E# and B# stay only where the head of this module says.

    >>> spell_root(1, "dim7", Key("C")), spell_root(1, "maj7", Key("C")), spell_root(3, "dim7", Key("C"))
    ('C#', 'Db', 'Eb')
    >>> spell_root(4, "7", Key("Eb")), spell_root(11, "m", Key("Eb")), spell_root(11, "", Key("Eb"))
    ('E', 'B', 'Cb')
    """
    return readable_root(_theoretical_root(pitch_class, quality, key), quality, key)


def readable_root(name: str, quality: str, key: Key) -> str:
    """The natural name of a root that would be Fb, Cb, E# or B#, where that is easier to read in the key.

    >>> readable_root("Cb", "7", Key("Eb")), readable_root("Cb", "7", Key("Gb"))
    ('B', 'Cb')
    """
    if name not in _NATURAL_NAMES or name in scale(key):
        return name
    place = place_in(pitch_class_of(name), key)
    leading = key.mode == "minor" and place == 11 and quality in DIMINISHED_QUALITIES
    borrowed = name == "Cb" and place in _BORROWED_PLACES and quality in ("", "maj7", "6")
    return name if leading or borrowed else _NATURAL_NAMES[name]


def _theoretical_root(pitch_class: int, quality: str, key: Key) -> str:
    leading = _RAISED_ROOTS.get(place_in(pitch_class, key))
    if leading and quality in ("dim", "dim7") and key.mode == "major":
        return plain(raised(key.tonic, leading))
    return spell(pitch_class, key)


@lru_cache(maxsize=4096)
def respell(chord: Chord, key: Key) -> Chord:
    """The same sounding chord, spelled as the key spells it; a bass that is a chord tone is spelled by the chord.

    >>> respell(Chord("G#", "maj7"), Key("C")), respell(Chord("A", "7", (), "Db"), Key("C")).bass
    (Chord(root='Ab', quality='maj7', tensions=(), bass=''), 'C#')
    """
    if chord.is_silent:
        return chord
    respelled = replace(chord, root=spell_root(chord.pitch_class, chord.quality, key), bass="")
    return replace(respelled, bass=_spell_bass(chord.bass, respelled, key)) if chord.bass else respelled


def _spell_bass(bass: str, chord: Chord, key: Key) -> str:
    pitch_class = pitch_class_of(bass)
    own = [tone for tone in chord_tones(chord) if pitch_class_of(tone) == pitch_class]
    return own[0] if own else spell_root(pitch_class, "", key)


@lru_cache(maxsize=4096)
def transpose(chord: Chord, source: Key, target: Key) -> Chord:
    """The chord that does in `target` what `chord` does in `source`; letters move with the tonic, to a readable root.

    >>> transpose(Chord("F#", "m7b5", (), "C"), Key("C"), Key("Eb"))
    Chord(root='A', quality='m7b5', tensions=(), bass='Eb')
    """
    if chord.is_silent:
        return chord
    root = readable_root(_moved(chord.root, source, target), chord.quality, target)
    moved = replace(chord, root=root, bass="")
    if not chord.bass:
        return moved
    by_letter = root == _moved(chord.root, source, target)
    bass = _moved(chord.bass, source, target)
    return replace(moved, bass=bass if by_letter else _spell_bass(bass, moved, target))


def _moved(name: str, source: Key, target: Key) -> str:
    letters = "CDEFGAB".index(target.tonic[0]) - "CDEFGAB".index(source.tonic[0])
    moved = raised(name, (letters, target.pitch_class - source.pitch_class))
    return moved if len(moved) <= 2 else spell(pitch_class_of(moved), target)


def parallel(key: Key) -> Key:
    """The key of the other mode on the same tonic, which keeps its name, however rarely that key is written.

    >>> parallel(Key("Ab")), parallel(Key("A", "minor"))
    (Key(tonic='Ab', mode='minor'), Key(tonic='A', mode='major'))
    """
    return Key(key.tonic, "minor" if key.mode == "major" else "major")


def usual(key: Key) -> Key:
    """The key as it is usually written: D# minor is Eb minor, C# major is Db major; Gb and F# major both stay.

    >>> usual(Key("D#", "minor")), usual(Key("Gb"))
    (Key(tonic='Eb', mode='minor'), Key(tonic='Gb', mode='major'))
    """
    if key in ALL_KEYS or key == Key("Gb"):
        return key
    return ALL_KEYS[key.pitch_class + (12 if key.mode == "minor" else 0)]


def read_key(text: str) -> Key:
    """The key a musician names: "C", "Am", "F# minor", "Bb major", "Do menor", any tonic with up to one accidental.

    Raises UnreadableKey.

    >>> read_key("Do menor"), read_key("F#m")
    (Key(tonic='C', mode='minor'), Key(tonic='F#', mode='minor'))
    """
    given = _ACCIDENTAL_WORDS.sub(lambda word: _ACCIDENTALS[word[1].lower()], " ".join(text[:60].split()))
    for notation in ("latin", "letters"):
        found = read_note(given, notation)
        if found and len(found[0]) <= 2:
            mode = _mode_of(given[found[1] :])
            if mode:
                return Key(found[0], mode)
    raise UnreadableKey(
        say(
            "\u201c{text}\u201d is not a key. Write a note and a mode, such as C major, F# minor or Sib mayor.",
            text=given[:24],
        )
    )


def _mode_of(rest: str) -> Mode | None:
    word = re.sub(r"^[ :_]+", "", rest).strip()
    return _KEY_WORDS.get(word) or _KEY_WORDS.get(word.lower())
