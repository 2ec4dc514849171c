"""The training loop: batches by the plan's mode, one-cycle schedule, clipped gradients, averaged weights, early
stopping, resume.

The weights kept are a running mean over the steps (Polyak & Juditsky, 1992) where the plan asks for it. Every random
source is derived from (seed, epoch), so a run that was broken off and resumed ends with the same weights as one that
was not.
"""

from __future__ import annotations

import copy
import hashlib
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.recurrent.batches import Batch, batch_of, layout, texts_of
from engine.recurrent.curves import Curves, Epoch
from engine.recurrent.evaluation import Evaluation, evaluate, pieces_of
from engine.recurrent.network import State, TokenRNN, initialised
from engine.recurrent.plan import Lesson, Plan

__all__ = ["Epoch", "Evaluation", "Lesson", "Plan", "evaluate", "loss_of", "rate_at", "train"]

Report = Callable[[str], None]
Augment = Callable[[Lesson, np.random.Generator], Lesson]

WARM_UP = 0.2  # share of a one-cycle run in which the rate rises
FIRST_PART, LAST_PART = 1 / 25, 1 / 2500  # of the peak rate, where the cycle begins and ends (Smith & Topin, 2017)
VALIDATION_PIECE = 2048  # tokens; a text that is one long lesson is validated in pieces side by side, which is faster
REPORT_SECONDS = 2.0  # between two progress lines


