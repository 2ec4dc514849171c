"""What stood in a tune before at the same place: the token 1, 2, 4 and 8 bars ago, and after the longest match.

A hint is a token's id + 1, or NONE. How often in a row a hint has just been right says how far to trust it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]
Spot = tuple[int, int]  # time in ticks, and what stands before it: 0 a finished note, else what was read last

BARS_AGO = (1, 2, 4, 8)
NONE = 0
MARKED = 1000  # from here on a spot stands after a mark or line, 0 otherwise


class Echoes:
    """Follows one tune: `meet` a token at its spot, then `look` from the spot after it."""

    def __init__(self) -> None:
        self.hints = [NONE] * len(BARS_AGO)
        self.runs = [0] * len(BARS_AGO)  # how often in a row each hint was right
        self.match, self.match_length = NONE, 0  # what followed the longest earlier match, the latest of several
        self._after: dict[Spot, int] = {}
        self._ids: Ids = np.zeros(256, dtype=np.int64)
        self._matches: Ids = np.zeros(256, dtype=np.int64)  # [d - 1]: tokens that match those d tokens earlier
        self._count = 0

    def copy(self) -> Echoes:
        """Echoes that go on from here by themselves."""
        other = Echoes.__new__(Echoes)
        other.__dict__.update(self.__dict__)
        other.hints, other.runs, other._after = list(self.hints), list(self.runs), dict(self._after)
        other._ids, other._matches = self._ids.copy(), self._matches.copy()
        return other

    def meet(self, token: int, *spots: Spot) -> None:
        """The token that came at these spots, against what the hints had said."""
        hint = token + 1
        self.runs = [run + 1 if told == hint else 0 for run, told in zip(self.runs, self.hints, strict=True)]
        for spot in spots:
            self._after[spot] = hint

    def look(self, token: int, spot: Spot, bar: int) -> None:
        """What stood at this spot in earlier bars of so many ticks, and what followed the longest match."""
        time, stage = spot
        after = self._after
        for at, ago in enumerate(BARS_AGO):
            then = time - ago * bar
            hint = after.get((then, stage), NONE)
            self.hints[at] = after.get((then, 0), NONE) if not hint and stage >= MARKED else hint
        self._find(token)

    def _find(self, token: int) -> None:
        count = self._count
        if count + 1 >= len(self._ids):
            self._ids, self._matches = (
                np.concatenate([kept, np.zeros_like(kept)]) for kept in (self._ids, self._matches)
            )
        matches = self._matches[:count]
        matches += 1
        matches *= self._ids[:count][::-1] == token
        self._ids[count] = token
        self._count = count + 1
        self.match, self.match_length = NONE, 0
        if count:
            nearest = int(matches.argmax())
            self.match_length = int(matches[nearest])
            self.match = int(self._ids[count - nearest]) + 1 if self.match_length else NONE
