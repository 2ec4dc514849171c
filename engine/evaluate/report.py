"""The published table and the theory suite as text, each figure with what it was measured on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from engine.corpus import SPLIT_SEED, Corpus
from engine.evaluate.contest import remembering_scores
from engine.evaluate.scores import Scores, song_scores, window_scores
from engine.evaluate.suite import Case, examine
from engine.predict import DEFAULT_REPETITION

if TYPE_CHECKING:
    from engine.checkpoint import Model

# On the same 9,610 positions: antoniotrapote/chord-prediction-tfm (2025). Top-1, top-3, top-5, MRR and perplexity.
PUBLISHED: Mapping[str, tuple[float | None, ...]] = {
    "Kneser–Ney 4-gram (published)": (0.433, 0.661, 0.741, 0.573, None),
    "GRU (published)": (0.432, 0.678, 0.762, 0.580, 9.0),
    "reference LSTM (published)": (0.450, 0.694, 0.776, 0.596, 9.5),
}
NAME_WIDTH = 61


def table(model: Model, name: str, corpus: Corpus, others: Mapping[str, Scores]) -> str:
    """The published rows, our baselines, and the model in its window and over the whole song."""
    heading = f"{'':<{NAME_WIDTH}}  top-1  top-3  top-5    MRR    ppl"
    own = _own_scores(model, name, corpus)
    rows = [
        *(_row(label, figures) for label, figures in PUBLISHED.items()),
        *(_scores_row(label, scores) for label, scores in others.items()),
        *(_scores_row(label, scores) for label, scores in own.items()),
    ]
    return "\n".join([_conditions(model, corpus, next(iter(own.values())).positions), "", heading, *rows])


def _own_scores(model: Model, name: str, corpus: Corpus) -> dict[str, Scores]:
    """Of the model: in its window and over the whole song, or without and with its memory of the song."""
    if model.listener:
        return {
            f"{name}, whole song, without its memory": remembering_scores(model, corpus, memory=0.0),
            f"{name}, whole song": remembering_scores(model, corpus),
        }
    return {
        f"{name}, window of {model.config.seq_len}": window_scores(model.network, model.vocabulary, corpus.test),
        f"{name}, whole song": song_scores(model.network, model.vocabulary, corpus.test),
    }


def suite(model: Model) -> str:
    """The theory suite, the network alone and with the rerank at its default."""
    alone, reranked = examine(model, repetition=1.0), examine(model)
    pairs = zip(alone, reranked, strict=True)
    passed = f"{_passed(alone)} of {len(alone)} alone, {_passed(reranked)} of {len(reranked)} with repetition at"
    lines = [_line(a, b) for a, b in pairs]
    title = f"Theory suite (an acceptable chord in the top 5): {passed} {DEFAULT_REPETITION}"
    return "\n".join([title, "alone, reranked, context → offered when reranked", *lines])


def _conditions(model: Model, corpus: Corpus, positions: int) -> str:
    parts = "/".join(f"{len(part):,}" for part in (corpus.train, corpus.validation, corpus.test))
    return (
        f"Published test: {positions:,} positions of {len(corpus.test)} songs with {model.config.seq_len} tokens\n"
        f"before them (<bos> + song). Split {parts} songs, seed {SPLIT_SEED}. Published functional vocabulary,\n"
        f"{len(model.vocabulary)} tokens with the special ones; consecutive repeats kept (not merged).\n"
        "Labels such as V/II look ahead, so scores are higher than a live player could see."
    )


def _scores_row(label: str, scores: Scores) -> str:
    return _row(label, (scores.top1, scores.top3, scores.top5, scores.mrr, scores.perplexity))


def _row(label: str, figures: tuple[float | None, ...]) -> str:
    *shares, perplexity = figures
    columns = "".join(f"  {share:.3f}" for share in shares)
    return f"{label:<{NAME_WIDTH}}{columns}  " + ("    –" if perplexity is None else f"{perplexity:5.2f}")


def _line(alone: Case, reranked: Case) -> str:
    context = " ".join(reranked.context) or "(nothing)"
    return f"{_mark(alone)}{_mark(reranked)}  {context:<10} → {' '.join(reranked.offered)}"


def _passed(cases: Iterable[Case]) -> int:
    return sum(case.passes for case in cases)


def _mark(case: Case) -> str:
    return "+" if case.passes else "-"
