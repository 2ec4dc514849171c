"""What the tests of Tunes share: a page opened, its desk, tunes that are written at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from streamlit.testing.v1 import AppTest

from engine.abc import Tune, faults
from engine.tunewriter import ImpossibleWish, Piece, Wish, Written
from engine.words import say
from pages.parts.session.tunes import DESK
from pages.parts.tunes.table import Stand
from tests.pages.opening import on_desk, opened_page

NOTES = "DEFGAB"


def tune_of(candidate: int) -> Tune:
    """Four bars on one note: D for the first candidate, E for the second."""
    bar = (NOTES[candidate % 6], "2", NOTES[candidate % 6], NOTES[candidate % 6], "2", "A")
    return Tune("jig", "6/8", "Dmaj", (*bar, "|", *bar, "|", *bar, "|", *bar, "|]"))


def written_by(wish: Wish, candidate: int, finished: bool = True) -> Written:
    tune = tune_of(candidate)
    return Written(
        candidate=candidate, rng_seed=wish.rng_seed, tokens=(*tune.header, *tune.body), tune=tune,
        bits=10.0 + candidate / 10, constraint_bits=0.0, drawn=20, finished=finished, faults=faults(tune),
    )  # fmt: skip


def scripted(model: object, wish: Wish, stopped: Callable[[], bool] = lambda: False) -> Iterator[Piece | Written]:
    """A writer that writes `tune_of` for each candidate, and refuses an opening with a high c''."""
    if "c''" in wish.opening:
        raise ImpossibleWish(say("Too high for this piper."))
    for candidate in range(wish.candidates):
        tune = tune_of(candidate)
        yield from (Piece(candidate, token) for token in (*tune.header, *tune.body))
    yield from (written_by(wish, candidate) for candidate in range(wish.candidates))


def closest_of(tune: Tune) -> tuple[str, str, float] | None:
    return ("Miss McLeod's", "O'Neill", 0.6) if "E" in tune.body else None


def opened(**entries: str) -> AppTest:
    return opened_page("tunes", {f"tunes.{name}": value for name, value in entries.items()})


def stand(app: AppTest) -> Stand:
    return on_desk(app, DESK)


def press_write(app: AppTest) -> Stand:
    """Presses Write and waits until the writer is done."""
    app.button(key="write").click().run()
    assert not app.exception
    if app.session_state["cadencia"]["tunes_writing"]:
        app.session_state["cadencia"]["tunes_writing"][0].wait(20)
        app.run()
    assert app.session_state["cadencia"]["tunes_writing"] is None
    return stand(app)


def address(app: AppTest) -> dict[str, str]:
    given = {name: value[0] if isinstance(value, list) else value for name, value in app.query_params.items()}
    return {name.removeprefix("tunes."): value for name, value in given.items() if name.startswith("tunes.")}
