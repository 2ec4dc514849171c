"""ABC text from anywhere becomes tunes: several in one text, any line ends, any encoding, with what was wrong where.

Only what this module knows is read: nothing is executed, fetched or included, and a text is refused before it is read
when it is longer than anybody writes.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from engine.abc.events import LEFT_OUT, Fault, length_token, next_steps
from engine.abc.fields import key_of, meter_of, plain_tune, rhythm_of, unit_of, usual_unit
from engine.abc.lengths import meter_numbers
from engine.abc.scanning import ORNAMENTS, Scan
from engine.abc.tokens import Tune, UnreadableTune
from engine.words import say

LARGEST_TEXT = 1_000_000  # characters: a printed collection of a thousand tunes has some 400,000
MOST_TUNES = 3_000
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

_FIELD = re.compile(r"([A-Za-z+]):[ \t]*")
IN_MUSIC = frozenset("HIKLMNOPQRSTUVWZhimqrsvw+")  # fields that may stand below K:; A: to G: are notes there


@dataclass(frozen=True, slots=True)
class ReadTune:
    """A tune from a text: `places[i]` is where body token i begins in the text, `start` and `stop` hold the tune."""

    tune: Tune
    places: tuple[int, ...]
    faults: tuple[Fault, ...]
    left_out: tuple[str, ...]  # names in events.LEFT_OUT
    start: int
    stop: int
    voices: bool = False  # several voices, of which the first is read
    changes: bool = False  # of key, meter or unit on the way

    @property
    def is_clean(self) -> bool:
        """Whether the canonical tune says all that was written."""
        return not (self.voices or self.changes or any(fault.serious for fault in self.faults))

    @property
    def notices(self) -> tuple[Fault, ...]:
        """Faults and, at the start of the tune, what was left out."""
        return self.faults + tuple(Fault(LEFT_OUT[name], self.start, False) for name in self.left_out)


def decoded(data: bytes) -> str:
    """Text of a file: UTF-16 where its mark says so, UTF-8, else Latin-1, which every byte has.

    Raises UnreadableTune when too long or binary.
    """
    if data.startswith(_UTF16) and len(data) <= 4 * LARGEST_TEXT:
        return data.decode("utf-16", errors="replace")
    if len(data) > 4 * LARGEST_TEXT or b"\0" in data:
        raise UnreadableTune(say("This is no ABC text. Choose a text file of less than a megabyte."))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def read(text: str, like: Tune | None = None) -> tuple[ReadTune, ...]:
    """Every tune of a text, in order; one without X: and K: takes what it does not say from `like`.

    Raises UnreadableTune when the text is longer than LARGEST_TEXT. A text without a note gives tunes without body.
    """
    if len(text) > LARGEST_TEXT:
        raise UnreadableTune(say("The text has more than {most} characters.", most=LARGEST_TEXT), LARGEST_TEXT)
    blank = like or plain_tune()
    found: list[ReadTune] = []
    for start, stop in _tunes_in(text):
        if len(found) == MOST_TUNES:
            break
        found.append(_Reader(text, blank).read(start, stop))
    return tuple(found)


def read_one(text: str, like: Tune | None = None) -> ReadTune:
    """The only or first tune; further ones are named as a fault. Raises UnreadableTune when there is none."""
    tunes = read(text, like)
    if not tunes:
        raise UnreadableTune(say("There is no tune in this text. Write notes such as DEF GAB."))
    if len(tunes) == 1:
        return tunes[0]
    more = Fault(say("The text holds {count} tunes; the first is taken.", count=len(tunes)), tunes[1].start, False)
    return replace(tunes[0], faults=(*tunes[0].faults, more))


def _lines(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Start and end of every line, without its line end; \\r alone ends a line only where there is no \\n at all."""
    mark = "\n" if "\n" in text else "\r"
    while start < stop:
        end = text.find(mark, start, stop)
        end = stop if end < 0 else end
        yield start, end
        start = end + 1


def _tunes_in(text: str) -> Iterator[tuple[int, int]]:
    """Spans that begin with X: lines; a text without any is one tune."""
    starts = [start for start, _ in _lines(text, 0, len(text)) if text.startswith("X:", start)]
    if not starts:
        if text.strip():
            yield 0, len(text)
        return
    yield from zip(starts, [*starts[1:], len(text)], strict=True)


