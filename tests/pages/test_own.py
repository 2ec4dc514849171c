"""A chord model of one's own in Compose: it is asked, it can be given back, and few are kept."""

from __future__ import annotations

from engine import checkpoint, notewriter
from engine.recurrent import checkpoint as token_models
from engine.sheet import Sheet
from pages.parts import kept
from pages.parts.kept import own, tunes, workshop
from pages.parts.session.own import Page


def test_the_model_of_ones_own_is_asked_and_the_house_s_again() -> None:
    mark = own.keep("compose", b"functional", checkpoint.load("functional"))
    mine, house = (kept.advice(Sheet(style="jazz"), 0, False, 8, each) for each in (mark, ""))
    assert mine != house
    assert kept.advice(Sheet(style="jazz"), 0, False, 8, "no such mark") == house


def test_few_are_kept_and_the_oldest_go() -> None:
    model = checkpoint.load("functional")
    marks = [own.keep("compose", bytes([number]), model) for number in range(own.MOST + 1)]
    assert own.model(marks[0]) is None
    assert own.model(marks[-1]) is model


def test_a_tune_model_of_ones_own_writes_in_place_of_the_house_s() -> None:
    mine = token_models.load(str(token_models.SHIPPED / "tunes.pt"))
    mark = own.keep("tunes", b"tunes", mine)
    assert tunes.writer(mark) is mine
    assert tunes.writer("no such mark") is tunes.writer("") is tunes.model()
    assert not own.has("compose", mark)


def test_a_file_becomes_the_model_its_page_asks() -> None:
    """As the page Train your own hands it on, from the file of a token model."""
    pairs: tuple[tuple[Page, str], ...] = (("tunes", "tunes"), ("notes", "melody"))
    for page, name in pairs:
        data = (token_models.SHIPPED / f"{name}.pt").read_bytes()
        model = workshop.for_page(page, "lstm", data)
        assert isinstance(model, notewriter.NoteModel) == (page == "notes")
    chords = (checkpoint.SHIPPED / "live.pt").read_bytes()
    assert isinstance(workshop.for_page("compose", "lstm", chords), checkpoint.Model)


def test_what_is_refused_is_not_kept() -> None:
    """Refusals of files too large would stay in memory for as long as nobody else uploads."""
    before = workshop._in_files.cache_info().currsize
    flood = (("tunes.abc", b"X:1\n" * 500_000),)
    assert workshop.file_material("tunes", flood).problem
    assert workshop._in_files.cache_info().currsize == before
