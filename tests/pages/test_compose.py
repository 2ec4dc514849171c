"""Compose under AppTest: fields, links, keys, refusals. What the browser does is tested in a browser."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from engine.music import Key
from engine.sheet import Sheet, write_chords
from engine.synth import command, fluid
from pages.parts import kept

ROOT = Path(__file__).parents[2]
Open = Callable[..., AppTest]


@pytest.fixture
def compose() -> Open:
    """Opens Compose as a fresh visitor would, with the entries of a link."""

    def open_page(**entries: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).switch_page("pages/compose.py")
        for name, value in entries.items():
            app.query_params[name] = value
        return checked(app.run())

    return open_page


def checked(app: AppTest) -> AppTest:
    assert not app.exception, app.exception
    return app


def sheet(app: AppTest) -> Sheet:
    present: Sheet = app.session_state["cadencia"]["work"].history.present
    return present


def chords(app: AppTest) -> str:
    return write_chords(sheet(app))


def entry(app: AppTest, name: str) -> str | None:
    value: Any = app.query_params.get(name)
    return str(value[0]) if isinstance(value, list) else value and str(value)


def words(app: AppTest) -> str:
    return " ".join(element.value for element in (*app.warning, *app.caption, *app.markdown))


def type_in(app: AppTest, text: str, button: str = "add") -> AppTest:
    app.text_area(key="widget_typed").set_value(text)
    return checked(app.button(key=button).click().run())


def test_a_new_visitor_is_invited(compose: Open) -> None:
    app = compose()
    assert "Press a suggestion to begin" in words(app)
    assert not app.warning


def test_a_link_opens_its_sheet_and_stays_in_the_address(compose: Open) -> None:
    app = compose(k="F#m", c="F#m_D_A*2_E*2", t="120", n="latin")
    assert (chords(app), sheet(app).key, sheet(app).tempo_bpm) == ("F#m_D_A*2_E*2", Key("F#", "minor"), 120)
    checked(app.run())
    assert (entry(app, "c"), entry(app, "k"), entry(app, "t"), entry(app, "n")) == (
        "F#m_D_A*2_E*2",
        "F#m",
        "120",
        "latin",
    )


def test_garbage_in_a_link_is_told_and_the_rest_opens(compose: Open) -> None:
    app = compose(k="H##", c="C_<script>_G7", t="1e999", q="x" * 5000)
    assert chords(app) == "C_G7"
    assert len({warning.value for warning in app.warning}) == 3  # on top, and in the pop-up that may have been pressed


def test_typed_chords_are_added_and_the_field_is_cleared(compose: Open) -> None:
    app = type_in(compose(c="C"), "| Am F | G7 % |")
    assert chords(app) == "C_Am*2_F*2_G7*2_G7*2"
    assert app.text_area(key="widget_typed").value == ""


def test_nonsense_in_the_middle_is_told_beside_the_field_and_nothing_typed_is_lost(compose: Open) -> None:
    app = type_in(compose(), "Am Xyzzy F")
    assert chords(app) == "Am_F"
    assert "Xyzzy" in app.warning[0].value
    assert app.text_area(key="widget_typed").value == "Am Xyzzy F"


@pytest.mark.parametrize("text", ["Do Sol Lam Fa", "I V vi IV", "C:maj G:maj A:min F:maj", "C, G, Am, F"])
def test_every_way_of_writing_gives_the_same_chords(compose: Open, text: str) -> None:
    assert chords(type_in(compose(), text)) == "C_G_Am_F"


def test_a_richer_chord_keeps_its_colours_and_says_what_the_model_reads(compose: Open) -> None:
    app = type_in(compose(), "C13#11")
    assert sheet(app).progression.chords[0].tensions
    assert "C7" in words(app)


def test_five_hundred_chords_are_refused_in_words_and_nothing_is_lost(compose: Open) -> None:
    app = type_in(compose(c="C_F"), "C G " * 250)
    assert chords(app) == "C_F"
    assert "256" in app.warning[0].value
    assert str(app.text_area(key="widget_typed").value).startswith("C G C G")


def test_replace_all_replaces_and_undo_brings_back(compose: Open) -> None:
    app = type_in(compose(c="C_F"), "Am Dm", "replace_all")
    assert chords(app) == "Am_Dm"
    assert (
        app.session_state["cadencia"]["work"].history.past[-1]
        == app.session_state["cadencia"]["work"].history.undone().present
    )


def test_a_new_key_keeps_the_sound_and_offers_to_move(compose: Open) -> None:
    app = compose(c="C_A#_G7")
    app.selectbox(key="widget_key").set_value(Key("F")).run()
    assert chords(checked(app)) == "C_Bb_G7"
    assert entry(app, "k") == "F"
    checked(app.button(key="move").click().run())
    assert chords(app) == "F_Eb_C7"


def test_the_key_is_found_and_can_be_overruled_or_used(compose: Open) -> None:
    app = compose(k="F#", c="Am_Dm_G7_C")
    assert "Sounds like C major" in words(app)
    checked(app.button(key="use_key").click().run())
    assert sheet(app).key == Key("C")
    assert chords(app) == "Am_Dm_G7_C"


def test_settings_change_the_sheet(compose: Open) -> None:
    app = compose(c="C_F*2")
    app.number_input(key="widget_tempo_bpm").set_value(150).run()
    app.selectbox(key="widget_notation").set_value("latin").run()
    app.number_input(key="widget_usual").set_value(2).run()
    app.slider(key="widget_surprise").set_value(0.9).run()
    checked(app)
    assert (sheet(app).tempo_bpm, sheet(app).notation, sheet(app).surprise) == (150, "latin", 0.9)
    assert [slot.beats for slot in sheet(app).progression] == [2.0, 2.0]


def test_every_view_draws(compose: Open) -> None:
    for name in ("probabilities", "listen", "piano roll", "score"):
        app = compose(c="C_F_G7")
        app.session_state["views"] = name
        checked(app.run())
        assert not app.warning


def test_spanish_has_no_english_left(compose: Open) -> None:
    app = compose(lang="es")
    assert app.button(key="add").label == "Añadir"
    assert "Press a suggestion" not in words(app)


def test_a_refusal_of_the_engine_is_told_and_the_page_lives(compose: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.errors import UnknownCheckpoint
    from engine.words import say

    def missing(*_: object) -> None:
        raise UnknownCheckpoint(say("There is no model called “functional”."))

    monkeypatch.setattr(kept, "advice", missing)
    app = compose(c="C_F")
    assert "There is no model" in app.warning[0].value
    assert entry(app, "c") == "C_F"


def test_the_collector_is_kept_away_from_the_heavy_modules(compose: Open) -> None:
    import gc

    compose(c="C")
    assert gc.get_freeze_count() > 50_000


def test_a_language_that_is_not_ours_falls_back(compose: Open) -> None:
    assert compose(lang="xx").button(key="add").label == "Add"


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without FluidSynth: neither its library nor its command."""
    fluid.forget()
    monkeypatch.setitem(sys.modules, "fluidsynth", None)
    monkeypatch.setattr(command, "which", lambda _: None)


