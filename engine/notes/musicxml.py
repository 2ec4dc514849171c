"""MusicXML (partwise, plain or compressed) to a piece.

Times are sorted out bar by bar: every bar begins where the longest part has ended the one before, so a part that leaves
a bar short does not run ahead. Repeats are read once; grace and cue notes are left out; ties are joined.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from xml.etree.ElementTree import Element

from engine.music import LETTER_PITCH_CLASS, Mode
from engine.notes.assembly import MOST_BEATS, piece_of
from engine.notes.bars import Placed, bar_starts, joined, number
from engine.notes.markup import Reader, check_size, is_archive, unpacked
from engine.notes.midi import FASTEST, SLOWEST
from engine.notes.nouns import Piece, UnreadableNotes
from engine.notes.raw import MOST_NOTES, MOST_SIGNS, Raw, RawVoice, clean
from engine.notes.smf import MOST_BYTES, MOST_TRACKS
from engine.words import say

TICKS = 10_080  # in a beat: divides by all that notation programs divide by
_LONGEST = MOST_BEATS * TICKS
_DRUM_CHANNEL = "10"
_MINOR = ("minor", "aeolian", "dorian", "phrygian", "locrian")
_BEATS_OF_UNIT = {
    "whole": Fraction(4), "half": Fraction(2), "quarter": Fraction(1), "eighth": Fraction(1, 2), "16th": Fraction(1, 4),
}  # fmt: skip


@dataclass(slots=True)
class _Part:
    name: str = ""
    program: int = 0
    drums: bool = False
    lift: int = 0  # semitones from written to sounding
    voices: dict[str, list[Placed]] = field(default_factory=dict)


def read_musicxml(data: bytes) -> Piece:
    """A piece from MusicXML or compressed MusicXML, without trust.

    Raises UnreadableNotes with the reason; what was left out stands in the piece's notices.
    """
    if is_archive(data):
        if len(data) > MOST_BYTES:
            raise UnreadableNotes(
                say("The archive has {size} bytes; at most {most} are read.", size=len(data), most=MOST_BYTES)
            )
        data = unpacked(data)
    check_size(data)
    score = _Score()
    Reader(frozenset(_ACTIONS), score.begin, score.end).read(data)
    return piece_of(score.raw())


@dataclass(slots=True)
class _Score:
    """The state of reading one score."""

    parts: dict[str, _Part] = field(default_factory=dict)
    part: _Part = field(default_factory=_Part)
    lengths: list[int] = field(default_factory=list)  # of each bar, ticks: the longest part's
    full: list[int] = field(default_factory=list)  # what the meter asks for
    signs: list[tuple[int, int, str, Any]] = field(default_factory=list)  # bar, offset, kind, what
    skipped: Counter[str] = field(default_factory=Counter)
    title: str = ""
    bar: int = -1
    now: int = 0
    struck: int = 0  # onset of the last note: a chord's further notes share it
    divisions: Fraction = Fraction(1)
    meter: int = 4 * TICKS
    written: int = 0  # notes and rests of any kind
    notes: int = 0  # that sound
    is_score: bool = False

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        if not self.is_score:
            _check_root(tag)
            self.is_score = True
        elif tag == "part":
            self.part = self.parts.setdefault(attributes.get("id", ""), _Part())
            self.bar, self.divisions, self.meter = -1, Fraction(1), 4 * TICKS
            self._check_parts()
        elif tag == "measure":
            self.bar, self.now, self.struck = self.bar + 1, 0, 0
            if self.bar == len(self.lengths):
                self.lengths.append(0)
                self.full.append(self.meter)

    def end(self, element: Element) -> None:
        if not self.is_score:
            _check_root(element.tag)
        action = _ACTIONS.get(element.tag)
        if action and (self.bar >= 0 or element.tag in _BEFORE_BARS):
            action(self, element)

    def _title(self, element: Element) -> None:
        self.title = self.title or clean(element.text or "")

    def _part_of_list(self, element: Element) -> None:
        part = self.parts.setdefault(element.get("id", ""), _Part())
        part.name = clean(element.findtext("part-name", ""))
        part.program = max(
            0, min(127, round(number(element.findtext("midi-instrument/midi-program"), Fraction(1))) - 1)
        )
        part.drums = element.findtext("midi-instrument/midi-channel", "").strip() == _DRUM_CHANNEL
        self._check_parts()

    def _check_parts(self) -> None:
        if len(self.parts) > MOST_TRACKS:
            raise UnreadableNotes(say("The score has more than {most} parts. Export fewer of them.", most=MOST_TRACKS))

    def _attributes(self, element: Element) -> None:
        self.divisions = max(Fraction(1), number(element.findtext("divisions"), self.divisions))
        transpose = element.find("transpose")
        if transpose is not None:
            octaves = number(transpose.findtext("octave-change"), Fraction(0))
            self.part.lift = round(number(transpose.findtext("chromatic"), Fraction(0)) + 12 * octaves)
        if element.find("time/beats") is not None:
            self._meter(element)
        if element.find("key/fifths") is not None:
            self._key(element)

    def _meter(self, element: Element) -> None:
        count = sum(round(number(part, Fraction(0))) for part in element.findtext("time/beats", "").split("+"))
        unit = round(number(element.findtext("time/beat-type"), Fraction(4)))
        if 1 <= count <= 32 and unit in (1, 2, 4, 8, 16, 32) and 8 * count >= unit:
            self.meter = 4 * TICKS * count // unit
            if not self.now:
                self.full[self.bar] = self.meter
            self._sign("meter", (count, unit))

    def _key(self, element: Element) -> None:
        sharps = round(number(element.findtext("key/fifths"), Fraction(0)))
        mode: Mode = "minor" if element.findtext("key/mode", "").strip() in _MINOR else "major"
        if -7 <= sharps <= 7 and not self.part.lift:
            self._sign("key", (sharps, mode))

    def _tempo(self, element: Element) -> None:
        sound = element if element.tag == "sound" else element.find("sound")
        bpm = number(sound.get("tempo"), Fraction(0)) if sound is not None else Fraction(0)
        metronome = element.find("direction-type/metronome")
        if not bpm and metronome is not None:
            unit = _BEATS_OF_UNIT.get(metronome.findtext("beat-unit", ""), Fraction(1))
            dot = Fraction(3, 2) if metronome.find("beat-unit-dot") is not None else Fraction(1)
            bpm = number(metronome.findtext("per-minute"), Fraction(0)) * unit * dot
        if bpm > 0:
            self._sign("tempo", round(min(max(float(bpm), SLOWEST), FASTEST), 3))

    def _sign(self, kind: str, what: Any) -> None:
        if len(self.signs) < 3 * MOST_SIGNS:
            self.signs.append((self.bar, self.now, kind, what))

    def _barline(self, element: Element) -> None:
        self.skipped["repeat"] += element.find("repeat") is not None

    def _move(self, element: Element) -> None:
        self._go(self.now + self._ticks(element) * (-1 if element.tag == "backup" else 1))

    def _go(self, time: int) -> None:
        self.now = max(0, min(time, _LONGEST))
        self._reach(min(self.now, self.meter))  # rests do not make a bar longer than its meter

    def _reach(self, time: int) -> None:
        self.lengths[self.bar] = max(self.lengths[self.bar], time)

    def _ticks(self, element: Element) -> int:
        length = number(element.findtext("duration"), Fraction(0))
        return max(0, min(_LONGEST, round(length * TICKS / self.divisions)))

    def _note(self, element: Element) -> None:
        self.written += 1
        if self.written > 2 * MOST_NOTES:
            raise UnreadableNotes(
                say("The score has more than {most} notes and rests. Export a shorter part of it.", most=2 * MOST_NOTES)
            )
        if element.find("grace") is not None or element.find("cue") is not None:
            self.skipped["grace"] += 1
            return
        ticks = self._ticks(element)
        if element.find("chord") is None:
            self.struck = self.now
            self._go(self.now + ticks)
        if element.find("unpitched") is not None or (self.part.drums and element.find("pitch") is not None):
            self.skipped["drums"] += 1
        elif ticks and element.find("pitch") is not None:
            self._sounding(element, ticks)

    def _sounding(self, element: Element, ticks: int) -> None:
        pitch, spelling = _pitch(element, self.part.lift)
        if not 0 <= pitch <= 127:
            self.skipped["range"] += 1
            return
        self.notes += 1
        if self.notes > MOST_NOTES:
            raise UnreadableNotes(
                say("The file has more than {most} notes. Export a shorter part of it.", most=MOST_NOTES)
            )
        ties = {tie.get("type") for tie in (*element.findall("tie"), *element.findall("notations/tied"))}
        self._reach(min(self.struck + ticks, _LONGEST))
        placed = Placed(self.bar, self.struck, ticks, pitch, spelling, "stop" in ties, "start" in ties)
        # some programs number the voices of each staff from 1
        voice = f"{element.findtext('staff', '1')[:9]} {element.findtext('voice', '1')[:9]}"
        self.part.voices.setdefault(voice, []).append(placed)

    def raw(self) -> Raw:
        """Everything in ticks from the start."""
        starts = bar_starts(self.lengths, self.full)
        raw = Raw(TICKS, title=self.title, end=starts[-1])
        for number_, part in enumerate(self.parts.values()):
            for notes in joined(part.voices, starts):
                raw.voices.append(RawVoice(notes, part.name, number_, part.program))
        self._place_signs(raw, starts)
        short = bool(self.lengths) and 0 < self.lengths[0] < self.full[0]
        raw.pickup = self.lengths[0] if short else 0
        self._tell(raw)
        return raw

    def _place_signs(self, raw: Raw, starts: list[int]) -> None:
        lists: dict[str, list[Any]] = {"tempo": raw.tempos, "meter": raw.meters, "key": raw.keys}
        for bar, offset, kind, what in self.signs:
            lists[kind].append((starts[bar] + offset, what))

    def _tell(self, raw: Raw) -> None:
        if not self.notes:
            raise UnreadableNotes(say("There is not a single pitched note in the score. Choose one that sounds."))
        if self.skipped["drums"]:
            raw.notices.append(say("The drums were left out: {n} strokes.", n=self.skipped["drums"]))
        if self.skipped["grace"]:
            raw.notices.append(say("Grace notes and cue notes were left out: {n}.", n=self.skipped["grace"]))
        if self.skipped["repeat"]:
            raw.notices.append(say("Repeats were read once."))
        if self.skipped["range"]:
            raw.notices.append(say("Notes beyond the range of MIDI were left out: {n}.", n=self.skipped["range"]))


_BEFORE_BARS = ("score-part", "work-title", "movement-title")
_ACTIONS: Mapping[str, Callable[[_Score, Element], None]] = {
    "score-part": _Score._part_of_list, "work-title": _Score._title, "movement-title": _Score._title,
    "note": _Score._note, "backup": _Score._move, "forward": _Score._move, "attributes": _Score._attributes,
    "direction": _Score._tempo, "sound": _Score._tempo, "barline": _Score._barline,
}  # fmt: skip


def _pitch(element: Element, lift: int) -> tuple[int, str]:
    """The sounding MIDI number, or -1 for nonsense, and the name as written; empty where that sounds elsewhere."""
    step = element.findtext("pitch/step", "").strip()
    if step not in LETTER_PITCH_CLASS:
        return -1, ""
    octave = number(element.findtext("pitch/octave"), Fraction(-9))
    alter = round(number(element.findtext("pitch/alter"), Fraction(0)))
    pitch = round(12 * (octave + 1)) + LETTER_PITCH_CLASS[step] + alter + lift
    return pitch, step + ("#" * alter if alter > 0 else "b" * -alter) if abs(alter) <= 2 and not lift else ""


def _check_root(tag: str) -> None:
    if tag == "score-timewise":
        raise UnreadableNotes(say("This MusicXML is ordered by bars (timewise). Export it by parts (partwise)."))
    if tag != "score-partwise":
        raise UnreadableNotes(say("This XML is not a MusicXML score. Export the music as MusicXML."))
