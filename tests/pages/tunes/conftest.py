"""Tests of the page Tunes do not wait for the network: what is written stands in the script."""

from __future__ import annotations

import pytest

from engine.tunewriter import likeness
from pages.parts.kept import tunes as kept
from tests.pages.tunes.common import closest_of, scripted


@pytest.fixture(autouse=True)
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """No checkpoint, no corpus: the scripted writer, for which every tune is new but those on E."""
    monkeypatch.setattr(kept, "stream", scripted)
    monkeypatch.setattr(kept, "model", lambda: None)
    monkeypatch.setattr(likeness, "closest", closest_of)
    kept.near.cache_clear()
