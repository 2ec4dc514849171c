"""The page Notes under AppTest: what is asked for is written, led, stopped, told, and looked at."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.music import Key
from engine.notes import Piece, read, score_of
from engine.notewriter import NoteWish
from pages.parts.kept import notes as kept
from pages.parts.notes import told
from pages.parts.notes.compact import packed
from pages.parts.notes.examples import example
from pages.parts.notes.views import beginning
from pages.parts.session.notes import Sketch, write
from pages.parts.session.notes import read as read_link
from tests.pages.notes.common import JIG, chance_model, finished, opened, results, stand
from tests.pages.opening import opened_page


def test_the_page_stands_with_something_to_play() -> None:
    app = opened()
    assert stand(app).sketch == Sketch(example("melody"))
    assert {"Continue", "Harmonise"} <= {button.label for button in app.button}
    assert not app.warning


def test_a_melody_is_continued_and_the_same_seed_writes_the_same() -> None:
    written = []
    for _ in range(2):
        app = opened(seed="7", bars="4")
        app.button(key="notes_go").click().run()
        finished(app)
        (order,) = results(app).results
        (one,) = results(app).results[order]
        assert one.rng_seed == 7
        assert one.continues_at == 8.0
        written.append(one.score)
    assert written[0] == written[1]
    assert any(note.onset >= 8.0 for note in written[0].notes)


def test_settings_are_asked_for_as_they_are_set() -> None:
    app = opened(seed="7")
    app.slider(key="widget_notes_temperature").set_value(1.5).run()
    app.number_input(key="widget_notes_variations").set_value(3).run()
    app.number_input(key="widget_notes_top_k").set_value(5).run()
    app.number_input(key="widget_notes_tempo").set_value(132).run()
    app.selectbox(key="widget_notes_key").set_value(Key("E", "minor")).run()
    app.toggle(key="widget_notes_lock").set_value(True).run()
    app.toggle(key="widget_notes_keep_opening").set_value(False).run()
    app.button(key="notes_go").click().run()
    finished(app)
    order = stand(app).sketch.order
    assert order is not None
    wished = NoteWish(bars=8, temperature=1.5, top_k=5, rng_seed=7, key=Key("E", "minor"), lock=True,
                      keep_opening=False, variations=3, tempo_bpm=132.0)  # fmt: skip
    assert order.wish == wished
    scale = {4, 6, 7, 9, 11, 0, 2, 1, 3}
    takes = results(app).results[order]
    assert len(takes) == 3
    assert {note.pitch % 12 for one in takes for note in one.score.notes} <= scale


def test_a_melody_is_harmonised_and_stays_as_it_is() -> None:
    app = opened(seed="3")
    app.button(key="notes_harmonise").click().run()
    finished(app)
    order = stand(app).sketch.order
    assert order is not None
    assert (order.form, order.task) == ("chorale", "harmonise")
    (one,) = results(app).results[order]
    given_notes = [one.score.notes[number] for number in one.given]
    melody = score_of(example("melody")).notes
    assert [(note.pitch, note.onset) for note in given_notes] == [(note.pitch, note.onset) for note in melody]
    assert len(one.score.notes) > len(melody)


def test_a_chorale_goes_on_from_the_voices_that_lie_in_the_roll() -> None:
    """The melody was harmonised: what is continued as a chorale is all of it, and the control says that it is ours."""
    app = opened(seed="7", bars="2")
    for press in ("notes_go", "notes_harmonise"):
        app.button(key=press).click().run()
        finished(app)
    harmonised = stand(app).sketch.order
    assert harmonised is not None
    app.segmented_control(key="widget_notes_form").set_value("chorale").run()
    app.button(key="notes_go").click().run()
    finished(app)
    assert not app.warning
    order = stand(app).sketch.order
    assert order is not None
    assert (order.form, order.task) == ("chorale", "continue")
    assert order.opening == results(app).results[harmonised][0].piece
    entries = write(stand(app))
    assert stand(app).source == app.segmented_control(key="widget_notes_source").value == entries["from"] == "file"
    assert not any(name.startswith("set-") for name in entries)


def test_another_form_goes_on_from_its_own_example() -> None:
    """While the control says Example; and another take stays what the first was."""
    app = opened(seed="7", bars="2")
    app.button(key="notes_go").click().run()
    finished(app)
    app.segmented_control(key="widget_notes_form").set_value("chorale").run()
    app.button(key="notes_another").click().run()
    finished(app)
    order = stand(app).sketch.order
    assert order is not None
    assert (order.form, order.opening) == ("melody", example("melody"))
    app.button(key="notes_go").click().run()
    finished(app)
    order = stand(app).sketch.order
    assert order is not None
    assert (order.form, order.opening) == ("chorale", example("chorale"))
    assert stand(app).source == "example"
    assert not app.warning


@pytest.mark.parametrize("press", ["notes_go", "notes_harmonise"])
def test_an_example_changed_by_hand_is_no_example_any_more(press: str) -> None:
    app = opened(seed="7", bars="2", e="0.60.0.24")
    app.button(key=press).click().run()
    finished(app)
    assert write(stand(app))["from"] == stand(app).source == "file"
    assert stand(app).brought == stand(app).sketch.opening


def test_what_cannot_be_written_is_told_and_the_work_stays() -> None:
    """One voice is no chorale to go on from."""
    app = opened(form="chorale", from_="file", o=packed(example("melody")))
    before = stand(app).sketch
    app.button(key="notes_go").click().run()
    finished(app)
    assert stand(app).sketch == before
    assert any("four voices" in warning.value for warning in app.warning)


def test_the_chords_of_compose_are_followed() -> None:
    app = opened_page("notes", {"c": "C_F_G7_C", "notes.seed": "4"})
    app.toggle(key="widget_notes_follow").set_value(True).run()
    app.button(key="notes_go").click().run()
    finished(app)
    order = stand(app).sketch.order
    assert order is not None
    assert order.wish.progression is not None
    assert len(order.wish.progression) == 4
    again = read_link(write(stand(app)))
    assert again.sketch.order == order


def test_another_takes_the_next_seed_and_going_on_makes_all_of_it_the_opening() -> None:
    app = opened(seed="7", bars="2")
    app.button(key="notes_go").click().run()
    finished(app)
    app.button(key="notes_another").click().run()
    finished(app)
    order = stand(app).sketch.order
    assert order is not None
    assert order.wish.rng_seed == 8
    whole = results(app).results[order][0].piece
    app.button(key="notes_on").click().run()
    assert stand(app).sketch == Sketch(whole)
    assert stand(app).source == "file"


def test_what_the_card_says_of_real_pieces_stands_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    card = {"metrics": {"bars as the bar before": {"held-out pieces": 0.0345}}}
    monkeypatch.setattr(kept, "_model", lambda form: replace(chance_model(form), card=card))
    app = opened(seed="7", bars="4", do="continue")
    finished(app)
    line = next(caption for caption in app.caption if caption.value.startswith("Take 7"))
    assert "%" not in line.value
    assert "never saw: 3.5 %" in line.proto.help


@pytest.mark.parametrize("form", ["melody", "chorale"])
def test_the_shipped_models_write(monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    monkeypatch.undo()
    app = finished(opened(form=form, seed="5", bars="4", do="continue"))
    order = stand(app).sketch.order
    assert order is not None
    (one,) = results(app).results[order]
    assert one.score.beats >= 20
    assert kept.real_repeats(order.form) is not None
    line = next(caption for caption in app.caption if caption.value.startswith("Take 5"))
    assert "In pieces the model never saw" in line.proto.help


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "no bar repeats"),
        (0.1, "few bars"),
        (0.125, "few bars"),
        (0.25, "some bars"),
        (0.5, "many bars"),
        (0.8, "many bars"),
        (0.95, "nearly all bars"),
        (1.0, "every bar repeats"),
    ],
)
def test_every_share_of_repeated_bars_has_its_word(share: float, words: str) -> None:
    assert told.repeats(share, None).startswith(words)
    assert "real pieces" not in told.repeats(share, None)


@given(st.floats(0, 1), st.floats(0, 1))
def test_repetition_is_told_beside_real_pieces_as_it_is(share: float, real: float) -> None:
    words = told.repeats(share, real)
    assert words.startswith(told.repeats(share, None))
    assert words.endswith("as in real pieces") == (abs(share - real) <= told.AS_OFTEN)
    assert ("more than" in words) == (share > real + told.AS_OFTEN)
    assert ("fewer than" in words) == (share < real - told.AS_OFTEN)


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_repetition_never_has_a_smaller_word(one: float, other: float) -> None:
    rising = ["no bar", "few", "some", "many", "nearly", "every"]
    ranks = [next(i for i, word in enumerate(rising) if told.repeats(share, None).startswith(word))
             for share in sorted((one, other))]  # fmt: skip
    assert ranks == sorted(ranks)


def test_only_the_first_bars_of_a_long_score_are_drawn() -> None:
    piece: Piece = read(JIG)
    score = score_of(piece)
    short = beginning(score, 2)
    assert short.beats == score.bar_edges[2]
    assert short.bar_edges == score.bar_edges[:3]
    assert max(note.onset + note.duration for note in short.notes) <= short.beats
    assert beginning(score, 999) == score


@pytest.mark.parametrize("view", ["score", "listen", "spectrogram"])
def test_every_view_is_drawn(view: str) -> None:
    app = opened()
    app.session_state["notes_views"] = view
    app.run()
    assert not app.exception
    assert not app.warning
