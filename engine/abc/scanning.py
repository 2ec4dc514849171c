"""Music code of ABC, read from left to right in one pass: notes, rests, chords, tuplets, bars, endings.

What the canonical form has no place for (grace notes, ornaments, chord symbols, slurs, words) is counted and left out.
Every pattern is bounded and every step moves on, so time grows with the length of the text alone.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction

from engine.abc.changing import Keys, Voices
from engine.abc.events import Event, Fault, bar_of, length_at, together
from engine.abc.fields import key_of, meter_of, unit_of
from engine.abc.lengths import in_time_of, meter_numbers
from engine.abc.tokens import LETTERS, TUPLETS, pitch_token
from engine.words import Sentence, say

MOST_CHORD_NOTES = 8
MOST_EVENTS = 8_000  # of one tune; the longest in print have some 1,500
MOST_FAULTS = 50  # of one tune: more help nobody
ORNAMENTS = frozenset(".~HLMOPSTUVuvJKRk")  # ABC 2.1, and what older collections print

_SIGN = {None: None, "^^": 2, "^": 1, "=": 0, "_": -1, "__": -2}
_SCAN = re.compile(
    r"(?P<space>[ \t\r\f\v\n`\\$*]+)"
    r"|(?P<comment>%[^\n]*)"
    r"|(?P<note>(?P<sign>\^{1,2}|_{1,2}|=)?(?P<letter>[A-Ga-g])(?P<octave>[,']{0,3}))"
    r"|(?P<rest>[zx])"
    r"|(?P<inline>\[(?P<name>[A-Za-z]):(?P<value>[^\]\n]{0,80})\])"
    r"|(?P<ending>\[[0-9](?:[,\-][0-9]){0,4})"
    r"|(?P<bar>\.?(?:\[\|\]?:{0,4}|:{0,4}\|{1,4}\]?:{0,4}|:{2,4}))"
    r"|(?P<open>\[)|(?P<close>\])"
    r"|(?P<tuplet>\((?P<p>[1-9])(?::(?P<q>[0-9]?)(?::(?P<r>[0-9]?))?)?)"
    r"|(?P<slur>[()])"
    r"|(?P<tie>-)"
    r"|(?P<broken>>{1,3}|<{1,3})"
    r"|(?P<grace>\{[^{}\n]{0,80}\})"
    r"|(?P<quoted>\"[^\"\n]{0,200}\")"
    r"|(?P<decoration>![^!\n]{0,30}!|\+[^+\n]{1,30}\+)"
    r"|(?P<newline>!)"
    r"|(?P<spacer>y[0-9]{0,2})"
    r"|(?P<overlay>&)"
    r"|(?P<ornament>[.~H-Wh-w])"
)
_SAME_KEY = re.compile(r"\s*(?:$|clef|treble|alto|tenor|bass|middle|octave|transpose|staff|style|name)")  # and no other
_AFTER_BAR = re.compile(r"[ ]?([0-9](?:[,\-][0-9]){0,4})")


@dataclass(slots=True)
class Scan:
    """What one pass gathers."""

    unit: Fraction
    meter: tuple[int, int]
    key: str
    ornaments: frozenset[str] = ORNAMENTS
    events: list[Event] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)
    changes: bool = False  # of key, meter or unit on the way
    voices: bool = False
    _keys: Keys = field(init=False)
    _sung: Voices = field(default_factory=Voices)
    _chord: Event | None = None
    _broken: int = 0  # marks of broken rhythm between the last note and the next, negative for <

    def __post_init__(self) -> None:
        self._keys = Keys(self.key, self.key)

    def fault(self, sentence: Sentence, position: int, *, serious: bool = True) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(sentence, position, serious))

    # --- one line of music, or several

    def read(self, text: str, start: int, stop: int) -> None:
        """Reads `text[start:stop]`; positions in events and faults are indices into `text`."""
        at = start
        while at < stop and len(self.events) < MOST_EVENTS:
            found = _SCAN.match(text, at, stop)
            if found is None:
                if not self._sung.unread:
                    self._strange(text[at], at)
                at += 1
                continue
            kind = found.lastgroup if found.lastgroup in _HANDLERS else _outer(found)
            if kind == "bar":
                self._sung.bar()
            unread = self._sung.unread and kind != "inline"
            at = found.end() if unread else _HANDLERS[kind](self, found, text, stop)
        if len(self.events) >= MOST_EVENTS and at < stop:
            self.fault(say("The tune has more than {most} notes; the rest is left out.", most=MOST_EVENTS), at)

    def finish(self, end: int) -> None:
        """What is still open at the end of the tune."""
        if self._chord is not None:
            self._close_chord(self._chord.position)
        if self._broken:
            self.fault(say("Broken rhythm needs a note on both sides."), end)

    def _strange(self, sign: str, at: int) -> None:
        if sign in '"{':
            self.fault(say("{sign} is never closed.", sign=sign), at)
        else:
            self.fault(say("{sign} means nothing in ABC music.", sign=sign), at)

    # --- handlers: each gives where reading goes on

    def _skip(self, found: re.Match[str], text: str, stop: int) -> int:
        return found.end()

    def _drop(self, found: re.Match[str], text: str, stop: int) -> int:
        kind = found.lastgroup or ""
        if kind == "ornament" and found[0] not in self.ornaments:
            self._strange(found[0], found.start())
        else:
            self.dropped[kind] += 1
        return found.end()

    def _note(self, found: re.Match[str], text: str, stop: int) -> int:
        letter, marks = found["letter"], found["octave"]
        octave = letter.islower() + marks.count("'") - marks.count(",")
        steps = LETTERS.index(letter.upper()) + 7 * octave
        token = pitch_token(self._keys.sign(letter.upper(), _SIGN[found["sign"]]), steps)
        length, at = length_at(text, found.end(), stop)
        if self._chord is not None:
            self._into_chord(token, steps, length, found.start())
        else:
            self._place(Event("note", (token,), found.start(), length * self.unit, frozenset({steps})))
        return at

    def _rest(self, found: re.Match[str], text: str, stop: int) -> int:
        length, at = length_at(text, found.end(), stop)
        self._place(Event("note", ("z",), found.start(), length * self.unit))
        return at

    def _open(self, found: re.Match[str], text: str, stop: int) -> int:
        if self._chord is not None:
            self.fault(say("A chord begins inside a chord."), found.start())
        self._chord = Event("note", (), found.start())
        return found.end()

    def _into_chord(self, token: str, steps: int, length: Fraction, at: int) -> None:
        assert self._chord is not None
        if not self._chord.tokens:
            self._chord.length = length
        if len(self._chord.tokens) < MOST_CHORD_NOTES:
            self._chord.tokens += (token,)
            self._chord.steps |= {steps}
        else:
            self.fault(say("A chord has {most} notes at most.", most=MOST_CHORD_NOTES), at)

    def _close(self, found: re.Match[str], text: str, stop: int) -> int:
        chord, self._chord = self._chord, None
        length, at = length_at(text, found.end(), stop)
        if chord is None or not chord.tokens:
            self.fault(say("] closes no chord."), found.start())
            return at
        chord.length *= length * self.unit
        if len(chord.tokens) > 1:
            chord.tokens = ("[", *chord.tokens, "]")
        self._place(chord)
        return at

    def _close_chord(self, at: int) -> None:
        self.fault(say("The chord that begins here is never closed."), at)
        self._chord = None

    def _bar(self, found: re.Match[str], text: str, stop: int) -> int:
        if self._chord is not None:
            self._close_chord(self._chord.position)
        self._keys.bar()
        token, last = bar_of(found[0]), self.events[-1] if self.events else None
        if last is not None and last.kind == "bar":
            last.tokens = (together(last.tokens[0], token),)
        else:
            self.events.append(Event("bar", (token,), found.start()))
        number = _AFTER_BAR.match(text, found.end(), stop)
        if number is None:
            return found.end()
        self._number(number[1], number.start(1))
        return number.end()

    def _ending(self, found: re.Match[str], text: str, stop: int) -> int:
        self._number(found[0][1:], found.start())
        return found.end()

    def _number(self, number: str, at: int) -> None:
        if number in ("1", "2"):
            self.events.append(Event("ending", ("[" + number,), at))
        else:
            self.fault(say("Only first and second endings are known here, not {number}.", number=number), at)

    def _tuplet(self, found: re.Match[str], text: str, stop: int) -> int:
        notes, token = int(found["p"]), "(" + found["p"]
        time = int(found["q"] or in_time_of(notes, self.meter))
        if token not in TUPLETS or time != in_time_of(notes, self.meter) or int(found["r"] or notes) != notes:
            self.fault(say("{tuplet} is no plain tuplet of 2 to 7 or 9 notes.", tuplet=found[0]), found.start())
        else:
            self.events.append(Event("tuplet", (token,), found.start()))
        return found.end()

    def _tie(self, found: re.Match[str], text: str, stop: int) -> int:
        if self.events and self.events[-1].steps:
            self.events[-1].tied = True
        else:
            self.dropped["tie"] += 1
        return found.end()

    def _mark_broken(self, found: re.Match[str], text: str, stop: int) -> int:
        if self.events and self.events[-1].kind == "note" and self._chord is None and not self._broken:
            self._broken = len(found[0]) * (1 if found[0][0] == ">" else -1)
        else:
            self.fault(say("Broken rhythm needs a note on both sides."), found.start())
        return found.end()

    def _place(self, event: Event) -> None:
        if self._broken:
            short = Fraction(1, 2 ** abs(self._broken))
            before, after = (2 - short, short) if self._broken > 0 else (short, 2 - short)
            last = next(event for event in reversed(self.events) if event.kind == "note")
            last.length *= before
            event.length *= after
            self._broken = 0
        self.events.append(event)

    def _inline(self, found: re.Match[str], text: str, stop: int) -> int:
        self.change(found["name"], found["value"], found.start())
        return found.end()

    def change(self, name: str, value: str, at: int) -> None:
        """A field in the middle of the music, which begins at `at`."""
        handler = {"L": self._new_unit, "K": self._new_key, "M": self._new_meter, "V": self._new_voice}.get(name)
        if handler is not None and (name == "V" or not self._sung.unread):
            handler(value, at)

    def _new_unit(self, value: str, at: int) -> None:
        unit = unit_of(value)
        if unit is None:
            self.changes = True
            self.fault(say("{value} is no unit of length. Write L:1/8.", value=value[:20]), at)
        self.unit = unit or self.unit

    def _new_key(self, value: str, at: int) -> None:
        key = key_of(value)
        if key is None and not _SAME_KEY.match(value):
            self.changes = True
            self.fault(say("{value} is no key here. Write one like K:D or K:Edor.", value=value[:20]), at)
        if key is None or key == self._keys.now:
            return
        self.changes = True
        self._keys.change(key, begun=bool(self.events))
        self.key = self._keys.written
        if key != self.key:
            self.fault(say("The key changes here: notes carry accidentals of their own."), at, serious=False)

    def _new_meter(self, value: str, at: int) -> None:
        meter = meter_of(value)
        if meter == "{}/{}".format(*self.meter):
            return
        self.changes = True
        if meter is not None and not self.events:
            self.meter = meter_numbers(meter)
        else:
            self.fault(say("The meter cannot change inside a tune."), at)

    def _new_voice(self, value: str, at: int) -> None:
        self.voices = True
        told = self._sung.unread
        if self._sung.name(value, begun=bool(self.events)) and not told:
            self.fault(say("Only the first voice is read, not {voice}.", voice=value[:20]), at, serious=False)

    def _overlay(self, found: re.Match[str], text: str, stop: int) -> int:
        self.voices = True
        self._sung.overlay()
        self.fault(say("What follows & in a bar is a second voice and left out."), found.start(), serious=False)
        return found.end()


_HANDLERS = {
    "space": Scan._skip, "comment": Scan._skip, "newline": Scan._skip, "note": Scan._note, "rest": Scan._rest,
    "inline": Scan._inline, "ending": Scan._ending, "bar": Scan._bar, "open": Scan._open, "close": Scan._close,
    "tuplet": Scan._tuplet, "slur": Scan._drop, "tie": Scan._tie, "broken": Scan._mark_broken, "grace": Scan._drop,
    "quoted": Scan._drop, "decoration": Scan._drop, "spacer": Scan._drop, "overlay": Scan._overlay,
    "ornament": Scan._drop,
}  # fmt: skip


def _outer(found: re.Match[str]) -> str:
    return next(kind for kind in _HANDLERS if found[kind] is not None)
