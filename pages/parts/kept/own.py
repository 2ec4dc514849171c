"""Visitors' own models while they are used on other pages: by a mark, the latest few of all visitors."""

from __future__ import annotations

from collections import OrderedDict
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, cast

from pages.parts.session.own import Page

if TYPE_CHECKING:
    from engine.checkpoint import Model
    from engine.notewriter import NoteModel
    from engine.recurrent.checkpoint import TokenModel

    AnyModel = Model | TokenModel | NoteModel

MOST = 32  # a class; each is a few hundred kilobytes
_models: OrderedDict[tuple[Page, str], AnyModel] = OrderedDict()
_lock = Lock()


def keep(page: Page, data: bytes, model: AnyModel) -> str:
    """The mark of a model for a page, for as long as not MOST others came after it."""
    mark = sha256(data).hexdigest()
    with _lock:
        _models[page, mark] = model
        _models.move_to_end((page, mark))
        while len(_models) > MOST:
            _models.popitem(last=False)
    return mark


def has(page: Page, mark: str) -> bool:
    with _lock:
        return (page, mark) in _models


def model(mark: str) -> Model | None:
    """The chord model of a mark."""
    return cast("Model | None", _held("compose", mark))


def tune_model(mark: str) -> TokenModel | None:
    return cast("TokenModel | None", _held("tunes", mark))


def note_model(mark: str) -> NoteModel | None:
    return cast("NoteModel | None", _held("notes", mark))


def _held(page: Page, mark: str) -> AnyModel | None:
    with _lock:
        return _models.get((page, mark))
