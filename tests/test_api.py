"""The REST interface: what it answers, that it repeats itself exactly, and that no body makes it fail without words."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import socket
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.api import create
from engine.api.__main__ import open_socket
from engine.api.limits import LARGEST_BODY, BodyLimit
from engine.compose import FILTERS
from engine.generate import CADENCES
from engine.music import MAX_CHORDS

ROOT = Path(__file__).resolve().parent.parent
CLIENT = TestClient(create())
ADDRESSES = ("/suggest", "/continue", "/transcribe")


def ask(address: str, **form: Any) -> dict[str, Any]:
    """The answer; of the functional model, whose opinions the tests know."""
    named = {} if address == "/transcribe" else {"model": "functional"}
    answer = CLIENT.post(address, json=named | form)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def refused(address: str, status: int = 422, **form: Any) -> dict[str, str]:
    answer = CLIENT.post(address, json=form)
    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"error", "given", "expected"}
    return dict(answer.json())


def chords(answer: dict[str, Any]) -> list[str]:
    return [item["chord"] for item in answer["suggestions"]]


# --- what it answers ------------------------------------------------------------------------------------------------


def test_it_is_well_and_knows_its_models() -> None:
    assert CLIENT.get("/health").json() == {"status": "ok"}
    (model,) = [model for model in CLIENT.get("/models").json()["models"] if model["name"] == "functional"]
    assert "MIT" in model["data"][0]
    assert (model["tokens"], model["styles"], model["memory"]) == (86, [], False)


def test_every_model_names_its_data_with_licences() -> None:
    models = CLIENT.get("/models").json()["models"]
    assert all(model["data"] and all(": " in source for source in model["data"]) for model in models)
    assert all(model["what"] and model["vocabulary"] for model in models)


def test_the_first_model_answers_where_none_is_named() -> None:
    names = [model["name"] for model in CLIENT.get("/models").json()["models"]]
    assert ask("/suggest", context="C", model=None)["model"] == names[0]
    assert names[0] in ("live", "functional")


def test_the_description_names_every_address_and_form() -> None:
    described = CLIENT.get("/openapi.json").json()
    assert set(described["paths"]) == {"/health", "/models", *ADDRESSES}
    refusal = described["paths"]["/suggest"]["post"]["responses"]["422"]["content"]["application/json"]["schema"]
    assert refusal["$ref"].endswith("/RefusalAnswer")
    fields = described["components"]["schemas"]["SuggestForm"]["properties"]
    assert fields["k"]["maximum"] == 32
    assert fields["temperature"]["minimum"] == 0.05


def test_a_context_in_letters_latin_and_numerals_is_one_context() -> None:
    answers = [ask("/suggest", context=text, key="C") for text in ("Dm7 G7", "Rem7 Sol7", "iim7 V7", "| ii7 V7 |")]
    assert all(answer == answers[0] for answer in answers)
    assert chords(answers[0])[0] == "C"
    assert answers[0]["suggestions"][0]["reason"] == "resolves home"


def test_the_key_is_found_when_it_is_not_named() -> None:
    found = ask("/suggest", context="Cm7 F7 Bbmaj7")
    assert found["key"] == "Bb major"
    assert 0.5 < found["key_confidence"] < 1
    named = ask("/suggest", context="Cm7 F7 Bbmaj7", key="Sib mayor")
    assert named["key_confidence"] is None
    assert named["suggestions"] == found["suggestions"]


def test_settings_reach_the_engine() -> None:
    plain = ask("/suggest", context="C A7", key="C")
    assert len(ask("/suggest", context="C A7", key="C", k=3)["suggestions"]) == 3
    warm = ask("/suggest", context="C A7", key="C", temperature=3)
    assert warm["suggestions"][0]["probability"] < plain["suggestions"][0]["probability"]
    assert "Dm7" in chords(ask("/suggest", context="C A7", key="C", colour="sevenths"))
    assert "Rem" in chords(ask("/suggest", context="C A7", key="C", notation="latin"))
    secondary = ask("/suggest", context="C", key="C", filters=["secondary"])
    assert chords(secondary)[0] == "A7"
    assert secondary["left_out"] > 0.5
    assert sum(item["probability"] for item in secondary["suggestions"]) + secondary["rest"] == pytest.approx(1)


def test_a_gap_is_filled_by_what_comes_after() -> None:
    assert (
        chords(ask("/suggest", context="C", after="F C", key="C"))[0]
        != chords(ask("/suggest", context="C", key="C"))[0]
    )
    filled = {
        item["chord"]: item["reason"] for item in ask("/suggest", context="C", after="F C", key="C")["suggestions"]
    }
    assert filled["C7"] == "prepares the F that follows"


def test_a_continuation_ends_with_its_cadence_and_on_time() -> None:
    answer = ask("/continue", context="| C | Am |", key="C", bars=4, cadence="plagal", rng_seed=5)
    assert answer["text"].startswith("C Am ")
    assert [item["numeral"] for item in answer["chords"][-2:]] == ["IV", "I"]
    assert sum(item["beats"] for item in answer["chords"]) == 24
    assert [item["new"] for item in answer["chords"]] == [False] * 2 + [True] * 4
    assert answer["rng_seed"] == 5
    assert answer["log_probability"] < 0


def test_locked_chords_stay_and_the_others_change() -> None:
    answer = ask("/continue", context="C F F# G", key="C", locked=[1, 4], cadence="half")
    assert [item["new"] for item in answer["chords"]] == [False, True, True, False]
    assert answer["text"].split()[0] == "C"
    assert answer["text"].split()[3] == "G"
    assert "F#" not in answer["text"]


def test_nothing_redrawn_is_nothing() -> None:
    answer = ask("/continue", context="", locked=[])
    assert (answer["text"], answer["chords"], answer["log_probability"]) == ("", [], 0)


@pytest.mark.parametrize("key", ["C", "F#", "Bb minor"])
def test_letters_become_numerals_and_letters_again(key: str) -> None:
    numerals = "Imaj7 vim7 iim7b5 V7 bVImaj7 N.C. iv"
    letters = ask("/transcribe", text=numerals.replace("iv", "ivm"), key=key, to="letters")
    back = ask("/transcribe", text=letters["text"], key=key, to="numerals")
    assert back["text"] == numerals.replace("iv", "ivm")


def test_transcribing_says_what_is_lost() -> None:
    answer = ask("/transcribe", text="Dm7 A7 Dm7 G13 C/E")
    assert answer["chords"] == ["iim7", "VI7", "iim7", "V7", "I"]
    assert all(name in " ".join(answer["notes"]) for name in ("G13", "C/E"))
    assert ask("/transcribe", text="Dm7 A7 Dm7 G7 C", to="published")["text"] == "ii V/II ii V7 I"
    assert ask("/transcribe", text="Dm7 G7", to="latin")["text"] == "Rem7 Sol7"


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/suggest", {"context": "C Am", "temperature": 1.7}),
        ("/continue", {"context": "C Am", "bars": 3, "temperature": 1.7}),
        ("/continue", {"context": "C Am", "bars": 3, "search": "beam", "cadence": "deceptive"}),
        ("/transcribe", {"text": "C Am"}),
    ],
)
def test_the_same_question_gets_the_same_bytes(address: str, form: dict[str, Any]) -> None:
    one, other = (TestClient(create()).post(address, json=form) for _ in range(2))
    assert one.status_code == 200
    assert one.content == other.content


# --- what it refuses ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "error", "given", "expected"),
    [
        ({"context": "C H9"}, "not a chord we can read", "C H9", "numerals"),
        ({"context": "ii V7"}, "name the key", "ii V7", "find it"),
        ({"context": "C", "key": "H"}, "not a key", "H", "F# minor"),
        ({"context": "C", "k": 0}, "k cannot be used", "0", "1 to 32"),
        ({"context": "C", "k": 2.5}, "k cannot be used", "2.5", "1 to 32"),
        ({"context": "C", "temperature": "hot"}, "temperature cannot be used", "hot", "0.05 to 10"),
        ({"context": "C", "filters": ["blue"]}, "filters.0 cannot be used", "blue", "borrowed"),
        ({"context": "C", "model": "functional", "style": "polka"}, "no style polka", "polka", "GET /models"),
        ({"context": "C", "model": "functional", "memory": 0.5}, "no memory", "0.5", "left out"),
        ({"context": "C", "memory": 2}, "memory cannot be used", "2", "0 to 1"),
        ({"context": "C", "model": "../functional"}, "no model of that name", "../functional", "functional"),
        ({"context": "C", "colour": "ninths"}, "colour cannot be used", "ninths", "sevenths"),
        ({"contxt": "C"}, "no field named contxt", "C", "context"),
        ({"context": "C " * 2001}, "context cannot be used", "C C", "letters"),
        ({"context": "C " * 257}, "256", "C C", "letters"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(form: dict[str, Any], error: str, given: str, expected: str) -> None:
    answer = refused("/suggest", **form)
    assert error in answer["error"]
    assert given in answer["given"]
    assert expected in answer["expected"]
    assert len(answer["given"]) <= 200


def test_what_is_missing_is_named() -> None:
    answer = refused("/transcribe", to="letters")
    assert answer["error"] == "text is missing."
    assert "numerals" in answer["expected"]


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"context": "C", "bars": 1, "cadence": "authentic"}, "C stands where an authentic cadence"),
        ({"context": "C F", "locked": [3]}, "no chord number 3"),
        ({"context": "C F", "locked": [0]}, "no chord number 0"),
        ({"context": "C F", "locked": [1, -1]}, "locked.1 cannot be used"),
        ({"context": "C F", "locked": [257]}, "locked.0 cannot be used"),
        ({"context": "C F", "locked": [10**300]}, "locked.0 cannot be used"),
        ({"context": "C F", "locked": [2], "cadence": "half"}, "F stands where a half cadence"),
        ({"context": "C", "bars": 33}, "bars cannot be used"),
        ({"context": "C", "bars": 32, "beats_per_chord": 0.25}, "holds 256"),
        ({"context": "C", "beats_per_bar": 0}, "beats_per_bar cannot be used"),
        ({"context": "C", "top_p": 0}, "top_p cannot be used"),
        ({"context": "C", "rng_seed": -1}, "rng_seed cannot be used"),
        ({"context": "C", "cadence": "perfect"}, "cadence cannot be used"),
    ],
)
def test_continuations_that_cannot_be_are_refused_in_words(form: dict[str, Any], error: str) -> None:
    assert re.search(error, refused("/continue", **form)["error"])


@pytest.mark.parametrize(
    "body",
    [
        '{"context": "C", "temperature": 1e400}',
        '{"context": "C", "temperature": NaN}',
        '{"context": "C", "k": 1e400}',
        '{"context": "\\ud800"}',
        '{"\\ud800": 1}',
        '{"context": "C", "key": "\\u0000"}',
        '{"context": "C", "k": ' + "9" * 5000 + "}",
        "[" * 30_000,
        '{"a":' * 5_000,
        "[1]",
        "null",
        '"C"',
        "",
        "{",
        "\xff",
    ],
)
@pytest.mark.parametrize("address", ADDRESSES)
def test_hostile_json_is_refused_in_words(address: str, body: str) -> None:
    answer = CLIENT.post(address, content=body.encode("latin-1"), headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422), answer.text
    assert all(answer.json()[name] is not None for name in ("error", "given", "expected"))
    assert answer.json()["error"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    [
        "context",
        "after",
        "key",
        "k",
        "temperature",
        "filters",
        "memory",
        "bars",
        "beats_per_bar",
        "locked",
        "text",
        "to",
    ]
)
PLAUSIBLE = st.sampled_from(["C", "Am | F G", "ii V", "find it", 1, 0.5, [1], ["borrowed"], "half", "% %", "", "N.C."])


@settings(max_examples=120)
@given(st.sampled_from(ADDRESSES), st.dictionaries(FIELDS, PLAUSIBLE | VALUES, max_size=4))
def test_no_form_makes_it_fail(address: str, form: dict[str, Any]) -> None:
    body = json.dumps(form)
    answer = CLIENT.post(address, content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (200, 422), body
    if answer.status_code == 422:
        assert set(answer.json()) == {"error", "given", "expected"}


@settings(max_examples=60)
@given(st.sampled_from(ADDRESSES), st.binary(max_size=200))
def test_no_bytes_make_it_fail(address: str, body: bytes) -> None:
    answer = CLIENT.post(address, content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.json()["error"]


def test_a_body_that_is_not_called_json_is_refused() -> None:
    answer = CLIENT.post("/suggest", content=b"context=C", headers={"content-type": "text/plain"})
    assert answer.status_code == 400
    assert answer.json()["expected"] == "application/json"


def test_other_addresses_and_methods_are_refused_in_words() -> None:
    assert CLIENT.get("/docs").status_code == 404
    assert "/suggest" in CLIENT.get("/nothing").json()["expected"]
    wrong = CLIENT.get("/suggest")
    assert (wrong.status_code, wrong.json()["expected"]) == (405, "POST")


def test_a_fault_of_ours_is_told_in_the_same_form(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_form: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr("engine.api.answers.suggest", broken)
    answer = TestClient(create(), raise_server_exceptions=False).post("/suggest", json={})
    assert answer.status_code == 500
    assert set(answer.json()) == {"error", "given", "expected"}
    assert "secret" not in answer.text


# --- bodies that are too long or too slow ---------------------------------------------------------------------------


def test_a_long_body_is_refused_by_its_announced_length() -> None:
    answer = CLIENT.post("/suggest", content=b"{" + b" " * LARGEST_BODY)
    assert answer.status_code == 413
    assert str(LARGEST_BODY) in answer.json()["error"]


class Wire:
    """An ASGI server's side: hands out pieces of a body, counts them, and keeps what comes back."""

    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self.pieces, self.read, self.status, self.body = pieces, 0, 0, b""

    async def receive(self) -> dict[str, Any]:
        self.read += 1
        return {"type": "http.request", "body": await anext(self.pieces), "more_body": True}

    async def send(self, message: Any) -> None:
        self.status = message.get("status", self.status)
        self.body += message.get("body", b"")


