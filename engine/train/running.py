"""What changes while a network is trained, one step down the gradient, and how a run that was broken off goes on.

One-cycle schedule (Smith & Topin, 2019), clipped gradients; the weights kept are a running mean over the steps (Polyak
& Juditsky, 1992).
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import torch
from torch import Tensor, nn

BEST_FILE, LAST_FILE = "best.pt", "last.pt"

Network = TypeVar("Network", bound=nn.Module)


class Rates(Protocol):
    """What a plan says of its steps."""

    @property
    def peak_rate(self) -> float: ...
    @property
    def weight_decay(self) -> float: ...
    @property
    def clip(self) -> float: ...
    @property
    def averaging(self) -> float: ...


@dataclass
class Run(Generic[Network]):
    """What changes during training. `mean` is the network whose weights are kept."""

    network: Network
    mean: Network
    optimizer: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler
    steps: int = 0

    def descend(self, loss: Tensor, rates: Rates) -> None:
        """One step down the gradient of a loss."""
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), rates.clip)
        self.optimizer.step()
        self.schedule.step()
        self.steps += 1
        self._average(rates.averaging)

    def _average(self, kept: float) -> None:
        """The running mean, quicker at first so that the random start is soon forgotten."""
        share = 1 - min(kept, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            for mean, weight in zip(self.mean.parameters(), self.network.parameters(), strict=True):
                mean.lerp_(weight, share)

    def keep(self, folder: Path, marks: Mapping[str, object], epochs: int, best: bool) -> None:
        """Leaves `last.pt` to go on from, and the mean's weights as `best.pt` when they are. `marks` tell the run."""
        if best:
            torch.save(self.mean.state_dict(), folder / BEST_FILE)
        state = {
            "steps": self.steps,
            "network": self.network.state_dict(),
            "mean": self.mean.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "random": torch.get_rng_state(),
        }
        torch.save({"epochs": epochs} | dict(marks) | state, folder / LAST_FILE)

    def resume(self, folder: Path, marks: Mapping[str, object]) -> int:
        """Goes on where a run of the same marks was left: the epochs it has had. 0 when there is none, or another."""
        if not (folder / LAST_FILE).is_file():
            return 0
        saved: dict[str, Any] = torch.load(folder / LAST_FILE, map_location="cpu", weights_only=True)
        if any(saved.get(name) != mark for name, mark in marks.items()):
            return 0
        self.steps = saved["steps"]
        for name in ("network", "mean", "optimizer", "schedule"):
            getattr(self, name).load_state_dict(saved[name])
        torch.set_rng_state(saved["random"])
        return int(saved["epochs"])


def started(network: Network, rates: Rates, steps: int) -> Run[Network]:
    """A run before its first of so many steps."""
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=rates.peak_rate, weight_decay=rates.weight_decay, betas=(0.9, 0.98)
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, rates.peak_rate, total_steps=steps + 1, pct_start=0.2, final_div_factor=100
    )
    return Run(network, copy.deepcopy(network).eval(), optimizer, schedule)
