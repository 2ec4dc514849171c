"""One suggestion from the whole song, 64 chords, with the live model, against a suggestion in the window of 16."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

from engine import checkpoint, predict
from engine.memory.hearing import Listener
from engine.memory.pointer import pointer_of
from engine.vocab import opening
from scripts.bench.timing import Row, compare

LIVE, WINDOW = "live", "functional"
TURN = ("Imaj7", "vim7", "iim7", "V7", "iiim7", "VI7", "IV", "ivm")
WINDOWED = ("I", "vi", "ii", "V7", "iii", "VI7", "IV", "iv") * 2
REFERENCE = "window of 16, 8 next tokens"
ROUNDS, FEW = 200, 30


def rows() -> Iterator[Row]:
    model, window = checkpoint.load(LIVE), checkpoint.load(WINDOW)
    song = (*opening("major", "jazz"), *TURN * 8)  # 64 chords
    others = cycle(token for token in model.vocabulary.tokens if not token.startswith("<"))
    pointer = pointer_of(model.contents.weights)
    assert pointer is not None

    def plain() -> object:
        return predict.suggest(window, WINDOWED, 8)

    def one_more() -> object:
        return predict.suggest(model, (*song[:-1], next(others)), 8)

    def cold() -> object:
        listener = Listener(model.stepper, pointer, model.vocabulary.silent_ids)
        return listener.probabilities(listener.heard((model.vocabulary.start, *model.vocabulary.encode(song))))

    yield compare("64 chords remembered, the last one new", one_more, REFERENCE, plain, ROUNDS)
    yield compare("... all 64 heard for the first time", cold, REFERENCE, plain, FEW)
