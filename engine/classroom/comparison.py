"""A fair comparison of recurrent cells on one short text: what is compared, and how the results are told.

Every entrant reads the same characters in the same order, begins from the same seed and takes the same steps. "Equal
width" gives all the same number of hidden units, so that an LSTM has four times an RNN's weights; "equal parameters"
gives all as many weights as the LSTM has at the chosen width. Conventions: losses in nats per character, accuracies
as shares, distances and positions in characters, counted from 1.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from math import exp
from typing import Literal, get_args

from engine.classroom.lesson import LessonRefused, is_half, shown
from engine.recurrent import Cell, Sizes, matched, parameters
from engine.words import Sentence, say

TEXT = """\
for beat in range(4): play(drum, beat)
One for the bass and two for the snare,
three for the tune that hangs in the air.
if tempo > 90: dance(feet, hands)
else: rest(feet, hands)
Four for the crowd that stamps on the floor,
five for the friend who waits by the door.
while song.goes_on(): listen(heart)
Six for the road that takes me back home,
return song.fade(beat, drum, heart)
"""
Equal = Literal["width", "parameters"]
TEXT_RANGE = (120, 4000)  # characters
MOST_CHARACTERS = 120  # different ones
MOST_WINDOWS = 400  # read in an epoch; of a longer text each epoch draws so many anew, so no text takes longer
EMBEDDING_RANGE = (4, 128)
WIDTH_RANGE = (4, 192)
WINDOW_RANGE = (5, 80)
RATE_RANGE = (0.0001, 0.1)
EPOCH_RANGE = (1, 40)
BATCH_RANGE = (1, 64)
SEED_RANGE = (0, 9999)
HELD_OUT = 0.2  # of the text, from its end, at the line break nearest to it
NEAR = 0.1  # how far, as a share of the text, that line break may be


@dataclass(frozen=True)
class Contest:
    """What is compared on which text; the defaults are the classroom's stated set-up.

    Nothing is stated about the batch. With 1 or 2 windows the LSTM is ahead of the RNN for each of ten seeds, with 4 or
    8 on average (see checkpoints/LOG.md).

    `held_out` keeps the last fifth away from learning. Refused with `LessonRefused` outside the limits above.
    """

    text: str = TEXT
    cells: tuple[Cell, ...] = ("rnn", "lstm")
    equal: Equal = "width"
    embedding: int = 64
    width: int = 128
    window: int = 40
    learning_rate: float = 0.005
    epochs: int = 5
    batch: int = 2
    held_out: bool = False
    rng_seed: int = 0

    def __post_init__(self) -> None:
        for what, value, limits in (
            (say("Text, in characters"), len(self.text), TEXT_RANGE),
            (say("Different characters"), len(set(self.text)), (2, MOST_CHARACTERS)),
            (say("Embedding"), self.embedding, EMBEDDING_RANGE),
            (say("Hidden units"), self.width, WIDTH_RANGE),
            (say("Window"), self.window, WINDOW_RANGE),
            (say("Learning rate"), self.learning_rate, RATE_RANGE),
            (say("Epochs"), self.epochs, EPOCH_RANGE),
            (say("Windows in a batch"), self.batch, BATCH_RANGE),
            (say("Take"), self.rng_seed, SEED_RANGE),
        ):
            _check(what, value, limits)
        _check_signs(self.text)
        _check_cells(self.cells)
        if min(map(len, self.parts)) < self.window + 2 and self.held_out:
            raise LessonRefused(
                say("The part kept for testing is shorter than a window of {window}. Use a longer text.",
                    window=self.window)
            )  # fmt: skip
        if len(self.text) < self.window + 2:
            raise LessonRefused(say("The text is shorter than a window of {window}.", window=self.window))

    @cached_property
    def alphabet(self) -> tuple[str, ...]:
        """The characters of the whole text, those of the held-out part too, in the order of their code points."""
        return tuple(sorted(set(self.text)))

    @cached_property
    def parts(self) -> tuple[str, str]:
        """What is learnt from, and what is kept away; the second is empty when nothing is held out.

        >>> Contest(held_out=True).parts[1].startswith("Six for the road")
        True
        """
        if not self.held_out:
            return self.text, self.text
        goal = round(len(self.text) * (1 - HELD_OUT))
        reach = round(len(self.text) * NEAR)
        breaks = [at + 1 for at in range(goal - reach, goal + reach) if self.text[at] == "\n"]
        cut = min(breaks, key=lambda at: abs(at - goal), default=goal)
        return self.text[:cut], self.text[cut:]

    @property
    def windows_per_epoch(self) -> int:
        return min(MOST_WINDOWS, len(self.parts[0]) - self.window)

    def sizes(self, cell: Cell) -> Sizes:
        """The sizes of one entrant's network."""
        lstm = Sizes("lstm", len(self.alphabet), self.embedding, self.width, num_layers=1)
        if self.equal == "parameters":
            return matched(lstm, cell)
        return Sizes(cell, lstm.vocab_size, self.embedding, self.width, num_layers=1)

    def parameters(self, cell: Cell) -> int:
        return parameters(self.sizes(cell))


