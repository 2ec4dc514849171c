"""Finding chords for a plan: drawn one by one, or the likeliest of many paths (beam search: Lowerre, 1976)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from random import Random

from engine.compose import Listener, admits_any
from engine.compose.advice import kinds_for
from engine.compose.gaps import NEVER, leading_on
from engine.compose.shares import Shares, most_likely, normalised, nucleus, ordered, tempered
from engine.errors import GenerationError
from engine.generate.cadences import Demand, meets
from engine.generate.plans import Continuation, Plan, Wish, plan_to_continue, plan_to_redraw
from engine.music import Chord, Progression
from engine.words import say

PATHS = 6  # kept by the beam
BRANCHES = 8  # tried from each
CANDIDATES = 12  # of a draw, where the slot after it is already decided
AHEAD = 2  # decided chords that a draw looks at
FREE_TURNS = 2  # times a turn may be heard before it counts as repetition


def continued(
    listener: Listener,
    opening: Progression,
    bars: int,
    wish: Wish | None = None,
    *,
    beats_per_bar: float = 4,
    beats_per_chord: float = 4,
) -> Continuation:
    """The opening, unchanged, and `bars` (1 to 64) more bars that end with the wished cadence on a bar line.

    A bar that the opening has begun is completed first. Raises GenerationError, PredictionError, ProgressionTooLong.
    """
    wish = wish or Wish()
    return _found(listener, plan_to_continue(opening, bars, beats_per_bar, beats_per_chord, wish.cadence), wish)


def redrawn(
    listener: Listener, progression: Progression, locked: Collection[int], wish: Wish | None = None
) -> Continuation:
    """The same slots with new chords, but for those whose index (from 0) is in `locked`. Raises as `continued`."""
    wish = wish or Wish()
    return _found(listener, plan_to_redraw(progression, locked, wish.cadence), wish)


def _found(listener: Listener, plan: Plan, wish: Wish) -> Continuation:
    _check(wish)
    path = (_sampled if wish.search == "sample" else _searched)(listener, plan, wish)
    return Continuation(plan.filled(path.chords), plan.free, wish.rng_seed, path.belief)


def _check(wish: Wish) -> None:
    """What the arithmetic would refuse only on the way, refused at once."""
    if wish.rng_seed < 0:
        raise GenerationError(say("The random seed must be 0 or more, not {given}.", given=str(wish.rng_seed)[:40]))
    one = {Chord("C"): 1.0}
    nucleus(tempered(one, wish.temperature), wish.top_p)
    if not 0 <= wish.repetition <= 1:
        raise GenerationError(
            say("The repetition share must be from 0 to 1, not {given}.", given=str(wish.repetition)[:40])
        )


@dataclass(frozen=True, slots=True)
class _Path:
    """Chords so far, the model's belief in those that were chosen, and what the path is ranked by; both logarithms."""

    chords: tuple[Chord, ...] = ()
    belief: float = 0.0
    rank: float = 0.0

    @property
    def heard(self) -> tuple[Chord, ...]:
        return tuple(chord for chord in self.chords if not chord.is_silent)

    def kept(self, chord: Chord, believed: float) -> _Path:
        """With a chord that was not chosen: it tells how well the path led there."""
        return _Path((*self.chords, chord), self.belief, self.rank + _log(believed))

    def chosen(self, chord: Chord, believed: float, weight: float) -> _Path:
        return _Path((*self.chords, chord), self.belief + _log(believed), self.rank + _log(weight))


def _log(share: float) -> float:
    return math.log(max(share, NEVER))


# --- one by one -----------------------------------------------------------------------------------------------------


def _sampled(listener: Listener, plan: Plan, wish: Wish) -> _Path:
    dice = Random(wish.rng_seed)
    path = _Path()
    for index, fixed in enumerate(plan.fixed):
        if fixed is not None:
            path = path.kept(fixed, 1.0)
            continue
        weights = _weights(listener, plan, wish, path)
        fitting = _fitting(listener, plan, wish, path, normalised(weights))
        chord = _drawn(nucleus(tempered(fitting, wish.temperature), wish.top_p), dice.random())
        path = path.chosen(chord, listener.expect(path.heard)[chord], 1.0)
        assert len(path.chords) == index + 1
    return path


def _drawn(shares: Shares, chance: float) -> Chord:
    """The chord at `chance` (0 to 1) of the sum, the largest shares first."""
    entries = ordered(shares)
    for chord, share in entries:
        chance -= share
        if chance < 0:
            return chord
    return entries[-1][0]


