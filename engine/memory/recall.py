"""What a song so far says about its next chord: for every earlier place, how much now is like then.

Conventions: place 0 is the song's beginning, places 1.. are its chords. At place i (the last one heard) every place
j < i is a candidate: "now is like then, so what followed j follows now". Features are float32, one row per candidate,
of the past alone, and cost O(i) a chord. Alignments are kept along diagonals (j advances with i), so a row follows
from the row before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]

BEGINNING = -1  # stands at place 0, equal to no chord
FADES = (0.6, 0.85, 0.96)  # how fast an alignment forgets its past matches
_FADES = np.array(FADES, dtype=np.float32)[:, None]
_RESTS = 1 - _FADES
ZERO, ONE, TWO = np.float32(0), np.float32(1), np.float32(2)
EXACT_STEPS = (1, 2, 3, 4, 6, 8, 12, 16)  # lengths of an exact match that count on their own
LANDING = 4  # chords in common that make a return: then both beginnings are taken for beginnings of a section
PAIR_FEATURES = 44
SONG_FEATURES = 12


@dataclass(frozen=True, slots=True)
class Row:
    """Features at one place: (candidates, PAIR_FEATURES), (SONG_FEATURES,), and what followed each candidate."""

    pairs: Array
    song: Array
    followers: Places


@dataclass(frozen=True, slots=True)
class Recall:
    """A song heard so far. Frozen: `heard` gives the song one chord longer.

    `exact` and the others hold a value for every place j < i: the alignment of the song up to i with that up to j.
    `landed` counts returns to each place, `before` the chord that led to the last of them; `period` is the distance of
    the first return, `last` the place of the latest one, `run` its distance.
    """

    chords: Places
    exact: Array
    forgiving: Array
    faded: Array  # (len(FADES), candidates)
    local: Array
    landed: Array
    before: Places
    period: int = 0
    last: int = 0
    run: int = 0
    luck: float = 0.5  # recent share of places where the longest match foretold the chord

    def heard(self, *chords: int) -> Recall:
        """The song with one chord more (an id of the vocabulary, from 0 up), or several."""
        path = _Path(self, len(chords))
        for chord in chords:
            path.add(chord)
        return path.recall()

    def row(self) -> Row:
        """Features of the chord to come."""
        place = len(self.chords) - 1
        distance = place - np.arange(place)
        columns = [*self._likenesses(), *self._whereabouts(distance), *self._phases(distance), *self._followers()]
        return Row(np.column_stack(columns).astype(np.float32), self._song(place), self.chords[1:])

    def _likenesses(self) -> list[npt.NDArray[Any]]:
        """How alike now and then are: the last chords exactly, with one exception, fading, and with gaps."""
        return [
            np.log1p(self.exact), *(self.exact >= length for length in EXACT_STEPS), _highest(self.exact),
            np.log1p(self.exact.max(initial=0) - self.exact), np.log1p(self.forgiving), _highest(self.forgiving),
            *(column for fade in self.faded for column in (fade, fade.max(initial=0) - fade)),
            np.log1p(self.local), _highest(self.local),
        ]  # fmt: skip

    def _whereabouts(self, distance: Places) -> list[npt.NDArray[Any]]:
        """How long ago, the first or the latest of its kind, at the beginning of the song or of a section."""
        best, places, landed = _highest(self.exact), np.arange(len(distance)), self.landed[1:]
        resumed = np.abs(distance - self.run) <= 2 if self.run else np.zeros(len(distance), dtype=np.bool_)
        return [
            np.log1p(distance), distance == 1, _first(best[::-1])[::-1], _first(best), places == 0, np.log1p(places),
            np.log1p(landed), (landed > 0) & (self.before[1:] == self.chords[-1]), distance == self.run, resumed,
        ]  # fmt: skip

    def _followers(self) -> list[npt.NDArray[Any]]:
        """What followed then: the chord that sounds now, what most others say, what stood before both."""
        followers, best = self.chords[1:], _highest(self.exact).astype(np.float32)
        weights = (best, (self.exact > 0).astype(np.float32), self.faded[1], np.ones_like(best))
        agreements = [_agreement(followers, weight) for weight in weights]
        return [followers == self.chords[-1], *agreements, self._same_before(1), self._same_before(2)]

    def _phases(self, distance: Places) -> tuple[npt.NDArray[np.bool_], ...]:
        """Whether now is a whole number of sections after the candidate's follower, exactly or about."""
        if not self.period:
            none = np.zeros(len(distance), dtype=bool)
            return (none,) * 6
        phase = distance % self.period
        near = np.minimum(phase, self.period - phase)
        starts = self.landed[1:] > 0
        since = len(self.chords) - self.last  # chords since the last return began, the coming one included
        section = (since % self.period) in (0, 1, self.period - 1)
        return near == 0, near <= 1, near <= 3, starts & (near <= 1), starts & section, starts & (distance > since)

    def _same_before(self, back: int) -> npt.NDArray[np.bool_]:
        """Whether the chords `back` before now and then are the same, whatever came since."""
        place = len(self.chords) - 1
        same = np.zeros(place, dtype=np.bool_)
        if place > back:
            same[back:] = np.equal(self.chords[: place - back], self.chords[place - back])
        return same

    def _song(self, place: int) -> Array:
        known = len(np.unique(self.chords[1:]))
        since = len(self.chords) - self.last
        period = self.period
        bigram = bool((self.exact >= 2).any())
        ratio = since / period if period else 0.0
        return np.array(
            [
                np.log1p(place), known / (place + 1), np.log1p(since), self.luck, bigram,
                np.log1p(self.exact.max(initial=0)), np.log1p(self.forgiving.max(initial=0)),
                *self.faded.max(axis=1, initial=0)[:2], float(period > 0), min(ratio, 4.0),
                float(abs(ratio - round(ratio)) * period < 1.5 and period > 0 and ratio > 0.5),
            ],
            dtype=np.float32,
        )  # fmt: skip


