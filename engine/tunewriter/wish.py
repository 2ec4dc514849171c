"""What is wished of a tune, checked: type, meter, key, form, an opening, and how it is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.abc import BEGIN, KEYS, METERS, RHYTHMS, Plan, Tune, UnreadableTune
from engine.abc.grammar import METERS_OF
from engine.abc.reading import read_one
from engine.abc.tokens import BARS, to_tonic
from engine.errors import EngineError
from engine.words import say

MOST_CANDIDATES = 16  # side by side: beyond it a step is no faster for each
TEMPERATURES = (0.1, 3.0)
MOST_SEED = 2**32 - 1
MOST_OPENING = 4_000  # characters


class ImpossibleWish(EngineError):
    """A wish that no tune can fulfil."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A tune to be written. What is empty is left to the model.

    `bars` are those of one part (0: open), `form` names the parts in order, each once or twice in a row ("AABB").
    `opening` is ABC text to go on from. `top_k` 0 and `top_p` 1 leave all tokens in. `valid`: only what keeps the
    tune valid is drawn. `home`: a valid tune of planned length leans towards its tonic at its end (see `home`).
    """

    rhythm: str = ""
    meter: str = ""
    key: str = ""
    bars: int = 0
    form: str = ""
    opening: str = ""
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    rng_seed: int = 0
    candidates: int = 1
    valid: bool = True
    home: bool = False


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is settled before anything is drawn: header tokens by their place (0 type, 1 meter, 2 key), then the body's
    first tokens, in tonic form."""

    header: Mapping[int, str]
    body: tuple[str, ...]
    plan: Plan

    def token(self, place: int) -> str:
        """The token that stands at this place whatever the model says; empty where it is free."""
        if place < 3:
            return self.header.get(place, "")
        return self.body[place - 3] if place - 3 < len(self.body) else ""

    @property
    def common(self) -> tuple[str, ...]:
        """What every candidate begins with, from the begin mark on."""
        found = [BEGIN]
        while token := self.token(len(found) - 1):
            found.append(token)
        return tuple(found)


def beginning_of(wish: Wish) -> Beginning:
    """What a wish settles. Raises ImpossibleWish, UnplayableForm or UnreadableTune."""
    _check(wish)
    plan = Plan.of(wish.form, wish.bars)
    header = {place: mark + value for place, mark, value in _header(wish.rhythm, wish.meter, wish.key) if value}
    if not wish.opening.strip():
        return Beginning(header, (), plan)
    tune = _opening(wish)
    for place, mark, value in _header("" if tune.rhythm == "other" else tune.rhythm, tune.meter, tune.key):
        if value:
            header[place] = mark + value
    _check_header(header[1][2:], header[2][2:])
    body = tune.body
    if wish.valid:
        _check_meter(header.get(0, "")[2:], header[1][2:])
        body = _reopened(body)
    return Beginning(header, tuple(to_tonic(token, tune.key) for token in body), plan)


def _header(rhythm: str, meter: str, key: str) -> tuple[tuple[int, str, str], ...]:
    return (0, "R:", rhythm), (1, "M:", meter), (2, "K:", key)


def _opening(wish: Wish) -> Tune:
    if len(wish.opening) > MOST_OPENING:
        raise ImpossibleWish(say("The opening has more than {most} characters.", most=MOST_OPENING))
    like = Tune(wish.rhythm or "other", wish.meter or "4/4", wish.key or "Cmaj", ())
    read = read_one(wish.opening, like)
    serious = next((fault for fault in read.faults if fault.serious), None)
    if serious is not None:
        raise UnreadableTune(serious.sentence, serious.position)
    return read.tune


def _reopened(body: Sequence[str]) -> tuple[str, ...]:
    """The same where `:|` leads to a part that has two endings or ends with `::`: abc2midi asks that such a part begins
    with a sign of its own, so it is written `::` as well.

    >>> "".join(_reopened(("c6", ":|", "d6", "|", "[1", "e6", ":|")))
    'c6::d6|[1e6:|'
    """
    found, signed = list(body), False  # from behind: whether the part that is read has to begin with a sign
    for at, token in reversed(tuple(enumerate(body))):
        if token == "[1":
            signed = True
        elif token in BARS and token != "|":
            found[at] = "::" if signed and token == ":|" else token
            signed = found[at] == "::"
    return tuple(found)


def _check(wish: Wish) -> None:
    if wish.rhythm and wish.rhythm not in RHYTHMS:
        raise ImpossibleWish(say("{rhythm} is no type of tune here.", rhythm=wish.rhythm))
    _check_header(wish.meter, wish.key)
    if wish.valid and wish.meter:
        _check_meter(wish.rhythm, wish.meter)
    lowest, highest = TEMPERATURES
    if not lowest <= wish.temperature <= highest:
        raise ImpossibleWish(
            say("The temperature lies between {lowest} and {highest}.", lowest=lowest, highest=highest)
        )
    if not (wish.top_k >= 0 and 0 < wish.top_p <= 1):
        raise ImpossibleWish(say("Top k is 0 or more, top p above 0 and up to 1."))
    if not 1 <= wish.candidates <= MOST_CANDIDATES:
        raise ImpossibleWish(say("From 1 to {most} tunes can be written at once.", most=MOST_CANDIDATES))
    if not 0 <= wish.rng_seed <= MOST_SEED:
        raise ImpossibleWish(
            say("A take is a whole number from 0 to {most}, not {given}.", most=MOST_SEED, given=wish.rng_seed)
        )


def _check_header(meter: str, key: str) -> None:
    if meter and meter not in METERS:
        raise ImpossibleWish(say("Tunes in {meter} are not written here.", meter=meter))
    if key and key not in KEYS:
        raise ImpossibleWish(say("Tunes in {key} are not written here: it has too many sharps or flats.", key=key))


def _check_meter(rhythm: str, meter: str) -> None:
    if meter not in METERS_OF.get(rhythm, METERS):
        raise ImpossibleWish(say("A {rhythm} is not written in {meter}.", rhythm=rhythm, meter=meter))
