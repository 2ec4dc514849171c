"""The chord network with a memory of the song, for training: whole songs at once, in torch.

Conventions: a batch is a rectangle of ids (songs, time); `places` picks the places (flat) whose next chord is
predicted, and every pair of such a place and an earlier one of its song is a candidate. `engine.memory.pointer`
computes the same for one place in NumPy (tested to agree).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.architecture import Architecture
from engine.memory.recall import PAIR_FEATURES, SONG_FEATURES
from engine.memory.sizes import BELIEFS, GATE, HEAD_SIZE, HEADS, HIDDEN, INNER, SUMMARY
from engine.networks import initialised

FORGETTING = 0.15  # dropout within the memory


@dataclass(frozen=True, slots=True)
class Lesson:
    """Songs laid out: P places to predict, C candidates in all."""

    ids: Tensor  # (songs, time)
    places: Tensor  # (P,) flat indices into ids
    targets: Tensor  # (P,) ids
    song: Tensor  # (P, SONG_FEATURES)
    pairs: Tensor  # (C, PAIR_FEATURES)
    now: Tensor  # (C,) which of the P places
    then: Tensor  # (C,) flat index into ids of the candidate
    followers: Tensor  # (C,) id that followed the candidate
    soft: Tensor | None = None  # (P, vocab) teachers' probabilities


class Memory(nn.Module):
    """Scores of candidates and of the network's own belief."""

    def __init__(self, hidden_size: int) -> None:
        super().__init__()
        row = SONG_FEATURES + BELIEFS + SUMMARY
        self.summary = nn.Linear(hidden_size, SUMMARY)
        self.query = nn.Linear(hidden_size, HEADS * HEAD_SIZE)
        self.key = nn.Linear(hidden_size, HEADS * HEAD_SIZE)
        self.pair = nn.Linear(PAIR_FEATURES + BELIEFS + HEADS, HIDDEN, bias=False)
        self.song = nn.Linear(row, HIDDEN)
        self.inner = nn.Linear(HIDDEN, INNER)
        self.score = nn.Linear(INNER, 1)
        self.gate = nn.Linear(row, GATE)
        self.opening = nn.Linear(GATE, 1)
        self.dropout = nn.Dropout(FORGETTING)

    def forward(self, hidden: Tensor, believed: Tensor, lesson: Lesson) -> Tensor:
        """Logarithms of the mixture, (P, vocab).

        `hidden` (songs * time, hidden size), `believed` (P, vocab) the network's logarithms. The memory weighs that
        belief but does not teach it: it is cut from the gradient where it is only looked at.
        """
        here, seen = hidden[lesson.places], believed.detach()
        top = seen.max(-1, keepdim=True).values
        entropy = -(seen.exp() * seen).sum(-1, keepdim=True)
        now = torch.cat([lesson.song, entropy, top, torch.tanh(self.summary(here))], -1)
        opening = self.opening(self.dropout(functional.relu(self.gate(now)))).squeeze(1)
        scores = self._scores(hidden, here, seen, now, lesson)
        highest = (opening + top.squeeze(1)).detach().scatter_reduce(0, lesson.now, scores.detach(), "amax")
        places, vocab = believed.shape
        weights = torch.exp(scores - highest[lesson.now])
        mass = torch.zeros(places * vocab, device=scores.device)
        mass = mass.index_add(0, lesson.now * vocab + lesson.followers, weights).view(places, vocab)
        mass = mass + torch.exp(believed + (opening - highest)[:, None])
        return torch.log(mass.clamp_min(1e-30)) - torch.log(mass.sum(-1, keepdim=True))

    def _scores(self, hidden: Tensor, here: Tensor, seen: Tensor, now: Tensor, lesson: Lesson) -> Tensor:
        query = self.query(here)[lesson.now].view(-1, HEADS, HEAD_SIZE)
        key = self.key(hidden)[lesson.then].view(-1, HEADS, HEAD_SIZE)
        likeness = (query * key).sum(-1) / HEAD_SIZE**0.5
        belief = seen[lesson.now, lesson.followers].unsqueeze(1)
        top = seen.max(-1, keepdim=True).values
        inputs = torch.cat([lesson.pairs, belief, belief - top[lesson.now], likeness], -1)
        layer = functional.relu(self.pair(inputs) + self.song(now)[lesson.now])
        scores: Tensor = self.score(functional.relu(self.inner(self.dropout(layer)))).squeeze(1)
        return scores


class RememberingLSTM(nn.Module):
    """A ChordLSTM and its memory, trained together."""

    def __init__(self, architecture: Architecture, rng_seed: int) -> None:
        super().__init__()
        self.chords = initialised(architecture, rng_seed)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(rng_seed)
            self.memory = Memory(architecture.hidden_size)

    def forward(self, lesson: Lesson, input_dropout: float = 0.0) -> tuple[Tensor, Tensor]:
        """Logarithms of the mixture and of the network alone, both (P, vocab)."""
        embedded = functional.dropout(self.chords.emb(lesson.ids), input_dropout, self.training)
        hidden = self.chords.dropout(self.chords.rnn(embedded)[0]).flatten(0, 1)
        believed = self._believed(hidden[lesson.places])
        return self.memory(hidden, believed, lesson), believed

    def _believed(self, hidden: Tensor) -> Tensor:
        projected = hidden if self.chords.proj is None else self.chords.proj(hidden)
        output = self.chords.decoder if self.chords.architecture.tie_weights else self.chords.fc
        logarithms: Tensor = output(projected).log_softmax(-1)
        return logarithms
