"""Tunes as they are written, token by token, and all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.recurrent.checkpoint import TokenModel
from engine.tunewriter.ranking import Likeness, Ranked, ranked, unlike
from engine.tunewriter.sampler import Piece, Sampler, Written
from engine.tunewriter.wish import Wish


def stream(model: TokenModel, wish: Wish, stopped: Callable[[], bool] = lambda: False) -> Iterator[Piece | Written]:
    """Pieces of the candidates in turn, each tune when it is over. `stopped` is asked before every token; when it says
    yes, what is written so far comes as unfinished tunes. Raises ImpossibleWish, UnplayableForm or UnreadableTune
    at once, before it is iterated."""
    return Sampler(model, wish).run(stopped)


def write(model: TokenModel, wish: Wish, likeness: Likeness = unlike) -> tuple[Ranked, ...]:
    """The candidates of a wish, best first. Raises as `stream` does."""
    return ranked([piece for piece in stream(model, wish) if isinstance(piece, Written)], likeness)
