"""Chords under a tune: what a folk musician would strum, from its notes and from what a chord model expects.

For every bar (or half bar) each chord at hand is judged by how well the notes lie on it, by what the chord model
expects after the chords before, and by custom; the best path through all bars is taken (Viterbi, 1967), each path
remembering its own chords for the model. Where the tune comes to rest on a note of the tonic chord, that is the last
one; the last bar of a part may have two where it moves on, so that what leads home is heard.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from engine.abc import Bar, Tune, bars_of, sounded
from engine.abc.faults import measured, upbeats_of
from engine.abc.lengths import EIGHTH, bar_ticks, meter_numbers
from engine.abc.sounding import unfolded
from engine.music import NO_CHORD, Chord, Key, Progression, Slot
from engine.theory import pitch_classes, spell

Expect = Callable[[tuple[Chord, ...]], Mapping[Chord, float]]  # chords before -> shares of the next, as a listener's

QUARTER = 2 * EIGHTH
REMEMBERED = 8  # chords of a path that the model is told
FOR_NOTES, FOR_MODEL, FOR_CUSTOM = 4.0, 0.35, 0.5
FOR_CHANGE = 0.6  # within a bar: hands that strum like to stay
FOR_CLOSE = 1.2  # for the tonic in the last bar of a part
FOR_HOME = 100.0  # for the tonic at the end of a tune that rests on it: more than all else together
FOR_LEADING = 0.6  # for what leads home just before
_LEADING = frozenset({5, 7, 10})  # semitones above the tonic: subdominant, dominant, and the seventh of the old modes
LEAST = 1e-3  # share of a chord that the model does not expect at all
_INSIDE, _SEVENTH, _OUTSIDE, _CLASH = 1.0, 0.4, -0.45, -0.9  # a note in the chord, beside it, a semitone above its root

# Chords of each kind of mode, (semitones above the tonic, quality), with how usual they are in accompanying folk tunes.
_MAJOR = {(0, ""): 1.0, (7, ""): 0.75, (5, ""): 0.75, (7, "7"): 0.6, (2, "m"): 0.4, (9, "m"): 0.4, (4, "m"): 0.1}
_MIXOLYDIAN = {(0, ""): 1.0, (10, ""): 0.9, (5, ""): 0.5, (7, "m"): 0.3, (2, "m"): 0.2, (7, ""): 0.2, (9, "m"): 0.2}
_MINOR = {(0, "m"): 1.0, (10, ""): 0.8, (3, ""): 0.5, (5, "m"): 0.4, (8, ""): 0.4, (7, "m"): 0.3, (7, ""): 0.4}
_DORIAN = {(0, "m"): 1.0, (10, ""): 0.95, (5, ""): 0.45, (3, ""): 0.45, (7, "m"): 0.4, (2, "m"): 0.15}
_CUSTOM = {
    "maj": _MAJOR,
    "lyd": _MAJOR,
    "mix": _MIXOLYDIAN,
    "min": _MINOR,
    "phr": _MINOR,
    "loc": _MINOR,
    "dor": _DORIAN,
}


@dataclass(frozen=True, slots=True)
class Accompaniment:
    """Chords under a tune: as it is played, repeats and all, and as marks above the text: (body token, chord) in order,
    a mark only where the chord is struck anew."""

    progression: Progression
    marks: tuple[tuple[int, Chord], ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A bar or half a bar as it is written: where it begins, its length in beats, and its notes by pitch class."""

    token: int
    beats: float
    weights: Mapping[int, float]
    silent: bool  # an upbeat: nothing is strummed
    inside: bool  # the second half of a bar
    close: float  # what the tonic gains here
    leads: bool  # to the last bar


Rows = Sequence[Sequence[Stretch]]  # a row for every bar


def key_of_harmony(key: str) -> Key:
    """The tonic with major or minor, as chord models know keys: D mixolydian is harmonised in D major.

    >>> key_of_harmony("Dmix"), key_of_harmony("F#dor")
    (Key(tonic='D', mode='major'), Key(tonic='F#', mode='minor'))
    """
    return Key(key[:-3], "minor" if key[-3:] in ("min", "dor", "phr", "loc") else "major")


