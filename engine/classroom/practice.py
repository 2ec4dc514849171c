"""The small program of the pitfalls, run: every switch does to real torch code what the mistake does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from secrets import randbelow

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from engine.classroom.chance import seeded
from engine.classroom.pitfalls import Choices, Practice, Shape, TestLine, phrases, split, vocabulary
from engine.words import Sentence, say

EMBEDDING, HIDDEN = 16, 24
DROPOUT = 0.5
BATCH = 6
EPOCHS = 30
RATE = 0.02
PAD = 0  # its number in the vocabulary

BATCH_AXIS, TIME_AXIS, ROWS = say("phrases"), say("chords"), say("chords of all phrases")
FEATURES, UNITS, LAYERS, VOCABULARY = say("features"), say("hidden units"), say("layer"), say("vocabulary")


class Network(nn.Module):
    """Entrance, LSTM, dropout, output: (batch, time) ids -> (batch, time, vocab) logits and the last hidden state."""

    def __init__(self, choices: Choices, words: int) -> None:
        super().__init__()
        self.choices, self.words = choices, words
        self.emb = nn.Embedding(words, EMBEDDING) if choices.entrance == "embedding" else None
        width = {"embedding": EMBEDDING, "one-hot": words, "number": 1}[choices.entrance]
        self.rnn = nn.LSTM(width, HIDDEN, batch_first=choices.batch_first)
        self.dropout = nn.Dropout(DROPOUT)
        self.fc = nn.Linear(HIDDEN, words, bias=choices.bias)

    def enter(self, ids: Tensor) -> Tensor:
        """What the LSTM reads: (batch, time, features)."""
        if self.emb is not None:
            entered: Tensor = self.emb(ids)
            return entered
        if self.choices.entrance == "one-hot":
            return functional.one_hot(ids, self.words).float()
        return (ids.float() / (self.words - 1)).unsqueeze(-1)

    def read(self, entered: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Hidden values (batch, time, hidden) and the last hidden state (1, batch, hidden)."""
        if not (self.choices.packed and self.choices.batch_first):
            hidden, (last, _) = self.rnn(entered)
            return hidden, last
        packed = pack_padded_sequence(entered, lengths, batch_first=True, enforce_sorted=False)
        hidden, (last, _) = self.rnn(packed)
        return pad_packed_sequence(hidden, batch_first=True, total_length=entered.shape[1])[0], last

    def forward(self, ids: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        hidden, last = self.read(self.enter(ids), lengths)
        logits: Tensor = self.fc(self.dropout(last[-1].unsqueeze(1) if self.choices.only_last else hidden))
        return logits, last


@dataclass(frozen=True)
class Batch:
    """Phrases side by side: what is read, what is foretold (both (batch, time)), and how long each is."""

    ids: Tensor
    targets: Tensor
    lengths: Tensor


def practise(choices: Choices) -> Practice:
    """Runs the program with these switches: about half a second. Only a forgotten seed makes two runs differ."""
    seed = randbelow(2**31) if choices.rng_seed is None else choices.rng_seed
    with seeded(seed):
        return _practise(choices, seed)


def _practise(choices: Choices, seed: int) -> Practice:
    words = vocabulary()
    learning, testing = split(phrases())
    network = Network(choices, len(words))
    if not choices.same_device:
        return Practice(choices, seed, (), error=_stopped(network, batch_of(learning[:BATCH], choices)))
    test, honest = batch_of(testing, choices), batch_of(testing, Choices(only_last=choices.only_last))
    curves = [*_epochs(network, learning, test, honest, np.random.default_rng(seed))]
    told, judged, true, accuracy = (tuple(column) for column in zip(*curves, strict=True))
    first = batch_of(learning[:BATCH], choices)
    return Practice(
        choices, seed, _shapes(network, first), told, judged, true, accuracy,
        judged_again=_judged(network, test)[0],
        counted=int(_counted(choices, first.targets).sum()),
        graph_bytes=_graph_bytes(network, test),
        state_gap=_state_gap(network, test),
        parameters=sum(weight.numel() for weight in network.parameters()),
        line=_line(network, honest, words),
    )  # fmt: skip


def batch_of(chosen: Sequence[tuple[str, ...]], choices: Choices) -> Batch:
    """Phrases as padded ids, and the targets as these choices shift them; with `only_last` one target a phrase."""
    words = vocabulary()
    rows = [[words.index(chord) for chord in phrase] for phrase in chosen]
    read = [row[:-1] for row in rows]
    if choices.only_last:
        ahead = [row[-1:] for row in rows]
    else:
        ahead = [(row + [PAD] * choices.shift)[choices.shift :][: len(row) - 1] for row in rows]
    return Batch(_padded(read), _padded(ahead), torch.tensor([len(row) for row in read]))


def _padded(rows: Sequence[Sequence[int]]) -> Tensor:
    longest = max(map(len, rows))
    return torch.tensor([[*row, *[PAD] * (longest - len(row))] for row in rows])


def _epochs(
    network: Network, learning: Sequence[tuple[str, ...]], test: Batch, honest: Batch, random: np.random.Generator
) -> Iterator[tuple[float, float, float, float]]:
    """After each epoch: learning loss, test loss as printed, test loss measured rightly, accuracy measured rightly."""
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE)
    for _ in range(EPOCHS):
        network.train(network.choices.learn_mode == "train")
        order = random.permutation(len(learning))
        losses = []
        for at in range(0, len(order), BATCH):
            batch = batch_of([learning[number] for number in order[at : at + BATCH]], network.choices)
            loss = loss_of(network, batch)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            losses.append(loss.item())
        judged, _ = _judged(network, test)
        yield float(np.mean(losses)), judged, *_judged_rightly(network, honest)


