"""What the tests of Notes share: a page opened, what lies on it, a network of chance weights."""

from __future__ import annotations

import time

import numpy as np
from streamlit.testing.v1 import AppTest

from engine.notewriter import NoteModel, NoteWish
from engine.notewriter.form import STREAMS
from engine.notewriter.vocabulary import SIZE
from engine.recurrent.sizes import Sizes, shapes_of
from engine.recurrent.steps import steps_of
from pages.parts.notes.examples import example
from pages.parts.session.notes import DESK, Form, Order, Stand, State
from tests.fixtures.midi.regenerate import FOLDER
from tests.pages.opening import on_desk, opened_page

JIG = (FOLDER / "abc2midi_jig.mid").read_bytes()
PATIENCE = 30.0  # seconds until a thread must have written a few bars


def chance_model(form: Form, rng_seed: int = 3) -> NoteModel:
    """A network that has learnt nothing: it writes at once, and anything."""
    sizes = Sizes("gru", SIZE, 8, 16, 1, features=STREAMS[form], feature_dim=2)
    random = np.random.default_rng(rng_seed)
    weights = {name: (random.normal(size=shape) * 0.15).astype(np.float32) for name, shape in shapes_of(sizes).items()}
    return NoteModel(form, steps_of(sizes, weights), {})


def opened(**entries: str) -> AppTest:
    return opened_page("notes", {f"notes.{name.rstrip('_')}": value for name, value in entries.items()})


def stand(app: AppTest) -> Stand:
    return on_desk(app, DESK)


def results(app: AppTest) -> State:
    held = app.session_state["cadencia"]["notes_state"]
    assert isinstance(held, State)
    return held


def finished(app: AppTest) -> AppTest:
    """Looks again until what was ordered lies in the roll."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        app.run()
        assert not app.exception
        order = stand(app).sketch.order
        if order is None or order in results(app).results:
            return app
        time.sleep(0.05)
    raise AssertionError("nothing was written")


class Laid:
    """The desk without a browser tab."""

    name = DESK.name

    def __init__(self, value: Stand) -> None:
        self.value = value

    def held(self) -> Stand:
        return self.value

    def put(self, value: Stand) -> None:
        self.value = value


def lying(app: AppTest) -> list[tuple[int, float, float]]:
    """What was written for the order in hand; how loud the opening was is not in a link."""
    order = stand(app).sketch.order
    assert order is not None
    return [(note.pitch, note.onset, note.duration) for note in results(app).results[order][0].score.notes]


def order_of(seed: int) -> Order:
    return Order("melody", "continue", NoteWish(bars=2, rng_seed=seed), example("melody"))
