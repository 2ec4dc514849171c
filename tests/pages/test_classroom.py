"""The classroom under AppTest: places in the lesson, links, settings, comparisons in the background, mistakes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from engine.classroom import EPOCHS, PITFALLS, Contest, Lesson, LessonRefused, begun, continued
from engine.classroom.runner import Progress, Runner
from engine.words import say
from pages.parts.classroom.unrolled import apply, data
from pages.parts.kept import classroom as room
from pages.parts.session.classroom import CHAPTERS, DESK, Stand, read, write

ROOT = Path(__file__).parents[2]
Open = Callable[..., AppTest]
SMALL = {"open": "contest", "width": "16", "reach": "20", "cells": "rnn.lstm", "test": "1"}


@pytest.fixture
def classroom() -> Open:
    """Opens the classroom as a fresh visitor would, with the entries of its desk in the link."""

    def open_page(**entries: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).switch_page("pages/classroom.py")
        for name, value in entries.items():
            app.query_params[f"class.{name}"] = value
        return checked(app.run())

    return open_page


def checked(app: AppTest) -> AppTest:
    assert not app.exception, app.exception
    return app


def stand(app: AppTest) -> Stand:
    held: Stand = app.session_state["cadencia"]["desk_class"]
    return held


def words(app: AppTest) -> str:
    return " ".join(element.value for element in (*app.warning, *app.caption, *app.markdown))


def entry(app: AppTest, name: str) -> str | None:
    value: Any = app.query_params.get(f"class.{name}")
    return str(value[0]) if isinstance(value, list) else value


# --- where one stands -----------------------------------------------------------------------------------------------


def test_a_new_visitor_stands_before_the_first_letter(classroom: Open) -> None:
    app = classroom()
    assert stand(app) == Stand()
    assert "Epoch 0 of 160, window 1 of 23" in words(app)
    assert not app.warning


def test_a_link_leads_back_to_the_very_step(classroom: Open) -> None:
    app = classroom(epoch="12", at="5", step="3", hidden="6", rate="0.2", text="hello hello")
    found = stand(app)
    assert (found.epoch, found.window, found.step) == (12, 5, 3)
    assert found.lesson == Lesson("hello hello", hidden=6, learning_rate=0.2)
    assert [entry(app, name) for name in ("epoch", "at", "step", "hidden", "rate", "text")] == [
        "12", "5", "3", "6", "0.2", "hello hello",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "entries",
    [
        {"hidden": "9999"},
        {"rate": "1e999"},
        {"rate": "nan"},
        {"text": "x"},
        {"epoch": "-4", "at": "١٢", "step": "x"},
        {"open": "<script>", "mistake": "none"},
        {"cells": "transformer", "rounds": "0"},
    ],
)
def test_garbage_in_a_link_opens_a_new_page(entries: dict[str, str]) -> None:
    assert read(entries) == Stand()


STANDS = st.builds(
    Stand,
    chapter=st.sampled_from(CHAPTERS),
    lesson=st.builds(
        Lesson,
        text=st.sampled_from(["abcdefg", "la la la"]),
        clip=st.sampled_from([0.0, 0.5]),
        learning_rate=st.floats(0.01, 0.5),
    ),
    epoch=st.integers(0, EPOCHS - 1),
    window=st.integers(0, 3),
    step=st.integers(0, 6),
    contest=st.builds(Contest, cells=st.sampled_from([("rnn",), ("lstm", "gru")]), held_out=st.booleans()),
    pitfall=st.sampled_from([pitfall.name for pitfall in PITFALLS]),
)


@given(STANDS)
def test_reading_a_link_undoes_writing_it(held: Stand) -> None:
    assert read(write(held)) == held


def test_past_the_last_window_the_next_epoch_begins_and_there_is_a_last_one() -> None:
    assert (Stand().moved(0, 23).epoch, Stand().moved(0, 23).window) == (1, 0)
    end = Stand().moved(EPOCHS - 1, 23)
    assert (end.epoch, end.window) == (EPOCHS, 0)
    assert end.moved(EPOCHS, 1) == end


# --- by hand --------------------------------------------------------------------------------------------------------


def test_learnt_to_the_end_it_tells_the_stated_figures(classroom: Open) -> None:
    app = checked(classroom().button(key="epoch_all").click().run())
    told = words(app)
    assert "First epoch 226.4, last epoch 5.2." in told
    for read_letters, following in (("abc", "d"), ("bcd", "e"), ("cde", "f")):
        assert f"{read_letters} → **{following}**" in told
    assert app.button(key="epoch_1").disabled
    checked(app.button(key="forget").click().run())
    assert stand(app) == Stand()


def test_the_numeric_check_agrees(classroom: Open) -> None:
    app = classroom(epoch="3")
    checked(app.toggle(key="widget_check").set_value(True).run())
    table = app.table[0].value
    assert list(table[""]) == ["✓"] * 5
    assert "Largest relative error" in words(app)


def test_an_exploding_gradient_is_told_and_clipping_keeps_it_in_hand(classroom: Open) -> None:
    steep = {"text": "banana ananas cabana", "hidden": "8", "window": "6", "epoch": "60"}
    assert "a gradient exploded" in words(classroom(**steep))
    assert "a gradient exploded" not in words(classroom(**steep, clip="1"))


def test_other_sizes_make_another_network_from_its_beginning(classroom: Open) -> None:
    app = classroom(epoch="20")
    checked(app.number_input(key="widget_lesson_hidden").set_value(7).run())
    assert (stand(app).lesson.hidden, stand(app).epoch) == (7, 0)
    checked(app.number_input(key="widget_lesson_clip").set_value(0.5).run())
    assert stand(app).lesson.clip == 0.5
    checked(app.text_input(key="widget_text").set_value("banana ananas").run())
    checked(app.button(key="as_it_was").click().run())
    assert stand(app).lesson == Lesson()
    assert app.text_input(key="widget_text").value == Lesson().text


def test_a_text_that_cannot_be_learnt_is_told_and_the_lesson_stays(classroom: Open) -> None:
    app = classroom(epoch="20")
    checked(app.text_input(key="widget_text").set_value("aaaaaaaa").run())
    assert "Different letters in the text: 1;" in app.warning[0].value
    assert stand(app).epoch == 20
    assert app.text_input(key="widget_text").value == "aaaaaaaa"
    checked(app.text_input(key="widget_text").set_value("banana ananas").run())
    assert stand(app).lesson.text == "banana ananas"


@pytest.mark.parametrize("name", ["widget_lesson_window", "widget_lesson_rng_seed", "widget_lesson_learning_rate"])
def test_every_field_changes_the_lesson(classroom: Open, name: str) -> None:
    app = classroom()
    checked(app.number_input(key=name).increment().run())
    assert stand(app).lesson != Lesson()


def test_the_browser_is_given_every_number_of_the_story() -> None:
    held = Stand(epoch=2, window=4)
    given_data = data_of(held)
    told = room.story(held.lesson, 2, 4)
    assert set(given_data["quantities"]) == set(told.quantities)
    for name, quantity in told.quantities.items():
        np.testing.assert_allclose(given_data["quantities"][name]["values"], quantity.values, rtol=1e-5, atol=1e-12)
    named = {name for frame in given_data["frames"] for name in frame["names"]} | set(given_data["weights"]) | {"h0"}
    assert named == set(told.quantities)
    parts = [part for quantity in given_data["quantities"].values() for part in quantity["parts"]]
    assert {name for part in parts for name in part[:2] if name} <= set(told.quantities)


def test_a_course_learnt_step_by_step_is_the_course_learnt_at_once() -> None:
    lesson = Lesson("la la li", hidden=2)
    at_once = continued(lesson, begun(lesson), 23)
    assert room.course(lesson, 23).losses == at_once.losses
    np.testing.assert_array_equal(room.course(lesson, 23).weights.W, at_once.weights.W)


def data_of(held: Stand) -> dict[str, Any]:
    """What the component is given, outside a session: in English."""
    with patch("pages.parts.classroom.unrolled.acknowledged", return_value=0):
        return data(held)


def test_what_the_browser_tells_moves_the_place_and_echoes_do_not(classroom: Open) -> None:
    app = classroom(epoch="1", at="22")
    at = stand(app)
    name = f"{hash(at.lesson)}.1.22"
    press(app, {"type": "step", "step": 4, "story": name})
    assert stand(app).step == 4
    for strange in ({"type": "step", "step": 99, "story": name}, {"type": "step", "step": 1, "story": "another"}):
        press(app, strange)
        assert stand(app).step == 4
    press(app, {"type": "window", "by": 1, "story": name})
    assert (stand(app).epoch, stand(app).window, stand(app).step) == (2, 0, 0)


def press(app: AppTest, event: dict[str, Any]) -> None:
    """The component's message; AppTest has no JavaScript, so what it sends is handed to the page's own reader."""
    held = {"stand": stand(app)}
    with (
        patch.object(type(DESK), "held", lambda _: held["stand"]),
        patch.object(type(DESK), "put", lambda _, new: held.update(stand=new)),
    ):
        apply(event)
    app.session_state["cadencia"]["desk_class"] = held["stand"]
    checked(app.run())


# --- the comparison -------------------------------------------------------------------------------------------------


def taught(app: AppTest) -> AppTest:
    """Presses Learn and looks until it is done."""
    checked(app.button(key="learn").click().run())
    for _ in range(600):
        if "Done" in progress(app):
            return checked(app.run())
        time.sleep(0.1)
        checked(app.run())
    raise AssertionError("it never ends")


def progress(app: AppTest) -> str:
    return " ".join(str(element.proto.text) for element in app.get("progress"))


def test_a_comparison_is_learnt_scored_and_looked_into(classroom: Open) -> None:
    app = taught(classroom(**SMALL, rounds="2"))
    table = app.table[0].value
    assert list(table.columns) == ["", "RNN", "LSTM"]
    assert "Kept text: perplexity" in list(table[""])
    assert "…" not in table.to_numpy()
    for view in ("write", "where", "matter", "gates"):
        app.session_state["inside"] = view
        checked(app.run())
        assert not app.warning, view


def test_a_prompt_with_a_strange_character_is_told(classroom: Open) -> None:
    app = taught(classroom(**SMALL, rounds="1"))
    app.session_state["inside"] = "write"
    checked(app.run())
    checked(app.text_input(key="widget_prompt").set_value("ñandú").run())
    assert "“ñ” is not in the text" in words(app)


def test_pause_go_on_and_stop(classroom: Open) -> None:
    app = classroom(**SMALL, rounds="40")
    checked(app.button(key="learn").click().run())
    checked(app.button(key="contest_pause").click().run())
    assert "Paused" in progress(app)
    checked(app.button(key="contest_resume").click().run())
    checked(app.button(key="contest_stop").click().run())
    assert "Done" in progress(app)
    assert not [button for button in app.button if button.key == "contest_stop"]


def test_a_run_that_was_put_away_is_told_and_can_be_begun_anew(classroom: Open) -> None:
    app = classroom(**SMALL)
    app.session_state["cadencia"]["classroom_run"] = ("gone", Contest())
    checked(app.run())
    assert "put away" in app.warning[0].value
    checked(app.button(key="learn").click().run())
    assert not app.warning
    checked(app.button(key="contest_stop").click().run())


def test_a_run_put_away_while_its_curves_are_drawn_is_told_there(
    classroom: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The chapter still finds the run; where its curves are drawn it has gone."""
    app = classroom(**SMALL)
    looks = iter([Progress("learning", (), 1)])

    def look(_runner: Runner, _number: str) -> Progress:
        found = next(looks, None)
        if found is None:
            raise LessonRefused(say("This run was put away to make room for others. Start it again."))
        return found

    monkeypatch.setattr(Runner, "look", look)
    app.session_state["cadencia"]["classroom_run"] = ("going", Contest())
    checked(app.run())
    assert "put away" in app.warning[0].value