def loss_of(network: Network, batch: Batch) -> Tensor:
    """Mean loss of the targets that count for this program, in nats."""
    logits, _ = network(batch.ids, batch.lengths)
    costs = functional.cross_entropy(logits.flatten(0, 1), batch.targets.flatten(), reduction="none")
    counted = _counted(network.choices, batch.targets).flatten()
    return (costs * counted).sum() / counted.sum()


def _counted(choices: Choices, targets: Tensor) -> Tensor:
    return targets != PAD if choices.ignore_padding else torch.ones_like(targets, dtype=torch.bool)


def _judged(network: Network, batch: Batch) -> tuple[float, Tensor]:
    """The test as this program makes it: its loss, and what it kept for a backward pass (or not)."""
    network.train(network.choices.judge_mode == "train")
    with torch.no_grad() if network.choices.no_grad else nullcontext():
        loss = loss_of(network, batch)
    return float(loss.detach()), loss


def _judged_rightly(network: Network, batch: Batch) -> tuple[float, float]:
    """Loss and accuracy of the chords that really come next, padding left out, dropout off."""
    network.eval()
    with torch.no_grad():
        logits, _ = network(batch.ids, batch.lengths)
    real = batch.targets != PAD
    loss = functional.cross_entropy(logits[real], batch.targets[real])
    return float(loss), float((logits.argmax(-1) == batch.targets)[real].float().mean())


def _graph_bytes(network: Network, batch: Batch) -> int:
    with _saving() as saved:
        _judged(network, batch)
    return sum(saved)


@contextmanager
def _saving() -> Iterator[list[int]]:
    """Sizes in bytes of all that torch keeps for a backward pass meanwhile."""
    sizes: list[int] = []

    def keep(tensor: Tensor) -> Tensor:
        sizes.append(tensor.numel() * tensor.element_size())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        yield sizes


def _state_gap(network: Network, batch: Batch) -> float:
    """Largest difference between the last hidden state and that right after each phrase's last chord."""
    if not network.choices.batch_first:
        return 0.0
    network.eval()
    with torch.no_grad():
        hidden, last = network.read(network.enter(batch.ids), batch.lengths)
    return float((hidden[torch.arange(len(hidden)), batch.lengths - 1] - last[-1]).abs().max())


def _shapes(network: Network, batch: Batch) -> tuple[Shape, ...]:
    """The way of one batch, tensor by tensor, as it really was."""
    network.eval()
    with torch.no_grad():
        entered = network.enter(batch.ids)
        hidden, last = network.read(entered, batch.lengths)
        logits, _ = network(batch.ids, batch.lengths)
    flag = f"batch_first={network.choices.batch_first}"
    entrance = {
        "embedding": "x = emb(ids)",
        "one-hot": "x = one_hot(ids).float()",
        "number": "x = (ids / (len(vocab) - 1)).unsqueeze(-1)",
    }[network.choices.entrance]
    read = "h[-1]" if network.choices.only_last else "out"
    middle = BATCH_AXIS if network.choices.batch_first else TIME_AXIS
    return (
        _shape("ids", batch.ids, BATCH_AXIS, TIME_AXIS),
        _shape(entrance, entered, BATCH_AXIS, TIME_AXIS, FEATURES),
        _shape(f"out, (h, c) = LSTM({flag})(x)  →  out", hidden, BATCH_AXIS, TIME_AXIS, UNITS),
        _shape("h", last, LAYERS, middle, UNITS),
        _shape(f"logits = fc({read})", logits, BATCH_AXIS, TIME_AXIS, VOCABULARY),
        _shape("targets", batch.targets, BATCH_AXIS, TIME_AXIS),
        _shape("cross_entropy(logits.flatten(0, 1), …)", logits.flatten(0, 1), ROWS, VOCABULARY),
    )  # fmt: skip


def _shape(code: str, tensor: Tensor, *axes: Sentence) -> Shape:
    return Shape(code, tuple(tensor.shape), axes)


def _line(network: Network, batch: Batch, words: tuple[str, ...]) -> TestLine:
    """The first phrase of the test with what the network expects after each of its chords."""
    network.eval()
    with torch.no_grad():
        logits, _ = network(batch.ids, batch.lengths)
    length = int(batch.lengths[0])
    best, came = logits[0].argmax(-1).tolist(), batch.targets[0].tolist()
    return TestLine(
        tuple(words[number] for number in batch.ids[0].tolist()[:length]),
        tuple(words[number] for number in came[:length]),
        tuple(words[number] for number in best[:length]),
    )


def _stopped(network: Network, batch: Batch) -> str:
    """What torch says where the weights lie on the processor and the data elsewhere; every machine has "meta"."""
    try:
        network.rnn(network.enter(batch.ids).to("meta"))
    except RuntimeError as error:
        return str(error).splitlines()[0]
    return ""
