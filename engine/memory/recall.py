"""What a song so far says about its next chord: for every earlier place, how much now is like then.

Conventions: place 0 is the song's beginning, places 1.. are its chords. At place i (the last one heard) every place
j < i is a candidate: "now is like then, so what followed j follows now". Features are float32, one row per candidate,
of the past alone, and cost O(i) a chord. Alignments are kept along diagonals (j advances with i), so a row follows
from the row before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]

BEGINNING = -1  # stands at place 0, equal to no chord
FADES = (0.6, 0.85, 0.96)  # how fast an alignment forgets its past matches
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

    def heard(self, chord: int) -> Recall:
        """The song with one more chord (an id of the vocabulary, from 0 up)."""
        same = (self.chords == chord).astype(np.float32)
        matched = _shifted(self.exact) + 1
        exact = matched * same
        fades = np.array(FADES, dtype=np.float32)[:, None]
        longer = replace(
            self,
            chords=np.append(self.chords, chord),
            exact=exact,
            forgiving=np.where(same > 0, _shifted(self.forgiving) + 1, matched),
            faded=fades * _shifted(self.faded) + (1 - fades) * same,
            local=_aligned(self.local, same),
            landed=np.append(self.landed, np.float32(0)),
            before=np.append(self.before, BEGINNING),
            luck=self._luck(chord),
        )
        return longer._returning()

    def _returning(self) -> Recall:
        """With the returns noted that have just become long enough, and the distance of the longest."""
        place = len(self.chords) - 1
        longest = self.exact.max(initial=0)
        if longest < LANDING:
            return self
        run = int(place - np.flatnonzero(self.exact == longest)[-1])
        starts = np.flatnonzero(self.exact == LANDING) - LANDING + 1
        if not len(starts):
            return replace(self, run=run)
        last = place - LANDING + 1
        landed, before = self.landed.copy(), self.before.copy()
        landed[starts] += 1
        before[starts] = self.chords[last - 1]
        period = self.period or int(last - starts[-1])
        return replace(self, landed=landed, before=before, period=period, last=last, run=run)

    def _luck(self, chord: int) -> float:
        if not len(self.exact) or not self.exact.max():
            return self.luck * 0.85
        foretold = self.chords[1:][self.exact == self.exact.max()]
        return self.luck * 0.85 + 0.15 * float((foretold == chord).mean())

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


def _shifted(values: Array) -> Array:
    """Along the diagonal: what stood at j - 1 one chord ago; nothing stood before the beginning."""
    return np.concatenate([np.zeros((*values.shape[:-1], 1), dtype=np.float32), values], axis=-1)


def _aligned(before: Array, same: Array) -> Array:
    """Local alignment with gaps (Smith & Waterman, 1981): match +1, mismatch and gap -1."""
    skipped = np.append(before, np.float32(0)) - 1
    value = np.maximum(np.maximum(_shifted(before) + 2 * same - 1, skipped), 0)
    ramp = np.arange(len(value), dtype=np.float32)
    aligned: Array = np.maximum.accumulate(value + ramp) - ramp
    return aligned.astype(np.float32)


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
