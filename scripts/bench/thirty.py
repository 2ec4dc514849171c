"""A class on one machine: thirty visitors step through the classroom, alone and while two trainings run beside them.

Every visitor is a connection as a browser makes it, with a network of his own, pressing a button every few seconds;
what is measured is the time from the press until it is answered whole. A press that fails ends the run.
`python -m scripts.bench thirty`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from random import Random
from statistics import median, quantiles

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from scripts.bench.browser import running_app
from scripts.bench.timing import Row

VISITORS = 30
PRESSES = 12  # of each visitor
EVERY = 3.0  # seconds between two presses of one visitor, about
STEP = "epoch_1"
LONG = "train.width=256&train.layers=3&train.epochs=30"  # a training that lasts as long as the class steps
LARGEST = 2**26  # bytes of one message
ANSWERED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


class Visitor:
    """One connection to one page."""

    def __init__(self, address: str, page: str, query: str = "") -> None:
        self._url = address.replace("http://", "ws://") + "/_stcore/stream"
        self._origin, self._page, self._query = address, page, query
        self._buttons: dict[str, tuple[str, str]] = {}  # key -> id, and that of the part of the page that it stands in
        self._line: ClientConnection | None = None

    async def open(self) -> float:
        """Seconds until the page was there."""
        self._line = await connect(
            self._url,
            origin=Origin(self._origin),
            subprotocols=[Subprotocol("streamlit")],
            max_size=LARGEST,
            open_timeout=60,
        )
        return await self._run([])

    async def press(self, key: str) -> float:
        """Seconds until a press on the button `key` was answered."""
        button, part = self._buttons[key]
        return await self._run([WidgetState(id=button, trigger_value=True)], part)

    async def listen(self) -> None:
        """Takes what the page sends by itself, until the visitor leaves."""
        assert self._line is not None
        async for _ in self._line:
            continue

    async def close(self) -> None:
        if self._line is not None:
            await self._line.close()

    async def _run(self, pressed: list[WidgetState], part: str = "") -> float:
        assert self._line is not None
        message = BackMsg()
        message.rerun_script.query_string = self._query
        message.rerun_script.page_name = self._page
        message.rerun_script.fragment_id = part
        message.rerun_script.widget_states.widgets.extend(pressed)
        began = time.perf_counter()
        await self._line.send(message.SerializeToString())
        while True:
            told = ForwardMsg()
            told.ParseFromString(await self._line.recv())
            self._learn(told)
            if told.WhichOneof("type") == "script_finished":
                if told.script_finished not in ANSWERED:
                    raise SystemExit(f"thirty: the page {self._page} ended with {told.script_finished}")
                return time.perf_counter() - began

    def _learn(self, told: ForwardMsg) -> None:
        """Remembers the buttons that the page draws, and stops at an error on it."""
        if told.WhichOneof("type") != "delta":
            return
        element = told.delta.new_element
        if element.WhichOneof("type") == "exception":
            raise SystemExit(f"thirty: {element.exception.message}")
        if element.WhichOneof("type") == "button":
            self._buttons[element.button.id.split("-", 2)[-1]] = element.button.id, told.delta.fragment_id


def rows() -> Iterator[Row]:
    with running_app() as address:
        alone, beside = asyncio.run(_class(address))
    for what, times in (("alone", alone), ("while two trainings run", beside)):
        yield Row(f"thirty visitors stepping, {what}: median", median(times))
        yield Row(f"thirty visitors stepping, {what}: 95 of 100 within", quantiles(times, n=20)[-1])
        yield Row(f"thirty visitors stepping, {what}: longest of {len(times)}", max(times))


async def _class(address: str) -> tuple[list[float], list[float]]:
    """The times of all presses, first without trainings, then with two."""
    visitors = [Visitor(address, "classroom", f"class.seed={own}") for own in range(1, VISITORS + 1)]
    for visitor in visitors:
        await visitor.open()
        await visitor.press(STEP)  # the first one loads what the page needs
    alone = await _stepping(visitors)
    trainers = [Visitor(address, "workshop", LONG) for _ in range(2)]
    for trainer in trainers:
        await trainer.open()
        await trainer.press("train_enter")
    listening = [asyncio.create_task(trainer.listen()) for trainer in trainers]
    beside = await _stepping(visitors)
    for visitor in (*visitors, *trainers):
        await visitor.close()
    await asyncio.gather(*listening)
    return alone, beside


async def _stepping(visitors: list[Visitor]) -> list[float]:
    """Everybody presses at moments of his own."""
    random = Random(1)
    turns = [asyncio.create_task(_steps(visitor, random.random() * EVERY)) for visitor in visitors]
    return [seconds for times in await asyncio.gather(*turns) for seconds in times]


async def _steps(visitor: Visitor, first: float) -> list[float]:
    times = []
    await asyncio.sleep(first)
    for _ in range(PRESSES):
        times.append(await visitor.press(STEP))
        await asyncio.sleep(max(0.0, EVERY - times[-1]))
    return times