@dataclass
class Run:
    """What changes during training. `mean` is the network whose weights are kept; without averaging the same one."""

    network: TokenRNN
    mean: TokenRNN
    optimizer: torch.optim.Optimizer
    steps: int = 0

    def state(self) -> dict[str, Any]:
        return {
            "steps": self.steps,
            "network": self.network.state_dict(),
            "mean": self.mean.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.steps = state["steps"]
        self.network.load_state_dict(state["network"])
        self.mean.load_state_dict(state["mean"])
        self.optimizer.load_state_dict(state["optimizer"])


@dataclass(frozen=True, slots=True)
class Work:
    """What a run is asked to do, unchanged from its first to its last step."""

    lessons: Sequence[Lesson]
    validation: Sequence[Lesson]
    plan: Plan
    report: Report
    should_stop: Callable[[], bool]
    augment: Augment | None
    device: str

    def texts(self, random: np.random.Generator) -> list[Lesson]:
        """The lessons of one epoch."""
        augment = self.augment
        return [augment(lesson, random) for lesson in self.lessons] if augment else list(self.lessons)


class Stopped(Exception):
    """The run was asked to stop in the midst of an epoch."""


def train(  # noqa: PLR0917
    lessons: Sequence[Lesson], validation: Sequence[Lesson], plan: Plan, vocab_size: int, folder: Path, report: Report,
    *, on_epoch: Callable[[Epoch], None] | None = None, should_stop: Callable[[], bool] = lambda: False,
    augment: Augment | None = None, device: str = "cpu",
) -> TokenRNN:  # fmt: skip
    """Trains on lessons and stops by the validation lessons; the best network, on the CPU in evaluation mode.

    Leaves `curves.jsonl`, `curves.csv`, `best.pt` (weights) and `last.pt` (to resume from) in `folder`; a run of the
    same plan on the same lessons found there is taken up after its last whole epoch. `augment` gives the lessons of
    each epoch. `should_stop` is asked after every step; the epoch it ends is not kept, and the best before it is given
    back, or the network as it is when there is none. Raises ValueError without lessons.
    """
    if not lessons or not validation:
        raise ValueError("training needs lessons to learn from and lessons to be judged by")
    folder.mkdir(parents=True, exist_ok=True)
    work = Work(lessons, _cut(validation, plan), plan, report, should_stop, augment, device)
    run, curves = _started(plan, vocab_size, device), Curves(folder)
    mark = _mark(plan, vocab_size, lessons)
    epochs = _resumed(run, folder, curves, mark)
    for number in range(len(epochs), plan.epochs):
        if _is_exhausted(epochs, plan.patience):
            report(f"stopped: no better validation loss in {plan.patience} epochs\n")
            break
        try:
            epochs = (*epochs, _epoch(run, work, number))
        except Stopped:
            report("\nstopped when asked\n")
            break
        _keep(run, folder, curves, epochs, mark)
        if on_epoch:
            on_epoch(epochs[-1])
    return _best(run, folder if epochs else None)


def loss_of(network: TokenRNN, batch: Batch, state: State | None, label_smoothing: float = 0.0
            ) -> tuple[Tensor, Tensor, State]:  # fmt: skip
    """Mean loss in nats per token, which tokens were foretold (tokens that count,), the state after.

    What does not count goes no further than the recurrent layers, which read it after all that counts.
    """
    hidden, state = network.hidden(batch.ids, batch.features, state)
    counts = batch.weights > 0
    beside = None if batch.features is None else batch.features[counts]
    logits = network.score(hidden[counts], batch.ids[counts], beside)
    targets, weights = batch.targets[counts], batch.weights[counts]
    costs = functional.cross_entropy(logits.float(), targets, reduction="none", label_smoothing=label_smoothing)
    return (costs * weights).sum() / weights.sum(), logits.detach().argmax(-1) == targets, state


def rate_at(plan: Plan, progress: float) -> float:
    """The learning rate after a share of the run: constant, or up and down in cosines (Smith & Topin, 2017).

    >>> plan = Plan(peak_rate=0.1)
    >>> [round(rate_at(plan, share), 5) for share in (0, 0.1, 0.2, 0.6, 1)]
    [0.004, 0.052, 0.1, 0.05002, 4e-05]
    """
    if plan.schedule == "constant":
        return plan.peak_rate
    if progress < WARM_UP:
        low, share = FIRST_PART, 1 - progress / WARM_UP
    else:
        low, share = LAST_PART, (progress - WARM_UP) / (1 - WARM_UP)
    return plan.peak_rate * (low + (1 - low) * (1 + math.cos(math.pi * share)) / 2)


def _started(plan: Plan, vocab_size: int, device: str) -> Run:
    network = initialised(plan.sizes(vocab_size), plan.rng_seed).to(device)
    decayed = [weight for weight in network.parameters() if weight.ndim > 1]
    biases = [weight for weight in network.parameters() if weight.ndim == 1]
    groups = [{"params": decayed, "weight_decay": plan.weight_decay}, {"params": biases, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=plan.peak_rate, betas=(0.9, 0.98), fused=True)
    return Run(network, copy.deepcopy(network).eval() if plan.averaging else network, optimizer)


def _epoch(run: Run, work: Work, number: int) -> Epoch:
    began = time.perf_counter()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_seed(work.plan, number))  # dropout draws from the global generator
        loss, accuracy, tokens = _lesson_time(run, work, number)
    learned = time.perf_counter() - began
    judged = evaluate(run.mean, work.validation)
    rate = float(run.optimizer.param_groups[0]["lr"])
    seconds = round(time.perf_counter() - began, 1)
    work.report(f" validation {judged.loss:.4f} nats, top-1 {judged.accuracy:.4f}, {seconds} s\n")
    speed = round(tokens / learned, 1)
    return Epoch(number + 1, loss, accuracy, judged.loss, judged.accuracy, rate, seconds, speed)


def _lesson_time(run: Run, work: Work, number: int) -> tuple[float, float, int]:
    """One epoch of steps: training loss, accuracy, tokens. Raises Stopped."""
    plan = work.plan
    random = np.random.default_rng([plan.rng_seed, number])
    texts = texts_of(work.texts(random), plan)
    batches = layout(texts, plan, random)
    state: State | None = None
    loss, hits, tokens = 0.0, 0, 0
    began = said = time.perf_counter()
    for done, spans in enumerate(batches, start=1):
        batch = batch_of(spans, texts, only_last=plan.only_last).to(work.device)
        rate = rate_at(plan, (number + (done - 1) / len(batches)) / plan.epochs)
        cost, right, state = _step(run, batch, state if plan.mode == "stream" else None, plan, rate)
        loss, hits, tokens = loss + cost * len(right), hits + int(right.sum()), tokens + len(right)
        now = time.perf_counter()
        if now - said > REPORT_SECONDS or done == len(batches):
            said, head = now, f"\repoch {number + 1}/{plan.epochs}  batch {done}/{len(batches)}"
            work.report(f"{head}  loss {loss / tokens:.4f}  {tokens / (now - began):.0f} tokens/s ")
        if work.should_stop():
            raise Stopped
    return loss / tokens, hits / tokens, tokens


def _step(run: Run, batch: Batch, state: State | None, plan: Plan, rate: float) -> tuple[float, Tensor, State]:
    """One step down the gradient: its loss, which tokens were foretold, the state after without its history."""
    run.network.train()
    for group in run.optimizer.param_groups:
        group["lr"] = rate
    with torch.autocast(batch.ids.device.type, torch.bfloat16, enabled=plan.precision == "bfloat16"):
        loss, right, after = loss_of(run.network, batch, state, plan.label_smoothing)
    run.optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(run.network.parameters(), plan.clip, foreach=True)
    run.optimizer.step()
    run.steps += 1
    if plan.averaging:
        _average(run, plan.averaging)
    return float(loss.detach()), right, _detached(after)


def _detached(state: State) -> State:
    return state.detach() if isinstance(state, Tensor) else (state[0].detach(), state[1].detach())


def _average(run: Run, kept: float) -> None:
    """The running mean, quicker at first so that the random start is soon forgotten."""
    share = 1 - min(kept, (1 + run.steps) / (10 + run.steps))
    with torch.no_grad():
        torch._foreach_lerp_(list(run.mean.parameters()), list(run.network.parameters()), share)


def _cut(validation: Sequence[Lesson], plan: Plan) -> Sequence[Lesson]:
    if plan.mode == "whole":
        return validation
    return [piece for lesson in validation for piece in pieces_of(lesson, VALIDATION_PIECE)]


def _seed(plan: Plan, epoch: int) -> int:
    return plan.rng_seed * 1000 + epoch


def _is_exhausted(epochs: tuple[Epoch, ...], patience: int) -> bool:
    losses = [epoch.validation_loss for epoch in epochs]
    return len(losses) - 1 - losses.index(min(losses)) >= patience if losses else False


def _mark(plan: Plan, vocab_size: int, lessons: Sequence[Lesson]) -> dict[str, Any]:
    """What two runs must have in common for one to be the other's beginning."""
    digest = hashlib.sha256()
    for lesson in lessons:
        for part in (lesson.ids, lesson.features):
            digest.update(b"" if part is None else part.astype(np.int64).tobytes())
    return {"plan": asdict(plan), "vocab_size": vocab_size, "lessons": digest.hexdigest()}


def _keep(run: Run, folder: Path, curves: Curves, epochs: tuple[Epoch, ...], mark: dict[str, Any]) -> None:
    curves.write(epochs)
    if epochs[-1].validation_loss == min(epoch.validation_loss for epoch in epochs):
        _save(run.mean.state_dict(), folder / "best.pt")
    _save({"mark": mark, "epochs": len(epochs)} | run.state(), folder / "last.pt")


def _save(what: dict[str, Any], path: Path) -> None:
    """Written beside and moved, so that a run cut off here leaves the file before it whole."""
    beside = path.with_suffix(".part")
    torch.save(what, beside)
    beside.replace(path)


def _resumed(run: Run, folder: Path, curves: Curves, mark: dict[str, Any]) -> tuple[Epoch, ...]:
    """Takes up the same run where it was left; any other run in the folder begins anew."""
    if not (folder / "last.pt").is_file():
        return ()
    saved = torch.load(folder / "last.pt", map_location="cpu", weights_only=True)
    if saved["mark"] != mark:
        return ()
    run.restore(saved)
    return curves.read()[: saved["epochs"]]


def _best(run: Run, folder: Path | None) -> TokenRNN:
    """The weights kept in a run's folder, or those that it has now."""
    network = copy.deepcopy(run.mean).cpu()
    if folder:
        network.load_state_dict(torch.load(folder / "best.pt", map_location="cpu", weights_only=True))
    return network.eval()
