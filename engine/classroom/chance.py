"""Torch's one generator of chance, for one at a time.

First weights and dropout draw from a generator that the whole process shares. Whoever needs the same numbers every time
has it alone meanwhile, and leaves it as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import torch

_alone = Lock()


@contextmanager
def seeded(rng_seed: int) -> Iterator[None]:
    """Draws within depend on the seed alone, whatever other visitors do at the same time."""
    with _alone, torch.random.fork_rng(devices=[]):
        torch.manual_seed(rng_seed)
        yield
