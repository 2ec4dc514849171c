"""Why a tune is not valid, and where: the same rules as `grammar`, asked of a finished tune.

The rule for bars is the one of `form`: inner bars exactly full, the first bar of a part may be an upbeat, the last one
is full or short by just the upbeat played after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engine.abc.form import MOST_BARS, Form, Place, Plan, UnplayableForm
from engine.abc.lengths import EIGHTH, bar_ticks, in_time_of, meter_numbers, ticks_of
from engine.abc.tokens import BARS, CLOSE, END, ENDINGS, OPEN, REST, TIE, TUPLETS, Tune, pitch_of
from engine.words import Sentence, say

_SETTLING = frozenset({*TUPLETS, TIE, OPEN})  # a note before them has all the length it gets
FINEST = EIGHTH // 8  # an upbeat is a multiple of it


@dataclass(frozen=True, slots=True)
class Fault:
    """A bad place: the index of a token in the tune's body, and what is wrong there."""

    index: int
    sentence: Sentence
    start: int = -1  # where the bad stretch begins, when it is more than one token
    of_length: bool = False  # a bar is too long or too short


@dataclass(frozen=True, slots=True)
class Bar:
    """What stands between two bar lines. `line` is empty when the tune ends without one."""

    start: int  # index of its first token
    ticks: int
    line: str
    end: int  # index of its bar line
    marks: tuple[tuple[int, str], ...] = ()  # `|:`, `[1` or `[2` before its notes, with their indices


def faults(tune: Tune, plan: Plan | None = None) -> tuple[Fault, ...]:
    """Everything that makes a tune invalid, or other than planned, in the order of the text."""
    meter = meter_numbers(tune.meter)
    scan = _Scan(tune.body, meter)
    bars = scan.bars()
    if not any(bar.ticks for bar in bars):
        return (Fault(0, say("The tune has no notes.")),)
    full = bar_ticks(meter)
    form = Form(full, range(FINEST, full, FINEST), plan or Plan(), len(tune.body) + MOST_BARS, strict=False)
    found = [*scan.found, *_outline(bars, form, tune.meter, len(tune.body))]
    return tuple(sorted(found, key=lambda fault: fault.index))


def keeps_form(tune: Tune, form: str, bars: int) -> bool:
    """Whether a valid tune has the parts, and they the bars, that were asked for; none has a form that cannot be."""
    try:
        return not faults(tune, Plan.of(form, bars))
    except UnplayableForm:
        return False


def bars_of(tune: Tune) -> tuple[Bar, ...]:
    """The bars of a tune with their lengths, however faulty it is."""
    return measured(tune)[0]


def upbeats_of(tune: Tune) -> frozenset[int]:
    """The first tokens of the bars that are upbeats: shorter than the meter, at the beginning of a part. A second
    ending, however short, begins none."""
    full, line, found = bar_ticks(meter_numbers(tune.meter)), "", set()
    for bar in bars_of(tune):
        if bar.ticks < full and line != "|" and not any(mark == "[2" for _, mark in bar.marks):
            found.add(bar.start)
        line = bar.line
    return frozenset(found)


def measured(tune: Tune) -> tuple[tuple[Bar, ...], Mapping[int, int]]:
    """The bars, and for each token that begins a note, chord, rest or tuplet outside others the ticks before it in its
    bar."""
    scan = _Scan(tune.body, meter_numbers(tune.meter))
    return tuple(scan.bars()), scan.onsets