def test_settings_of_the_comparison(classroom: Open) -> None:
    app = classroom(open="contest")
    app.selectbox(key="widget_contest_equal").set_value("parameters").run()
    app.selectbox(key="widget_contest_width").set_value(32).run()
    app.number_input(key="widget_contest_rng_seed").set_value(3).run()
    app.text_area(key="widget_corpus").set_value("la li lo lu " * 30).run()
    checked(app)
    expected = Contest("la li lo lu " * 30, equal="parameters", width=32, rng_seed=3)
    assert stand(app).contest == expected
    checked(app.text_area(key="widget_corpus").set_value("short").run())
    assert "Text, in characters: 5" in app.warning[0].value
    assert stand(app).contest == expected
    app.text_area(key="widget_corpus").set_value("la li lo lu " * 30).run()
    checked(app.button(key="our_lines").click().run())
    assert app.text_area(key="widget_corpus").value == Contest().text
    assert stand(app).contest == replace(expected, text=Contest().text)


# --- what goes wrong ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["batch_first", "packed", "device", "seed"])
def test_a_mistake_shows_its_shapes_and_what_becomes_of_it(classroom: Open, name: str) -> None:
    app = classroom(open="shapes", mistake=name)
    pitfall = next(known for known in PITFALLS if known.name == name)
    assert str(pitfall.title) in str(app.selectbox(key="widget_pitfall").options)
    assert len(app.code if name == "device" else app.table) >= 1
    checked(app.toggle(key="widget_wrong").set_value(False).run())
    assert "◀" not in app.table[0].value.to_numpy()


def test_the_exchanged_axis_is_marked(classroom: Open) -> None:
    rows = classroom(open="shapes").table[0].value
    assert list(rows[rows[""] == "◀"]["Code"]) == ["`h`"]


def test_a_chosen_mistake_is_in_the_link(classroom: Open) -> None:
    app = classroom(open="shapes")
    checked(app.selectbox(key="widget_pitfall").set_value("device").run())
    assert entry(app, "mistake") == "device"
    assert "same device" in app.code[0].value
