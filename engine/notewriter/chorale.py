"""Four voices as tokens: at every moment where one of them moves, what soprano, bass, alto and tenor do, then how long.

Each voice says a pitch that begins, a rest that begins, or "hold"; after the four comes the length until the next
moment. Bass follows soprano because the outer voices decide the harmony. The streams beside the tokens say what sounds,
and, for harmonising, where a given soprano goes next; when the soprano is not given they are hidden, so one network
continues chorales and harmonises melodies (cf. Hadjeres, Pachet & Nielsen, 2017, who clamp voices in a chorale model).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from engine.notes.events import NoteEvent
from engine.notewriter.heading import METERS, MODES, PLACES, SIGNATURES, Heading
from engine.notewriter.vocabulary import (
    END,
    FIRST_LENGTH,
    FIRST_PITCH,
    HINTS,
    HOLD,
    NOTHING,
    REST,
    SIZE,
    WITHIN,
    is_length,
    is_pitch,
    lengths_in,
    pitch_token,
    ticks_of,
)  # fmt: skip

ORDER = (0, 3, 1, 2)  # of the voices within a moment: soprano, bass, alto, tenor as indices from the highest
VOICES = 4
LENGTH_TURN = VOICES  # the turn in which the length is said

MOST_BARS = 40  # values of the stream of bars
LONGEST_AGE = 48  # ticks a tone has lasted
FARTHEST = 96  # ticks to the next soprano note
HIDDEN = WITHIN  # of the soprano to come: it is not given
HIDDEN_TICKS = FARTHEST + 1
STREAMS = (VOICES + 1, PLACES, METERS, SIGNATURES, MODES, MOST_BARS, *(HINTS,) * VOICES, LONGEST_AGE + 1, 1 << VOICES,
           HINTS, FARTHEST + 2, HINTS)  # fmt: skip
KEY_STREAMS = (3, 4)  # signature and mode
SOPRANO_STREAMS = (12, 13, 14)
HIDDEN_SOPRANO = (HIDDEN, HIDDEN_TICKS, HIDDEN)

Mask = npt.NDArray[np.bool_]

_ids = np.arange(SIZE)
MOVES: Mask = (_ids == REST) | (_ids == HOLD) | ((_ids >= FIRST_PITCH) & (_ids < FIRST_LENGTH))
MOVES_OR_END: Mask = MOVES | (_ids == END)
BEGINNINGS: Mask = MOVES & (_ids != HOLD)
LENGTHS_ONLY: Mask = np.array([is_length(token) for token in range(SIZE)])


@dataclass(frozen=True, slots=True)
class Soprano:
    """A given melody: when its tones and rests begin, in ticks, their tokens, and where it ends."""

    onsets: tuple[int, ...]
    tokens: tuple[int, ...]
    end: int

    def move(self, now: int) -> int:
        """What it does at a moment."""
        index = self._last(now)
        return self.tokens[index] if index >= 0 and self.onsets[index] == now else HOLD

    def ahead(self, now: int) -> tuple[int, int, int]:
        """The streams: its next tone after `now`, ticks until then (or until the end), and the tone after that."""
        after = self._last(now) + 1
        tones = [*self.tokens[after : after + 2], NOTHING, NOTHING]
        return tones[0], min(self.until(now), FARTHEST), tones[1]

    def until(self, now: int) -> int:
        """Ticks until it moves next, or ends."""
        after = self._last(now) + 1
        return (self.onsets[after] if after < len(self.onsets) else self.end) - now

    def is_last(self, now: int) -> bool:
        """Whether no tone begins any more."""
        return not any(is_pitch(token) for token in self.tokens[self._last(now) + 1 :])

    def is_over(self, now: int) -> bool:
        """Whether it rests for good."""
        return self.is_last(now) and self.tokens[self._last(now)] == REST

    def _last(self, now: int) -> int:
        return int(np.searchsorted(self.onsets, now, side="right")) - 1


class ChoraleReader:
    """Reads the tokens of one chorale in order and says, before each, what is known of it."""

    def __init__(self, heading: Heading, soprano: Soprano | None = None) -> None:
        self.heading = heading
        self.soprano = soprano
        self.now = 0  # ticks: the moment being told
        self.turn = 0  # which of ORDER comes next, or LENGTH_TURN
        self.ended = False
        self.sounding = [NOTHING] * VOICES  # from the highest voice
        self.before = [NOTHING] * VOICES  # what sounded when the moment came
        self.began = [0] * VOICES  # ticks
        self.moved = 0  # voices that moved in this moment, bit by bit

    def row(self) -> list[int]:
        """The streams beside the token to come, one value each within STREAMS."""
        head, now = self.heading, self.now
        bars = min(max(head.bars(now), 0), MOST_BARS - 1)
        age = 0 if self.turn == LENGTH_TURN else min(now - self.began[ORDER[self.turn]], LONGEST_AGE)
        ahead = self.soprano.ahead(now) if self.soprano else HIDDEN_SOPRANO
        known = [self.turn, *head.streams(now), bars]
        return [*known, *self.sounding, age, self.moved, *ahead]

    @property
    def voice(self) -> int | None:
        """Whose move is to come, counted from the highest; None before a length."""
        return None if self.turn == LENGTH_TURN else ORDER[self.turn]

    def allowed(self) -> Mask:
        """Which tokens may come, (vocab,) bool."""
        if self.turn == LENGTH_TURN:
            return LENGTHS_ONLY
        if self.sounding[ORDER[self.turn]] == NOTHING:
            return BEGINNINGS
        return MOVES_OR_END if self.turn == 0 else MOVES

    def read(self, token: int) -> None:
        """Takes the next token. Raises ValueError for one that cannot stand there."""
        if self.ended or not self.allowed()[token]:
            raise ValueError(f"token {token} cannot stand here")
        if token == END:
            self.ended = True
        elif self.turn == LENGTH_TURN:
            self.now += ticks_of(token)
            self.turn = self.moved = 0
            self.before = list(self.sounding)
        else:
            self._move(ORDER[self.turn], token)
            self.turn += 1

    def _move(self, voice: int, token: int) -> None:
        if token != HOLD:
            self.sounding[voice], self.began[voice] = token, self.now
            self.moved |= 1 << voice


def soprano_of(events: Sequence[NoteEvent], heading: Heading) -> Soprano:
    """A melody of events in ticks as what a chorale is harmonised under."""
    onsets, tokens, now = [], [], 0
    for event in events:
        onsets.append(now)
        tokens.append(pitch_token(event.pitch, heading.shift))
        now += event.duration
    return Soprano(tuple(onsets), tuple(tokens), now)


def tokens_of_chorale(parts: Sequence[Sequence[NoteEvent]], heading: Heading) -> Iterator[int]:
    """The tokens of four lines in ticks, from the highest, without start and end."""
    voices = [soprano_of(line, heading) for line in parts]
    end = max(voice.end for voice in voices)
    moments = sorted({onset for voice in voices for onset in voice.onsets} | {voice.end for voice in voices} | {0, end})
    for now, after in pairwise(moments):
        moves = [_move_of(voices[index], now) for index in ORDER]
        for length in lengths_in(after - now):
            yield from moves
            yield length
            moves = [HOLD] * VOICES


def _move_of(voice: Soprano, now: int) -> int:
    """A line that has ended before the others rests; one that has not begun as well."""
    if now == voice.end or (now == 0 and not voice.onsets):
        return REST
    return voice.move(now)