async def never(*_: Any) -> None:
    raise AssertionError("the app was asked")


def through(pieces: AsyncIterator[bytes], headers: list[tuple[bytes, bytes]], **limits: Any) -> Wire:
    wire = Wire(pieces)
    scope = {"type": "http", "method": "POST", "path": "/suggest", "headers": headers}
    asyncio.run(BodyLimit(never, **limits)(scope, wire.receive, wire.send))
    return wire


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield b" " * 1000


async def stuck() -> AsyncIterator[bytes]:
    await asyncio.sleep(3600)
    yield b""


def test_a_stream_without_a_length_is_cut_off() -> None:
    wire = through(endless(), [], largest=10_000)
    assert (wire.status, wire.read) == (413, 11)


@pytest.mark.parametrize("length", [b"10001", b"9" * 5000, b"-1", b"1e9", b"000000010001"])
def test_an_announced_length_is_judged_before_anything_is_read(length: bytes) -> None:
    wire = through(endless(), [(b"Content-Length", length)], largest=10_000)
    assert (wire.status, wire.read) == (413, 0)
    assert json.loads(wire.body)["expected"] == "at most 10000 bytes"


def test_a_body_that_never_comes_is_given_up() -> None:
    assert through(stuck(), [], patience=0.01).status == 408


