"""Writing tunes, a token at a time with carried state, against a plain torch nn.LSTM step loop of the same sizes.

Raw writing, all else included: features, drawing, the stream. The distribution is compared too: bits of the same tunes
in NumPy and in torch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np

from engine.recurrent.checkpoint import TokenModel, load
from engine.recurrent.quantized import prepare
from engine.tunewriter import Piece, Wish, Written, stream
from engine.tunewriter.lessons import lesson_of
from scripts.bench.timing import Row, compare

MODEL = "tunes"
TOKENS = 64  # of each tune: few end before
SIXTEEN = 16
ROUNDS = 15
JUDGED = 32  # tunes


def rows() -> Iterator[Row | str]:
    import torch

    torch.set_num_threads(1)
    prepare()
    model = load(MODEL)
    sizes = model.sizes
    reference = f"nn.LSTM {sizes.num_layers} × {sizes.hidden_size}, one tune, {TOKENS} steps"
    one = compare(f"one tune, {TOKENS} tokens", _writes(model, 1), reference, _plain(model), ROUNDS)
    many = compare(
        f"{SIXTEEN} tunes at once, {TOKENS} tokens each", _writes(model, SIXTEEN), reference, _plain(model), ROUNDS
    )
    held = compare("one tune under the grammar's mask", _writes(model, 1, valid=True), reference, _plain(model), ROUNDS)
    cell = compare(
        f"one tune, {TOKENS} tokens", _writes(model, 1), f"nn.LSTMCell of the same size, {TOKENS} steps",
        _by_cell(model), ROUNDS,
    )  # fmt: skip
    yield from (one, many, held, cell)
    yield f"tokens a second, as multiples of that loop: one tune {one.theirs / one.ours:.1f}, " + (
        f"{SIXTEEN} at once {SIXTEEN * many.theirs / many.ours:.1f} in total, masked {held.theirs / held.ours:.1f}"
    )
    ours, theirs = _bits(model)
    yield f"bits of {JUDGED} tunes: {ours / JUDGED:.3f} a tune in NumPy, {theirs / JUDGED:.3f} in torch"


def _writes(model: TokenModel, n: int, valid: bool = False) -> Callable[[], object]:
    """Writes the first tokens of n tunes."""
    wish = Wish("reel", "4/4", "Dmaj", candidates=n, rng_seed=1, valid=valid)

    def work() -> object:
        pieces = (piece for piece in stream(model, wish) if isinstance(piece, Piece))
        return list(islice(pieces, n * (TOKENS + 3)))  # the header is read at once

    return work


def _plain(model: TokenModel) -> Callable[[], object]:
    """What anybody writes first: embedding, nn.LSTM, linear, softmax and a draw for every token."""
    import torch

    sizes = model.sizes
    width = sizes.input_size
    embedding = torch.nn.Embedding(sizes.vocab_size, width)
    lstm = torch.nn.LSTM(width, sizes.hidden_size, sizes.num_layers, batch_first=True).eval()
    output = torch.nn.Linear(sizes.hidden_size, sizes.vocab_size)

    @torch.inference_mode()
    def work() -> object:
        token, state = torch.zeros(1, 1, dtype=torch.long), None
        for _ in range(TOKENS):
            hidden, state = lstm(embedding(token), state)
            token = torch.multinomial(torch.softmax(output(hidden[:, -1]), dim=-1), 1)
        return token

    return work


def _by_cell(model: TokenModel) -> Callable[[], object]:
    """The same by nn.LSTMCell, which lays out nothing anew at every step: the harder reference, of one layer."""
    import torch

    sizes = model.sizes
    embedding = torch.nn.Embedding(sizes.vocab_size, sizes.input_size)
    cell = torch.nn.LSTMCell(sizes.input_size, sizes.hidden_size)
    output = torch.nn.Linear(sizes.hidden_size, sizes.vocab_size)

    @torch.inference_mode()
    def work() -> object:
        token, state = torch.zeros(1, dtype=torch.long), None
        for _ in range(TOKENS):
            state = cell(embedding(token), state)
            token = torch.multinomial(torch.softmax(output(state[0]), dim=-1), 1)[:, 0]
        return token

    return work


def _bits(model: TokenModel) -> tuple[float, float]:
    """The bits of tunes that the model writes, read in NumPy and in torch."""
    from engine.recurrent.evaluation import evaluate

    found = [
        piece.tune
        for seed in range(JUDGED // SIXTEEN)
        for piece in stream(model, Wish(candidates=SIXTEEN, rng_seed=seed))
        if isinstance(piece, Written) and piece.tune and piece.finished
    ]
    lessons = [lesson_of(tune) for tune in found]
    ours = 0.0
    for lesson in lessons:
        features = lesson.features[:-1] if lesson.features is not None and model.sizes.features else None
        logits, _ = model.quantized.read(lesson.ids[:-1], features)
        scores = logits.astype(np.float64)
        scores -= np.log(np.exp(scores).sum(axis=1, keepdims=True))
        ours -= scores[np.arange(len(scores)), lesson.ids[1:]].sum() / math.log(2)
    return float(ours), sum(evaluate(model.network, lessons).sequence_nats) / math.log(2)
