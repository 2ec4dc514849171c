"""A song heard by the network and its memory together, one token at a time.

Conventions: `<bos>`, `<pad>`, `<eos>`, modes and styles are heard by the network alone; every other token, `<unk>`
included, is a chord and is remembered. Values are frozen, so a beginning that was heard once can be gone on from again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from engine.cells import Array
from engine.memory.pointer import Pointer
from engine.memory.recall import Recall, nothing_heard
from engine.stepping import State, Stepper

Floats = npt.NDArray[np.float64]

MOST_KEPT = 512  # beginnings
STRIDE = 16  # tokens between two beginnings that are kept of a song heard at once


@dataclass(frozen=True, slots=True)
class Hearing:
    """What was heard: the network's state, the song, and the key of every earlier place (places, heads * head size)."""

    state: State
    recall: Recall
    keys: Array

    @property
    def hidden(self) -> Array:
        return self.state[-1][0]


@dataclass(frozen=True)
class Listener:
    """A network with its memory. `silent` are the ids that are no chords. Safe to share between threads."""

    stepper: Stepper
    pointer: Pointer
    silent: frozenset[int]
    _kept: OrderedDict[tuple[int, ...], Hearing] = field(default_factory=OrderedDict, repr=False, compare=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def fresh(self) -> Hearing:
        """Before anything was heard."""
        keys = np.zeros((0, len(self.pointer.key.bias)), dtype=np.float32)
        return Hearing(self.stepper.fresh(), nothing_heard(), keys)

    def hear(self, hearing: Hearing, *tokens: int) -> Hearing:
        """One token more, or several, to the bit the same as one after the other: the cost of each grows with the song
        only as far as looking back over it does."""
        outputs, state = self.stepper.run(tokens, hearing.state)
        chords = [at for at, token in enumerate(tokens) if token not in self.silent]
        if not chords:
            return Hearing(state, hearing.recall, hearing.keys)
        before = (hearing.hidden, *outputs)  # the places that now lie behind
        keys = np.vstack([hearing.keys, *(self.pointer.key(before[at]) for at in chords)])
        return Hearing(state, hearing.recall.heard(*(tokens[at] for at in chords)), keys)

    def heard(self, tokens: Sequence[int]) -> Hearing:
        """A whole song from its beginning. What was heard before is not heard again; the result is the same."""
        wanted = tuple(tokens)
        known = next((n for n in range(len(wanted), 0, -1) if wanted[:n] in self._kept), 0)
        hearing = self._recalled(wanted[:known]) if known else None
        if hearing is None:  # none was kept, or another thread has just let go of it
            known, hearing = 0, self.fresh()
        while known < len(wanted):
            until = min(len(wanted), known - known % STRIDE + STRIDE)
            hearing = self.hear(hearing, *wanted[known:until])
            known = until
            self._keep(wanted[:known], hearing)
        return hearing

    def probabilities(self, hearing: Hearing, share: float = 1.0) -> Floats:
        """Of the next token, (vocab,). `share` 0 is the network alone, 1 the memory as it was learned."""
        logits = self.stepper.logits(hearing.state)
        return self.pointer.mixed(logits, hearing.hidden, hearing.keys, hearing.recall.row(), share)

    def _recalled(self, beginning: tuple[int, ...]) -> Hearing | None:
        with self._lock:
            if beginning in self._kept:
                self._kept.move_to_end(beginning)
            return self._kept.get(beginning)

    def _keep(self, beginning: tuple[int, ...], hearing: Hearing) -> None:
        with self._lock:
            self._kept[beginning] = hearing
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
