"""Songs cut into crops, crops laid into batches, inputs and targets shifted by one.

A crop that begins a song is preceded by 1 to `seq_len` `<bos>`, the padding of short contexts. A bare crop begins in
the middle with the token before it, as a window does. Padding on the right never counts in the loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.train.plan import Plan
from engine.vocab import Vocabulary

IGNORED = -100  # a target that never counts in the loss (torch's default)

SoftTargets = Sequence[npt.NDArray[np.float32]]  # per song (length, vocab): a teacher's probabilities at each token


@dataclass(frozen=True, slots=True)
class Crop:
    """A stretch of one song: `padding` times `<bos>`, then song[start:end]."""

    song: int
    start: int
    end: int
    padding: int

    @property
    def length(self) -> int:
        return self.padding + self.end - self.start

    @property
    def first_target(self) -> int:
        """Place in the padded crop of the first token that is predicted: what stands first only gives context."""
        return max(self.padding, 1)


@dataclass(frozen=True, slots=True)
class Batch:
    """Ids and targets (batch, time), targets IGNORED where nothing counts; teachers' (batch, time, vocab) or None."""

    ids: Tensor
    targets: Tensor
    soft: Tensor | None = None


def crops_of(lengths: Sequence[int], plan: Plan, random: np.random.Generator) -> list[Crop]:
    """Songs cut into crops so that every token is a target exactly once."""
    crops = []
    for song, length in enumerate(lengths):
        start = 0
        while start < length:
            end = min(length, start + int(random.integers(plan.crop_min, plan.crop_max + 1)))
            begins = start == 0 or random.random() < plan.phrase_start_share
            padding = int(random.integers(1, plan.seq_len + 1)) if begins else 0
            crops.append(Crop(song, start if begins else start - 1, end, padding))
            start = end
    return crops


def batched(crops: Sequence[Crop], size: int, random: np.random.Generator) -> list[list[Crop]]:
    """Crops of like length together, so that little is padded; the batches in random order."""
    order = np.argsort([crop.length + 4 * random.random() for crop in crops], kind="stable")
    batches = [[crops[i] for i in order[at : at + size]] for at in range(0, len(order), size)]
    return [batches[i] for i in random.permutation(len(batches))]


def batch_of(
    crops: Sequence[Crop], songs: Sequence[Sequence[int]], vocabulary: Vocabulary, soft: SoftTargets | None = None
) -> Batch:
    """Inputs, and the same shifted by one: the target at t is the token after the input at t."""
    longest = max(crop.length for crop in crops) - 1
    ids = torch.full((len(crops), longest), vocabulary.start)
    targets = torch.full((len(crops), longest), IGNORED)
    taught = None if soft is None else torch.zeros(len(crops), longest, len(vocabulary))
    for row, crop in enumerate(crops):
        tokens = torch.tensor([vocabulary.start] * crop.padding + list(songs[crop.song][crop.start : crop.end]))
        counted = slice(crop.first_target - 1, crop.length - 1)
        ids[row, : crop.length - 1] = tokens[:-1]
        targets[row, counted] = tokens[crop.first_target :]
        if taught is not None and soft is not None:
            first = crop.start + crop.first_target - crop.padding
            taught[row, counted] = torch.from_numpy(soft[crop.song][first : crop.end])
    return Batch(ids, targets, taught)


def with_unknowns(batch: Batch, share: float, unknown: int, generator: torch.Generator) -> Batch:
    """The batch with a share of its inputs hidden behind `<unk>`; targets stay."""
    hidden = torch.rand(batch.ids.shape, generator=generator) < share
    return Batch(torch.where(hidden, unknown, batch.ids), batch.targets, batch.soft)
