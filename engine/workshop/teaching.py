"""What a training is made of: pieces as lessons of ids, the plan, and how lessons differ from epoch to epoch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from engine import abc
from engine.notewriter.form import STREAMS
from engine.notewriter.models import language_of
from engine.notewriter.vocabulary import TOKENS
from engine.recurrent.plan import Ids, Lesson, Plan
from engine.recurrent.sizes import parameters
from engine.songbook import live_vocabulary
from engine.vocab import BOS
from engine.workshop.choices import Choice
from engine.workshop.folder import Order
from engine.workshop.material import Kind, Material, Piece, parted
from engine.workshop.melody import read_out

WINDOW = 32  # tokens of a chord model's window: eight bars of four chords, more than a short song has to say
LONGEST_LESSON = 256  # tokens read on from state zero; longer pieces are cut, or few rows would fill a batch
STEPS_WISHED = 48  # in an epoch: little material in one large batch would give a network no steps to learn by
SMALLEST_BATCH, LARGEST_BATCH = 64, 4096  # tokens
LANGUAGES: Mapping[Kind, str] = MappingProxyType(
    {"chords": "live-numerals", "tunes": "abc-tonic", "notes": language_of("melody")}
)  # what the tokens of a kind are called in a model file
DROPOUT = 0.2
FEATURE_WIDTH = 8  # of what a melody's network is told beside each token, each
PEAK_RATE = 0.01  # high, for few steps on little music; the cycle brings it down
BEGUN_WITHIN, PADDED = 0.25, 0.4  # shares of the lessons of a chord model, see `varied`


def order_of(material: Material, choice: Choice) -> Order:
    """What a child is to train, with the kind's whole vocabulary: a model knows what it never met."""
    learn, check = parted(material.pieces, choice.rng_seed)
    return Order(material.kind, choice.checked(), vocabulary_of(material.kind), learn, check)


def vocabulary_of(kind: Kind) -> tuple[str, ...]:
    """Every token of a kind."""
    return {"chords": live_vocabulary().tokens, "tunes": abc.VOCABULARY, "notes": TOKENS}[kind]


def plan_of(order: Order) -> Plan:
    """The settings of the run: no early stop, for the curve of a network that has had enough is worth seeing."""
    choice = order.choice
    total = sum(map(len, order.learn))
    return Plan(
        cell=choice.cell,
        embedding_dim=choice.width,
        hidden_size=choice.width,
        num_layers=choice.layers,
        dropout=DROPOUT,
        features=STREAMS["melody"] if order.kind == "notes" else (),
        feature_dim=FEATURE_WIDTH,
        tie_weights=True,
        batch_tokens=min(LARGEST_BATCH, max(SMALLEST_BATCH, total // STEPS_WISHED)),
        epochs=choice.epochs,
        peak_rate=PEAK_RATE,
        patience=choice.epochs,
        rng_seed=choice.rng_seed,
    )


def parameters_of(order: Order) -> int:
    return parameters(plan_of(order).sizes(len(order.vocabulary)))


def lessons_of(kind: Kind, pieces: Sequence[Piece]) -> list[Lesson]:
    """Pieces of tokens as lessons that foretell every token once; of melodies with what is known beside each token."""
    if kind == "notes":
        read = [read_out(piece) for piece in pieces]
        return [cut for ids, features in read for cut in _cut(ids, features)]
    numbers = {token: number for number, token in enumerate(vocabulary_of(kind))}
    return [cut for piece in pieces for cut in _cut(np.array([numbers[token] for token in (BOS, *piece)]), None)]


def varied(order: Order) -> Callable[[Lesson, np.random.Generator], Lesson] | None:
    """How a chord model's lessons change: Compose asks it through a window, which begins within a song, or is filled
    with `<bos>` before a short one. Both have to be met in training."""
    if order.kind != "chords":
        return None
    start = order.vocabulary.index(BOS)

    def vary(lesson: Lesson, random: np.random.Generator) -> Lesson:
        share = random.random()
        if share < BEGUN_WITHIN and len(lesson.ids) > 4:
            return Lesson(lesson.ids[int(random.integers(1, len(lesson.ids) - 2)) :])
        if share < BEGUN_WITHIN + PADDED:
            return Lesson(np.concatenate([np.full(int(random.integers(1, WINDOW)), start), lesson.ids]))
        return lesson

    return vary


def steps_in_epoch(plan: Plan, lessons: Sequence[Lesson]) -> int:
    """About how many steps an epoch has: lessons of like length side by side, padded little."""
    return max(1, round(sum(len(lesson.ids) - 1 for lesson in lessons) / plan.batch_tokens))


def _cut(ids: Ids, features: Ids | None) -> list[Lesson]:
    starts = range(0, max(1, len(ids) - 1), LONGEST_LESSON)
    parts = [slice(at, at + LONGEST_LESSON + 1) for at in starts]
    return [Lesson(ids[part], None if features is None else features[part]) for part in parts]
