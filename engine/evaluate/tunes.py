"""How many bits a tune costs a model, beside n-grams on the same tokens of the same tunes.

Everything counts: header, body and end mark; state zero before every tune, dropout off. Intervals are bootstrapped over
tunes. The n-grams are chosen and mixed with their memory of the tune by the validation part alone.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.abc.tokens import VOCABULARY, Tune
from engine.errors import EngineError
from engine.evaluate.tune_validity import validity_report
from engine.ngrams import KneserNey, memories_of
from engine.recurrent import Lesson
from engine.recurrent.evaluation import evaluate
from engine.recurrent.network import TokenRNN
from engine.tunebook import Tunebook, tunebook
from engine.tunebook.report import report
from engine.tunewriter.lessons import LANGUAGE, ids_of, lessons_of

ORDERS = (4, 6, 9)  # tokens, the predicted one included
SHARES = tuple(step / 20 for step in range(20))
RESAMPLES = 1000
PUBLISHED = "the best n-gram on 5,155 tunes of the same four printed collections, another canonical text: 461"
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figures:
    """Bits of every tune and how many tokens it has, in the order of the tunes."""

    bits: tuple[float, ...]
    tokens: tuple[int, ...]

    @property
    def bits_per_tune(self) -> float:
        return sum(self.bits) / len(self.bits)

    @property
    def bits_per_token(self) -> float:
        return sum(self.bits) / sum(self.tokens)

    @property
    def interval(self) -> tuple[float, float]:
        """95 % of bits per tune, bootstrapped over tunes with a fixed seed."""
        random, bits = np.random.default_rng(1), np.array(self.bits)
        means = bits[random.integers(0, len(bits), (RESAMPLES, len(bits)))].mean(axis=1)
        low, high = np.quantile(means, (0.025, 0.975))
        return float(low), float(high)

    def text(self) -> str:
        low, high = self.interval
        return (
            f"{self.bits_per_tune:.1f} bits per tune [{low:.1f}, {high:.1f}], {self.bits_per_token:.3f} per token, "
            f"{len(self.bits)} tunes of {sum(self.tokens) / len(self.tokens):.1f} tokens"
        )


def judged(network: TokenRNN, lessons: Sequence[Lesson]) -> Figures:
    """The figures of a network on lessons."""
    found = evaluate(network, lessons)
    return Figures(tuple(nats / math.log(2) for nats in found.sequence_nats), found.sequence_tokens)


def scored(network: TokenRNN, book: Tunebook, language: str = LANGUAGE) -> dict[str, Figures]:
    """Validation and test part."""
    parts = {"validation": book.validation, "test": book.test}
    return {name: judged(network, lessons_of(tunes, language)) for name, tunes in parts.items()}


def judgement(parts: Mapping[str, Figures]) -> dict[str, object]:
    """The figures as plain values for a card."""
    return {
        name: {
            "bits per tune": round(figures.bits_per_tune, 2),
            "95 %": [round(end, 1) for end in figures.interval],
            "bits per token": round(figures.bits_per_token, 4),
            "tunes": len(figures.bits),
        }
        for name, figures in parts.items()
    }


# --- baselines ------------------------------------------------------------------------------------------------------


def ngram_figures(book: Tunebook) -> dict[str, Figures]:
    """Kneser-Ney of several orders and the one that validates best mixed with the tune's own memory, on the test."""
    songs = {name: [ids_of(tune).tolist() for tune in getattr(book, name)] for name in ("train", "validation", "test")}
    suggestible = np.arange(len(VOCABULARY)) > 0
    rows, best, best_bits = {}, None, math.inf
    for order in ORDERS:
        model = KneserNey(songs["train"], order, suggestible)
        table, judged_by = (_chances(model, songs[name]) for name in ("test", "validation"))
        rows[f"Kneser-Ney {order}-gram"] = _figures(table)
        if (bits := _figures(judged_by).bits_per_tune) < best_bits:
            best_bits, best = bits, (order, table, judged_by)
    assert best is not None
    order, table, judged_by = best
    share = _best_share(judged_by, _recalled(songs["validation"]))
    recalled = _recalled(songs["test"])
    rows[f"{order}-gram + memory of the tune, share {share:.2f}"] = _figures(_mixed(table, recalled, share))
    return rows


