"""Most tests of Notes write with a small network of chance weights: tested is the page, whatever the notes are."""

from __future__ import annotations

import pytest

from pages.parts.kept import notes as kept
from pages.parts.notes import roll
from pages.parts.session.notes import Stand
from tests.pages.notes.common import Laid, chance_model


@pytest.fixture(autouse=True)
def models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_model", chance_model)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Laid:
    laid = Laid(Stand())
    monkeypatch.setattr(roll, "DESK", laid)
    return laid
