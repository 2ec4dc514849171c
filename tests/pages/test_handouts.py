"""The classroom's handouts: every chapter in both languages on two pages, with the visitor's numbers and a way back."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Thread
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from engine.classroom import PITFALLS, Contest, Lesson, Moment, Score, looking
from engine.handout import Block, Code, Heading, Lines, Link, Paragraph, Table, to_pdf
from engine.handout.signs import runs
from pages.parts.classroom.paper.by_hand import by_hand
from pages.parts.classroom.paper.compared import GATES, compared
from pages.parts.classroom.paper.mistakes import mistakes
from pages.parts.handout import Sheet, printed
from pages.parts.kept import classroom as room
from pages.parts.language import speaking
from pages.parts.session.classroom import LINKED_TEXT, Stand, read
from tests.test_handout import streams

ROOT = Path(__file__).parents[2]
HERE = "http://localhost:8501/classroom"
LARGE = Stand(lesson=Lesson("banana ananas cabana", hidden=12, window=6, clip=1.0), epoch=60, window=2)
TRIO = Contest(cells=("rnn", "lstm", "gru"), epochs=40, held_out=True)
SHEETS: dict[str, Callable[[], Sheet]] = {
    "hand": partial(by_hand, Stand(), HERE),
    "hand, large": partial(by_hand, LARGE, HERE),
    "contest": partial(compared, TRIO, None, HERE),
    "batch_first": partial(mistakes, "batch_first", HERE),
    "device": partial(mistakes, "device", HERE),
    "seed": partial(mistakes, "seed", HERE),
}
EACH_SHEET = pytest.mark.parametrize("name", SHEETS)
EACH_LANGUAGE = pytest.mark.parametrize("language", ["en", "es"])


def texts(block: Block) -> list[str]:
    if isinstance(block, Table):
        return [cell for row in block.rows for cell in row]
    return [block.text] if isinstance(block, Heading | Paragraph | Code) else []


def told(sheet: Sheet) -> str:
    return "\n".join([sheet[0], *(text for block in sheet[1] for text in texts(block))])


def stand_of(sheet: Sheet) -> Stand:
    """What the link on the sheet opens."""
    address = next(block.address for block in sheet[1] if isinstance(block, Link))
    assert address.startswith(HERE + "?")
    entries = parse_qs(urlsplit(address).query)
    return read({name.removeprefix("class."): values[0] for name, values in entries.items()})


# --- every sheet ----------------------------------------------------------------------------------------------------


@EACH_SHEET
@EACH_LANGUAGE
def test_a_sheet_is_a_pdf_of_two_pages_that_is_always_the_same(name: str, language: str) -> None:
    pdf = printed(SHEETS[name], language)
    assert pdf.startswith(b"%PDF-")
    assert pdf.count(b"/Type /Page\n") == 2
    with speaking(language):
        assert to_pdf(*SHEETS[name](), language) == pdf
    assert ("Preguntas" if language == "es" else "Questions") in streams(pdf).decode("latin-1")


@EACH_SHEET
@EACH_LANGUAGE
def test_every_sign_of_a_sheet_can_be_printed(name: str, language: str) -> None:
    with speaking(language):
        text = told(SHEETS[name]())
    assert "".join(run.text for run in runs(text)).count("?") == text.count("?")


@EACH_SHEET
def test_a_sheet_asks_four_to_six_questions_with_room_to_answer(name: str) -> None:
    blocks = SHEETS[name]()[1]
    assert 4 <= sum(isinstance(block, Lines) for block in blocks) <= 6


@EACH_SHEET
def test_both_languages_say_the_same_in_their_own_words(name: str) -> None:
    with speaking("es"):
        spanish = SHEETS[name]()
    english = SHEETS[name]()
    assert [type(block) for block in spanish[1]] == [type(block) for block in english[1]]
    said = [
        {block.text for block in sheet[1] if isinstance(block, Heading | Paragraph)} for sheet in (english, spanish)
    ]
    assert not said[0] & said[1]


def test_a_sheet_is_made_where_no_session_can_be_asked() -> None:
    """Streamlit calls for the file from a thread of its own."""
    made: list[bytes] = []
    thread = Thread(target=lambda: made.append(printed(SHEETS["hand"], "es")))
    thread.start()
    thread.join()
    assert "Retropropagaci" in streams(made[0]).decode("latin-1")


# --- what they say --------------------------------------------------------------------------------------------------


def test_the_sheet_by_hand_tells_the_visitors_own_numbers() -> None:
    sheet = by_hand(LARGE, HERE)
    words = told(sheet)
    story = room.story(LARGE.lesson, 60, 2)
    assert "banana␣ananas␣cabana" in words
    assert {story.quantities[name].formula for name in ("a1", "dh1", "gW1", "U+")} <= set(words.splitlines())
    assert f"{story.norms['L2']:.3f}" in words
    losses = room.course(LARGE.lesson, 60).losses
    assert f"{losses[0]:.1f}" in words and f"{losses[-1]:.1f}" in words
    assert "✗" not in words
    assert stand_of(sheet) == LARGE


def test_before_anything_was_learnt_there_is_no_loss_of_an_epoch() -> None:
    assert "in the first epoch" not in told(by_hand(Stand(), HERE))


@pytest.mark.parametrize("lesson", [Lesson("aab", hidden=1, window=1), Lesson("abc" * 26 + "ab", hidden=12, window=6)])
@EACH_LANGUAGE
def test_the_smallest_and_the_largest_lesson_fit_two_pages(lesson: Lesson, language: str) -> None:
    stand = Stand(lesson=lesson, epoch=160)
    assert printed(partial(by_hand, stand, HERE), language).count(b"/Type /Page\n") <= 2


def moments(contest: Contest) -> tuple[Moment, ...]:
    found = Score(0.125, 0.964, (), (), (0.0, 0))
    return tuple(
        Moment(cell, epoch, 0.5, found, found if contest.held_out else None)
        for epoch in range(1, contest.epochs + 1)
        for cell in contest.cells
    )


@EACH_LANGUAGE
def test_the_sheet_of_a_run_has_its_figures(language: str) -> None:
    with patch.object(room, "moments", lambda _number: moments(TRIO)), speaking(language):
        sheet = compared(Contest(), ("number", TRIO), HERE)
        pdf = to_pdf(*sheet, language)
    table = next(block for block in sheet[1] if isinstance(block, Table) and "96.4\xa0%" in told(("", (block,))))
    assert table.rows[0] == ("", "RNN", "LSTM", "GRU")
    assert ("1.13",) * 3 in [row[1:] for row in table.rows]
    assert [row[1:] for row in table.rows[-5:]] == [("0.125",) * 3] * 5
    assert pdf.count(b"/Type /Page\n") == 2
    assert stand_of(sheet).contest == TRIO


def sheets_with_large_numbers() -> str:
    with patch.object(room, "moments", lambda _number: moments(TRIO)):
        ran = compared(TRIO, ("number", TRIO), HERE)
    return "\n".join(map(told, (ran, *(mistakes(name, HERE) for name in ("no_grad", "entrance", "one_hot")))))


def test_a_sheet_writes_all_its_numbers_in_one_way() -> None:
    """Thousands: a comma in English, in Spanish from five figures on a no-break space. Decimals: a point."""
    weights = TRIO.parameters("gru")
    english = sheets_with_large_numbers()
    with speaking("es"):
        spanish = sheets_with_large_numbers()
    assert f"{weights:,}" in english and not re.search(r"\d\xa0\d", english)
    assert f"{weights // 1000}\xa0{weights % 1000:03}" in spanish and not re.search(r"\d,\d", spanish)
    assert "0.125" in english and "0.125" in spanish


def test_before_a_run_the_table_is_to_be_filled_in_and_so_is_that_of_one_put_away() -> None:
    for run in (None, ("gone", Contest())):
        sheet = compared(Contest(), run, HERE)
        assert "Press Learn" in told(sheet)
        table = next(block for block in sheet[1] if isinstance(block, Table) and "RNN" in block.rows[0])
        assert [row for row in table.rows if row[0] == "Loss after epoch 5"] == [("Loss after epoch 5", "", "")]


def test_every_gate_that_can_be_looked_at_has_its_formula() -> None:
    words = told(compared(Contest(), None, HERE))
    assert {cell: set(formulas) for cell, formulas in GATES.items()} == {
        cell: set(gates) for cell, gates in looking.GATES.items()
    }
    assert all(formula in words for formulas in GATES.values() for formula in formulas.values())


def test_a_text_too_long_for_a_link_is_told() -> None:
    contest = Contest(text="la li lo lu " * (LINKED_TEXT // 10))
    sheet = compared(contest, None, HERE)
    assert "too long for a link" in told(sheet)
    assert "…" in told(sheet)


@pytest.mark.parametrize("name", ["batch_first", "device", "seed"])
def test_the_sheet_of_mistakes_shows_both_programs(name: str) -> None:
    sheet = mistakes(name, HERE)
    words = told(sheet)
    assert all(str(pitfall.title) in words for pitfall in PITFALLS)
    expected = {"batch_first": "1 layer × 9 chords × 24 hidden units ←", "device": "same device", "seed": "with seed 2"}
    assert expected[name] in words
    assert "**" not in words
    assert stand_of(sheet) == Stand("shapes", pitfall=name)


# --- on the page ----------------------------------------------------------------------------------------------------


def opened(**entries: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).switch_page("pages/classroom.py")
    for name, value in entries.items():
        app.query_params[name.replace("_", ".", 1)] = value
    app.run()
    assert not app.exception, app.exception
    return app


def labels(app: AppTest) -> list[str]:
    return [str(button.proto.label) for button in app.get("download_button")]


@pytest.mark.parametrize("chapter", ["hand", "contest", "shapes"])
def test_each_chapter_ends_with_its_handout_which_is_made_when_asked_for(chapter: str) -> None:
    with (
        patch.object(room, "check", side_effect=AssertionError),
        patch.object(room, "moments", side_effect=AssertionError),
    ):
        app = opened(class_open=chapter)
    assert labels(app) == ["Handout (PDF)"]


def test_a_teachers_link_takes_the_handouts_away() -> None:
    assert labels(opened(lesson_hide="handouts")) == []
    assert labels(opened(lesson_hide="views")) == ["Handout (PDF)"]


def test_the_teacher_is_given_the_link_without_handouts() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).switch_page("pages/exercises.py")
    app.query_params["class.open"], app.query_params["ear.class"] = "shapes", "QWERT"
    app.run()
    app.session_state["teacher"] = True
    app.run()
    assert not any("/classroom" in code.value for code in app.code)
    app.multiselect[0].set_value(["handouts"]).run()
    assert [code.value for code in app.code][-1].endswith("/classroom?class.open=shapes&lesson.hide=handouts")
