"""The writer behind Tunes: a few at a time, stopped, told however it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

import pytest

from engine.abc import Tune, shown, sounded, split_body
from engine.tunewriter import Piece, Wish, Written, stream
from engine.tunewriter.keys import in_key, read_in
from pages.parts.kept import background
from pages.parts.kept import tunes as kept
from pages.parts.tunes import words
from pages.parts.tunes.table import EXAMPLE, Candidate
from pages.parts.tunes.views import chord_marks
from pages.parts.tunes.writing import _mark
from tests.pages.tunes.common import tune_of, written_by

Stream = Callable[..., Iterator[Piece | Written]]


def _endless(started: threading.Semaphore) -> Stream:
    def stream(model: object, wish: Wish, stopped: Callable[[], bool]) -> Iterator[Piece | Written]:
        started.release()
        yield Piece(0, "R:jig")
        while not stopped():
            threading.Event().wait(0.005)
        yield written_by(wish, 0, finished=False)

    return stream


def test_a_stopped_writer_hands_out_what_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    started = threading.Semaphore(0)
    monkeypatch.setattr(kept, "stream", _endless(started))
    writing = kept.Writing(Wish())
    assert started.acquire(timeout=20)
    assert not writing.look().over
    writing.stop()
    writing.wait(20)
    sight = writing.look()
    assert sight.over
    assert [str(one.written.reason) for one in sight.done] == ["The tune was stopped before its end."]


def test_torch_is_loaded_once_the_first_tunes_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    started, loading, loaded = threading.Semaphore(0), threading.Event(), threading.Event()
    monkeypatch.setattr(kept, "stream", _endless(started))

    def slowly() -> None:
        loading.set()
        loaded.wait(20)

    monkeypatch.setattr(kept, "prepare", slowly)
    writing = kept.Writing(Wish())
    assert started.acquire(timeout=20)
    assert not loading.is_set()
    writing.stop()
    assert loading.wait(20)
    writing.wait(20)  # not for what is being loaded
    assert writing.look().over
    assert not loaded.is_set()
    loaded.set()


def test_a_writer_ends_when_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "stream", _endless(threading.Semaphore(0)))
    monkeypatch.setattr(background, "PATIENCE", 0.05)
    writing = kept.Writing(Wish())
    writing.wait(20)
    assert writing.look().over


def test_two_write_at_once_and_the_third_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    started = threading.Semaphore(0)
    monkeypatch.setattr(kept, "stream", _endless(started))
    writers = [kept.Writing(Wish()) for _ in range(background.MOST_AT_ONCE)]
    for _ in writers:
        assert started.acquire(timeout=20)
    third = kept.Writing(Wish())
    assert not started.acquire(timeout=0.3)
    assert third.look().waiting
    writers[0].stop()
    assert started.acquire(timeout=20)
    for writing in (*writers, third):
        writing.stop()
        writing.wait(20)


def test_a_page_that_is_left_waiting_is_told_nothing_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "stream", lambda *_: iter(()))
    writing = kept.Writing(Wish())
    writing.wait(20)
    assert writing.look() == kept.Sight(running=((0, ()),), over=True)


def test_no_chords_are_sought_under_a_book() -> None:
    long = replace(tune_of(0), body=tune_of(0).body * 60)
    assert kept.chords(long).marks == ()
    assert kept.strummed(long) == ()


def test_charts_mark_what_the_chords_do() -> None:
    (tune,) = kept.checked(EXAMPLE).tunes
    assert chord_marks(kept.Take(tune)) == []
    marks = {mark.name: mark.function for mark in chord_marks(kept.Take(tune, chords=True))}
    assert marks["D"] == "tonic"
    assert "other" not in marks.values()
    names = [mark.name for mark in chord_marks(kept.Take(tune, chords=True))]
    assert all(before != after for before, after in pairwise(names))


def test_a_raw_tune_of_another_form_says_so() -> None:
    """Written as the model likes: four bars once where eight were asked for twice; its neighbour in no form is new."""
    wish = Wish("jig", "6/8", "Dmaj", 8, "AABB", valid=False)
    text = shown(tune_of(0)).text
    one = Candidate(1, text, text, wish)
    assert _mark(one, tune_of(0)) == {"mark": "new · not in the form asked for", "kind": "new"}
    for kept_to in (replace(wish, bars=4, form="A"), replace(wish, bars=0, form=""), replace(wish, valid=True)):
        assert _mark(replace(one, wish=kept_to), tune_of(0))["mark"] == "new"
    assert "form" not in _mark(replace(one, text=text + " "), tune_of(0))["mark"]
    assert "form" in _mark(replace(one, wish=replace(wish, bars=32, form="AABBCC")), tune_of(0))["mark"]


@pytest.mark.parametrize(
    ("body", "bars"),
    [("A|d6|e6|f5:|", 3), ("GABc2|d6|e6|f:|", 3), ("|:A|d6|[1e5:|[2f5||", 3), ("d6::A|d6|e5:|", 3)],
)
def test_upbeats_are_no_bars(body: str, bars: int) -> None:
    assert f"{bars} bars" in words.bars_in(Tune("jig", "6/8", "Dmaj", split_body(body)))


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> None:
    """The house's own model writes."""
    monkeypatch.setattr(kept, "stream", stream)
    monkeypatch.setattr(kept, "model", kept._model)


def _written(wish: Wish) -> Tune:
    writing = kept.Writing(wish)
    writing.wait(60)
    (one,) = writing.look().done
    assert one.written.valid and one.written.tune
    assert one.written.tune.key == one.written.tokens[2][2:]
    return one.written.tune


@pytest.mark.parametrize(("key", "near", "step"), [("Bmaj", "Bbmaj", 1), ("Gbmaj", "Gmaj", -1), ("G#min", "Gmin", 1)])
@pytest.mark.parametrize("follows", [False, True])
@pytest.mark.usefixtures("real")
def test_a_key_that_the_model_has_no_word_for_is_written_from_the_one_beside_it(
    key: str, near: str, step: int, follows: bool
) -> None:
    wish = Wish("reel", "4/4", near, 4, "A", f"{near[0]}4 {near[0]}2 ^F2|" if follows else "", rng_seed=3)
    plain = _written(wish)
    found = _written(
        replace(wish, key=key, opening=wish.opening and shown(in_key(plain, key)).text.split("|")[0] + "|")
    )
    assert found.key == key
    pitches = [[note.pitch for note in sounded(tune).score.notes] for tune in (plain, found)]
    assert pitches[1] == [pitch + step for pitch in pitches[0]]


def test_what_is_on_its_way_is_in_the_key_that_was_wished_for() -> None:
    tokens = ("R:reel", "M:4/4", "K:Bbmaj", "B", "2", "=e", "_g", "|")
    came = [read_in(Piece(0, token), "Bmaj") for token in tokens]
    told = ("R:reel", "M:4/4", "K:Bmaj", "B", "2", "^e", "=g", "|")
    assert came == [Piece(0, token) for token in told]
