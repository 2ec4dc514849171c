"""A melody as tokens: pitch (or rest), then its length, again and again, and an end; and what is known at each.

The streams of further ids beside the tokens say where the token to come stands and what the melody said before; none
looks ahead. Signature, meter and pickup are taken as known, as they stand at the head of a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from engine.notes.events import NoteEvent
from engine.notewriter.heading import METERS, MODES, PLACES, SIGNATURES, Heading
from engine.notewriter.recall import AGREED_OVER, COUNTED_LAGS, LAGS, SUFFIXES, Recall
from engine.notewriter.vocabulary import (
    END,
    FIRST_LENGTH,
    FIRST_PITCH,
    HINTS,
    NOTHING,
    REST,
    SIZE,
    is_length,
    length_token,
    pitch_token,
    ticks_of,
)  # fmt: skip

MOST_BARS = 72  # values of the stream of bars
STREAMS = (2, PLACES, METERS, SIGNATURES, MODES, MOST_BARS, HINTS, len(SUFFIXES) + 1,
           *(HINTS,) * len(LAGS), *(AGREED_OVER + 1,) * len(COUNTED_LAGS))  # fmt: skip
KEY_STREAMS = (3, 4)  # signature and mode

NO_CIRCLE = [NOTHING] * len(LAGS)

Mask = npt.NDArray[np.bool_]

SOUNDS: Mask = np.array([token in (END, REST) or FIRST_PITCH <= token < FIRST_LENGTH for token in range(SIZE)])
LENGTHS_ONLY: Mask = np.array([is_length(token) for token in range(SIZE)])


class MelodyReader:
    """Reads the tokens of one melody in order and says, before each, what is known of it."""

    def __init__(self, heading: Heading) -> None:
        self.heading = heading
        self.now = 0  # ticks: where the event to come begins
        self.ended = False
        self.pitch: int | None = None  # the token whose length is to come
        self._recall = Recall(heading.bar)

    def row(self) -> list[int]:
        """The streams beside the token to come, one value each within STREAMS."""
        head, now, recall = self.heading, self.now, self._recall
        followed, length = recall.followed()
        if self.pitch is None:
            likely, ago = followed[0] if followed else NOTHING, recall.pitches_ago(now)
        else:
            same = followed is not None and followed[0] == self.pitch
            likely, ago = followed[1] if followed and same else NOTHING, recall.lengths_ago(now, self.pitch)
        bars = min(max(head.bars(now), 0), MOST_BARS - 1)
        known = [int(self.pitch is not None), *head.streams(now), bars]
        return [*known, likely, length, *ago, *recall.agreement()]

    @property
    def voice(self) -> int | None:
        """Whose move is to come; None before a length."""
        return 0 if self.pitch is None else None

    def circle(self) -> tuple[int, int]:
        """The token that would repeat the bar before, and for how many ticks all has been as a bar before."""
        ago = self._recall.pitches_ago(self.now) if self.pitch is None else NO_CIRCLE
        return ago[LAGS.index(1)], self._recall.circling(self.now)

    def allowed(self) -> Mask:
        """Which tokens may come, (vocab,) bool."""
        return SOUNDS if self.pitch is None else LENGTHS_ONLY

    def read(self, token: int) -> None:
        """Takes the next token. Raises ValueError for one that cannot stand there."""
        if self.ended or not self.allowed()[token]:
            raise ValueError(f"token {token} cannot stand here")
        if token == END:
            self.ended = True
        elif self.pitch is None:
            self.pitch = token
        else:
            self._recall.heard((self.pitch, token), self.now)
            self.now += ticks_of(token)
            self.pitch = None


def tokens_of_melody(events: Sequence[NoteEvent], heading: Heading) -> Iterator[int]:
    """The tokens of events in ticks, without start and end; a length without a token goes on as rest."""
    for event in events:
        yield pitch_token(event.pitch, heading.shift)
        first = length_token(event.duration)
        yield first
        left = event.duration - ticks_of(first)
        while left > 0:
            more = length_token(left)
            yield from (REST, more)
            left -= ticks_of(more)