# --- notes ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Scan:
    """One pass over the tokens: what is open, and how long each bar is."""

    body: Sequence[str]
    meter: tuple[int, int]
    found: list[Fault] = field(default_factory=list)
    ticks: int = 0
    chord: int = -1  # where the open chord begins
    tuplet: int = -1  # where the open tuplet begins
    left: int = 0
    spent: int = 0
    pending: bool = False  # a note whose length may follow
    pitches: frozenset[str] = frozenset()
    inside: frozenset[str] = frozenset()
    tied: frozenset[str] = frozenset()
    tie: int = -1
    onsets: dict[int, int] = field(default_factory=dict)

    def bars(self) -> list[Bar]:
        bars: list[Bar] = []
        start, marks = 0, []
        for index, token in enumerate(self.body):
            if token in ENDINGS or (token == "|:" and index == start):
                if index > start:
                    self._fault(index, say("An ending begins at a bar line."))
                marks.append((index, token))
                start = max(start, index + 1) if index == start else start
            elif token in BARS:
                if index == start:
                    self._fault(index, say("Two bar lines stand together here."))
                self._close_bar(index)
                bars.append(Bar(start, self.ticks, token, index, tuple(marks)))
                start, marks, self.ticks = index + 1, [], 0
            else:
                self._token(index, token)
        self._close_bar(len(self.body))
        if start < len(self.body):
            bars.append(Bar(start, self.ticks, "", len(self.body) - 1, tuple(marks)))
        if self.tie >= 0:
            self._fault(self.tie, say("This tie leads to no note."))
        return bars

    def _token(self, index: int, token: str) -> None:
        if token in _SETTLING:
            self._settle()
        if token in TUPLETS:
            self._open_tuplet(index, token)
        elif token == TIE:
            self._tie(index)
        elif token == OPEN:
            self._open_chord(index)
        elif token == CLOSE:
            self._close_chord(index)
        elif token == REST or pitch_of(token):
            self._note(index, token)
        elif token[1:2] == ":":
            self._fault(index, say("Type, meter and key cannot change inside a tune."))
        else:
            self._length(index, token)

    def _open_tuplet(self, index: int, token: str) -> None:
        if self.left:
            self._fault(index, say("A tuplet begins inside another."))
        self._begin(index)
        self.tuplet, self.left, self.spent = index, int(token[1:]), 0

    def _open_chord(self, index: int) -> None:
        if self.chord >= 0:
            self._fault(index, say("A chord begins inside another."))
        self._begin(index)
        self.chord, self.inside = index, frozenset()

    def _tie(self, index: int) -> None:
        if not self.pitches or self.chord >= 0:
            self._fault(index, say("A tie follows a note or a chord."))
        self.tied, self.tie = self.pitches, index

    def _note(self, index: int, token: str) -> None:
        bare = token.lstrip("^_=")
        if self.chord >= 0:
            self.inside |= {bare}
            return
        self._settle()
        self._begin(index)
        self.pitches = frozenset() if token == REST else frozenset({bare})
        self._hold(index)
        self.pending = True

    def _close_chord(self, index: int) -> None:
        if self.chord < 0:
            self._fault(index, say("There is no chord to close here."))
        elif not self.inside:
            self._fault(index, say("A chord needs notes."))
        self.chord, self.pitches = -1, self.inside
        self._hold(index)
        self.pending = True

    def _begin(self, index: int) -> None:
        if not self.left:
            self.onsets[index] = self.ticks

    def _hold(self, index: int) -> None:
        """The note or chord at `index` has to hold what is tied to it."""
        if self.tie >= 0 and not self.tied <= self.pitches:
            self._fault(self.tie, say("This tie leads to another note: a tie holds the same one."))
        self.tie, self.tied = -1, frozenset()

    def _length(self, index: int, token: str) -> None:
        if self.chord >= 0 or not self.pending:
            self._fault(index, say("A length follows a note."))
        elif not ticks_of(token):
            self._fault(index, say("This length is too fine."))
        else:
            self._last(ticks_of(token))

    def _settle(self) -> None:
        """A note that got no length lasts an eighth."""
        if self.pending:
            self._last(EIGHTH)

    def _last(self, ticks: int) -> None:
        self.pending = False
        if not self.left:
            self.ticks += ticks
            return
        self.left -= 1
        self.spent += ticks
        if not self.left:
            notes = int(self.body[self.tuplet][1:])
            self.ticks += self.spent * in_time_of(notes, self.meter) // notes

    def _close_bar(self, index: int) -> None:
        self._settle()
        if self.chord >= 0:
            self._fault(self.chord, say("The chord that begins here is not closed."))
        if self.left:
            self._fault(self.tuplet, say("The bar ends before this tuplet has all its notes."))
            self.ticks += self.spent
        self.chord, self.left, self.pitches = -1, 0, frozenset()

    def _fault(self, index: int, sentence: Sentence) -> None:
        self.found.append(Fault(index, sentence))


# --- bars and parts -------------------------------------------------------------------------------------------------


def _outline(bars: Sequence[Bar], form: Form, meter: str, length: int) -> Iterator[Fault]:
    """Bars of a wrong length and bar lines in the wrong place; after each, reading goes on as if it were right."""
    place = Place()
    for bar in bars:
        for index, mark in bar.marks:
            if mark not in form.opens(place)[0]:
                yield Fault(index, _misplaced(mark))
            place = form.marked(place, mark)
        if not form.opens(place)[1]:
            yield Fault(bar.start, say("After the first ending comes the second: [2."))
        ends = form.ends(place)
        fitting = [ticks for ticks, lines in ends.items() if bar.line in lines]
        ticks = min(fitting or ends or (form.full,), key=lambda ticks: abs(ticks - bar.ticks))
        if ticks != bar.ticks:
            yield _wrong_length(bar, ticks, meter)
        if not fitting:
            yield Fault(bar.end, _wrong_line(place, bar.line))
        place = form.closed(place, ticks, bar.line or "||")
    if length and END not in form.opens(place)[0]:
        yield _unfinished(place, length - 1)


def _wrong_length(bar: Bar, wanted: int, meter: str) -> Fault:
    sentence = say(
        "This bar lasts {found} eighths; in {meter} it has to last {wanted}.",
        found=_eighths(bar.ticks), meter=meter, wanted=_eighths(wanted),
    )  # fmt: skip
    return Fault(bar.end, sentence, bar.start, of_length=True)


def _wrong_line(place: Place, line: str) -> Sentence:
    if not line:
        return say("The tune ends with a bar line.")
    if place.ending == 1:
        return say("The first ending is closed by a repeat sign.")
    if place.ending == 2:
        return say("The second ending is not repeated: close it with a double bar.")
    if place.opened:
        return say("This part begins with a repeat sign; one has to close it too.")
    return say("{line} cannot stand here.", line=line)


def _misplaced(mark: str) -> Sentence:
    if mark == "|:":
        return say("A repeat sign that opens a part stands at its beginning.")
    return say("{mark} has no place here: [1 comes inside a repeated part, [2 after its repeat sign.", mark=mark)


def _unfinished(place: Place, index: int) -> Fault:
    if place.due == "second":
        return Fault(index, say("The second ending is missing."))
    if place.opened and place.ending == 0:
        return Fault(index, say("This part begins with a repeat sign; one has to close it too."))
    return Fault(index, say("The last bar is neither full nor made up by the upbeat."), of_length=True)


def _eighths(ticks: int) -> str:
    whole, rest = divmod(ticks, EIGHTH)
    return f"{whole}" if not rest else f"{ticks / EIGHTH:.2f}".rstrip("0")