def chords_under(tune: Tune, expect: Expect, per_bar: int = 1) -> Accompaniment:
    """Chords for every bar, or every half where the bar divides (`per_bar` 2). `expect` is told chords in
    `key_of_harmony(tune.key)`, no silence among them, and gives shares of what comes next."""
    key = key_of_harmony(tune.key)
    bars = [bar for bar in bars_of(tune) if bar.ticks]
    stretches = _stretches(tune, bars, per_bar)
    chosen = iter(_best([stretch for row in stretches for stretch in row], _at_hand(tune.key, key), expect))
    chords = [[next(chosen) for _ in row] for row in stretches]
    slots = tuple(_played(tune, bars, stretches, chords))
    return Accompaniment(Progression(key, slots), tuple(_marks(stretches, chords)))


def _at_hand(key: str, harmony: Key) -> dict[Chord, float]:
    """The chords of a mode with how usual they are."""
    custom = _CUSTOM[key[-3:]]
    return {
        Chord(spell((harmony.pitch_class + up) % 12, harmony), quality): usual
        for (up, quality), usual in custom.items()
    }


# --- what is written in each bar ------------------------------------------------------------------------------------


def _stretches(tune: Tune, bars: Sequence[Bar], per_bar: int) -> list[list[Stretch]]:
    meter = meter_numbers(tune.meter)
    full = bar_ticks(meter)
    heard, upbeats = _Heard(tune), upbeats_of(tune)
    found = []
    for number, bar in enumerate(bars):
        upbeat = bar.start in upbeats
        left = len(bars) - number
        closes = bar.line != "|"
        wanted = heard.moves_after(bar, full // 2) if closes else per_bar == 2 and bar.ticks == full
        halved = wanted and not upbeat and meter[0] in (2, 4, 6, 12)
        edges = (0, full // 2, bar.ticks) if halved else (0, bar.ticks)
        found.append([heard.stretch(bar, first, last, upbeat, left) for first, last in pairwise(edges)])
    return found


class _Heard:
    """The notes of a tune by the bars they are written in."""

    def __init__(self, tune: Tune) -> None:
        self._score = sounded(tune).score
        bars, self._onsets = measured(tune)
        order = [bar for bar in unfolded(bars) if bar.ticks]
        self._starts = {
            bar.start: edge for bar, edge in reversed(list(zip(order, self._score.bar_edges, strict=False)))
        }
        tonic = next(iter(_at_hand(tune.key, key_of_harmony(tune.key))))
        self._rests_at_home = any(note.pitch % 12 in pitch_classes(tonic) for note in self._score.notes[-1:])

    def moves_after(self, bar: Bar, ticks: int) -> bool:
        """Whether a note is struck at or after so many ticks of the bar."""
        return any(self._onsets.get(token, -1) >= ticks for token in range(bar.start, bar.end))

    def stretch(self, bar: Bar, first: int, last: int, upbeat: bool, left: int) -> Stretch:
        """From tick `first` to tick `last` of a bar; `left` bars are to come, this one included."""
        beats = (last - first) / QUARTER
        start = self._starts.get(bar.start, -bar.ticks / QUARTER) + first / QUARTER
        token = _token_at(bar, self._onsets, first)
        is_last = last == bar.ticks  # of its bar
        home = left == 1 and is_last and self._rests_at_home
        close = FOR_HOME if home else FOR_CLOSE if is_last and bar.line != "|" else 0.0
        leads = left == 2 and is_last
        return Stretch(token, beats, self._weights(start, start + beats), upbeat, first > 0, close, leads)

    def _weights(self, first: float, last: float) -> Mapping[int, float]:
        """The share of each pitch class in a span of time, more for what is struck first or on a beat."""
        weights: dict[int, float] = {}
        for note in self._score.notes:
            heard = min(note.onset + note.duration, last) - max(note.onset, first)
            if heard > 1e-6:
                strong = 1.5 if math.isclose(note.onset, first) else 1.0 if note.onset % 1 == 0 else 0.7
                weights[note.pitch % 12] = weights.get(note.pitch % 12, 0.0) + heard * strong
        whole = sum(weights.values()) or 1.0
        return {pitch: weight / whole for pitch, weight in weights.items()}


def _token_at(bar: Bar, onsets: Mapping[int, int], ticks: int) -> int:
    """The first token of the bar that begins at or after so many ticks."""
    return next((token for token in range(bar.start, bar.end) if onsets.get(token, -1) >= ticks), bar.start)


# --- the best path --------------------------------------------------------------------------------------------------


def _best(stretches: Sequence[Stretch], at_hand: Mapping[Chord, float], expect: Expect) -> list[Chord]:
    """A chord for every stretch, NO_CHORD for upbeats."""
    tonic = next(iter(at_hand))
    paths: list[tuple[float, tuple[Chord, ...]]] = [(0.0, ())]
    for stretch in stretches:
        if stretch.silent:
            paths = [(score, (*path, NO_CHORD)) for score, path in paths]
            continue
        steps = [(score, path, _expected(path, expect, at_hand)) for score, path in paths]
        paths = []
        for chord, usual in at_hand.items():
            lies = FOR_NOTES * _fit(chord, stretch.weights) + FOR_CUSTOM * math.log(usual)
            lies += stretch.close * (chord == tonic)
            lies += FOR_LEADING * (stretch.leads and (chord.pitch_class - tonic.pitch_class) % 12 in _LEADING)
            reached = ((score + _step(path, chord, stretch, shares), path) for score, path, shares in steps)
            score, path = max(reached, key=lambda one: one[0])
            paths.append((score + lies, (*path, chord)))
    return list(max(paths, key=lambda one: one[0])[1])


def _expected(path: Sequence[Chord], expect: Expect, at_hand: Mapping[Chord, float]) -> Mapping[Chord, float]:
    before = tuple(chord for chord in path[-REMEMBERED:] if not chord.is_silent)
    merged = tuple(chord for number, chord in enumerate(before) if number == 0 or chord != before[number - 1])
    shares = expect(merged)
    known = sum(shares.get(chord, 0.0) for chord in at_hand)
    return {chord: shares.get(chord, 0.0) if known else 1 / len(at_hand) for chord in at_hand}


def _step(path: Sequence[Chord], chord: Chord, stretch: Stretch, shares: Mapping[Chord, float]) -> float:
    """What going on to a chord adds: models know changes only, so staying costs a little and no belief."""
    if path and path[-1] == chord:
        return FOR_MODEL * math.log(0.1)
    return FOR_MODEL * math.log(max(LEAST, shares[chord])) - FOR_CHANGE * stretch.inside


def _fit(chord: Chord, weights: Mapping[int, float]) -> float:
    """How well notes lie on a chord, -1 to 1."""
    root, tones = chord.pitch_class, pitch_classes(chord)
    triad = pitch_classes(replace(chord, quality=chord.quality.removesuffix("7")))
    total = 0.0
    for pitch, weight in weights.items():
        inside = _INSIDE if pitch in triad else _SEVENTH if pitch in tones else _OUTSIDE
        total += weight * (_CLASH if (pitch - root) % 12 in (1, 11) and inside < 0 else inside)
    return total


# --- as it is played, and as it is written --------------------------------------------------------------------------


def _played(tune: Tune, bars: Sequence[Bar], stretches: Rows, chords: Sequence[Sequence[Chord]]) -> Iterator[Slot]:
    """A slot for every chord of every bar in the order of playing; equal halves are one."""
    number_of = {bar.start: number for number, bar in enumerate(bars)}
    for bar in unfolded(bars_of(tune)):
        number = number_of.get(bar.start, -1)
        pairs = zip(chords[number], stretches[number], strict=True) if number >= 0 and bar.ticks else ()
        for chord, same in groupby(pairs, key=lambda pair: pair[0]):
            yield Slot(chord, sum(stretch.beats for _, stretch in same))


def _marks(stretches: Rows, chords: Sequence[Sequence[Chord]]) -> Iterator[tuple[int, Chord]]:
    before = NO_CHORD
    for row, names in zip(stretches, chords, strict=True):
        for stretch, chord in zip(row, names, strict=True):
            if chord != before and not chord.is_silent:
                yield stretch.token, chord
            before = chord