# --- served, and the README -----------------------------------------------------------------------------------------


def test_a_busy_port_is_passed_over_and_only_this_machine_is_served() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = int(busy.getsockname()[1])
        with open_socket(port) as found:
            assert found.getsockname()[0] == "127.0.0.1"
            assert found.getsockname()[1] > port


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """Address of a server of our own, as it prints it."""
    line = [sys.executable, "-m", "engine.api", "--port", "18600"]
    with subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            printed = next(line for line in server.stdout if "http://" in line)
            address = re.search(r"http://127\.0\.0\.1:\d+", printed)
            assert address
            yield address[0]
        finally:
            server.terminate()


def test_another_process_gives_the_same_bytes(served: str) -> None:
    form = {"context": "C Am F", "bars": 4, "temperature": 1.5, "rng_seed": 3, "filters": ["in key", "borrowed"]}
    request = urllib.request.Request(
        f"{served}/continue", json.dumps(form).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.read() == CLIENT.post("/continue", json=form).content


CURL = re.findall(r"^curl .*$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)


def test_the_readme_shows_every_address() -> None:
    shown = " ".join(CURL)
    assert all(address in shown for address in ("/health", "/models", *ADDRESSES))


@pytest.mark.parametrize("line", CURL)
def test_the_requests_of_the_readme_are_answered(served: str, line: str) -> None:
    _, *words = shlex.split(line)
    url = next(word for word in words if word.startswith("localhost:"))
    body = words[words.index("--json") + 1].encode() if "--json" in words else None
    address = served + "/" + url.partition("/")[2]
    request = urllib.request.Request(address, body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200
        assert json.loads(answer.read())


def test_kinds_and_cadences_are_those_of_the_engine() -> None:
    schemas = CLIENT.get("/openapi.json").json()["components"]["schemas"]
    assert tuple(schemas["SuggestForm"]["properties"]["filters"]["items"]["enum"]) == FILTERS
    assert tuple(schemas["ContinueForm"]["properties"]["cadence"]["enum"]) == CADENCES


BOUNDS = {
    "integer": (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")),
    "number": (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")),
    "string": (("maxLength", "enum"),),
    "array": (("maxItems",),),
}


def without_bounds(schema: dict[str, Any], place: str) -> list[str]:
    """Where a schema takes numbers, texts or lists of any size."""
    wanted = BOUNDS.get(schema.get("type", ""), ())
    found = [place for one_of in wanted if not set(one_of) & set(schema)]
    inner = [*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else ())]
    return found + [deeper for part in inner for deeper in without_bounds(part, place)]


def test_every_field_that_is_asked_for_is_bounded() -> None:
    schemas = CLIENT.get("/openapi.json").json()["components"]["schemas"]
    for form in ("SuggestForm", "ContinueForm", "TranscribeForm"):
        fields = schemas[form]["properties"].items()
        assert not [place for name, schema in fields for place in without_bounds(schema, f"{form}.{name}")]
    numbers = schemas["ContinueForm"]["properties"]["locked"]["anyOf"][0]["items"]
    assert (numbers["minimum"], numbers["maximum"]) == (0, MAX_CHORDS)
