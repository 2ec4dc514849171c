"""What is to be filled: slots with their lengths, the chords that stay, and what the end demands."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from engine.compose import Filter
from engine.errors import GenerationError, ProgressionTooLong
from engine.generate.cadences import NAMES, Cadence, Demand, demands, meets
from engine.music import MAX_CHORDS, NO_CHORD, Chord, Key, Progression, Slot
from engine.theory import write_chord
from engine.words import say

Search = Literal["sample", "beam"]
MAX_BARS = 64
MAX_DRAWN = 128  # new chords at a time
BEATS = (0.25, 64.0)  # of a bar and of a chord


@dataclass(frozen=True, slots=True)
class Wish:
    """How chords are to be found.

    `rng_seed` (0 or more) decides every draw. "sample" draws chord by chord at `temperature` (0.01 to 100) from the
    fewest chords that hold `top_p` (above 0, up to 1); "beam" takes the likeliest of many paths and needs neither.
    `repetition` (0 to 1) is what a chord keeps of its share for each time it was just heard, and a turn from its third
    time on.
    `filters` are kinds of chords of which one must hold; the cadence steps outside where none of their chords will do.
    """

    rng_seed: int = 0
    cadence: Cadence = "none"
    search: Search = "sample"
    temperature: float = 1.0
    top_p: float = 1.0
    repetition: float = 0.5
    filters: tuple[Filter, ...] = ()


@dataclass(frozen=True, slots=True)
class Continuation:
    """What was found: the whole progression, which of its slots are new, and the seed that finds it again.

    `log_probability` is the natural logarithm of the model's own belief in the new chords, each after all before it.
    """

    progression: Progression
    drawn: tuple[int, ...]
    rng_seed: int
    log_probability: float


@dataclass(frozen=True, slots=True)
class Plan:
    """One entry a slot: the slot as it was, the chord that stays or None, a demand or None."""

    key: Key
    slots: tuple[Slot, ...]
    fixed: tuple[Chord | None, ...]
    demanded: tuple[Demand | None, ...]

    @property
    def free(self) -> tuple[int, ...]:
        return tuple(i for i, chord in enumerate(self.fixed) if chord is None)

    def filled(self, chords: Collection[Chord]) -> Progression:
        pairs = zip(self.slots, chords, strict=True)
        return Progression(self.key, tuple(replace(slot, chord=chord) for slot, chord in pairs))

    def fixed_from(self, index: int) -> tuple[Chord, ...]:
        """The chords that stay from `index` on, up to the next free slot, rests left out."""
        chords: list[Chord] = []
        for chord in self.fixed[index:]:
            if chord is None:
                break
            chords.append(chord)
        return tuple(chord for chord in chords if not chord.is_silent)


def plan_to_continue(
    opening: Progression, bars: int, beats_per_bar: float, beats_per_chord: float, cadence: Cadence
) -> Plan:
    """All of the opening, the rest of the bar it has begun as one slot, then `bars` whole bars."""
    _check_lengths(bars, beats_per_bar, beats_per_chord)
    new = lengths(-opening.beats % beats_per_bar, bars, beats_per_bar, beats_per_chord)
    fixed = (*opening.chords, *(None for _ in new))
    return _plan(opening.plus(*(Slot(NO_CHORD, length) for length in new)), fixed, cadence)


def plan_to_redraw(progression: Progression, locked: Collection[int], cadence: Cadence) -> Plan:
    """The same slots; chords whose index is in `locked` stay."""
    missing = sorted(i for i in locked if not 0 <= i < len(progression))
    if missing:
        raise GenerationError(
            say(
                "There is no chord number {given} to lock; there are {count}.",
                given=missing[0] + 1,
                count=len(progression),
            )
        )
    fixed = tuple(chord if i in locked else None for i, chord in enumerate(progression.chords))
    return _plan(progression, fixed, cadence)


def lengths(begun: float, bars: int, beats_per_bar: float, beats_per_chord: float) -> tuple[float, ...]:
    """Lengths in beats: what is missing of the begun bar, then chords that fill each bar, the last of a bar cut to fit.

    A chord longer than a bar is cut at the very end only.

    >>> lengths(2, 2, 4, 3), lengths(0, 3, 4, 8)
    ((2, 3, 1, 3, 1), (8, 4))
    """
    if beats_per_chord >= beats_per_bar:
        new = _split(bars * beats_per_bar, beats_per_chord)
    else:
        new = _split(beats_per_bar, beats_per_chord) * bars
    return ((begun,) if begun > 1e-9 else ()) + new


def _split(whole: float, length: float) -> tuple[float, ...]:
    full = math.ceil(whole / length - 1e-9) - 1
    return (length,) * full + (whole - full * length,)


def _check_lengths(bars: int, beats_per_bar: float, beats_per_chord: float) -> None:
    if not 1 <= bars <= MAX_BARS:
        raise GenerationError(say("Ask for 1 to {most} bars, not {given}.", most=MAX_BARS, given=str(bars)[:40]))
    for beats in (beats_per_bar, beats_per_chord):
        if not BEATS[0] <= beats <= BEATS[1]:  # false for nan as well
            raise GenerationError(
                say(
                    "A bar and a chord last {least} to {most} beats, not {given}.",
                    least=BEATS[0],
                    most=BEATS[1],
                    given=str(beats)[:40],
                )
            )


def _plan(progression: Progression, fixed: tuple[Chord | None, ...], cadence: Cadence) -> Plan:
    key = progression.key
    if len(fixed) > MAX_CHORDS:
        raise ProgressionTooLong(
            say("That makes {count} chords; a progression holds {most}.", count=len(fixed), most=MAX_CHORDS)
        )
    if fixed.count(None) > MAX_DRAWN:
        raise GenerationError(say("At most {most} chords can be found at a time.", most=MAX_DRAWN))
    ending = demands(cadence, key.mode)
    if len(fixed) < len(ending):
        raise GenerationError(say("A cadence needs two chords. Ask for more bars or shorter chords."))
    demanded = (None,) * (len(fixed) - len(ending)) + ending
    for chord, demand in zip(fixed, demanded, strict=True):
        if chord is not None and not meets(chord, demand, key):
            raise _contradiction(chord, cadence)
    return Plan(key, progression.slots, fixed, demanded)


def _contradiction(chord: Chord, cadence: Cadence) -> GenerationError:
    return GenerationError(
        say(
            "{chord} stands where {cadence} needs another chord. Unlock it, add a bar, or choose another cadence.",
            chord=write_chord(chord),
            cadence=NAMES[cadence],
        )
    )
