"""A model of one's own, used at once: for which page it is made, what it suggests from, what it writes.

Files come from this house's own trainings, a moment ago: they are read without torch and without a child process.
Files from elsewhere go through `engine.checkpoint.load_bytes` and `engine.recurrent.checkpoint.load_bytes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine import checkpoint
from engine.checkpoint import Model
from engine.checkpoint.vouched import read_vouched, vouched_contents
from engine.recurrent import Cell, Sizes, Steps, steps_of
from engine.recurrent import checkpoint as token_models
from engine.recurrent.checkpoint import TokenModel
from engine.recurrent.schema import contents_of, vouched_weights_in
from engine.tunewriter.stream import write
from engine.tunewriter.wish import Wish
from engine.workshop.material import Kind
from engine.workshop.sampling import TEMPERATURE, written

Page = Literal["compose", "tunes", "notes"]
CANDIDATES = 4  # tunes drawn side by side, of which the best is given


@dataclass(frozen=True)
class Own:
    """A trained network: `chords` when Compose can use it, `tokens` when the page of tunes or notes can."""

    kind: Kind
    vocabulary: tuple[str, ...]
    steps: Steps
    chords: Model | None = None
    tokens: TokenModel | None = None


def page_for(kind: Kind, cell: Cell) -> Page | None:
    """Where a model can be used: Compose hears only LSTMs, as the published format knows no other network.

    >>> page_for("chords", "lstm"), page_for("chords", "gru"), page_for("tunes", "gru")
    ('compose', None, 'tunes')
    """
    if kind == "chords":
        return "compose" if cell == "lstm" else None
    return kind


def own_model(kind: Kind, cell: Cell, data: bytes) -> Own:
    """The network in a file that a training here wrote. Raises CheckpointError."""
    if page_for(kind, cell) == "compose":
        model = checkpoint.model_of(vouched_contents(data))
        a = model.config
        sizes = Sizes(cell, a.vocab_size, a.embedding_dim, a.hidden_size, a.num_layers, tie_weights=a.tie_weights)
        return Own(kind, model.vocabulary.tokens, steps_of(sizes, model.contents.weights), chords=model)
    contents = contents_of(read_vouched(data), vouched_weights_in)
    tokens = token_models.model_of(contents)
    return Own(kind, tokens.vocabulary.tokens, tokens.steps, tokens=tokens)


def drawn(own: Own, rng_seed: int, temperature: float = TEMPERATURE) -> tuple[str, ...]:
    """What it writes. Of tunes, which the house's own writer draws so that every bar is full, the best of four."""
    if own.kind == "tunes" and own.tokens is not None:
        best = write(own.tokens, Wish(temperature=temperature, rng_seed=rng_seed, candidates=CANDIDATES))[0]
        return best.written.tokens
    return written(own.steps, own.vocabulary, own.kind, (rng_seed, 0), temperature)