def _chances(model: KneserNey, songs: Sequence[Sequence[int]]) -> list[Floats]:
    """For every song the probability of each of its tokens but the first."""
    return [np.array([model.after(song[:at])[song[at]] for at in range(1, len(song))]) for song in songs]


def _recalled(songs: Sequence[Sequence[int]]) -> list[Floats]:
    """For every song what its own memory gives each token; below zero where it remembers nothing."""
    found = []
    for song in songs:
        memories = memories_of([song], len(VOCABULARY), 1)
        chances = (-1.0 if memory is None else memory[song[at]] for at, memory in enumerate(memories, start=1))
        found.append(np.array(list(chances)))
    return found


def _mixed(table: Sequence[Floats], recalled: Sequence[Floats], share: float) -> list[Floats]:
    return [
        np.where(memory < 0, own, share * memory + (1 - share) * own)
        for own, memory in zip(table, recalled, strict=True)
    ]


def _best_share(table: Sequence[Floats], recalled: Sequence[Floats]) -> float:
    costs = [_figures(_mixed(table, recalled, share)).bits_per_tune for share in SHARES]
    return SHARES[int(np.argmin(costs))]


def _figures(chances: Sequence[Floats]) -> Figures:
    return Figures(tuple(float(-np.log2(song).sum()) for song in chances), tuple(map(len, chances)))


# --- the table ------------------------------------------------------------------------------------------------------


def table(network: TokenRNN, name: str, book: Tunebook, language: str = LANGUAGE, *, baselines: bool = True) -> str:
    """What the corpus is, the model on validation and test, by type, and the n-grams."""
    parts = scored(network, book, language)
    lines = [report(book), f"bits per tune, {language}; header, body and end mark; families held out; [95 %]", ""]
    lines += [f"{name}, {part}: {figures.text()}" for part, figures in parts.items()]
    lines += ["", *_by_type(book.test, parts["test"])]
    if baselines:
        lines += ["", "n-grams on the test part, tokens of the tonic form"]
        lines += [f"{label}: {figures.text()}" for label, figures in ngram_figures(book).items()]
        lines += [f"for comparison, not the same text: {PUBLISHED}"]
    return "\n".join(lines) + "\n"


def _by_type(tunes: Sequence[Tune], figures: Figures) -> list[str]:
    groups: dict[str, list[int]] = defaultdict(list)
    for at, tune in enumerate(tunes):
        groups[tune.rhythm].append(at)
    rows = []
    for rhythm, places in sorted(groups.items(), key=lambda entry: -len(entry[1])):
        part = Figures(tuple(figures.bits[at] for at in places), tuple(figures.tokens[at] for at in places))
        rows.append(f"  {rhythm:<11}{len(places):>4} tunes {part.bits_per_tune:>7.1f} bits {part.bits_per_token:>6.3f}")
    return rows


def main(arguments: Sequence[str]) -> int:
    """The command `python -m engine.evaluate tunes MODEL [--data FOLDER]`: bits, then how valid what it writes is."""
    from engine.recurrent.checkpoint import load

    parser = argparse.ArgumentParser(prog="python -m engine.evaluate tunes", description="Judges a tune writer.")
    parser.add_argument("model", nargs="?", default="tunes", help="name of a shipped model or path of a .pt file")
    parser.add_argument("--data", type=Path, help="folder with ABC collections beside music21's own")
    parser.add_argument("--no-baselines", action="store_true", help="leave out the n-grams (a minute)")
    parser.add_argument("-n", type=int, default=1000, help="tunes to write of each kind for the second table, 0: none")
    options = parser.parse_args(arguments)
    try:
        model, book = load(options.model), tunebook(options.data)
    except EngineError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    name = Path(options.model).stem
    sys.stdout.write(table(model.network, name, book, model.language, baselines=not options.no_baselines))
    if options.n > 0 and model.language == LANGUAGE:
        sys.stdout.write(f"\n{validity_report(model, options.n, book)}")
    return 0
