"""Bodies that are too long or too slow are refused before anything reads them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from engine.api.refusals import Refused, answered
from engine.words import say

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 64 * 1024  # bytes: the longest form, every character escaped
PATIENCE = 10.0  # seconds for a whole body to arrive


class BodyLimit:
    """Refuses by Content-Length at once, and without one as soon as too much has come; else hands the body on whole."""

    def __init__(self, app: ASGIApp, largest: int = LARGEST_BODY, patience: float = PATIENCE) -> None:
        self._app = app
        self._largest = largest
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            self._check_announced(scope)
            async with asyncio.timeout(self._patience):
                body = await self._read(receive)
        except (Refused, TimeoutError) as problem:
            refused = problem if isinstance(problem, Refused) else _too_slow(self._patience)
            await answered(refused, {"Connection": "close"})(scope, receive, send)
        else:
            await self._app(scope, _replayed(body, receive), send)

    def _check_announced(self, scope: Scope) -> None:
        for name, value in scope["headers"]:
            if name.lower() == b"content-length" and (not value.isdigit() or self._is_too_long(value)):
                raise self._too_long(value.decode("latin-1"))

    def _is_too_long(self, announced: bytes) -> bool:
        """By the number of digits first: nobody converts a number of thousands of them."""
        digits = announced.lstrip(b"0")
        return len(digits) > 12 or int(digits or b"0") > self._largest

    async def _read(self, receive: Receive) -> bytes:
        body = bytearray()
        while True:
            message = await receive()
            body += message.get("body", b"")
            if len(body) > self._largest:
                raise self._too_long(f"> {self._largest}")
            if message["type"] != "http.request" or not message.get("more_body", False):
                return bytes(body)

    def _too_long(self, given: str) -> Refused:
        error = say("The body is too long; the longest is {most} bytes.", most=self._largest)
        return Refused(413, error, given, say("at most {most} bytes", most=self._largest))


def _too_slow(patience: float) -> Refused:
    error = say("The body did not arrive within {seconds} seconds.", seconds=f"{patience:g}")
    return Refused(408, error, "", say("a body that is sent at once"))


def _replayed(body: bytes, receive: Receive) -> Receive:
    """The body as one message, then what comes after it (that the other side has left)."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return pending.pop() if pending else await receive()

    return again
