"""Several tunes written side by side, a token of each at a time, their states carried along.

Conventions: tokens in the model's tonic form here; bits are -log2 of the model's probability at temperature 1, whatever
is drawn from. The same wish gives the same tunes: each candidate has a random generator of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.abc import (
    BEGIN,
    END,
    KEYS,
    METERS,
    VOCABULARY,
    Fault,
    Grammar,
    Plan,
    Tune,
    UnreadableTune,
    faults,
    from_model,
)
from engine.abc.grammar import METERS_OF
from engine.abc.past import State as Place
from engine.abc.tokens import from_tonic, pitch_of
from engine.recurrent import State, picked
from engine.recurrent.checkpoint import TokenModel
from engine.recurrent.quantized import settle
from engine.tunewriter.constrained import Floats, chances, drawn
from engine.tunewriter.features import SIZES, Tracker, features_of
from engine.tunewriter.haste import soonest
from engine.tunewriter.home import leaning
from engine.tunewriter.opening import check_opening
from engine.tunewriter.wish import Beginning, ImpossibleWish, Wish, beginning_of
from engine.words import Sentence, say

Array = npt.NDArray[np.float32]

MOST_TOKENS = 2_000  # of a raw tune: the longest in print have some 1,500, a model that does not end is stopped here
ROOM = 4_000  # tokens drawn freely in a tune that is kept valid: 64 bars of 9/4 have some 1,200, rarely up to 3,600
LEAST = 1e-300  # a probability whose logarithm is still a number
_ID = {token: number for number, token in enumerate(VOCABULARY)}


class Piece(NamedTuple):
    """One token more of a candidate, as it is shown (header tokens such as "K:Dmaj", then the body's)."""

    candidate: int
    token: str


@dataclass(frozen=True, slots=True)
class Written:
    """A tune that was written. `bits` is its surprise to the model from the first drawn token on, `constraint_bits` how
    much likelier the mask made it; `tune` is None when raw tokens make no header."""

    candidate: int
    rng_seed: int
    tokens: tuple[str, ...]  # tonic form, without begin and end mark
    tune: Tune | None
    bits: float
    constraint_bits: float
    drawn: int  # tokens that were not settled beforehand
    finished: bool
    faults: tuple[Fault, ...] = ()

    @property
    def valid(self) -> bool:
        return self.finished and self.tune is not None and not self.faults

    @property
    def notes(self) -> int:
        return sum(pitch_of(token) is not None for token in self.tokens[3:])

    @property
    def reason(self) -> Sentence | None:
        """Why the tune is not valid; None when it is."""
        if self.tune is None:
            return say("A tune begins with its type, meter and key.")
        if not self.finished:
            return say("The tune was stopped before its end.")
        return self.faults[0].sentence if self.faults else None


@dataclass(slots=True)
class _Row:
    """One tune on its way."""

    candidate: int
    rng: np.random.Generator
    tracker: Tracker
    tokens: list[str]
    place: Place | None = None  # in the grammar, when one is kept
    bits: float = 0.0
    constraint_bits: float = 0.0
    drawn: int = 0

    @property
    def over(self) -> bool:
        return self.tokens[-1] == END or (self.place is None and len(self.tokens) >= MOST_TOKENS)

    @property
    def shown(self) -> str:
        """The last token as people read it."""
        key = self.tokens[2][2:] if self.tokens[2:] else ""
        return from_tonic(self.tokens[-1], key) if key in KEYS else self.tokens[-1]


@dataclass(slots=True)
class Sampler:
    """Writes the candidates of one wish. Not shared between threads; the model may be.

    A tune that is kept valid is never cut off: once ROOM tokens are drawn it makes haste, and its end is near. A form
    has 64 bars at most, a second ending as many again as the first, 8 parts an upbeat each: fewer than 150 bars, and 8
    tokens fill one (`haste`). What is open by then, a chord or a tuplet of nine notes, takes fewer than 50. So no tune
    has more than 5,300 tokens after its opening.

    Raises ImpossibleWish, UnplayableForm or UnreadableTune when it is made.
    """

    model: TokenModel
    wish: Wish
    beginning: Beginning = field(init=False)
    grammar: Grammar | None = field(init=False)

    def __post_init__(self) -> None:
        if self.model.vocabulary.tokens != VOCABULARY or self.model.sizes.features not in ((), SIZES):
            raise ImpossibleWish(say("This model does not write tunes."))
        self.beginning = beginning_of(self.wish)
        self.grammar = _grammar(self.beginning.plan) if self.wish.valid else None
        if self.grammar and self.beginning.body:
            check_opening(self.grammar, self.beginning)

    def run(self, stopped: Callable[[], bool] = lambda: False) -> Iterator[Piece | Written]:
        """Tokens as they come, and each tune when it is over.

        When `stopped` says so, what is written so far comes as unfinished tunes.
        """
        settle()
        common = self.beginning.common[1:]
        rows = [self._row(number) for number in range(self.wish.candidates)]
        for token in common:
            for row in rows:
                self._push(row, token)
                yield Piece(row.candidate, row.shown)
        logits, state = self._read((BEGIN, *common))
        state = picked(state, np.zeros(len(rows), dtype=np.int64))
        logits = np.repeat(logits, len(rows), axis=0)
        while rows and not stopped():
            self._draw(rows, logits)
            yield from (Piece(row.candidate, row.shown) for row in rows if row.tokens[-1] != END)
            if any(row.over for row in rows):
                yield from (self._written(row) for row in rows if row.over)
                kept = np.array([number for number, row in enumerate(rows) if not row.over], dtype=np.int64)
                rows, state = [rows[number] for number in kept], picked(state, kept)
            if rows:
                logits, state = self._step(rows, state)
        yield from (self._written(row) for row in rows)

    def _row(self, number: int) -> _Row:
        tracker = Tracker()
        tracker.push(_ID[BEGIN])
        place = self.grammar.start() if self.grammar else None
        return _Row(number, np.random.default_rng((self.wish.rng_seed, number)), tracker, [], place)

    def _push(self, row: _Row, token: str) -> None:
        if self.grammar and row.place:
            row.place = self.grammar.advance(row.place, token)
        row.tokens.append(token)
        row.tracker.push(_ID[token])

    def _read(self, tokens: Sequence[str]) -> tuple[Array, State]:
        """Reads what all candidates begin with: the logits after it, (1, vocab), and the state."""
        ids = np.array([_ID[token] for token in tokens], dtype=np.int64)
        features = features_of(ids) if self.model.sizes.features else None
        logits, state = self.model.quantized.read(ids, features)
        return logits[-1:], state

    def _step(self, rows: Sequence[_Row], state: State) -> tuple[Array, State]:
        ids = np.array([_ID[row.tokens[-1]] for row in rows], dtype=np.int64)
        features = np.array([row.tracker.row() for row in rows]) if self.model.sizes.features else None
        return self.model.quantized.step(state, ids, features)

    def _draw(self, rows: Sequence[_Row], logits: Array) -> None:
        """One token more in every row: a settled one where there is one, else a drawn one."""
        wish, grammar = self.wish, self.grammar
        masks = np.stack([self._mask(grammar, row) for row in rows]) if grammar else None
        odds = chances(logits, masks, wish.temperature, wish.top_k, wish.top_p, leanings=self._leanings(rows))
        ids = drawn(odds.drawn, [row.rng.random() for row in rows])
        for at, (row, number) in enumerate(zip(rows, ids, strict=True)):
            settled = self.beginning.token(len(row.tokens))
            if not settled:
                row.bits -= math.log2(max(odds.believed[at, number], LEAST))
                row.constraint_bits -= 0.0 if odds.left is None else math.log2(max(odds.left[at], LEAST))
                row.drawn += 1
            self._push(row, settled or VOCABULARY[number])

    def _leanings(self, rows: Sequence[_Row]) -> Floats | None:
        grammar, plan = self.grammar, self.beginning.plan
        if grammar is None or not (self.wish.home and plan.bars and plan.plays):
            return None
        return np.stack([leaning(grammar, row.place or grammar.start()) for row in rows])

    def _mask(self, grammar: Grammar, row: _Row) -> npt.NDArray[np.bool_]:
        mask = grammar.allowed(row.place or grammar.start())
        if row.drawn >= ROOM:
            return soonest(mask)
        meter = self.beginning.header.get(1, "")[2:]
        if row.tokens or not meter:
            return mask
        barred = [f"R:{rhythm}" for rhythm, meters in METERS_OF.items() if meter not in meters]
        suiting: npt.NDArray[np.bool_] = mask & np.array([token not in barred for token in VOCABULARY])
        return suiting

    def _written(self, row: _Row) -> Written:
        finished = row.tokens[-1:] == [END]
        tokens = tuple(row.tokens[:-1] if finished else row.tokens)
        tune = _tune_of(tokens)
        return Written(
            candidate=row.candidate,
            rng_seed=self.wish.rng_seed,
            tokens=tokens,
            tune=tune,
            bits=row.bits,
            constraint_bits=row.constraint_bits,
            drawn=row.drawn,
            finished=finished,
            faults=faults(tune) if tune else (),
        )


@lru_cache(maxsize=16)
def _grammar(plan: Plan) -> Grammar:
    """The grammar of a form with all masks that were needed before."""
    return Grammar(VOCABULARY, plan)


def _tune_of(tokens: Sequence[str]) -> Tune | None:
    """The tune of drawn tokens; None when they do not begin with a header."""
    try:
        tune = from_model(tokens)
    except UnreadableTune:
        return None
    return tune if tune.meter in METERS and tune.key in KEYS else None