@dataclass(frozen=True, slots=True)
class Score:
    """How well a text is foretold, over all its windows. `by_position[n]` is the accuracy of the n+1st character.

    `by_distance` holds (distance, accuracy, how many): of the characters that can be known for sure from so many before
    them, all of which the window showed. `unseen` are accuracy and number of those that could not yet be known.
    """

    loss: float
    accuracy: float
    by_position: tuple[float, ...]
    by_distance: tuple[tuple[int, float, int], ...]
    unseen: tuple[float, int]

    @property
    def perplexity(self) -> float:
        """Among how many equally likely characters the network is undecided, on average."""
        return exp(self.loss)


@dataclass(frozen=True, slots=True)
class Moment:
    """One entrant after some more batches: epochs done (a fraction within one), the loss of these batches.

    At the end of an epoch both scores are there; `held_out` only if something is.
    """

    cell: Cell
    epochs: float
    loss: float
    learnt: Score | None = None
    held_out: Score | None = None


def distances(text: str, most: int) -> tuple[int, ...]:
    """How many characters before it are needed to know each character for sure, in this text; most + 1 if more.

    The first character of all can never be known.

    >>> distances("abac", 4)
    (5, 5, 1, 2)
    """
    needed = [most + 1] * len(text)
    open_places = list(range(1, len(text)))
    for length in range(1, most + 1):
        followers: dict[str, set[str]] = defaultdict(set)
        for at in range(length, len(text)):
            followers[text[at - length : at]].add(text[at])
        for at in open_places:
            if at >= length and len(followers[text[at - length : at]]) == 1:
                needed[at] = length
        open_places = [at for at in open_places if needed[at] > most]
    return tuple(needed)


def pooled(rows: tuple[tuple[int, float, int], ...], least: float = 0.02) -> tuple[tuple[int, float, int], ...]:
    """`Score.by_distance` with rare distances joined to the next longer, so that each has a share of at least `least`.

    The longest join to the one before. Each row keeps its shortest distance.

    >>> pooled(((1, 1.0, 98), (2, 0.5, 1), (3, 0.0, 1)))
    ((1, 1.0, 98), (2, 0.25, 2))
    """
    goal = least * sum(count for _, _, count in rows)
    found: list[tuple[int, float, int]] = []
    for distance, share, count in rows:
        if found and found[-1][2] < goal:
            found[-1] = _joined(found[-1], share, count)
        else:
            found.append((distance, share, count))
    if len(found) > 1 and found[-1][2] < goal:
        _, share, count = found.pop()
        found[-1] = _joined(found[-1], share, count)
    return tuple(found)


def _joined(row: tuple[int, float, int], share: float, count: int) -> tuple[int, float, int]:
    total = row[2] + count
    return row[0], (row[1] * row[2] + share * count) / total, total


def is_overfitting(moments: tuple[Moment, ...], cell: Cell) -> bool:
    """Whether the held-out loss has risen clearly above its lowest while the learnt text still got better."""
    scored = [m for m in moments if m.cell == cell and m.learnt and m.held_out]
    if len(scored) < 2:
        return False
    held = [m.held_out.loss for m in scored if m.held_out]
    lowest = held.index(min(held))
    learnt = [m.learnt.loss for m in scored if m.learnt]
    return held[-1] > 1.02 * held[lowest] and learnt[-1] < learnt[lowest]


def _check(what: Sentence, value: float, limits: tuple[float, float]) -> None:
    if not limits[0] <= value <= limits[1]:
        raise LessonRefused(
            say("{what}: {value} was given; from {low} to {high} will do.", what=what, value=value,
                low=limits[0], high=limits[1])
        )  # fmt: skip


def _check_signs(text: str) -> None:
    half = next(filter(is_half, text), None)
    if half is not None:
        raise LessonRefused(
            say("The text holds {sign}, half of a character that was cut in two. Delete it, or paste the text again.",
                sign=shown(half))
        )  # fmt: skip


def _check_cells(cells: tuple[Cell, ...]) -> None:
    if not cells or len(set(cells)) < len(cells) or not set(cells) <= set(get_args(Cell)):
        raise LessonRefused(say("Choose at least one of RNN, LSTM and GRU, each once."))
