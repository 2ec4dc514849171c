"""A tune as it sounds: repeats unfolded, accidentals and ties applied, every note with its place in the text.

Conventions of ABC 2.1: an accidental lasts to the bar line, for its letter in all octaves; a tie holds the pitch across
the bar line. A repeat sign without a partner goes back as in abc2midi: the first to the beginning, later ones to the
last repeat sign or double bar.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.abc.faults import Bar, bars_of, upbeats_of
from engine.abc.lengths import COMPOUND, EIGHTH, bar_ticks, in_time_of, meter_numbers, ticks_of
from engine.abc.tokens import CLOSE, LETTERS, OPEN, REST, SHARPS, TIE, TUPLETS, Tune, fifths, pitch_of, signature
from engine.music import Key, Note, Score

QUARTER = 2 * EIGHTH
MIDDLE_C = 60
_SCALE = (0, 2, 4, 5, 7, 9, 11)  # semitones of C D E F G A B
_REPEATS = frozenset({":|", "::"})
_DOUBLE = frozenset({"||", "|]"})
_MINOR = frozenset({"min", "dor", "phr", "loc"})  # modes with a minor third

# Beats a minute as a session or a ballroom plays them: a beat is a dotted crotchet in 6/8, 9/8 and 12/8, a crotchet
# elsewhere.
TEMPOS = {
    "jig": 115, "reel": 200, "hornpipe": 160, "waltz": 132, "slip jig": 120, "polka": 130, "slide": 130,
    "strathspey": 120, "march": 104, "air": 72, "other": 112,
}  # fmt: skip
STRONG, ON_BEAT, OFF_BEAT = 92, 84, 76  # velocities: the bar's first beat, other beats, between


@dataclass(frozen=True, slots=True)
class Sounded:
    """A tune's notes. `tokens` names for each note of the score the body token it is written as, in the same order."""

    score: Score
    tokens: tuple[int, ...]


class Struck(NamedTuple):
    """One note as it is struck, in ticks from the beginning, and the index of its token."""

    token: int
    pitch: int
    onset: int
    ticks: int
    spelling: str


def sounded(tune: Tune, tempo_bpm: float = 0.0, instrument: int = 0) -> Sounded:
    """The tune's notes, faulty or not: what can be heard of it. `tempo_bpm` in quarters a minute, 0: by its type."""
    return in_order(tune, unfolded(bars_of(tune)), tempo_bpm, instrument)


