"""Chords to pitches for two hands: the smallest movement from chord to chord, and block chords on a grand staff.

Conventions: the left hand holds the bass (E2 to G3), the right hand three or four notes between A3 and G5.
Each voicing depends on the one before it and never on what follows, so a chord added at the end changes
nothing already heard. Ties are broken by pitch, so the same chords always sound the same.

The rules are those of any keyboard primer (Levine, The Jazz Piano Book, 1989, chapters 3 to 7): the third, the seventh
and the tensions are kept, the perfect fifth goes first, the root is left to the bass, seconds stay off the
top, thirds stay out of the low register.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import combinations, pairwise

from engine.errors import RenderError
from engine.music import Chord, Note, Progression, Score, Voicing, pitch_class_of
from engine.theory import chord_tones, write_chord
from engine.words import say

BASS_RANGE = (40, 55)  # E2 to G3, MIDI pitches
SHELL_BASS_TOP = 51  # with a second note above it in the same hand the bass stays in its lower octave
RIGHT_RANGE = (57, 79)  # A3 to G5
TEMPO_RANGE = (30.0, 300.0)  # beats per minute
BEATS_PER_BAR_RANGE = (1, 16)

_MIDDLE = 66.0  # where the right hand is at home (F#4)
_BASS_HOME = 46.0  # Bb2
_PERFECT_FIFTH = 7
_SEVENTHS = (10, 11)  # semitones above the root
_HAND = 4  # notes the right hand plays at most, unless the tensions alone are more
_VELOCITY = {"left": 76, "right": 72}

Hand = tuple[int, ...]


def voice(chords: tuple[Chord, ...]) -> tuple[Voicing, ...]:
    """Pitches for each chord in turn. A rest gives an empty voicing and the hands remember where they were."""
    voicings: list[Voicing] = []
    last: Voicing | None = None
    for chord in chords:
        voicings.append(voice_next(last, chord))
        last = voicings[-1] if voicings[-1].pitches else last
    return tuple(voicings)


def voice_next(previous: Voicing | None, chord: Chord) -> Voicing:
    """The voicing of `chord` nearest to `previous` (None or an empty one: a good place to begin)."""
    if chord.is_silent:
        return Voicing()
    before = previous if previous is not None and previous.pitches else None
    bass_class, shell_class, right_classes, size = _shares(chord)
    left = _left_hand(before, bass_class, shell_class)
    return Voicing(left, _right_hand(before, left, right_classes, size))


@lru_cache(maxsize=4096)
def _shares(chord: Chord) -> tuple[int, int | None, Hand, int]:
    """What each hand gets: bass, the left hand's second note or None, the right hand's classes and how many notes."""
    root = chord.pitch_class
    bass = pitch_class_of(chord.bass) if chord.bass else root
    steps = [(pitch_class_of(name) - root) % 12 for name in chord_tones(chord)]
    colours = [step for step in dict.fromkeys(steps) if step not in (0, _PERFECT_FIFTH)]
    wanted = colours if bass == root else [0, *colours]
    wanted = _without_bass(wanted, (bass - root) % 12)
    shell = next((step for step in (*_SEVENTHS, 0) if step in wanted), None) if len(wanted) > _HAND else None
    wanted = [step for step in wanted if step != shell]
    for spare in (_PERFECT_FIFTH, 0):
        room = len(wanted) < (_HAND if spare else 3)
        if room and spare in steps and spare not in wanted:
            wanted.append(spare)
    wanted = _without_bass(wanted, (bass - root) % 12)
    classes = tuple(sorted((root + step) % 12 for step in wanted))
    return bass, None if shell is None else (root + shell) % 12, classes, max(3, len(classes))


def _without_bass(steps: list[int], bass: int) -> list[int]:
    """A colour that the bass already sounds need not be doubled when three others remain."""
    others = [step for step in steps if step != bass]
    return others if len(others) >= 3 else steps


def _places(pitch_class: int, low: int, high: int) -> range:
    """Every pitch of a pitch class from `low` to `high`, both included."""
    return range(low + (pitch_class - low) % 12, high + 1, 12)


def _left_hand(before: Voicing | None, bass_class: int, shell_class: int | None) -> Hand:
    top = BASS_RANGE[1] if shell_class is None else SHELL_BASS_TOP
    home = _BASS_HOME if before is None else (before.left[0] * 2 + _BASS_HOME) / 3
    bass = min(_places(bass_class, BASS_RANGE[0], top), key=lambda pitch: (abs(pitch - home), pitch))
    if shell_class is None:
        return (bass,)
    shell = bass + (shell_class - bass_class) % 12
    return (bass, shell if shell - bass >= 5 else shell + 12)


def _right_hand(before: Voicing | None, left: Hand, classes: Hand, size: int) -> Hand:
    """The cheapest hand above the left one: movement and shape together; pitches decide between equals."""
    floor = left[-1] + (3 if len(left) == 1 else 1)
    hands = [(cost, hand) for cost, hand in _hands(classes, size) if hand[0] >= floor]
    if before is None:
        return min(hands)[1]
    return min((cost + _movement(before.right, hand), hand) for cost, hand in hands)[1]


@lru_cache(maxsize=4096)
def _hands(classes: Hand, size: int) -> tuple[tuple[float, Hand], ...]:
    """Every way for the right hand to hold `size` notes with all `classes`, each with the cost of its shape."""
    low, high = RIGHT_RANGE
    pitches = [pitch for pitch in range(low, high + 1) if pitch % 12 in classes]
    held = (hand for hand in combinations(pitches, size) if {pitch % 12 for pitch in hand} == set(classes))
    return tuple((_shape(hand), hand) for hand in held)


def _shape(hand: Hand) -> float:
    """How awkward a hand is, in semitones of movement it would take to be worth it."""
    gaps = [upper - lower for lower, upper in pairwise(hand)]
    stretch = 2.0 * max(0, hand[-1] - hand[0] - 12)
    rub = 1.5 * sum(gap == 1 for gap in gaps) + 0.5 * sum(gap == 2 for gap in gaps)
    harsh_top = 2.0 * (gaps[-1] <= 2)
    holes = 0.5 * sum(max(0, gap - 7) for gap in gaps)
    away = 0.15 * (sum(hand) / len(hand) - _MIDDLE) ** 2
    return stretch + rub + harsh_top + holes + away


def _movement(old: Hand, new: Hand) -> float:
    """Semitones the hand travels: note by note when it holds as many, else each note to its nearest, both ways."""
    if len(old) == len(new):
        return float(sum(abs(a - b) for a, b in zip(old, new, strict=True)))
    there = sum(min(abs(a - b) for b in old) for a in new)
    back = sum(min(abs(a - b) for b in new) for a in old)
    return (there + back) / 2


def arrange(
    progression: Progression,
    tempo_bpm: float = 100.0,
    instrument: int = 0,
    beats_per_bar: int = 4,
    title: str = "",
) -> Score:
    """Block chords on a grand staff, one per slot, spelled as the chord spells them, with their names above.

    Raises RenderError for a tempo outside 30 to 300 beats per minute, a General MIDI program outside 0 to 127,
    bars outside 1 to 16 beats, or a chord that lasts no time.
    """
    _check(progression, tempo_bpm, instrument, beats_per_bar)
    voicings = voice(progression.chords)
    notes: list[Note] = []
    for slot, onset, voicing in zip(progression.slots, progression.onsets, voicings, strict=True):
        notes += _block(slot.chord, voicing, onset, slot.beats)
    names = tuple(
        (onset, write_chord(slot.chord)) for slot, onset in zip(progression.slots, progression.onsets, strict=True)
    )
    return Score(title, progression.key, tempo_bpm, beats_per_bar, tuple(notes), names, instrument, progression.beats)


def _block(chord: Chord, voicing: Voicing, onset: float, beats: float) -> list[Note]:
    """The notes of one chord, all starting together."""
    spelling = {} if chord.is_silent else {pitch_class_of(name): name for name in chord_tones(chord)}
    if chord.bass:
        spelling.setdefault(pitch_class_of(chord.bass), chord.bass)
    left = [Note(p, onset, beats, _VELOCITY["left"], "left", spelling[p % 12]) for p in voicing.left]
    right = [Note(p, onset, beats, _VELOCITY["right"], "right", spelling[p % 12]) for p in voicing.right]
    return left + right


def _check(progression: Progression, tempo_bpm: float, instrument: int, beats_per_bar: int) -> None:
    low, high = TEMPO_RANGE
    if not (math.isfinite(tempo_bpm) and low <= tempo_bpm <= high):
        raise RenderError(
            say(
                "The tempo {tempo} cannot be played: choose {low} to {high} beats per minute.",
                tempo=format(tempo_bpm, "g"),
                low=format(low, "g"),
                high=format(high, "g"),
            )
        )
    if not 0 <= instrument <= 127:
        raise RenderError(
            say("There is no instrument {number}: General MIDI programs run from 0 to 127.", number=instrument)
        )
    fewest, most = BEATS_PER_BAR_RANGE
    if not fewest <= beats_per_bar <= most:
        raise RenderError(
            say(
                "A bar of {beats} beats cannot be written: choose {low} to {high}.",
                beats=beats_per_bar,
                low=fewest,
                high=most,
            )
        )
    for place, slot in enumerate(progression, start=1):
        if not (math.isfinite(slot.beats) and slot.beats > 0):
            raise RenderError(
                say(
                    "Chord {place} lasts {beats} beats: give every chord a length above zero.",
                    place=place,
                    beats=format(slot.beats, "g"),
                )
            )
