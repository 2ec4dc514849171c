"""Train your own under AppTest: choices reach the workshop, a training is shown, runs are compared and used."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from engine.words import say
from engine.workshop.choices import Choice, Run
from pages.parts.kept import workshop as kept
from pages.parts.session.workshop import Wish, read, write
from pages.parts.workshop.runs import name, table
from tests.pages.opening import opened_page


def opened(**entries: str) -> AppTest:
    return opened_page("workshop", {entry.replace("_", ".", 1): value for entry, value in entries.items()})


def checked(app: AppTest) -> AppTest:
    assert not app.exception
    return app


def until(app: AppTest, met: Callable[[AppTest], bool]) -> AppTest:
    """Looks again and again, as the page does; only minutes count as never."""
    for _ in range(400):
        if met(checked(app.run())):
            return app
        threading.Event().wait(0.3)
    raise AssertionError("it never came")


def says(app: AppTest, words: str) -> bool:
    return any(words in element.value for element in (*app.markdown, *app.caption, *app.warning))


def test_the_page_says_what_it_costs_before_anything_is_done() -> None:
    app = opened()
    assert says(app, "72 pieces")
    assert says(app, "About")
    assert says(app, "numbers to learn")
    assert not app.button(key="train_enter").disabled


@pytest.mark.parametrize("kind", ["chords", "tunes", "notes"])
def test_every_kind_has_a_set_that_is_here(kind: str) -> None:
    assert says(opened(train_kind=kind), "pieces")


def test_a_longer_training_is_said_to_cost_more() -> None:
    material = kept.house_material("chords").material
    assert material is not None
    usual, longer = (kept.estimate(material, choice) for choice in (Choice(), Choice("lstm", 256, 3, 60)))
    assert longer.seconds > usual.seconds


def test_a_training_that_would_take_too_long_cannot_begin() -> None:
    app = opened(train_from="paste", train_width="256", train_layers="3", train_epochs="60")
    app.text_area(key="train_chords").set_value("\n".join(["C Am F G " * 20] * 1000)).run()
    assert app.button(key="train_enter").disabled
    assert says(checked(app), "A training may take")


def test_pasted_songs_are_counted_and_too_few_are_told() -> None:
    app = opened(train_from="paste")
    app.text_area(key="train_chords").set_value("\n".join(["| C | Am | F | G |"] * 30)).run()
    assert says(checked(app), "30 pieces")
    app.text_area(key="train_chords").set_value("C G").run()
    assert says(checked(app), "Only")
    assert not [button for button in app.button if button.key == "train_enter"]


def test_a_training_runs_is_heard_compared_and_used() -> None:
    app = opened(train_epochs="4", train_width="32")
    app.button(key="train_enter").click()
    until(app, lambda page: says(page, "Done"))
    assert says(app, "Best after round")
    assert says(app, "★")
    app.button(key="train_draw").click()
    checked(app.run())
    app.text_input(key="train_try").set_value("Dm7 G7").run()
    checked(app)
    app.button(key="train_use").click().run()
    checked(app)
    assert says(app, "your own model")
    app.switch_page("pages/workshop.py").run()
    sample = next(button for button in app.button if button.key and button.key.startswith("hear_"))
    checked(sample.click().run())
    checked(app.button(key="train_forget").click().run())
    assert not says(app, "★")


def test_who_waits_sees_his_place_and_can_leave() -> None:
    material = kept.house_material("chords").material
    assert material is not None
    others = {name: kept.enter(name, material, Choice("lstm", 256, 3, 60)) for name in ("first", "second")}
    try:
        app = opened()
        app.button(key="train_enter").click()
        until(app, lambda page: says(page, "Number 1 in the line"))
        assert app.button(key="train_enter").disabled
        app.button(key="train_stop").click()
        until(app, lambda page: says(page, "Stopped"))
        assert says(app, "number 1 in the line") or says(app, "begin at once")
    finally:
        for name, ticket in others.items():
            kept.shop().forget(name, ticket)


@pytest.mark.parametrize(
    "wish",
    [
        Wish(),
        Wish("notes", "files", Choice("gru", 128, 3, 60, 9999)),
        Wish("tunes", "paste", Choice("rnn", 16, 2, 1, 0)),
    ],
)
def test_the_link_holds_what_is_chosen(wish: Wish) -> None:
    assert read(write(wish)) == wish


@pytest.mark.parametrize(
    "entries", [{"kind": "x", "cell": "<b>", "width": "17", "layers": "9" * 99, "epochs": "-1", "seed": "²"}, {}]
)
def test_a_broken_link_is_a_new_page(entries: dict[str, str]) -> None:
    assert read(entries) == Wish()


def test_names_from_outside_mean_nothing_in_the_table() -> None:
    run = Run(1, "chords", say("{name}", name="a|b](//x)"), 9, Choice(), 5, 3, 1.0, 0.5, 2.7, 3.0, True)
    row = table((run,), run).splitlines()[-1]
    assert row.count("|") == 10
    assert "](" not in row
    assert name(run) == "LSTM 64"


def test_everybody_shares_one_workshop() -> None:
    assert kept.shop() is kept.shop()
    assert kept.gauging() is kept.gauging()
