"""The network in whole numbers: what a step multiplies and sums are small integers, so that it is quick and exact.

A hidden state lies between -1 and 1 and is read in steps of 1/127. A matrix's row is whole numbers from -63 to 63 times
a scale of its own; a table's column is whole numbers of 16 bits times a scale. The sums stay so small that floating
point holds them as they are: in whatever order they are taken, by whatever means, one sequence or several abreast, they
are the same to the bit. So the quicker of two ways may be taken: NumPy's product of floats, or torch's of integers of
eight bits, which takes a quarter of the time on processors that multiply them themselves.

Weights have seven bits, not eight: processors without such instructions add two products in sixteen bits, which would
overflow. Source: quantization with a scale per row, Jacob et al. (2018).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Event, local
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.cells import Array, Matrix, frozen, matrix
from engine.recurrent.plan import Ids

if TYPE_CHECKING:
    from torch import Tensor

WEIGHT_STEPS = 63
STATE_STEPS = np.float32(127)
WIDEST = 2**24 // (WEIGHT_STEPS * 127)  # hidden units whose sums floating point still holds exactly
TABLE_STEPS = 2**15 - 1
_TRIES, _ABREAST = 7, 8

_torch_is_here = Event()
_thread = local()  # `settled` where this thread may call torch


def prepare() -> None:
    """Loads torch (a second or two) for its products of integers. Till then NumPy multiplies, with the same results."""
    import torch  # noqa: F401

    _torch_is_here.set()


def settle() -> None:
    """Before a thread's steps: lets it use torch where that is loaded, on one core, as a step is too small to be shared
    out. A thread that was under way when torch came goes on without."""
    if _torch_is_here.is_set():
        import torch

        torch.set_num_threads(1)
        _thread.settled = True


@dataclass(frozen=True)
class QuantizedMatrix:
    """A product in whole numbers, of hidden states between -1 and 1."""

    whole: npt.NDArray[np.int8]  # (rows, hidden)
    scale: Array  # (rows,) of a product of whole numbers

    @property
    def height(self) -> int:
        return len(self.whole)

    def one(self, hidden: Array, out: Array) -> None:
        np.multiply(self._sums(hidden[None])[0], self.scale, out=out, dtype=np.float32, casting="unsafe")

    def many(self, hidden: Array) -> Array:
        product: Array = np.multiply(self._sums(hidden), self.scale, dtype=np.float32, casting="unsafe")
        return product

    def _sums(self, hidden: Array) -> npt.NDArray[np.int32] | Array:
        """(n, hidden) -> (n, rows) whole numbers."""
        whole = np.rint(hidden * STATE_STEPS)
        if getattr(_thread, "settled", False) and self._integers_are_quicker[len(hidden) > 1]:
            return self._by_integers(whole)
        return self._by_floats(whole)

    def _by_floats(self, whole: Array) -> Array:
        sums: Array = whole @ self._floats.turned if len(whole) == 1 else self._floats.many(whole)
        return sums

    def _by_integers(self, whole: Array) -> npt.NDArray[np.int32]:
        import torch

        single, several = self._tensors
        sums: npt.NDArray[np.int32] = torch._int_mm(
            torch.from_numpy(whole.astype(np.int8)), single if len(whole) == 1 else several
        ).numpy()
        return sums

    @cached_property
    def _floats(self) -> Matrix:
        return matrix(self.whole)

    @cached_property
    def _tensors(self) -> tuple[Tensor, Tensor]:
        """(hidden, rows) twice, laid out as a product with one row and with several is quickest."""
        import torch

        whole = torch.tensor(self.whole)
        return whole.t(), whole.t().contiguous()

    @cached_property
    def _integers_are_quicker(self) -> tuple[bool, bool]:
        """For one sequence and for several, on this machine."""
        return self._duel(1), self._duel(_ABREAST)

    def _duel(self, n: int) -> bool:
        whole = np.ones((n, self.whole.shape[1]), dtype=np.float32)
        return _quickest(lambda: self._by_integers(whole)) < _quickest(lambda: self._by_floats(whole))


@dataclass(frozen=True, slots=True)
class FixedTable:
    """A table of which rows are summed, in fixed point."""

    whole: npt.NDArray[np.int16]  # (rows, width)
    scale: Array  # (width,)

    def summed(self, rows: Ids) -> Array:
        if len(rows) == 1:
            whole = np.add.reduce(self.whole.take(rows[0], axis=0), axis=0, dtype=np.int16)[None]
        else:
            whole = self.whole.take(rows[:, 0], axis=0)
            for column in rows.T[1:]:
                whole += self.whole.take(column, axis=0)
        summed: Array = whole * self.scale
        return summed


def _quickest(work: Callable[[], object]) -> float:
    """Seconds of the quickest of a few tries; the first, which lays things out, does not count."""
    work()
    spent = []
    for _ in range(_TRIES):
        start = perf_counter()
        work()
        spent.append(perf_counter() - start)
    return min(spent)


def quantized_matrix(rows: Array) -> QuantizedMatrix:
    """The nearest such product. Raises ValueError for more hidden units than can be summed exactly."""
    if rows.shape[1] > WIDEST:
        raise ValueError(f"{rows.shape[1]} hidden units are more than {WIDEST}")
    step = np.abs(rows).max(axis=1, initial=0) / np.float32(WEIGHT_STEPS)
    whole = np.rint(rows / np.where(step, step, 1)[:, None]).astype(np.int8)
    whole.setflags(write=False)
    return QuantizedMatrix(whole, frozen(step / STATE_STEPS))


def fixed_table(blocks: Sequence[Array]) -> FixedTable:
    """The nearest such table, of blocks of rows (values, width), of each of which one row goes into every sum."""
    largest = sum(np.abs(block).max(axis=0) for block in blocks)
    step = (largest / (TABLE_STEPS - len(blocks))).astype(np.float32)  # each rounding may add a half
    whole = np.rint(np.concatenate(blocks) / np.where(step, step, 1)).astype(np.int16)
    whole.setflags(write=False)
    return FixedTable(whole, frozen(step))
