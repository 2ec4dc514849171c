"""Visitors' own chord models while they are used in Compose: by a mark, the latest few of all visitors."""

from __future__ import annotations

from collections import OrderedDict
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.checkpoint import Model

MOST = 32  # a class; each is a few hundred kilobytes when it was trained here, 25 MB when it was brought
_models: OrderedDict[str, Model] = OrderedDict()
_lock = Lock()


def keep(data: bytes, model: Model) -> str:
    """The mark of a checked model, for as long as not MOST others came after it."""
    mark = sha256(data).hexdigest()
    with _lock:
        _models[mark] = model
        _models.move_to_end(mark)
        while len(_models) > MOST:
            _models.popitem(last=False)
    return mark


def model(mark: str) -> Model | None:
    with _lock:
        return _models.get(mark)
