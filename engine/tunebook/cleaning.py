"""What of a printed tune is kept: one way of writing beginnings and ends, and why tunes are left out."""

from __future__ import annotations

from dataclasses import replace

from engine.abc.faults import faults
from engine.abc.reading import ReadTune
from engine.abc.tokens import BARS, BEGIN, VOCABULARY, Tune, to_model

SHORTEST, LONGEST = 24, 1000  # body tokens: shorter is a signal, longer a set of variations

_KNOWN = frozenset(VOCABULARY) - {BEGIN}
_OPENING = {"||": "|:", ":|": "::"}  # the line before a part, and the same when the part is opened by it


def canonical(tune: Tune) -> Tune:
    """The same music with the ends written in one way: no bar before the first note, and the last bar is final.

    A part that is opened by a repeat sign and never closed is opened by a double bar; one whose repeat has two endings,
    or closes where the next one opens, is opened by a repeat sign, so that players and programs know where it begins.
    """
    body = list(tune.body)
    while body and body[0] in BARS and body[0] != "|:":
        del body[0]
    while body and body[-1] in ("|:", "[1", "[2"):
        del body[-1]
    body = ["||" if token == "|]" else token for token in body]
    if body and body[-1] in ("|", "||"):
        body[-1] = "|]"
    elif body and body[-1] == "::":
        body[-1] = ":|"
    elif body and body[-1] not in BARS:
        body.append("|]")
    return replace(tune, body=tuple(_opened(_closed(body))))


def _closed(body: list[str]) -> list[str]:
    opened = max((at for at, token in enumerate(body) if token in ("|:", "::")), default=-1)
    if opened >= 0 and ":|" not in body[opened:] and body[opened] == "|:":
        return body[:opened] + (["||"] if opened else []) + body[opened + 1 :]
    return body


def _opened(body: list[str]) -> list[str]:
    wanted = False  # whether the part that is read, from its end on, has to say where it begins
    for at in range(len(body) - 1, -1, -1):
        if body[at] in BARS and body[at] != "|":
            body[at] = _OPENING.get(body[at], body[at]) if wanted else body[at]
            wanted = body[at] == "::"
        elif body[at] == "[1":
            wanted = True
    return body


def reason_to_leave(read: ReadTune, tune: Tune) -> str:
    """Why a tune is not trained on; empty when it is. `tune` is its canonical form."""
    reasons = (
        ("several voices", read.voices),
        ("changes its key or meter", read.changes),
        ("holds what the canonical form cannot say", any(fault.serious for fault in read.faults)),
        (f"shorter than {SHORTEST} tokens", len(tune.body) < SHORTEST),
        (f"longer than {LONGEST} tokens", len(tune.body) > LONGEST),
        ("a meter, key, pitch or length that is too rare", not _KNOWN.issuperset(to_model(tune))),
    )
    found = next((reason for reason, holds in reasons if holds), "")
    return found or ("bars that do not add up" if faults(tune) else "")
