"""Errors in words, in one form: what was wrong, what was given (shortened), what was expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from engine.api import forms
from engine.api.forms import RefusalAnswer
from engine.errors import EngineError
from engine.words import Sentence, say

LONGEST = 200  # characters of what was given that come back


class Refused(Exception):
    """A request that cannot be answered, with the HTTP status that says whose part it is to change."""

    def __init__(self, status: int, error: Sentence, given: object = "", expected: Sentence | str = "") -> None:
        super().__init__(str(error))
        self.status = status
        self.answer = RefusalAnswer(error=plain(error), given=plain(given), expected=plain(expected))


def plain(value: object) -> str:
    """Short text that any encoder can carry: what is not Unicode proper becomes a question mark."""
    try:
        text = str(value)
    except (ValueError, RecursionError):  # an integer of thousands of digits, a list nested too deeply
        return "?"
    return text[:LONGEST].encode("utf-8", "replace").decode()


@contextmanager
def about(field: str, given: object, form: type[BaseModel]) -> Iterator[None]:
    """What the engine refuses in here was given in that field."""
    try:
        yield
    except EngineError as problem:
        raise Refused(422, problem.sentence, given, description_of(form, field)) from problem


def description_of(form: type[BaseModel], field: str) -> str:
    """What a form says it expects in a field."""
    known = form.model_fields.get(field)
    return (known.description if known else None) or ", ".join(form.model_fields)


def register(app: FastAPI) -> None:
    """Every way in which a request can fail, answered in the one form."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(EngineError, _refused_by_engine)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _failed)


def answered(refused: Refused, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse(refused.answer.model_dump(), refused.status, headers)


async def _refused(_request: Request, problem: Exception) -> JSONResponse:
    assert isinstance(problem, Refused)
    return answered(problem)


async def _refused_by_engine(request: Request, problem: Exception) -> JSONResponse:
    assert isinstance(problem, EngineError)
    return answered(Refused(422, problem.sentence, request.url.path, say("a request whose parts go together")))


async def _invalid(request: Request, problem: Exception) -> JSONResponse:
    """Of everything that was wrong, the first. Values are shortened text: infinite numbers cannot stand in JSON."""
    assert isinstance(problem, RequestValidationError)
    first: dict[str, Any] = problem.errors()[0]
    if first["type"] == "json_invalid" or isinstance(first.get("input"), bytes):
        return answered(_no_json(request))
    place = [part for part in first["loc"] if part != "body"]
    given = "" if first["type"] == "missing" else first.get("input", "")
    return answered(Refused(422, _told(first, place), given, _expected(request, place)))


def _told(problem: Mapping[str, Any], place: list[Any]) -> Sentence:
    field = ".".join(plain(part) for part in place) or "body"
    if problem["type"] == "extra_forbidden":
        return say("There is no field named {field}.", field=field)
    if problem["type"] == "missing":
        return say("{field} is missing.", field=field)
    return say("{field} cannot be used: {problem}.", field=field, problem=plain(problem["msg"]))


def _expected(request: Request, place: list[Any]) -> str:
    """What the form of this address says of the field, or the fields it has."""
    form = FORMS.get(request.url.path.rpartition("/")[2])
    return description_of(form, str(place[0]) if place else "") if form else ""


FORMS: Mapping[str, type[BaseModel]] = {
    "suggest": forms.SuggestForm,
    "continue": forms.ContinueForm,
    "transcribe": forms.TranscribeForm,
}


async def _http(request: Request, problem: Exception) -> JSONResponse:
    assert isinstance(problem, HTTPException)
    if problem.status_code == 400:
        return answered(_no_json(request))
    if problem.status_code == 405:
        refused = Refused(405, say("This address is asked in another way."), request.method, _methods(problem))
        return answered(refused, problem.headers)
    if problem.status_code == 404:
        expected = "/health, /models, /suggest, /continue, /transcribe, /openapi.json"
        return answered(Refused(404, say("There is nothing at this address."), request.url.path, expected))
    return answered(Refused(problem.status_code, say("The request failed."), request.url.path), problem.headers)


async def _failed(request: Request, _problem: Exception) -> JSONResponse:
    """A fault of ours: nothing of it is told but that it is one. The server logs it."""
    return answered(Refused(500, say("Something failed here; the request is not to blame."), request.url.path))


def _methods(problem: HTTPException) -> str:
    return (problem.headers or {}).get("Allow", "")


def _no_json(request: Request) -> Refused:
    kind = request.headers.get("content-type", "")
    return Refused(400, say("The body is not JSON that can be read."), kind, "application/json")
