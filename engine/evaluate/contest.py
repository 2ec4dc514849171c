"""What every contestant believes at every position of held out songs: unigram, Kneser–Ney, both with the song's memory.

Convention: songs are ids with what stands before the chords (`<bos>`, mode, style); positions are those of the chords,
song after song. The weight of a baseline's memory is chosen on the validation part, and so is the order of the n-gram
that a model is compared with: the best of several orders on the test part would be chosen with the answers in hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
import numpy.typing as npt

from engine.checkpoint import Model
from engine.corpus import Corpus, Song
from engine.evaluate.scores import Scores, scores_of
from engine.ngrams import ORDERS, KneserNey, best_share, memories_of, mixed, positions_of, table_of
from engine.vocab import BOS, Vocabulary

Floats = npt.NDArray[np.float64]
SMALLEST = 1e-12  # probability: special tokens have none in an n-gram


@dataclass(frozen=True, slots=True)
class Course:
    """Songs as ids in three parts; chords begin at index `first` of each."""

    train: Sequence[Sequence[int]]
    validation: Sequence[Sequence[int]]
    test: Sequence[Sequence[int]]
    vocabulary: Vocabulary
    first: int

    def targets(self, part: Sequence[Sequence[int]]) -> npt.NDArray[np.int64]:
        return np.array([song[at] for song, at in positions_of(part, self.first)])


def published_course(corpus: Corpus, vocabulary: Vocabulary) -> Course:
    def encoded(songs: Sequence[Song]) -> list[list[int]]:
        return [vocabulary.encode((BOS, *song)) for song in songs]

    return Course(encoded(corpus.train), encoded(corpus.validation), encoded(corpus.test), vocabulary, first=1)


@dataclass(frozen=True, slots=True)
class Tuned:
    """A baseline, the share of its memory, and what it costs with it on the validation part, in nats a chord."""

    ngram: KneserNey
    order: int
    share: float
    nats: float

    @property
    def name(self) -> str:
        return f"Kneser–Ney {self.order}-gram" if self.order > 1 else "unigram"

    def name_with_memory(self, chosen: bool) -> str:
        return f"{self.name} + in-song memory, {self.share:.2f}" + (", best on validation" if chosen else "")


def rivals(course: Course) -> Iterator[tuple[str, Floats]]:
    """(name, probabilities (positions, vocab) on the test part) of every baseline; one is named best on validation."""
    tuned = _tuned(course)
    best = min(tuned, key=attrgetter("nats"))
    memories = memories_of(course.test, len(course.vocabulary), course.first)
    for one in tuned:
        table = table_of(one.ngram, course.test, course.first)
        yield one.name, table
        yield one.name_with_memory(one is best), mixed(table, memories, one.share)


def _tuned(course: Course) -> list[Tuned]:
    """Every order, the share of its memory chosen on the validation part."""
    suggestible = np.ones(len(course.vocabulary), dtype=np.bool_)
    suggestible[list(course.vocabulary.special_ids)] = False
    memories = memories_of(course.validation, len(course.vocabulary), course.first)
    targets, tuned = course.targets(course.validation), []
    for order in (1, *ORDERS):
        ngram = KneserNey(course.train, order, suggestible, course.first)
        table = np.maximum(table_of(ngram, course.validation, course.first), SMALLEST)
        share = best_share(table, memories, targets)
        chances = mixed(table, memories, share)[np.arange(len(targets)), targets]
        tuned.append(Tuned(ngram, order, share, float(-np.log(chances).mean())))
    return tuned


def beliefs_of(model: Model, songs: Sequence[Sequence[int]], first: int, memory: float = 1.0) -> Floats:
    """Probabilities (positions, vocab) of a model with a memory, which hears each song from its beginning."""
    listener = model.listener
    assert listener is not None
    rows = []
    for song in songs:
        hearing = listener.fresh()
        for at, token in enumerate(song):
            if at >= first:
                rows.append(listener.probabilities(hearing, memory))
            hearing = listener.hear(hearing, token)
    return np.array(rows)


def judged(beliefs: Floats, targets: npt.NDArray[np.int64], counted: npt.NDArray[np.bool_]) -> Scores:
    """Scores at the counted positions."""
    return scores_of(np.log(np.maximum(beliefs[counted], SMALLEST)), targets[counted])


def published_scores(model: Model, corpus: Corpus) -> dict[str, Scores]:
    """The baselines on the published test: `seq_len` tokens before each position."""
    course = published_course(corpus, model.vocabulary)
    targets = course.targets(course.test)
    counted = np.array([at >= model.config.seq_len for _, at in positions_of(course.test, course.first)])
    return {name: judged(beliefs, targets, counted) for name, beliefs in rivals(course)}


def remembering_scores(model: Model, corpus: Corpus, memory: float = 1.0) -> Scores:
    """Of a model with a memory on the same positions."""
    course = published_course(corpus, model.vocabulary)
    counted = np.array([at >= model.config.seq_len for _, at in positions_of(course.test, course.first)])
    beliefs = beliefs_of(model, course.test, course.first, memory)
    return judged(beliefs, course.targets(course.test), counted)
