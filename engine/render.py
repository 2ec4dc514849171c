"""Music to MIDI and MusicXML: the only door to music21.

Conventions: one part per hand, one staff for a melody; what outlasts its bar is tied over; times are exact fractions of
a beat. The same score gives the same bytes: no chance, no dates. music21 has tables of its own: one thread at a time.
"""

from __future__ import annotations

import re
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Literal

from engine.errors import RenderError
from engine.music import Chord, Note, Score
from engine.theory import read_chord
from engine.words import say

TICKS_PER_BEAT = 480  # music21's own 10080 makes 256 whole notes too long for most readers
STAVES: tuple[Literal["right", "left"], ...] = ("right", "left")

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
_SHORTEST = Fraction(1, 32)  # of a beat
_MOST_BEATS = 16 * 256

Group = tuple[Fraction, Fraction, tuple[Note, ...]]  # onset and duration in beats, notes struck together

_one_at_a_time = threading.Lock()


def to_midi(score: Score) -> bytes:
    """A standard MIDI file: tempo, metre and key first, then a track for each hand; it ends where the music ends."""
    _check(score)
    with _one_at_a_time:
        library = _music21()
        file = library.midi.translate.streamToMidiFile(_Writer(library, score).runs())
        for track in file.tracks:
            _end_at(track, round(_exact(score.beats) * TICKS_PER_BEAT))
        return bytes(file.writestr())


def to_musicxml(score: Score) -> bytes:
    """A MusicXML partwise score on a grand staff with chord symbols, key, metre and tempo, in UTF-8."""
    _check(score)
    with _one_at_a_time:
        library = _music21()
        exporter = library.musicxml.m21ToXml.GeneralObjectExporter()
        exporter.makeNotation = False
        text = exporter.parse(_Writer(library, score).bars())
    return re.sub(rb"\s*<encoding-date>[^<]*</encoding-date>", b"", bytes(text))


def _music21() -> Any:
    """The library, imported at first use; the caller holds the lock."""
    import music21
    import music21.musicxml.m21ToXml

    music21.defaults.ticksPerQuarter = TICKS_PER_BEAT
    return music21


def _check(score: Score) -> None:
    """Refuses what cannot be written down: nothing, too much, or notes shorter than a 128th."""
    if not score.notes and not score.chord_names:
        raise RenderError(say("There is nothing to write: add a chord first."))
    if not 0 < score.beats <= _MOST_BEATS:
        raise RenderError(
            say("A score of {beats} beats cannot be written: up to {most} can.", beats=score.beats, most=_MOST_BEATS)
        )
    for note in score.notes:
        if not (note.duration >= _SHORTEST and 0 <= note.onset <= score.beats and 0 <= note.pitch <= 127):
            raise RenderError(
                say("A note of {beats} beats at beat {onset} cannot be written.", beats=note.duration, onset=note.onset)
            )


def _exact(beats: float) -> Fraction:
    """A time in beats without what floating point did to it: three thirds are a whole.

    >>> _exact(4 / 3) * 3 == 4
    True
    """
    return Fraction(beats).limit_denominator(960)


def _groups(score: Score, staff: str) -> list[Group]:
    """The notes of one hand, those struck and let go together in one group, in order of time."""
    together: dict[tuple[Fraction, Fraction], list[Note]] = {}
    for note in score.notes:
        if note.staff == staff:
            onset = _exact(note.onset)
            together.setdefault((onset, _exact(note.onset + note.duration) - onset), []).append(note)
    return [(onset, length, tuple(notes)) for (onset, length), notes in sorted(together.items())]