@pytest.mark.usefixtures("bare_machine")
def test_without_fluidsynth_the_page_still_sounds_and_says_so(compose: Open) -> None:
    app = compose(c="C_F_G7", t="133")
    app.session_state["views"] = "listen"
    checked(app.run())
    assert "FluidSynth" in words(app)
    audio = kept.audio(sheet(app))
    assert audio.synth == "builtin"
    assert float(abs(audio.samples).max()) > 0.1


def test_nothing_is_offered_to_take_away_before_there_is_something(compose: Open) -> None:
    assert "Nothing to download yet" in words(compose())


def test_a_draw_that_cannot_be_is_told_where_it_was_asked(compose: Open) -> None:
    app = compose(c="C!_F!", d="4")
    app.selectbox(key="widget_cadence").set_value("authentic")
    checked(app.button(key="draw_again").click().run())
    assert chords(app) == "C!_F!"
    assert "Unlock it" in words(app)


def test_a_song_on_an_empty_sheet_brings_its_own_key(compose: Open) -> None:
    app = type_in(compose(), "Ebmaj7 Cm7 Fm7 Bb7 Ebmaj7")
    assert sheet(app).key == Key("Eb")
    assert not [button for button in app.button if button.key == "move"]


def test_using_the_found_key_leaves_nothing_to_decide(compose: Open) -> None:
    app = compose(c="Ebmaj7_Cm7_Fm7_Bb7")
    checked(app.button(key="use_key").click().run())
    assert sheet(app).key == Key("Eb")
    assert chords(app) == "Ebmaj7_Cm7_Fm7_Bb7"
    assert not [button for button in app.button if button.key == "move"]


def test_chords_that_filled_a_bar_fill_the_new_one(compose: Open) -> None:
    app = compose(c="C_F*2_G*2_C")
    app.number_input(key="widget_bar").set_value(3).run()
    assert [slot.beats for slot in sheet(checked(app)).progression] == [3.0, 2.0, 2.0, 3.0]
    assert (sheet(app).beats_per_bar, sheet(app).beats_per_chord) == (3, 3)


def test_the_likeliest_path_needs_no_chance(compose: Open) -> None:
    found = []
    for take in (1, 2):
        app = compose(c="C_Am")
        app.toggle(key="widget_beam").set_value(True).run()
        app.number_input(key="widget_rng_seed").set_value(take).run()
        checked(app.button(key="write_on").click().run())
        found.append(chords(app))
    assert found[0] == found[1]
    assert found[0].endswith("_C")


def test_style_and_surprise_change_what_is_suggested(compose: Open) -> None:
    app = compose(c="C_Am")
    before = kept.advice(sheet(app), 2, False, 8)
    app.selectbox(key="widget_style").set_value("jazz").run()
    jazz = kept.advice(sheet(checked(app)), 2, False, 8)
    app.slider(key="widget_surprise").set_value(1.0).run()
    surprising = kept.advice(sheet(checked(app)), 2, False, 8)
    assert before != jazz
    assert surprising.suggestions[0].probability < jazz.suggestions[0].probability
    assert entry(app, "y") == "jazz"


def test_nothing_typed_is_told_beside_the_field(compose: Open) -> None:
    app = type_in(compose(c="C"), "   ", "replace_all")
    assert chords(app) == "C"
    assert "Nothing was typed" in app.warning[0].value
