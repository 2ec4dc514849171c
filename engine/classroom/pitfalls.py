"""The usual mistakes in training a next-token network, each as one switch of the same small program.

The program learns chord phrases of unequal length, padded at the end to the longest of their batch. `Choices` are its
switches; all at their defaults it is right. `engine.classroom.practice` runs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from engine.words import Sentence, say

Entrance = Literal["embedding", "one-hot", "number"]
Mode = Literal["train", "eval"]

PADDING = "·"
TURNS = (
    "I vi IV V", "I IV V IV", "ii V I I", "vi IV I V", "I V vi IV", "i bVII bVI V", "i iv v i", "I iii IV iv",
    "I I IV I V IV", "vi ii V I", "i bVI bIII bVII", "I bVII IV I",
)  # fmt: skip
CLOSES = ("V I", "IV I", "ii V I", "iv I", "V vi")
PHRASES = 48
EVERY = 4  # every fourth phrase is kept for testing


@dataclass(frozen=True, slots=True)
class Choices:
    """The switches of the program. `rng_seed` None: the seed was forgotten, and each run draws its own."""

    batch_first: bool = True  # what the LSTM is told about data that is (batch, time, features)
    shift: int = 1  # by how many chords targets stand ahead of inputs
    ignore_padding: bool = True
    rng_seed: int | None = 0
    learn_mode: Mode = "train"
    judge_mode: Mode = "eval"
    entrance: Entrance = "embedding"
    packed: bool = True
    only_last: bool = False  # only the chord after the whole phrase is foretold, from the last hidden state
    no_grad: bool = True
    bias: bool = True
    same_device: bool = True


@dataclass(frozen=True, slots=True)
class Shape:
    """One tensor on the way through the network: the line of code that makes it, its sizes and what they count."""

    code: str
    sizes: tuple[int, ...]
    axes: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class TestLine:
    """One phrase kept for testing: what was read, what came, what was expected. Chords in numerals."""

    read: tuple[str, ...]
    came: tuple[str, ...]
    expected: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Practice:
    """One run. Losses in nats per chord, one for each epoch; accuracies as shares.

    `told` and `judged` are the learning and test losses as this program prints them; `honest` is the test loss measured
    rightly. `judged_again` repeats the last test. `counted` is how many targets the first batch's loss counts,
    `graph_bytes` what one test keeps in memory for a backward pass nobody will make, `state_gap` how far the last
    hidden state lies from that after the last real chord. `error` is torch's own word where the program stops.
    """

    choices: Choices
    rng_seed: int
    shapes: tuple[Shape, ...]
    told: tuple[float, ...] = ()
    judged: tuple[float, ...] = ()
    honest: tuple[float, ...] = ()
    accuracy: tuple[float, ...] = ()
    judged_again: float = 0.0
    counted: int = 0
    graph_bytes: int = 0
    state_gap: float = 0.0
    parameters: int = 0
    line: TestLine | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Pitfall:
    """A mistake: its name, the right and the wrong program, what happens, how one notices and what to do."""

    name: str
    title: Sentence
    right: Choices
    wrong: Choices
    happens: Sentence
    noticed: Sentence
    remedy: Sentence


RIGHT = Choices()
_UNPACKED = replace(RIGHT, packed=False)
_LAST = replace(RIGHT, only_last=True)
PITFALLS: tuple[Pitfall, ...] = (
    Pitfall(
        "batch_first",
        say("Batch and time exchanged"),
        RIGHT,
        replace(RIGHT, batch_first=False),
        say("The data lie as (batch, time, features), but the LSTM takes the first axis for time. It reads down the "
            "batch, from one phrase into the next, and remembers the neighbour instead of the past."),
        say("Nothing stops: the output has the same shape. Only the last hidden state tells: its middle axis counts "
            "the chords, not the phrases."),
        say("Write batch_first=True, or transpose the data to (time, batch, features)."),
    ),
    Pitfall(
        "shift",
        say("Targets not shifted"),
        RIGHT,
        replace(RIGHT, shift=0),
        say("The target is the very chord that was just read. The network learns to repeat it, which is easy."),
        say("The loss falls to almost nothing within a few epochs, too good to be true; what it foretells is what "
            "it just heard."),
        say("Read ids[:, :-1] and foretell ids[:, 1:]. Look at a line of input and target before training."),
    ),
    Pitfall(
        "padding",
        say("Padding counted in the loss"),
        _UNPACKED,
        replace(_UNPACKED, ignore_padding=False),
        say("Short phrases are filled up, and filling is easy to foretell. It counts in the mean as if it were music."),
        say("The printed loss is lower than the true one, and differs with the length of the longest phrase."),
        say("Give the loss ignore_index, or a mask, so that only real chords count."),
    ),
    Pitfall(
        "seed",
        say("Seed forgotten"),
        RIGHT,
        replace(RIGHT, rng_seed=None),
        say("First weights, order of the phrases and dropout are drawn anew in every run, so no run can be repeated."),
        say("Two runs of the same program give different curves; nobody can tell an improvement from luck."),
        say("Set a seed for every source of chance, and write it down with the result."),
    ),
    Pitfall(
        "learn_mode",
        say("Learning in eval mode"),
        RIGHT,
        replace(RIGHT, learn_mode="eval"),
        say("Dropout does nothing in eval mode, so the network may learn the phrases by heart."),
        say("The learning loss falls far below the test loss; with dropout at work it stays above it."),
        say("Call train() before learning, and again after every test."),
    ),
    Pitfall(
        "judge_mode",
        say("Testing in train mode"),
        RIGHT,
        replace(RIGHT, judge_mode="train"),
        say("Dropout goes on silencing hidden units at random during the test."),
        say("The test loss is too high and trembles: the same test twice gives two results."),
        say("Call eval() before every test."),
    ),
    Pitfall(
        "entrance",
        say("A chord's number as its size"),
        RIGHT,
        replace(RIGHT, entrance="number"),
        say("The chord's place in the vocabulary, scaled to 0–1, goes in as if it were an amount: chord 6 would be "
            "twice chord 3. The order is arbitrary, so the network must first undo it."),
        say("The last axis of the input is 1, and the loss falls slowly."),
        say("Use an embedding: one learnt row for each chord."),
    ),
    Pitfall(
        "one_hot",
        say("One-hot or embedding"),
        RIGHT,
        replace(RIGHT, entrance="one-hot"),
        say("No mistake, but a choice: a one-hot chord times a matrix picks one row of it, and an embedding is that "
            "row without the multiplication."),
        say("The input's last axis is as wide as the vocabulary; with ten thousand words that costs."),
        say("Take one-hot for a handful of tokens, an embedding for more."),
    ),
    Pitfall(
        "packed",
        say("The last state read after the padding"),
        _LAST,
        replace(_LAST, packed=False),
        say("The LSTM reads on through the filling, so the state at the end of a short phrase is no longer what it was "
            "after its last chord."),
        say("The same phrase gives another answer beside a longer neighbour."),
        say("Pack the sequences (pack_padded_sequence), or take the state at each phrase's own last chord."),
    ),
    Pitfall(
        "no_grad",
        say("Testing without no_grad"),
        RIGHT,
        replace(RIGHT, no_grad=False),
        say("Torch keeps every value of the test for a backward pass that never comes."),
        say("The result is the same, but memory fills; where losses are summed as tensors it fills without end."),
        say("Test within torch.no_grad(), and sum numbers, not tensors."),
    ),
    Pitfall(
        "bias",
        say("No bias at the output"),
        RIGHT,
        replace(RIGHT, bias=False),
        say("The bias learns within a few steps how common each chord is. Without it the hidden units do that; "
            "with a dozen chords they manage, with ten thousand words they do not."),
        say("The first epoch is a little worse here, and much worse where some tokens are rare."),
        say("Leave the output its bias, unless it shares weights in a way that forbids it."),
    ),
    Pitfall(
        "device",
        say("Weights and data on different devices"),
        RIGHT,
        replace(RIGHT, same_device=False),
        say("The weights were moved to one device and the data were not."),
        say("Torch stops at the first operation and names both devices."),
        say("Choose the device once and move network and every batch to it."),
    ),
)  # fmt: skip


def phrases() -> tuple[tuple[str, ...], ...]:
    """The chords that are learnt from, in numerals: a turn, once to three times, and a close. Always the same."""
    random = np.random.RandomState(0)
    made = []
    for _ in range(PHRASES):
        turn, close = TURNS[random.randint(len(TURNS))], CLOSES[random.randint(len(CLOSES))]
        made.append((*turn.split() * int(random.randint(1, 4)), *close.split()))
    return tuple(made)


def vocabulary() -> tuple[str, ...]:
    """Padding first, then the chords in the order of their spelling."""
    return (PADDING, *sorted({chord for phrase in phrases() for chord in phrase}))


def split(all_phrases: Sequence[tuple[str, ...]]) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """For learning and for testing."""
    testing = list(all_phrases[EVERY - 1 :: EVERY])
    return [phrase for number, phrase in enumerate(all_phrases) if number % EVERY != EVERY - 1], testing