class _Path:
    """A song on its way, for hearing several chords without a value for each.

    Alignments stand by distance here, the nearest place first: along a diagonal both places move on together, so that
    an alignment stays where it is. The local one has gaps, so it stands by place.
    """

    def __init__(self, recall: Recall, more: int) -> None:
        room = len(recall.chords) + more
        self._count = len(recall.chords)
        self._chords, self._before = _with_room(recall.chords, room), _with_room(recall.before, room)
        self._landed, self._local = _with_room(recall.landed, room), _with_room(recall.local, room)
        self._exact, self._forgiving = (_with_room(a[::-1], room) for a in (recall.exact, recall.forgiving))
        self._faded = _with_room(recall.faded[:, ::-1], room)
        self._ramp, self._value = np.arange(room, dtype=np.float32), np.empty(room, dtype=np.float32)
        self._longest = recall.exact.max(initial=0)
        self._spare = np.empty((len(FADES), room), dtype=np.float32)
        self._period, self._last, self._run, self._luck = recall.period, recall.last, recall.run, recall.luck

    def add(self, chord: int) -> None:
        count = self._count
        same = (self._chords[:count] == chord).astype(np.float32)
        back = same[::-1]
        exact, forgiving, faded = self._exact[:count], self._forgiving[:count], self._faded[:, :count]
        self._try_luck(exact[:-1], back[:-1])
        exact += ONE
        forgiving += ONE
        np.copyto(forgiving, exact, where=back == 0)
        exact *= back
        faded *= _FADES
        faded += np.multiply(_RESTS, back, out=self._spare[:, :count])
        self._align(same)
        self._chords[count], self._before[count] = chord, BEGINNING
        self._count = count + 1
        self._notice_return(exact)

    def recall(self) -> Recall:
        """The song as a value."""
        count = self._count
        exact, forgiving, faded = (
            np.ascontiguousarray(array[..., : count - 1][..., ::-1])
            for array in (self._exact, self._forgiving, self._faded)
        )
        local, landed = self._local[: count - 1].copy(), self._landed[:count].copy()
        chords, before = self._chords[:count].copy(), self._before[:count].copy()
        return Recall(chords, exact, forgiving, faded, local, landed, before,
                      self._period, self._last, self._run, self._luck)  # fmt: skip

    def _try_luck(self, exact: Array, foretold: Array) -> None:
        """Whether the longest matches had foretold the chord; `foretold` is 1 for each candidate that had."""
        self._luck *= 0.85
        if self._longest:
            best = exact == self._longest
            self._luck += 0.15 * (np.count_nonzero(foretold[best]) / np.count_nonzero(best))

    def _align(self, same: Array) -> None:
        """Local alignment with gaps (Smith & Waterman, 1981): match +1, mismatch and gap -1."""
        count = len(same)
        before, value, ramp = self._local[:count], self._value[:count], self._ramp[:count]
        value[0], value[1:] = 0, before[:-1]
        same *= TWO
        same -= ONE
        value += same
        before -= ONE
        np.maximum(value, before, out=value)
        np.maximum(value, ZERO, out=value)
        value += ramp
        np.maximum.accumulate(value, out=value)
        np.subtract(value, ramp, out=before)

    def _notice_return(self, exact: Array) -> None:
        """Notes the returns that have just become long enough, and the distance of the longest."""
        nearest = int(exact.argmax())
        self._longest = exact[nearest]
        if self._longest < LANDING:
            return
        self._run = nearest + 1
        distances = np.flatnonzero(exact == LANDING) + 1
        if len(distances):
            self._last = len(exact) - LANDING + 1
            starts = self._last - distances
            self._landed[starts] += 1
            self._before[starts] = self._chords[self._last - 1]
            self._period = self._period or int(distances[0])


def _with_room(values: npt.NDArray[Any], room: int) -> npt.NDArray[Any]:
    """A copy whose last axis has `room` values, zeros behind those that are there."""
    longer = np.zeros((*values.shape[:-1], room), dtype=values.dtype)
    longer[..., : values.shape[-1]] = values
    return longer


def nothing_heard() -> Recall:
    """A song before its first chord."""
    none = np.zeros(0, dtype=np.float32)
    return Recall(np.array([BEGINNING]), none, none, np.zeros((len(FADES), 0), dtype=np.float32), none,
                  np.zeros(1, dtype=np.float32), np.array([BEGINNING]))  # fmt: skip


def rows_of(chords: Sequence[int]) -> list[Row]:
    """The rows before each chord of a song and after its last: len(chords) + 1 of them."""
    recall = nothing_heard()
    rows = [recall.row()]
    for chord in chords:
        recall = recall.heard(chord)
        rows.append(recall.row())
    return rows


def _highest(values: Array) -> npt.NDArray[np.bool_]:
    highest: npt.NDArray[np.bool_] = values == values.max(initial=0)
    return highest


def _first(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    first: npt.NDArray[np.bool_] = flags & (np.cumsum(flags) == 1)
    return first


def _agreement(followers: Places, weight: Array) -> Array:
    """For each candidate, the weighted share of candidates that were followed by the same chord."""
    total = weight.sum()
    if not total:
        return np.zeros(len(followers), dtype=np.float32)
    shares: Array = np.bincount(followers, weights=weight)[followers].astype(np.float32) / total
    return shares