@dataclass(slots=True)
class _Reader:
    """Reads one tune: its header up to K: (or the first line that is no field), then its music."""

    text: str
    like: Tune
    titles: list[str] = field(default_factory=list)
    fields: dict[str, tuple[str, int]] = field(default_factory=dict)
    early: list[Fault] = field(default_factory=list)
    scan: Scan | None = None
    has_key: bool = False  # then what stands before it is no music, but a field gone on to a second line

    def read(self, start: int, stop: int) -> ReadTune:
        ended = False
        self.has_key = any(self.text.startswith("K:", begin) for begin, _ in _lines(self.text, start, stop))
        for begin, end in _lines(self.text, start, stop):
            line = self.text[begin:end].strip()
            if not line:
                ended |= self.scan is not None and bool(self.scan.events) and self.text.startswith("X:", start)
            elif not line.startswith("%") and not ended:
                self._line(begin, end)
            elif ended and not line.startswith("%"):
                self._note_rest(begin)
                break
        return self._result(start, stop)

    def _note_rest(self, begin: int) -> None:
        if self.scan is not None:
            self.scan.fault(say("What stands below the empty line is no part of the tune."), begin, serious=False)

    def _line(self, begin: int, end: int) -> None:
        found = _FIELD.match(self.text, begin, end)
        if found is None or not self._is_field(found, end):
            if self.scan is not None or not self.has_key:
                self._music().read(self.text, begin, end)
            return
        name, value = found[1], self.text[found.end() : end].partition("%")[0].strip()
        if self.scan is not None:
            self.scan.change(name, value, begin)
        elif name == "T":
            self.titles.append(value[:120])
        elif name == "K":
            self.fields["K"] = value, begin
            self._music()
        elif name == "U":
            self.fields["U"] = self.fields.get("U", ("", begin))[0] + value[:1], begin
        elif name == "V":
            self.fields[name + value[:20]] = value, begin
        else:
            self.fields.setdefault(name, (value, begin))

    def _is_field(self, found: re.Match[str], end: int) -> bool:
        """A line such as `A:|` is music, also where the header has no K:."""
        after = self.text[found.end() : found.end() + 1] if found.end() < end else ""
        if self.scan is None:
            return not (found[1] in "ABCDEFG" and after in ("|", ":"))
        return found[1] in IN_MUSIC

    def _music(self) -> Scan:
        """The scan of the music, begun with what the header says."""
        if self.scan is None:
            meter, key = self._meter(), self._key()
            value, at = self.fields.get("L", ("", 0))
            unit = unit_of(value) if value else usual_unit(meter) if "X" in self.fields else usual_unit("4/4")
            if unit is None:
                self.early.append(Fault(say("{value} is no unit of length. Write L:1/8.", value=value[:20]), at))
            defined = frozenset(self.fields.get("U", ("", 0))[0])
            self.scan = Scan(unit or usual_unit(meter), meter_numbers(meter), key, ORNAMENTS | defined)
            self.scan.voices = sum(name.startswith("V") for name in self.fields) > 1
        return self.scan

    def _meter(self) -> str:
        value, at = self.fields.get("M", ("", 0))
        meter = meter_of(value) if value else self.like.meter
        if meter is None:
            sentence = say("{value} is no meter here. Write one like M:6/8.", value=value[:20])
            self.early.append(Fault(sentence, at))
        return meter or self.like.meter

    def _key(self) -> str:
        value, at = self.fields.get("K", ("", 0))
        key = key_of(value) if value else self.like.key
        if key is None:
            self.early.append(Fault(say("{value} is no key here. Write one like K:D or K:Edor.", value=value[:20]), at))
        return key or self.like.key

    def _result(self, start: int, stop: int) -> ReadTune:
        scan = self._music()
        scan.finish(stop)
        tokens, places = _tokens_of(scan)
        title = self.titles[0] if self.titles else ""
        source = self.fields.get("Z", ("", 0))[0]  # "id:dc-hornpipe-1": some collections name the type there alone
        words = (self.fields.get("R", ("", 0))[0], *self.titles, source if source.startswith("id:") else "")
        named = rhythm_of(*words)
        rhythm = self.like.rhythm if named == "other" and "R" not in self.fields else named
        tune = Tune(rhythm, "{}/{}".format(*scan.meter), scan.key, tuple(tokens), title)
        faults = tuple(sorted((*self.early, *scan.faults), key=lambda fault: fault.position))
        left_out = tuple(sorted(name for name, count in scan.dropped.items() if count))
        return ReadTune(tune, tuple(places), faults, left_out, start, stop, scan.voices, scan.changes)


def _tokens_of(scan: Scan) -> tuple[list[str], list[int]]:
    """Canonical tokens of what was gathered and the position of each; ties between different notes are dropped."""
    tokens: list[str] = []
    places: list[int] = []
    following = next_steps(scan.events)
    for event, steps in zip(scan.events, following, strict=True):
        added = list(event.tokens)
        if event.kind == "note":
            length = length_token(event.length)
            if length is None:
                scan.fault(
                    say("A length of {length} eighths is not known here.", length=str(event.length)), event.position
                )
            added += [length] if length else []
            if event.tied:
                kept = bool(event.steps & steps)
                scan.dropped["tie"] += not kept
                added += ["-"] * kept
        tokens += added
        places += [event.position] * len(added)
    return tokens, places