class _Writer:
    """One score on its way into music21's streams."""

    def __init__(self, library: Any, score: Score) -> None:
        self._library = library
        self._score = score
        self._key = _key(library, score)
        self._edges = edges = [_exact(onset) for onset in score.bar_edges]
        self._upbeat = len(edges) > 2 and edges[1] - edges[0] < edges[2] - edges[1]
        self._staves = STAVES[:1] if score.is_melody else STAVES
        self._names = [(_exact(onset), name) for onset, name in score.chord_names]

    def runs(self) -> Any:
        """Both hands in one run each, without bars: what MIDI needs."""
        return self._whole([self._run(staff) for staff in self._staves])

    def bars(self) -> Any:
        """Both hands in measures with ties, rests, accidentals and chord symbols, on a grand staff."""
        return self._whole([self._barred(staff) for staff in self._staves])

    def _whole(self, parts: list[Any]) -> Any:
        whole = self._library.stream.Score(id="score")
        # Characters that XML cannot hold would make the file unreadable.
        title = "".join(character for character in self._score.title if character.isprintable()).strip()
        whole.insert(0, self._library.metadata.Metadata(title=title or "Cadencia", composer=" "))
        for part in parts:
            whole.insert(0, part)
        if len(parts) > 1:
            whole.insert(0, self._library.layout.StaffGroup(parts, symbol="brace", barTogether=True))
        return whole

    def _part(self, staff: str) -> Any:
        part = self._library.stream.PartStaff(id=staff)
        part.partName, part.partAbbreviation = "", ""
        return part

    def _opening(self, staff: str) -> list[Any]:
        """What stands before the first note of a hand."""
        signs = [
            self._instrument(staff),
            self._library.clef.TrebleClef() if staff == "right" else self._library.clef.BassClef(),
            _key(self._library, self._score),
            self._library.meter.TimeSignature(self._score.meter or f"{self._score.beats_per_bar}/4"),
        ]
        if staff == "right":
            signs.append(self._library.tempo.MetronomeMark(number=self._score.tempo_bpm))
        return signs

    def _instrument(self, staff: str) -> Any:
        instrument = self._library.instrument.instrumentFromMidiProgram(self._score.instrument)
        instrument.midiProgram = self._score.instrument
        instrument.partId, instrument.instrumentId = f"P-{staff}", f"I-{staff}"
        return instrument

    def _run(self, staff: str) -> Any:
        part = self._part(staff)
        for sign in self._opening(staff):
            part.insert(0, sign)
        for onset, length, notes in _groups(self._score, staff):
            part.insert(onset, self._struck(notes, length))
        return part

    def _barred(self, staff: str) -> Any:
        part = self._part(staff)
        bars: list[list[Group]] = [[] for _ in self._edges[1:]]
        for onset, length, notes in _groups(self._score, staff):
            for bar in bars[bisect_right(self._edges, onset) - 1 : bisect_left(self._edges, onset + length)]:
                bar.append((onset, length, notes))
        for number, groups in enumerate(bars):
            part.append(self._measure(staff, groups, number))
        part[self._library.stream.Measure].last().rightBarline = self._library.bar.Barline("final")
        return part

    def _measure(self, staff: str, groups: list[Group], number: int) -> Any:
        start, end = self._edges[number : number + 2]
        measure = self._library.stream.Measure(number=number + 1 - self._upbeat)
        for sign in self._opening(staff) if number == 0 else ():
            measure.insert(0, sign)
        for onset, name in self._names if staff == "right" else ():
            if start <= onset < end:
                measure.insert(onset - start, _chord_symbol(self._library, name))
        for offset, element in self._content(groups, start, end):
            measure.insert(offset, element)
        measure.makeAccidentals(useKeySignature=self._key, tiePitchSet=self._carried(groups, start), inPlace=True)
        return measure

    def _carried(self, groups: list[Group], bar_start: Fraction) -> set[str]:
        """Pitches tied over into a bar: they need no new accidental."""
        tied = (notes for onset, length, notes in groups if onset < bar_start < onset + length)
        return {_pitch(self._library, note).nameWithOctave for notes in tied for note in notes}

    def _content(self, groups: list[Group], start: Fraction, end: Fraction) -> Iterator[tuple[Fraction, Any]]:
        """What stands between `start` and `end`: offsets into the bar with rests, chords and their continuations."""
        now = start
        for onset, length, notes in groups:
            first, last = max(onset, start), min(onset + length, end)
            if first < last:
                yield from self._rests(now, first, start)
                for here, piece in self._pieces(first, last):
                    yield here - start, self._tied(notes, piece, here > onset, here + piece < onset + length)
                now = last
        yield from self._rests(now, end, start)

    def _rests(self, first: Fraction, last: Fraction, bar_start: Fraction) -> Iterator[tuple[Fraction, Any]]:
        for here, piece in self._pieces(first, last):
            yield here - bar_start, self._library.note.Rest(quarterLength=piece)

    def _pieces(self, first: Fraction, last: Fraction) -> Iterator[tuple[Fraction, Fraction]]:
        """Starts and lengths that can be written as one note value each: 3 a dotted half, 5 a whole and a quarter."""
        if last <= first:
            return
        duration = self._library.duration.Duration(last - first)
        for component in duration.components:
            piece = Fraction(component.quarterLength) if duration.type == "complex" else last - first
            yield first, piece
            first += piece

    def _tied(self, notes: tuple[Note, ...], length: Fraction, before: bool, after: bool) -> Any:
        element = self._struck(notes, length)
        if before or after:
            element.tie = self._library.tie.Tie("continue" if before and after else "stop" if before else "start")
        return element

    def _struck(self, notes: tuple[Note, ...], length: Fraction) -> Any:
        """Notes of one hand together, spelled, with their velocity."""
        pitches = [_pitch(self._library, note) for note in sorted(notes, key=lambda note: note.pitch)]
        if len(pitches) == 1:
            element = self._library.note.Note(pitches[0], quarterLength=length)
        else:
            element = self._library.chord.Chord(pitches, quarterLength=length)
        element.volume.velocity = max(note.velocity for note in notes)
        element.volume.velocityIsRelative = False
        return element


def _key(library: Any, score: Score) -> Any:
    """The key's own signature; a theoretical key of more than seven sharps or flats is written with none."""
    tonic = _music21_name(score.key.tonic)
    key = library.key.Key(tonic.lower() if score.key.mode == "minor" else tonic, score.key.mode)
    return key if abs(key.sharps) <= 7 else library.key.KeySignature(0)


def _pitch(library: Any, note: Note) -> Any:
    """The spelled pitch in the octave that sounds right: B# below middle C is B#3, sounding 60."""
    pitch = library.pitch.Pitch(midi=note.pitch)
    if note.spelling:
        pitch = library.pitch.Pitch(_music21_name(note.spelling), octave=note.pitch // 12 - 1)
        pitch.octave += round((note.pitch - pitch.ps) / 12)
    return pitch


def _music21_name(name: str) -> str:
    """music21 writes a flat as a minus sign."""
    return name[0] + name[1:].replace("b", "-")


def _chord_symbol(library: Any, name: str) -> Any:
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


def _end_at(track: Any, ticks: int) -> None:
    """Moves a track's end mark to `ticks`: music21 puts it a beat after the last note."""
    waits = [event for event in track.events if event.isDeltaTime()]
    elapsed = sum(wait.time for wait in waits[:-1])
    waits[-1].time = max(0, ticks - elapsed)
