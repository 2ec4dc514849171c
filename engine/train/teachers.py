"""What trained models believe about each token of the training songs: soft targets (Hinton et al., 2015)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch

from engine.checkpoint import Model
from engine.corpus import Song
from engine.errors import BadConfig
from engine.train.batches import SoftTargets
from engine.vocab import BOS, Vocabulary
from engine.words import say


def soft_targets(teachers: Sequence[Model], songs: Sequence[Song], vocabulary: Vocabulary) -> SoftTargets | None:
    """The mean of the teachers' probabilities, per song (length, vocab); each hears the song from its beginning.

    None without teachers. Raises BadConfig when a teacher speaks another vocabulary.
    """
    if any(teacher.vocabulary != vocabulary for teacher in teachers):
        raise BadConfig(say("A teacher has another vocabulary than this corpus. Train it on the same data."))
    if not teachers:
        return None
    return [np.mean([_beliefs(teacher, song) for teacher in teachers], axis=0, dtype=np.float32) for song in songs]


def _beliefs(teacher: Model, song: Song) -> npt.NDArray[np.float32]:
    ids = torch.tensor([teacher.vocabulary.encode((BOS, *song[:-1]))])
    with torch.inference_mode():
        logits, _ = teacher.network.read(ids)
    probabilities: npt.NDArray[np.float32] = logits[0].softmax(-1).numpy()
    return probabilities
