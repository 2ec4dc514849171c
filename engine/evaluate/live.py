"""The live table: a model of the live vocabulary on held out songs of the songbook, beside n-grams on the same.

Groups of positions: all; the first four chords of a song; and novel ones, where the last two chords have not stood
together earlier in the song, so that memory alone cannot know. Calibration: the mean gap between how sure a first
choice was and how often it was right, in 15 bins (Guo et al., 2017).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from engine.checkpoint import Model
from engine.evaluate.contest import Course, Floats, beliefs_of, judged, rivals
from engine.evaluate.scores import Scores
from engine.ngrams import positions_of
from engine.songbook import LiveCorpus, LiveSong
from engine.vocab import BOS, Vocabulary

FIRST = 3  # index of the first chord: <bos>, mode and style stand before it
BINS = 15
OPENING = 4  # chords
NAME_WIDTH = 61

Judged = Mapping[str, tuple[Scores, float]]  # by group: scores and calibration error


def live_course(corpus: LiveCorpus, vocabulary: Vocabulary) -> Course:
    def encoded(songs: Sequence[LiveSong]) -> list[list[int]]:
        return [vocabulary.encode((BOS, song.mode, song.style, *song.tokens)) for song in songs]

    train, validation, test = (encoded(part) for part in (corpus.train, corpus.validation, corpus.test))
    return Course(train, validation, test, vocabulary, FIRST)


def groups_of(songs: Sequence[Sequence[int]], first: int = FIRST) -> dict[str, npt.NDArray[np.bool_]]:
    """Which positions belong to which group."""
    ordinal = np.array([at - first for _, at in positions_of(songs, first)])
    fresh = np.array([new for song in songs for new in _novel(song[first:])])
    return {"all": ordinal >= 0, "first four": ordinal < OPENING, "novel": fresh}


def _novel(chords: Sequence[int]) -> Iterator[bool]:
    """For each chord, whether the two before it stand together for the first time."""
    seen: set[tuple[int, int]] = set()
    for at in range(len(chords)):
        pair = (chords[at - 2], chords[at - 1]) if at >= 2 else None
        yield pair is not None and pair not in seen
        if pair:
            seen.add(pair)


def calibration_error(beliefs: Floats, targets: npt.NDArray[np.int64]) -> float:
    """From 0 up to 1.

    >>> calibration_error(np.array([[0.75, 0.25]] * 4), np.array([0, 0, 0, 1]))
    0.0
    """
    sure = beliefs.max(axis=1)
    right = (beliefs.argmax(axis=1) == targets).astype(np.float64)
    bins = np.minimum((sure * BINS).astype(np.int64), BINS - 1)
    gaps = np.bincount(bins, weights=sure - right, minlength=BINS)
    return float(np.abs(gaps).sum() / len(targets))


def judge(beliefs: Floats, course: Course) -> Judged:
    """A contestant on the test part, by group."""
    targets = course.targets(course.test)
    return {
        name: (judged(beliefs, targets, counted), calibration_error(beliefs[counted], targets[counted]))
        for name, counted in groups_of(course.test, course.first).items()
    }


def contest(model: Model, name: str, course: Course) -> dict[str, Judged]:
    """Every baseline, the model without its memory, and the model."""
    scores = {rival: judge(beliefs, course) for rival, beliefs in rivals(course)}
    for label, memory in ((f"{name}, without its memory", 0.0), (name, 1.0)):
        scores[label] = judge(beliefs_of(model, course.test, course.first, memory), course)
    return scores


def live_table(model: Model, name: str, corpus: LiveCorpus) -> str:
    """The contest as text, group by group."""
    course = live_course(corpus, model.vocabulary)
    scores = contest(model, name, course)
    blocks = [_conditions(corpus, course)]
    for group in ("all", "first four", "novel"):
        positions = scores[name][group][0].positions
        heading = f"{f'{group}: {positions:,} positions':<{NAME_WIDTH}}  top-1  top-3  top-5    MRR    ppl    ECE"
        blocks.append("\n".join([heading, *(_row(label, *each[group]) for label, each in scores.items())]))
    return "\n\n".join(blocks)


def _row(label: str, scores: Scores, error: float) -> str:
    shares = "".join(f"  {share:.3f}" for share in (scores.top1, scores.top3, scores.top5, scores.mrr))
    return f"{label:<{NAME_WIDTH}}{shares}  {scores.perplexity:5.2f}  {error:.3f}"


def _conditions(corpus: LiveCorpus, course: Course) -> str:
    parts = "/".join(f"{len(part):,}" for part in (corpus.train, corpus.validation, corpus.test))
    return (
        f"Live test: {len(course.targets(course.test)):,} chords of {len(corpus.test)} songs of the songbook, split\n"
        f"by song {parts}. Live vocabulary, {len(course.vocabulary)} tokens with the special ones, mode and style\n"
        "given; tokens depend on the past alone; repeats merged."
    )
