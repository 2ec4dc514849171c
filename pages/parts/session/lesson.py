"""What a teacher's link takes off a page, so that a class sees only what the lesson is about."""

from __future__ import annotations

from collections.abc import Mapping

from pages.parts.session.desk import Desk

PARTS = ("bar", "exchange", "views", "handouts")  # all but the last of Compose, whose cards and pads always stay


def read(entries: Mapping[str, str]) -> frozenset[str]:
    return frozenset(entries.get("hide", "").split(".")) & frozenset(PARTS)


def write(hidden: frozenset[str]) -> dict[str, str]:
    return {"hide": ".".join(part for part in PARTS if part in hidden)} if hidden else {}


DESK: Desk[frozenset[str]] = Desk("lesson", read, write)
