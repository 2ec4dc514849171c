"""What a tune writer is told beside the last token: where in bar and part it stands, and what stood there before.

Everything is counted from the tokens before, in one pass. A tune repeats itself: bars come back after 1, 2, 4 or 8
bars, and phrases anywhere. So the token that followed the longest earlier match is given, and the tokens that stood at
the same place of the bar 1, 2, 4 and 8 bars ago, each with how often in a row such a hint has just been right.

A bar that is exactly full and a part whose last bar leaves room for its upbeat are what a reader of tunes sees at once
and a network counts with difficulty; so what is left of the bar is told exactly, and what is left before the upbeat.
Likewise what the form still asks for: which marks may open the bar, which lines may close it, what a tie has to hold.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.abc.lengths import EIGHTH, bar_ticks, in_time_of, ticks_of
from engine.abc.tokens import BARS, CLOSE, LENGTHS, OPEN, REST, TIE, TUPLETS, VOCABULARY, pitch_of
from engine.tunewriter.echoes import BARS_AGO, MARKED, NONE, Echoes, Spot
from engine.tunewriter.outline import LINES, OPENINGS, STANDS, Outline

__all__ = ["BARS_AGO", "LENGTH_STEPS", "SIZES", "Ids", "Tracker", "features_of"]

Ids = npt.NDArray[np.int64]

LENGTH_STEPS = (1, 2, 3, 4, 6, 9, 14, 24)  # from these many matching tokens on the next bucket begins
RUN_STEPS = (1, 2, 3, 5, 9)
MOST_BARS, MOST_PARTS = 16, 7
_GRID, _FINE = EIGHTH // 2, EIGHTH // 12  # of places, and of what is left of a bar: twelfths of an eighth
_LEFT = 12 * 12  # the largest rest told exactly: twelve eighths
_OTHER_REST, _NO_BAR = _LEFT + 1, _LEFT + 3  # the value between them no longer occurs; sizes are part of a model's file
_CLOSE_LOW, _CLOSE_HIGH = -2, 12  # sixteenths before the upbeat's room begins
_CLOSES = _CLOSE_HIGH - _CLOSE_LOW + 2
_ON, _OFF = 25, 12  # places of the bar on the grid of sixteenths, and eighths within which others lie
_HEAD = 3  # tokens before the body: type, meter, key

# Values of each stream: place, rest, bar, part, match, its length, hints, runs, what is open, closing; the marks and
# lines that may come, what is due of the form, what is tied.
SIZES = (
    _ON + _OFF, 2 * (_NO_BAR + 1), MOST_BARS + 2, MOST_PARTS + 1, len(VOCABULARY) + 1, len(LENGTH_STEPS) + 1,
    *(len(VOCABULARY) + 1 for _ in BARS_AGO), *(len(RUN_STEPS) + 1 for _ in BARS_AGO), 40, 4 * _CLOSES,
    OPENINGS + 1, LINES, STANDS + _HEAD, len(VOCABULARY) + 1,
)  # fmt: skip

_HEADER, _NOTE, _LENGTH, _BAR, _PART, _TUPLET, _OPEN, _CLOSE, _OTHER = range(9)


def _kind(token: str) -> int:
    if token in BARS:
        return _BAR if token == "|" else _PART
    for kind, tokens in ((_LENGTH, LENGTHS), (_TUPLET, TUPLETS), (_OPEN, (OPEN,)), (_CLOSE, (CLOSE,))):
        if token in tokens:
            return kind
    if token == REST or pitch_of(token):
        return _NOTE
    return _HEADER if token[1:2] == ":" and token[0] in "RMK" else _OTHER


_KINDS = tuple(_kind(token) for token in VOCABULARY)
_TICKS = tuple(ticks_of(token) if token in LENGTHS else 0 for token in VOCABULARY)
_FIRST, _SECOND, _REPEAT = VOCABULARY.index("[1"), VOCABULARY.index("[2"), VOCABULARY.index("|:")
_TIE, _REST = VOCABULARY.index(TIE), VOCABULARY.index(REST)
_BARE = tuple(
    VOCABULARY.index(word.lstrip("^_=")) if pitch_of(word) else number for number, word in enumerate(VOCABULARY)
)  # pitches without their accidental


class Tracker:
    """Follows one tune, token by token: `push` an id of VOCABULARY, then `row()` gives what goes in with it.

    Time runs in ticks; a bar line moves it on to the next whole bar, but for the end of a part whose last bar the next
    upbeat completes. A second ending begins at the time of the first.
    """

    def __init__(self) -> None:
        self._bar = 8 * EIGHTH
        self._time = 0  # where the note now open began, or the next thing begins
        self._open = 0  # ticks of the open note, 0 when none is
        self._chord = -1  # notes read in the open chord, -1 outside
        self._meter = (4, 4)
        self._left, self._share = 0, (1, 1)
        self._part, self._part_bar, self._started = 0, 0, False
        self._fork = 0
        self._line = 0  # time of the last bar line
        self._lead = self._upbeat = 0  # ticks of the tune's and of this part's upbeat, 0 without or before it is known
        self._first = True  # this bar is the first of its part
        self._tied = False
        self._note = self._held = NONE  # the last note or chord, and what a tie asks for: a hint each
        self._outline = Outline()
        self._fresh = True  # no note yet in this bar
        self._begun = False  # the header is over
        self._head = 0  # tokens of the header
        self._spot: Spot = (0, 0)
        self._echoes = Echoes()

    def copy(self) -> Tracker:
        """A tracker that goes on from here by itself."""
        other = Tracker.__new__(Tracker)
        other.__dict__.update(self.__dict__)
        other._outline, other._echoes = self._outline.copy(), self._echoes.copy()
        return other

    def push(self, token: int) -> None:
        """Reads one token more."""
        kind = _KINDS[token]
        if kind == _HEADER:
            self._head += 1
            word = VOCABULARY[token]
            if word[0] == "M":
                top, _, bottom = word[2:].partition("/")
                self._meter = int(top), int(bottom)
                self._bar = bar_ticks(self._meter)
                self._outline.begin(self._meter)
            return
        if token == 0:
            return
        self._begun = True
        without_length = self._spot[1] == 1 and kind != _LENGTH
        also = ((self._time + self._open, 0),) if without_length else ()
        self._echoes.meet(token, self._spot, *also)
        self._move(token, kind)
        self._echoes.look(token, self._spot, self._bar)

    def row(self) -> tuple[int, ...]:
        """The value of each stream, below SIZES."""
        place, rest, bar = self._where()
        echoes = self._echoes
        return (
            place, rest, bar, min(self._part, MOST_PARTS), echoes.match, bisect(LENGTH_STEPS, echoes.match_length),
            *echoes.hints, *(bisect(RUN_STEPS, run) for run in echoes.runs), self._pending(), self._closing(),
            self._opens(), self._lines(), self._stands(), self._held,
        )  # fmt: skip

    # --- time

    def _move(self, token: int, kind: int) -> None:
        self._tied = token == _TIE
        if token == _TIE:
            self._held = self._note
        if kind == _LENGTH:
            if self._open:
                self._open = self._shared(_TICKS[token])
                self._finish()
            self._spot = self._time, 0
            return
        if token == _TIE and self._open:
            self._finish()
        if kind == _NOTE and self._chord >= 0:
            self._chord += 1
            self._spot = self._time, 100 + self._chord
            return
        if kind in (_NOTE, _OPEN):
            self._finish()
            self._step_over()
            self._note, self._held = NONE if token == _REST else _BARE[token] + 1, NONE
            self._fresh = False
            self._open = self._shared(EIGHTH)
            self._chord = 0 if kind == _OPEN else -1
            self._spot = self._time, 1 if kind == _NOTE else 2
        elif kind == _CLOSE:
            self._chord = -1
            self._spot = self._time, 1
        else:
            self._chord = -1
            self._mark(token, kind)
            self._spot = self._time, token + MARKED

    def _mark(self, token: int, kind: int) -> None:
        self._finish()
        if kind in (_BAR, _PART):
            self._follow(token)
            self._bar_line(kind)
            self._fresh = True
        elif kind == _TUPLET:
            self._fresh = False
            notes = int(VOCABULARY[token][1:])
            self._left, self._share = notes, (in_time_of(notes, self._meter), notes)
        elif token == _FIRST:
            self._fork = self._time
            self._outline.mark("[1")
        elif token == _SECOND:
            self._time = self._line = self._fork
            self._outline.mark("[2")

    def _follow(self, line: int) -> None:
        """The form moves on: a repeat sign before the first note opens a part, all other lines end a bar."""
        if line == _REPEAT and self._fresh:
            self._outline.mark("|:")
        else:
            self._outline.line(VOCABULARY[line], self._time - self._line)

    def _bar_line(self, kind: int) -> None:
        spent = self._time - self._line
        if self._first:
            self._upbeat = spent if spent < self._bar else 0
            self._lead = self._lead if self._started else self._upbeat
        self._first = kind == _PART
        self._left, self._share = 0, (1, 1)
        full = -(-self._time // self._bar) * self._bar
        if kind == _BAR or not self._started:
            self._time = full
        self._line = self._time
        self._started = True
        if kind == _PART:
            self._upbeat = 0
            self._part += 1
            self._part_bar = full // self._bar

    def _shared(self, ticks: int) -> int:
        return ticks * self._share[0] // self._share[1] if self._left else ticks

    def _finish(self) -> None:
        """The open note ends."""
        if self._open:
            self._time += self._open
            self._open = 0
            self._left -= self._left > 0
            if not self._left:
                self._share = 1, 1

    def _where(self) -> tuple[int, int, int]:
        """Place in the bar after the open note; what is left of the bar, before that note while a length may follow;
        bar of the part."""
        if not self._begun:
            return 0, _NO_BAR, 0
        spent = self._spent()
        left = self._bar - spent + self._open
        place = spent // _GRID if spent % _GRID == 0 and spent // _GRID < _ON else _ON + min(_OFF - 1, spent // EIGHTH)
        rest = _OTHER_REST if left % _FINE else min(_LEFT, left // _FINE)
        rest += (_NO_BAR + 1) * (self._open > 0)
        bar = self._time // self._bar - self._part_bar
        return place, rest, min(MOST_BARS, bar) + 1 if bar >= 0 else 0

    def _spent(self) -> int:
        """Ticks of the bar that are filled, the open note and what an upbeat completes included."""
        return min(self._bar, self._line % self._bar + self._time - self._line) + self._open

    def _step_over(self) -> None:
        """A note begins where a bar line was due: reading goes on as if one stood here."""
        if self._time - self._line >= self._bar:
            self._time = self._line = -(-self._time // self._bar) * self._bar

    def _pending(self) -> int:
        """Notes of a tuplet to come; whether a chord, a note that may get a length or a tie is open."""
        state = 1 if self._chord >= 0 else 2 if self._open else 3 if self._tied else 0
        return min(9, self._left) * 4 + state

    def _stands(self) -> int:
        """What is due: of the header, then of the form."""
        return self._head if self._head < _HEAD else _HEAD + self._outline.stands()

    def _opens(self) -> int:
        """What may stand before the notes of this bar; 0 among them."""
        return self._outline.opens() + 1 if self._fresh else 0

    def _lines(self) -> int:
        """The lines that may close the bar after the open note; none in a chord or tuplet."""
        inside = self._chord >= 0 or self._left > (self._open > 0)
        if inside or self._fresh:
            return 0
        return self._outline.lines_at(min(self._bar, self._time - self._line) + self._open)

    def _closing(self) -> int:
        """How far the bar is from the place where the part may end and leave room for its upbeat."""
        if not self._begun:
            return 0
        steps, between = divmod(self._bar - self._spent() - self._upbeat, _GRID)
        value = _CLOSES - 1 if between else max(_CLOSE_LOW, min(_CLOSE_HIGH, steps)) - _CLOSE_LOW
        return value * 4 + 2 * (self._upbeat > 0) + (self._lead == self._upbeat)


def features_of(ids: Sequence[int] | Ids) -> Ids:
    """The rows of a whole sequence, begin mark included: (time,) ids -> (time, streams)."""
    tracker = Tracker()
    rows = []
    for token in ids:
        tracker.push(int(token))
        rows.append(tracker.row())
    return np.array(rows, dtype=np.int64).reshape(len(rows), len(SIZES))
