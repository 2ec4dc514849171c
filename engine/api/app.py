"""The addresses, put together: `create()` gives an ASGI application for any server, or to mount in another."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from engine.api import answers
from engine.api.forms import (
    ContinueAnswer,
    ContinueForm,
    HealthAnswer,
    ModelsAnswer,
    RefusalAnswer,
    SuggestAnswer,
    SuggestForm,
    TranscribeAnswer,
    TranscribeForm,
)
from engine.api.limits import BodyLimit
from engine.api.refusals import register

ABOUT = (
    "Find the next chord. Stateless: identical input gives identical output. Errors say what was given and expected."
)
REFUSALS: dict[int | str, dict[str, Any]] = {status: {"model": RefusalAnswer} for status in (400, 408, 413, 422)}


def create() -> FastAPI:
    """The whole interface, described at /openapi.json; the usual pages about it would fetch scripts from elsewhere."""
    app = FastAPI(title="Cadencia", version="1", description=ABOUT, docs_url=None, redoc_url=None)
    register(app)
    app.add_middleware(BodyLimit)
    app.add_api_route("/health", health, methods=["GET"])
    app.add_api_route("/models", models, methods=["GET"])
    app.add_api_route("/suggest", suggest, methods=["POST"], responses=REFUSALS)
    app.add_api_route("/continue", continue_, methods=["POST"], responses=REFUSALS)
    app.add_api_route("/transcribe", transcribe, methods=["POST"], responses=REFUSALS)
    return app


def health() -> HealthAnswer:
    """Whether the server answers."""
    return HealthAnswer(status="ok")


def models() -> ModelsAnswer:
    """The models that can be asked."""
    return answers.models()


def suggest(form: SuggestForm) -> SuggestAnswer:
    """The next chord, or one for a gap."""
    return answers.suggest(form)


def continue_(form: ContinueForm) -> ContinueAnswer:
    """Whole bars, to a cadence."""
    return answers.continue_(form)


def transcribe(form: TranscribeForm) -> TranscribeAnswer:
    """Letters to numerals and back."""
    return answers.transcribe(form)
