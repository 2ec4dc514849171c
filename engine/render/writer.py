"""One score on its way into music21's streams: in one run each hand for MIDI, in bars for MusicXML.

A choir reads a part each, with the name of the voice: its singers are staves of their own, soprano to bass.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from typing import Any, Literal

from engine.music import Note, Score
from engine.render.signs import chord_symbol, key_of, pitch_of, show_accidentals, title_of
from engine.render.times import Group, exact, lines_of, struck_together

STAVES = ("right", "left")
CROWDED = 48  # notes of a bar on one staff
LONGEST = Fraction(16)  # beats of one written note, a longa: beyond it MusicXML soon has no signs


def _ending(signs: tuple[str, ...]) -> str:
    return next((sign for sign in signs if sign in ("[1", "[2")), "")


class Writer:
    """One score on its way into music21's streams."""

    def __init__(self, library: Any, score: Score) -> None:
        self._library = library
        self._score = score
        self._key = key_of(library, score)
        self._edges = edges = [exact(onset) for onset in score.bar_edges]
        self._upbeat = len(edges) > 2 and edges[1] - edges[0] < edges[2] - edges[1]
        self._staves = STAVES[:1] if score.is_melody else STAVES
        self._names = [(exact(onset), name) for onset, name in score.chord_names]

    def runs(self) -> Any:
        """Both hands in one run each, without bars: what MIDI needs."""
        return self._whole([self._run(staff) for staff in self._staves])

    def bars(self) -> Any:
        """Both hands in measures with ties, rests, accidentals and chord symbols, on a grand staff or in parts."""
        if self._score.choir:
            return self._whole([self._sung(number) for number in range(len(self._score.choir))], "bracket")
        return self._whole([self._barred(staff) for staff in self._staves])

    def _sung(self, number: int) -> Any:
        """What one singer reads: the first has the signs that are for all."""
        singer = self._score.choir[number]
        staff: Literal["right", "left"] = "left" if number else "right"
        line = tuple(replace(note, staff=staff) for note in singer.notes)
        alone = Writer(self._library, replace(self._score, notes=line, choir=()))
        part = alone._barred(staff, self._library.stream.Part(id=singer.name))
        part.partName, part.partAbbreviation = singer.name, f"{singer.name[0]}."
        clefs = self._library.clef
        clef = (clefs.TrebleClef, clefs.TrebleClef, clefs.Treble8vbClef, clefs.BassClef)[number]()
        part[self._library.stream.Measure].first().clef = clef
        for instrument in part[self._library.instrument.Instrument]:
            instrument.partId, instrument.instrumentId = f"P-{singer.name}", f"I-{singer.name}"
        return part

    def _whole(self, parts: list[Any], symbol: str = "brace") -> Any:
        whole = self._library.stream.Score(id="score")
        whole.insert(0, self._library.metadata.Metadata(title=title_of(self._score), composer=" "))
        for part in parts:
            whole.insert(0, part)
        if len(parts) > 1:
            whole.insert(0, self._library.layout.StaffGroup(parts, symbol=symbol, barTogether=True))
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
            key_of(self._library, self._score),
            self._library.meter.TimeSignature(self._score.meter or f"{self._score.beats_per_bar}/4"),
        ]
        if staff == "right":
            signs.append(self._library.tempo.MetronomeMark(number=self._score.tempo_bpm))
        return signs

    def _instrument(self, staff: str) -> Any:
        score = self._score
        program = score.instrument if staff == "right" or score.accompaniment is None else score.accompaniment
        instrument = self._library.instrument.instrumentFromMidiProgram(program)
        instrument.midiProgram = program
        instrument.transposition = None  # pitches are written as they sound, a banjo's and a piccolo's too
        instrument.partId, instrument.instrumentId = f"P-{staff}", f"I-{staff}"
        return instrument

    def _run(self, staff: str) -> Any:
        part = self._part(staff)
        for sign in self._opening(staff):
            part.insert(0, sign)
        for onset, length, notes in struck_together(self._score, staff):
            part.insert(onset, self._struck(notes, length))
        return part

    def _barred(self, staff: str, part: Any = None) -> Any:
        part = self._part(staff) if part is None else part
        bars: list[list[Group]] = [[] for _ in self._edges[1:]]
        for onset, length, notes in struck_together(self._score, staff):
            for bar in bars[bisect_right(self._edges, onset) - 1 : bisect_left(self._edges, onset + length)]:
                bar.append((onset, length, notes))
        for number, groups in enumerate(bars):
            part.append(self._measure(staff, groups, number))
        measures = list(part[self._library.stream.Measure])
        measures[-1].rightBarline = self._library.bar.Barline("final")
        self._put_signs(part, measures)
        self._library.stream.makeNotation.makeBeams(part, inPlace=True)
        for line in (line for measure in part[self._library.stream.Measure] for line in (measure.voices or [measure])):
            self._library.stream.makeNotation.makeTupletBrackets(line, inPlace=True)
        return part

    def _put_signs(self, part: Any, measures: list[Any]) -> None:
        """Repeats, double bars and endings, on every staff."""
        signs = self._score.signs or ((),) * len(measures)
        library = self._library
        for measure, here in zip(measures, signs, strict=True):
            if "|:" in here:
                measure.leftBarline = library.bar.Repeat(direction="start")
            if ":|" in here:
                measure.rightBarline = library.bar.Repeat(direction="end")
            elif "||" in here and measure is not measures[-1]:
                measure.rightBarline = library.bar.Barline("double")
        for ending, group in groupby(range(len(measures)), key=lambda at: _ending(signs[at])):
            if ending:
                part.insert(0, library.spanner.RepeatBracket([measures[at] for at in group], number=int(ending[1])))

    def _measure(self, staff: str, groups: list[Group], number: int) -> Any:
        start, end = self._edges[number : number + 2]
        measure = self._library.stream.Measure(number=number + 1 - self._upbeat)
        for sign in self._opening(staff) if number == 0 else ():
            measure.insert(0, sign)
        for onset, name in self._names if staff == "right" else ():
            if start <= onset < end:
                measure.insert(onset - start, chord_symbol(self._library, name))
        lines = lines_of(groups)
        for number_of_line, home in enumerate(self._homes(measure, len(lines))):
            for offset, element in self._content(lines[number_of_line], start, end):
                element.style.hideObjectOnPrint = number_of_line > 0 and element.isRest  # a second voice only speaks
                if len(lines) > 1 and not element.isRest:
                    element.stemDirection = "down" if number_of_line % 2 else "up"
                home.insert(offset, element)
        self._show_accidentals(measure, self._carried(groups, start))
        return measure

    def _show_accidentals(self, measure: Any, carried: set[str]) -> None:
        """music21 also shows cautionary ones; its time grows with the cube of the notes, so a crowded bar has none."""
        struck = sorted(measure.recurse().notes, key=lambda element: element.getOffsetInHierarchy(measure))
        if sum(len(element.pitches) for element in struck) <= CROWDED:
            measure.makeAccidentals(useKeySignature=self._key, tiePitchSet=carried, inPlace=True)
        else:
            show_accidentals(self._library, self._key, struck)

    def _homes(self, measure: Any, count: int) -> list[Any]:
        """Where the lines of a bar go: into the measure itself, or one voice each where several sound over another."""
        if count == 1:
            return [measure]
        voices = [self._library.stream.Voice(id=str(number + 1)) for number in range(count)]
        for voice in voices:
            measure.insert(0, voice)
        return voices

    def _carried(self, groups: list[Group], bar_start: Fraction) -> set[str]:
        """Pitches tied over into a bar: they need no new accidental."""
        tied = (notes for onset, length, notes in groups if onset < bar_start < onset + length)
        return {pitch_of(self._library, note).nameWithOctave for notes in tied for note in notes}

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
        while last - first > LONGEST:
            yield first, LONGEST
            first += LONGEST
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
        pitches = [pitch_of(self._library, note) for note in sorted(notes, key=lambda note: note.pitch)]
        if len(pitches) == 1:
            element = self._library.note.Note(pitches[0], quarterLength=length)
        else:
            element = self._library.chord.Chord(pitches, quarterLength=length)
        element.volume.velocity = max(note.velocity for note in notes)
        element.volume.velocityIsRelative = False
        return element
