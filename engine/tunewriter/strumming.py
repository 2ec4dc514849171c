"""The chords under a tune made heard: a bass note on strong beats, the chord on the others, as on a guitar.

Conventions: times in quarters; the bass lies from E2 to D#3, the chord from E3 to D#4, below most tunes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.music import Chord, Note, Score, pitch_class_of
from engine.theory import chord_tones, write_chord
from engine.tunewriter.chords import Accompaniment

BASS, MIDDLE = 40, 52  # the lowest pitch of each hand's octave
LOUD, SOFT = 62, 50  # velocities: under the tune's
_DOTTED = ("3/8", "6/8", "9/8", "12/8")  # meters whose beat is a dotted crotchet


def named(score: Score, under: Accompaniment) -> Score:
    """The tune with the names of its chords above, where they change."""
    names, before = list[tuple[float, str]](), None
    for onset, slot in zip(under.progression.onsets, under.progression, strict=True):
        if slot.chord.is_silent or slot.chord == before:
            continue
        names.append((onset, write_chord(slot.chord)))
        before = slot.chord
    return replace(score, chord_names=tuple(names))


def strummed(score: Score, under: Accompaniment) -> Score:
    """The tune with its chords named and played by the left hand."""
    beat = 1.5 if score.meter in _DOTTED else 1.0
    notes = [
        note
        for onset, slot in zip(under.progression.onsets, under.progression, strict=True)
        if not slot.chord.is_silent
        for note in _slot(slot.chord, onset, slot.beats, beat)
    ]
    together = sorted((*score.notes, *notes), key=lambda note: note.onset)
    return replace(named(score, under), notes=tuple(together))


def _slot(chord: Chord, onset: float, beats: float, beat: float) -> Iterator[Note]:
    """Bass and chord in turns; the bass is root and fifth in turns. In bars of three beats one bass leads."""
    tones = chord_tones(chord)
    count = max(1, round(beats / beat))
    for number in range(count):
        start = onset + number * beat
        length = min(beat, onset + beats - start)
        strong = number == 0 if count == 3 else number % 2 == 0
        if strong:
            tone = tones[2] if number % 4 == 2 and len(tones) > 2 else tones[0]
            yield _note(tone, BASS, start, length, LOUD)
        if not strong or count == 1:
            yield from (_note(tone, MIDDLE, start, length, SOFT) for tone in tones[:4])


def _note(name: str, lowest: int, onset: float, length: float, velocity: int) -> Note:
    pitch = lowest + (pitch_class_of(name) - lowest) % 12
    return Note(pitch, onset, length, velocity, "left", name)
