"""Why a chord is suggested: from theory, from the song so far, and from what comes after a gap.

In this order: a turn of three chords or more that the song has taken before; a dominant that reaches its target; how
well the chord leads to what follows a gap, when theory can say how; a turn of two chords; else what theory says of the
step.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from engine.compose.listening import Listener
from engine.compose.shares import Shares
from engine.compose.turns import Turn, turns
from engine.music import Chord, Progression
from engine.theory import Notation, is_blues, prepares, reason, target_of, write_chord
from engine.words import Sentence, say

LONG_TURN = 3  # chords: from here on the song's own habit is the strongest reason
LEADS_ON = 2.0  # times more likely once it is known what follows
SMOOTH = frozenset({1, 2, 7, 10, 11})  # semitones a root falls: a step, or a fifth, which is a fourth up


@dataclass(frozen=True)
class Reasons:
    """What reasons are drawn from, for one slot: shares before and after it was known what follows the gap."""

    listener: Listener
    progression: Progression
    at: int
    after: tuple[Chord, ...]
    notation: Notation
    beats_per_bar: float
    without_after: Shares
    with_after: Shares

    def why(self, chord: Chord) -> Sentence:
        """One short line."""
        turn = self._turns.get(chord)
        if turn and turn.length >= LONG_TURN:
            return _played(turn)
        theory = reason(self._before, chord, self.listener.key, self.notation, self.is_blues_with(chord))
        if self._resolves(chord):
            return theory
        return self._leading_on(chord) or (_played(turn) if turn else theory)

    def is_blues_with(self, chord: Chord) -> bool:
        """Whether the song is a blues once it has this chord."""
        return is_blues((*self.progression.chords, chord), self.listener.key)

    @cached_property
    def _before(self) -> tuple[Chord, ...]:
        return tuple(chord for chord in self.progression.chords[: self.at] if not chord.is_silent)

    @cached_property
    def _turns(self) -> dict[Chord, Turn]:
        return turns(self.progression, self.at, self.beats_per_bar, self.listener.heard)

    def _resolves(self, chord: Chord) -> bool:
        """Whether the chord before is a dominant that this one resolves."""
        key = self.listener.key
        if not self._before or target_of(self._before[-1], key) is None:
            return False
        return target_of(self._before[-1], key, chord) is not None

    def _leading_on(self, chord: Chord) -> Sentence | None:
        """How the chord leads to what follows a gap, if that made it likelier and theory agrees."""
        if not self.after or self.with_after.get(chord, 0.0) < LEADS_ON * self.without_after.get(chord, 1.0):
            return None
        following = write_chord(self.after[0], self.notation)
        if prepares(chord, self.after[0], self.listener.key):
            return say("prepares the {chord} that follows", chord=following)
        smooth = (chord.pitch_class - self.after[0].pitch_class) % 12 in SMOOTH
        return say("leads smoothly to {chord}", chord=following) if smooth else None


def _played(turn: Turn) -> Sentence:
    return say("you played this turn in bar {bar}", bar=str(turn.bar))