def in_order(tune: Tune, order: Iterable[Bar], tempo_bpm: float = 0.0, instrument: int = 0) -> Sounded:
    """The notes of the tune's bars in any order."""
    player = _Player(tune)
    numbers = _numbers(bars_of(tune), upbeats_of(tune))
    for bar in order:
        player.play(bar, numbers.get(bar.start, 0))
    struck = sorted(player.done, key=lambda note: (note.onset, note.pitch))
    score = Score(
        title=tune.title,
        key=written_key(tune.key),
        tempo_bpm=tempo_bpm or tempo_of(tune),
        beats_per_bar=max(1, bar_ticks(player.meter) // QUARTER),
        notes=tuple(_note(note, player) for note in struck),
        instrument=instrument,
        beats=player.now / QUARTER,
        meter=tune.meter,
        bars=tuple(onset / QUARTER for onset in player.starts),
        bar_numbers=tuple(player.numbers),
    )
    return Sounded(score, tuple(note.token for note in struck))


def tempo_of(tune: Tune) -> float:
    """Quarters a minute that suit the tune's type.

    >>> tempo_of(Tune("jig", "6/8", "Dmaj", ()))
    172.5
    """
    beats = TEMPOS.get(tune.rhythm, TEMPOS["other"])
    return beats * 1.5 if meter_numbers(tune.meter) in COMPOUND else float(beats)


def written_key(key: str) -> Key:
    """The major or minor key with the same signature, as notation programs know it: A dorian is written as E minor.

    >>> written_key("Ador"), written_key("Dmix")
    (Key(tonic='E', mode='minor'), Key(tonic='G', mode='major'))
    """
    minor = key[-3:] in _MINOR
    place = fifths(key) + (3 if minor else 0) + 1  # of the tonic in the row of fifths, F = 0
    sharps, letter = divmod(place, 7)
    return Key(SHARPS[letter] + "#" * sharps + "b" * -sharps, "minor" if minor else "major")


def unfolded(bars: Sequence[Bar]) -> Iterator[Bar]:
    """The bars in the order in which they are played; none is played more than twice."""
    at = start = 0
    again = opened = repeated = False
    while at < len(bars):
        bar = bars[at]
        signs = [mark for _, mark in bar.marks]
        if "|:" in signs and not again:
            start, opened = at, True
        if "[1" in signs and again:
            at = start = next((n + 1 for n in range(at, len(bars)) if bars[n].line in _REPEATS), len(bars))
            again = opened = False
            continue
        yield bar
        at += 1
        if bar.line in _REPEATS and not again and "[2" not in signs:
            at, again, repeated = start, True, True
        elif bar.line in _REPEATS or bar.line == "|:":
            start, again, opened = at, False, bar.line != ":|"
        elif bar.line in _DOUBLE and repeated and not (opened or again):
            start = at


def _numbers(bars: Sequence[Bar], upbeats: Container[int]) -> dict[int, int]:
    """The number of each bar as it is written, by its first token; an upbeat, of a later part too, has none."""
    counted = [bar.start for bar in bars if bar.ticks and bar.start not in upbeats]
    return {start: number for number, start in enumerate(counted, start=1)}


def _note(note: Struck, player: _Player) -> Note:
    return Note(
        pitch=note.pitch,
        onset=note.onset / QUARTER,
        duration=note.ticks / QUARTER,
        velocity=player.velocity(note.onset),
        spelling=note.spelling,
    )


@dataclass(slots=True)
class _Player:
    """Reads bars in the order of playing."""

    tune: Tune
    meter: tuple[int, int] = (4, 4)
    now: int = 0
    done: list[Struck] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    _signs: dict[str, int] = field(default_factory=dict)  # accidentals of this bar by letter
    _held: dict[int, int] = field(default_factory=dict)  # staff place -> index in `done` of a tied note
    _read: int = 0  # the last bar line
    _left: int = 0
    _share: tuple[int, int] = (1, 1)

    def __post_init__(self) -> None:
        self.meter = meter_numbers(self.tune.meter)

    def velocity(self, onset: int) -> int:
        before = bisect_right(self.starts, onset)
        start = self.starts[before - 1] if before else 0
        beat = 3 * EIGHTH if self.meter in COMPOUND else QUARTER
        place = onset - start
        return STRONG if place == 0 else OFF_BEAT if place % beat else ON_BEAT

    def play(self, bar: Bar, number: int) -> None:
        body = self.tune.body
        self._signs, self._left = {}, 0
        if bar.start < self._read:  # going back: a tie leads forward, into the second ending too
            self._held = {}
        self._read = bar.end
        self.starts.append(self.now)
        self.numbers.append(number)
        at = bar.start
        while at < bar.end + (not bar.line):
            token = body[at]
            if token in TUPLETS:
                self._left = int(token[1:])
                self._share = in_time_of(self._left, self.meter), self._left
                at += 1
            elif token in (OPEN, REST) or pitch_of(token):
                at = self._event(at)
            else:
                at += 1
        if self.now == self.starts[-1]:
            self.starts.pop()
            self.numbers.pop()

    def _event(self, at: int) -> int:
        """A note, rest or chord at a token with its length and tie; the index after them."""
        body = self.tune.body
        heads = [at]
        if body[at] == OPEN:
            heads = []
            while at + 1 < len(body) and pitch_of(body[at + 1]):
                at += 1
                heads.append(at)
            at += at + 1 < len(body) and body[at + 1] == CLOSE
        ticks = ticks_of(body[at + 1]) if at + 1 < len(body) else 0
        at += 1 + (ticks > 0)
        tied = at < len(body) and body[at] == TIE
        self._sound(heads, self._lasting(ticks or EIGHTH), tied)
        return at + tied

    def _lasting(self, ticks: int) -> int:
        if not self._left:
            return ticks
        self._left -= 1
        return ticks * self._share[0] // self._share[1]

    def _sound(self, heads: Sequence[int], ticks: int, tied: bool) -> None:
        held, self._held = self._held, {}
        for head in heads:
            place = pitch_of(self.tune.body[head])
            if place is None:
                continue
            sign, steps = place
            note = self._struck(head, sign, steps, ticks)
            before = self.done[held[steps]] if steps in held else None
            if before is not None and (sign is None or before.pitch == note.pitch):
                index = held[steps]
                self.done[index] = before._replace(ticks=self.now + ticks - before.onset)
            else:
                index = len(self.done)
                self.done.append(note)
            if tied:
                self._held[steps] = index
        self.now += ticks

    def _struck(self, head: int, sign: int | None, steps: int, ticks: int) -> Struck:
        octave, degree = divmod(steps, 7)
        letter = LETTERS[degree]
        if sign is not None:
            self._signs[letter] = sign
        raised = self._signs.get(letter, signature(self.tune.key)[letter])
        pitch = min(127, max(0, MIDDLE_C + 12 * octave + _SCALE[degree] + raised))
        return Struck(head, pitch, self.now, ticks, letter + "#" * raised + "b" * -raised)