def _fitting(listener: Listener, plan: Plan, wish: Wish, path: _Path, shares: Shares) -> dict[Chord, float]:
    """Shares weighed by how well each chord leads to what is already decided in the next slot."""
    after = len(path.chords) + 1
    decided = plan.fixed_from(after)
    if decided:
        return leading_on(listener, path.heard, most_likely(shares, CANDIDATES), decided[:AHEAD])
    demand = plan.demanded[after] if after < len(plan.demanded) else None
    if demand is None:
        return dict(shares)
    candidates = most_likely(shares, CANDIDATES)
    met = {chord: _share_that_meets(listener, wish, (*path.heard, chord), demand) for chord in candidates}
    return normalised({chord: share * met[chord] for chord, share in candidates.items()}) or normalised(candidates)


def _share_that_meets(listener: Listener, wish: Wish, before: tuple[Chord, ...], demand: Demand) -> float:
    """Belief that the next chord will do; the chord just played counts less, as it will when its turn comes."""
    doing = _that_will_do(listener, demand, wish, before, listener.expect(before))
    return sum(share * (wish.repetition if chord == before[-1] else 1.0) for chord, share in doing.items())


# --- many paths -----------------------------------------------------------------------------------------------------


def _searched(listener: Listener, plan: Plan, wish: Wish) -> _Path:
    paths = [_Path()]
    for fixed in plan.fixed:
        if fixed is None:
            paths = [longer for path in paths for longer in _branches(listener, plan, wish, path)]
        else:
            paths = [path.kept(fixed, _belief_in(listener, path.heard, fixed)) for path in paths]
        paths = sorted(paths, key=lambda path: -path.rank)[:PATHS]
    return paths[0]


def _branches(listener: Listener, plan: Plan, wish: Wish, path: _Path) -> list[_Path]:
    weights = most_likely(_weights(listener, plan, wish, path), BRANCHES)
    believed = listener.expect(path.heard)
    return [path.chosen(chord, believed[chord], weight) for chord, weight in weights.items()]


def _belief_in(listener: Listener, before: tuple[Chord, ...], chord: Chord) -> float:
    """1 for a rest and for what the opening itself begins with."""
    if chord.is_silent or not before:
        return 1.0
    return listener.expect(before).get(listener.heard(chord), 0.0)


# --- what both weigh ------------------------------------------------------------------------------------------------


def _weights(listener: Listener, plan: Plan, wish: Wish, path: _Path) -> dict[Chord, float]:
    """Belief in every chord that will do in the next slot, less what repetition costs it. Not normalised."""
    believed = listener.expect(path.heard)
    allowed = _allowed(listener, plan.demanded[len(path.chords)], wish, path, believed)
    costs = _costs(listener, plan, path)
    weights = {chord: believed[chord] * wish.repetition ** costs.get(chord, 0) for chord in allowed}
    return weights if any(weights.values()) else {chord: believed[chord] for chord in allowed}


def _allowed(listener: Listener, demand: Demand | None, wish: Wish, path: _Path, believed: Shares) -> Collection[Chord]:
    """Chords that will do in the next slot; refuses where there are none."""
    allowed = _that_will_do(listener, demand, wish, path.heard, believed)
    if not allowed:
        raise GenerationError(
            say("No chord of the wished kind fits at chord {number}. Choose another kind.", number=len(path.chords) + 1)
        )
    return allowed


def _that_will_do(
    listener: Listener, demand: Demand | None, wish: Wish, before: tuple[Chord, ...], believed: Shares
) -> Shares:
    """Chords of the wished kind that meet the demand. A cadence that has none of that kind is made of others: that it
    comes was asked for too."""
    meeting = {chord: share for chord, share in believed.items() if share > 0 and meets(chord, demand, listener.key)}
    kinds = kinds_for(wish.filters, before)
    wished = {chord: share for chord, share in meeting.items() if admits_any(kinds, chord, listener.key)}
    return wished if wished or demand is None else meeting


def _costs(listener: Listener, plan: Plan, path: _Path) -> dict[Chord, int]:
    """How often repetition counts against a chord: for each time it was just heard, for being what follows, and for
    each time its turn was heard too often."""
    sounds = [listener.heard(chord) for chord in path.heard]
    costs = Counter(listener.heard(chord) for chord in plan.fixed_from(len(path.chords) + 1)[:1])
    if sounds:
        costs[sounds[-1]] += sum(1 for _ in takewhile(sounds[-1].__eq__, reversed(sounds)))
        costs.update(_worn(sounds))
    return costs


def _worn(sounds: Sequence[Chord]) -> dict[Chord, int]:
    """Chords that have followed the last one `FREE_TURNS` times or more, and how much too often."""
    followed: dict[Chord, int] = {}
    for one, other in pairwise(sounds):
        if one == sounds[-1]:
            followed[other] = followed.get(other, 0) + 1
    return {chord: times - FREE_TURNS + 1 for chord, times in followed.items() if times >= FREE_TURNS}
