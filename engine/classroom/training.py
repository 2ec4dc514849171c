"""The comparison carried out: networks in torch that learn side by side, a few batches at a time.

Learning is a generator. Who wants to pause simply does not ask for more; who stops, drops it. All chance comes from the
contest's seed: the first weights, and the order of the windows in every epoch. Torch should have one thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from engine.classroom.chance import seeded
from engine.classroom.comparison import Contest, Moment, Score, distances
from engine.recurrent import Cell, Sizes
from engine.recurrent.network import TokenRNN

SLICE = 32  # windows between two moments: some fifty milliseconds at the stated sizes
CLIP = 5.0  # largest norm of the gradient, for plain RNNs explode
READ_AT_ONCE = 128  # windows scored together
MOST_SCORED = 256  # windows of a text


@dataclass(eq=False)
class Pupil:
    """One entrant: its network and its optimizer, both of which change as it learns."""

    cell: Cell
    network: TokenRNN
    optimizer: torch.optim.Optimizer | None


class Class:
    """The entrants of a contest. `learn` is asked for as many moments as wanted; `networks` are those being taught."""

    def __init__(self, contest: Contest) -> None:
        self.contest = contest
        self.pupils = tuple(_pupil(contest, cell) for cell in contest.cells)

    @property
    def networks(self) -> dict[Cell, TokenRNN]:
        return {pupil.cell: pupil.network for pupil in self.pupils}

    def learn(self) -> Iterator[Moment]:
        """Moments of all entrants in turn, until every one has had its epochs."""
        for together in zip_longest(*(learning(self.contest, pupil) for pupil in self.pupils)):
            yield from (moment for moment in together if moment)

    def graduate(self) -> None:
        """Nothing more is to be learnt: optimizers and gradients go, the networks stay."""
        for pupil in self.pupils:
            pupil.optimizer = None
            pupil.network.zero_grad(set_to_none=True)


def made(sizes: Sizes, rng_seed: int) -> TokenRNN:
    """A network with fresh weights that depend on the seed alone, whatever other visitors do at the same time.

    They are torch's own, as in a plain script. A smaller embedding, which suits the larger networks of the house, holds
    an LSTM back here: within five epochs it would not catch up with the RNN.
    """
    with seeded(rng_seed):
        return TokenRNN(sizes)


def _pupil(contest: Contest, cell: Cell) -> Pupil:
    network = made(contest.sizes(cell), contest.rng_seed)
    return Pupil(cell, network, torch.optim.Adam(network.parameters(), lr=contest.learning_rate))


def learning(contest: Contest, pupil: Pupil) -> Iterator[Moment]:
    """One entrant's moments: after every few batches the loss, after every epoch the scores."""
    windows = windows_of(contest, contest.parts[0])
    for epoch in range(contest.epochs):
        losses: list[float] = []
        batches = _batches(contest, len(windows), epoch)
        for done, chosen in enumerate(batches, 1):
            losses.append(_step(pupil, windows[chosen]))
            if len(losses) * contest.batch >= SLICE and done < len(batches):
                yield Moment(pupil.cell, epoch + done / len(batches), float(np.mean(losses)))
                losses = []
        learnt = score(pupil.network, contest, contest.parts[0])
        held_out = score(pupil.network, contest, contest.parts[1]) if contest.held_out else None
        yield Moment(pupil.cell, epoch + 1, float(np.mean(losses)), learnt, held_out)


def windows_of(contest: Contest, text: str) -> Tensor:
    """Every window of a text with the character after it: (windows, window + 1)."""
    ids = torch.tensor([contest.alphabet.index(character) for character in text])
    return ids.unfold(0, contest.window + 1, 1)


def _batches(contest: Contest, windows: int, epoch: int) -> list[Tensor]:
    order = np.random.default_rng([contest.rng_seed, epoch]).permutation(windows)[: contest.windows_per_epoch]
    return [torch.from_numpy(order[at : at + contest.batch]) for at in range(0, len(order), contest.batch)]


def _step(pupil: Pupil, windows: Tensor) -> float:
    """One step down the gradient on (batch, window + 1) characters; the mean loss before it, in nats."""
    if pupil.optimizer is None:
        raise ValueError("who has graduated learns no more")
    pupil.network.train()
    logits, _ = pupil.network.read(windows[:, :-1])  # (batch, window, characters)
    loss = functional.cross_entropy(logits.flatten(0, 1), windows[:, 1:].flatten())
    pupil.optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(pupil.network.parameters(), CLIP)
    pupil.optimizer.step()
    return float(loss.detach())


@torch.no_grad()
def score(network: TokenRNN, contest: Contest, text: str) -> Score:
    """How well the network foretells the windows of a text; of a long one, windows evenly spread over it."""
    network.eval()
    windows = windows_of(contest, text)
    starts = np.unique(np.linspace(0, len(windows) - 1, min(MOST_SCORED, len(windows))).round().astype(int))
    targets = windows[torch.from_numpy(starts), 1:]
    parts = [starts[at : at + READ_AT_ONCE] for at in range(0, len(starts), READ_AT_ONCE)]
    logits = torch.cat([network.read(windows[torch.from_numpy(part), :-1])[0] for part in parts])
    loss = functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
    right = (logits.argmax(-1) == targets).numpy()
    needed = np.array(distances(text, contest.window))[starts[:, None] + np.arange(1, contest.window + 1)]
    return Score(float(loss), float(right.mean()), tuple(right.mean(0).tolist()), *_by_distance(right, needed))


Rights = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
Needed = np.ndarray[tuple[int, ...], np.dtype[np.int_]]


def _by_distance(right: Rights, needed: Needed) -> tuple[tuple[tuple[int, float, int], ...], tuple[float, int]]:
    """Accuracy by what was needed, where the window had shown enough; and where it had not."""
    known = needed <= np.arange(1, right.shape[1] + 1)
    rows = tuple(
        (int(distance), float(right[places].mean()), int(places.sum()))
        for distance in np.unique(needed[known])
        for places in [known & (needed == distance)]
    )
    unseen = right[~known]
    return rows, (float(unseen.mean()) if unseen.size else 0.0, int(unseen.size))
