"""One suggestion with 16 chords of context, against a bare torch nn.LSTM forward over the same 16 steps."""

from __future__ import annotations

from collections.abc import Iterator

from engine import checkpoint, compose, predict
from engine.music import Key, Progression
from engine.theory import published_tokens, read_progression
from scripts.bench.timing import Row, compare

MODEL = "functional"
KEY = Key("C")
SONG = "C Am Dm G7 Em A7 Dm7 G7 C E7 Am D7 F Fm C G7"  # 16 chords
ROUNDS = 200


def rows() -> Iterator[Row]:
    import torch

    torch.set_num_threads(1)
    model = checkpoint.load(MODEL)
    slots = read_progression(SONG, KEY).slots
    progression = Progression(KEY, slots)
    context = published_tokens(progression.chords, KEY)
    assert len(context) == 16
    config = model.config
    lstm = torch.nn.LSTM(config.embedding_dim, config.hidden_size, config.num_layers, batch_first=True).eval()
    steps = torch.zeros(1, len(context), config.embedding_dim)
    reference = f"nn.LSTM forward, {config.num_layers} × {config.hidden_size}, 16 steps"

    @torch.inference_mode()
    def forward() -> object:
        return lstm(steps)

    yield compare("8 next tokens", lambda: predict.suggest(model, context, 8), reference, forward, ROUNDS)
    yield compare(
        "... with chords, names, functions and reasons",
        lambda: compose.advise(model, progression, 16),
        reference,
        forward,
        ROUNDS,
    )
    live = predict.Stream(model)
    yield compare("one chord more while streaming", lambda: live.add("I"), reference, forward, ROUNDS)
