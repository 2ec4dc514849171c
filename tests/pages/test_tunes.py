"""Tunes under AppTest, with a writer whose notes are known: openings, candidates, undo, the link."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlencode

import pytest
from streamlit.testing.v1 import AppTest

from engine import synth
from engine.abc import Tune, check, faults, shown, split_body
from engine.history import History
from engine.notes import read_midi
from engine.tunewriter import ImpossibleWish, Piece, Wish, Written, likeness
from engine.words import say
from pages.parts.kept import background
from pages.parts.kept import tunes as kept
from pages.parts.session import tunes as session
from pages.parts.session.tunes import DESK, read, recipe, write
from pages.parts.tunes import edit, words
from pages.parts.tunes.chosen import file_of, with_chords
from pages.parts.tunes.table import EXAMPLE, FIDDLE, MOST_KEPT, Candidate, Stand, Table, music_of
from pages.parts.tunes.takeaway import text_of
from pages.parts.tunes.trail import MOST_TEXT
from pages.parts.tunes.views import chord_marks
from pages.parts.tunes.writing import _mark, bars_given, incipit

ROOT = Path(__file__).parents[2]
NOTES = "DEFGAB"
Stream = Callable[..., Iterator[Piece | Written]]


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


@pytest.fixture(autouse=True)
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """No checkpoint, no corpus: the scripted writer, for which every tune is new but those on E."""
    monkeypatch.setattr(kept, "stream", scripted)
    monkeypatch.setattr(kept, "model", lambda: None)
    monkeypatch.setattr(likeness, "closest", _closest)
    kept.near.cache_clear()


def _closest(tune: Tune) -> tuple[str, str, float] | None:
    return ("Miss McLeod's", "O'Neill", 0.6) if "E" in tune.body else None


def opened(**entries: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page("pages/tunes.py")
    for name, value in entries.items():
        app.query_params[f"tunes.{name}"] = value
    app.run()
    assert not app.exception
    return app


def stand(app: AppTest) -> Stand:
    held = app.session_state["cadencia"][f"desk_{DESK.name}"]
    assert isinstance(held, Stand)
    return held


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


class _Visit:
    """A desk and a writer's place outside Streamlit."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, first: Stand) -> None:
        self.held_now = first
        self.writing: object = None
        self.problem: object = None
        monkeypatch.setattr(edit, "DESK", self)
        monkeypatch.setattr(session, "writing", lambda: self.writing)
        monkeypatch.setattr(session, "set_writing", lambda new: setattr(self, "writing", new))
        monkeypatch.setattr(session, "set_problem", lambda said: setattr(self, "problem", said))
        monkeypatch.setattr(session, "call", lambda: None)

    def held(self) -> Stand:
        return self.held_now

    def put(self, value: Stand) -> None:
        self.held_now = value

    def texts(self) -> list[str]:
        return [one.text for one in self.held_now.table.kept]


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> _Visit:
    first = Table((Candidate(1, "K:D\nDEF|"), Candidate(2, "K:D\nGAB|")), 1)
    return _Visit(monkeypatch, Stand(Wish(candidates=2), History(first), numbers=3))


# --- the page -------------------------------------------------------------------------------------------------------


def test_the_page_stands_with_an_example_that_is_valid() -> None:
    app = opened()
    assert [box.label for box in app.selectbox][:6] == ["Type", "Meter", "Key", "Mode", "Bars", "Form"]
    assert stand(app).table.looked_at == Candidate(1, EXAMPLE)
    assert check(EXAMPLE).is_good
    assert "abc" not in address(app)


def test_candidates_come_ranked_and_the_example_goes() -> None:
    table = press_write(opened(seed="7")).table
    assert [one.take for one in table.kept] == [0, 2, 3, 1], "what is close to a known tune comes later"
    assert [check(one.text).tunes[0].body[0] for one in table.kept] == ["D", "F", "G", "E"]
    assert table.chosen == table.kept[0].number


def test_the_same_wish_again_takes_the_next_seed_and_keeps_what_is_there() -> None:
    app = opened(seed="7", n="2")
    press_write(app)
    again = press_write(app)
    assert again.wish.rng_seed == 8
    assert len(again.table.kept) == 4
    assert len({one.number for one in again.table.kept}) == 4


def test_a_type_brings_its_meter() -> None:
    app = opened()
    app.selectbox[0].set_value("waltz").run()
    assert (stand(app).wish.rhythm, stand(app).wish.meter) == ("waltz", "3/4")
    app.selectbox[1].set_value("4/4").run()
    assert (stand(app).wish.rhythm, stand(app).wish.meter) == ("waltz", "4/4")


def test_a_mode_keeps_the_tonic_where_it_can() -> None:
    app = opened(k="Abmaj")
    app.selectbox[3].set_value("dor").run()
    assert stand(app).wish.key.endswith("dor")
    app.selectbox[3].set_value("").run()
    assert stand(app).wish.key == ""
    app.selectbox[2].set_value("mix").run()  # without a key there is no box for the tonic
    assert stand(app).wish.key == "Dmix"


def test_a_bad_opening_is_told_and_kept() -> None:
    app = opened(open="A|dfa q")
    app.button(key="write").click().run()
    assert any("q" in warning.value for warning in app.warning)
    assert "tunes_writing" not in app.session_state["cadencia"]
    assert stand(app).wish.opening == "A|dfa q"
    assert address(app)["open"] == "A|dfa q"


def test_what_the_writer_refuses_is_told() -> None:
    app = opened(open="c''2 c''c''2 c''|")
    press_write(app)
    assert [warning.value for warning in app.warning] == ["Too high for this piper."]
    assert stand(app).table.looked_at == Candidate(1, EXAMPLE)


def joined(name: str) -> None:
    for thread in threading.enumerate():
        if thread.name == name:
            thread.join(20)


def test_a_writer_that_breaks_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Iterator[Piece]:
        yield Piece(0, "R:jig")
        raise RuntimeError("a string broke")

    monkeypatch.setattr(kept, "stream", broken)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    app = opened()
    press_write(app)
    assert "could not be written" in app.warning[0].value
    joined("tunes")  # what was raised is told when the thread ends: while its hook is still put aside


@pytest.mark.parametrize("mark", ["", "mine"])
def test_the_link_does_not_promise_a_model_of_ones_own(monkeypatch: pytest.MonkeyPatch, mark: str) -> None:
    monkeypatch.setattr("pages.parts.session.own.mark", lambda page="compose": mark)
    monkeypatch.setattr("pages.parts.kept.own.has", lambda page, mark: mark == "mine")
    app = opened()
    app.session_state["tune_link"] = True
    app.run()
    captions = [caption.value for caption in app.caption]
    assert "This link opens the same tune, with its settings." in captions
    assert any("own model does not go with it" in caption for caption in captions) == bool(mark)


def test_a_random_opening_is_two_bars() -> None:
    app = opened()
    app.button(key="random_opening").click().run()
    assert stand(app).wish.opening == "D2D D2A|D2D D2A|"


def test_views_and_files_are_made_of_the_tune() -> None:
    app = opened(abc=shown(tune_of(0)).text)
    app.session_state["tune_views"] = "piano roll"
    app.run()
    assert not app.exception
    take = kept.Take(tune_of(0))
    assert kept.midi(take).startswith(b"MThd")
    assert b"<beats>6</beats>" in kept.musicxml(take)


def test_a_tune_is_played_on_a_fiddle_until_another_instrument_is_chosen() -> None:
    app = opened(abc=shown(tune_of(0)).text)
    assert stand(app).instrument == FIDDLE == synth.TUNE_INSTRUMENTS[0].program
    assert "instr" not in address(app)
    app.session_state["tune_views"] = "listen"
    app.run()
    assert any("Fiddle" in caption.value for caption in app.caption)
    app.selectbox(key="widget_tune_instrument").set_value(73).run()
    assert not app.exception
    assert stand(app).instrument == 73
    assert address(app)["instr"] == "73"
    assert any("Flute" in caption.value for caption in app.caption)
    app.selectbox(key="widget_tune_instrument").set_value(0).run()
    assert address(app)["instr"] == "0"


def test_an_instrument_of_a_link_stands_among_ours() -> None:
    app = opened(abc=shown(tune_of(0)).text, instr="15")
    app.session_state["tune_views"] = "listen"
    app.run()
    assert app.selectbox(key="widget_tune_instrument").value == 15


def programs(midi: bytes) -> list[set[int]]:
    """The programs of each track that sounds."""
    import mido  # type: ignore[import-untyped]

    tracks = mido.MidiFile(file=BytesIO(midi)).tracks
    sounding = [track for track in tracks if any(message.type == "note_on" for message in track)]
    return [{message.program for message in track if message.type == "program_change"} for track in sounding]


@pytest.mark.parametrize(("instrument", "under"), [(FIDDLE, 25), (73, 25), (105, 25), (0, 0)])
def test_every_file_says_what_plays(instrument: int, under: int) -> None:
    (tune,) = kept.checked(EXAMPLE).tunes
    plain, chorded = kept.Take(tune, 0.0, instrument), kept.Take(tune, 0.0, instrument, chords=True)
    assert programs(kept.midi(plain)) == [{instrument}]
    assert programs(kept.midi(chorded)) == [{instrument}, {under}]
    for take in (plain, chorded):
        assert f"<midi-program>{instrument + 1}</midi-program>".encode() in kept.musicxml(take)
        assert b"<transpose>" not in kept.musicxml(take)


def test_a_tune_is_heard_where_there_is_no_fluidsynth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synth, "_WITH_SOUNDFONT", ())
    audio = kept.audio(kept.Take(tune_of(3), 0.0, FIDDLE))
    assert audio.synth == "builtin"
    assert abs(audio.samples).max() > 0.05


# --- the link -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wish",
    [
        Wish("jig", "6/8", "Dmaj", 8, "AABB", rng_seed=3, candidates=4, temperature=0.9),
        Wish("", "", "", 0, "", "K:Am\nA2|", 1.35, 40, 0.85, 99_999, 16, valid=False),
        Wish("slip jig", "9/8", "F#min", 16, "AB", "", 0.5, 1, 0.05, 0, 1),
    ],
)
def test_the_link_holds_every_setting(wish: Wish) -> None:
    first = Candidate(1, EXAMPLE)
    told = Stand(wish, History(Table((first,), 1)), chords=True, instrument=0, numbers=2)
    assert read(write(told)) == told


@pytest.mark.parametrize(
    "entries",
    [
        {"r": "<b>", "m": "1000/1", "k": "H#", "bars": "9" * 30, "form": "ABA", "seed": "-1", "n": "3", "raw": "2"},
        {"t": "nan", "topp": "1e9", "topk": "٣", "bpm": "inf", "instr": "999", "take": "x", "abc": " "},
        {},
    ],
)
def test_a_broken_link_is_a_new_page(entries: Mapping[str, str]) -> None:
    new = read({"seed": "5"})
    told = read(entries)
    assert replace(told, wish=replace(told.wish, rng_seed=5)) == new


def test_the_link_makes_the_same_tune_again() -> None:
    app = opened(seed="7", n="2", open="A|dfa afd|", t="1.2")
    first = press_write(app)
    entries = recipe(first)
    again = opened(**entries)
    assert stand(again).wish == first.wish
    shown_again = stand(again).table.looked_at
    assert shown_again
    assert (shown_again.text, shown_again.take) == (first.table.kept[0].text, first.table.kept[0].take)
    remade = press_write(again)
    assert shown_again.text in {one.text for one in remade.table.kept if one.number > 1}


def test_the_link_of_a_continuation_says_its_opening_once() -> None:
    (tune,) = kept.checked(EXAMPLE).tunes
    text = shown(tune).text
    opening = music_of(text)[:90].strip()
    wish = Wish("jig", "6/8", "Dmaj", opening=opening, rng_seed=3, candidates=4)
    one = Candidate(1, text, text, wish, take=2)
    entries = recipe(Stand(wish, History(Table((one,), 1))))
    assert "open" not in entries
    assert sum(map(len, entries.values())) < len(text) + 60
    again = read(entries)
    assert again.wish == wish
    assert again.table.looked_at == one
    elsewhere = replace(wish, opening="A | d2A FAd |")  # typed in another way than it is shown
    assert recipe(Stand(wish, History(Table((replace(one, wish=elsewhere),), 1))))["open"] == elsewhere.opening


@pytest.mark.parametrize("upto", ["", "-1", "0", "x", "99999", "400"])
def test_a_bad_length_of_the_opening_does_no_harm(upto: str) -> None:
    (tune,) = kept.checked(EXAMPLE).tunes
    told = read({"abc": shown(tune).text, "upto": upto, "take": "1"})
    assert told.wish.opening in ("", music_of(shown(tune).text))
    assert read({"upto": "5"}).wish.opening == ""


def test_an_edited_tune_is_in_the_address_and_survives_a_refresh() -> None:
    text = "X:1\nT:<b>mine</b>\nM:3/4\nK:G\nG2 B2 d2|"
    app = opened(abc=text)
    assert address(app)["abc"] == text
    assert opened(**address(app)).session_state["cadencia"][f"desk_{DESK.name}"].table == stand(app).table


# --- presses --------------------------------------------------------------------------------------------------------


def test_typing_in_one_go_is_one_step_of_undo(visit: _Visit) -> None:
    for text, step in (("K:D\nDEFG|", True), ("K:D\nDEFGA|", False), ("K:D\nDEFGAB|", False), ("K:D\n|", True)):
        edit.apply({"type": "edit", "number": 1, "text": text, "step": step})
    assert visit.texts()[0] == "K:D\n|"
    edit.apply({"type": "undo"})
    assert visit.texts()[0] == "K:D\nDEFGAB|"
    edit.apply({"type": "undo"})
    assert visit.texts()[0] == "K:D\nDEF|"
    edit.apply({"type": "redo"})
    assert visit.texts()[0] == "K:D\nDEFGAB|"


def test_a_removed_tune_comes_back(visit: _Visit) -> None:
    edit.apply({"type": "remove", "number": 1})
    assert visit.texts() == ["K:D\nGAB|"]
    assert visit.held().table.chosen == 2
    edit.apply({"type": "undo"})
    assert visit.texts() == ["K:D\nDEF|", "K:D\nGAB|"]
    edit.apply({"type": "remove", "number": 2})
    edit.apply({"type": "remove", "number": 1})
    assert visit.held().table == Table()


def test_undo_takes_back_edits_and_not_the_tunes_that_came_since(visit: _Visit) -> None:
    edit.apply({"type": "edit", "number": 1, "text": "K:D\nFED|"})
    edit.apply({"type": "write"})
    assert isinstance(visit.writing, tuple)
    visit.writing[0].wait(20)
    edit.collect()
    edit.apply({"type": "undo"})
    assert len(visit.texts()) == 4
    assert "K:D\nDEF|" in visit.texts()


@pytest.mark.parametrize(
    "event",
    [
        {"type": "edit", "number": 99, "text": "K:D\nd|"},
        {"type": "edit", "number": "1", "text": "x"},
        {"type": "choose", "number": None},
        {"type": "tempo", "number": 1, "value": 1e9},
        {"type": "tempo", "number": 1, "value": float("nan")},
        {"type": "tempo", "number": 1, "value": True},
        {"type": "continue", "number": 1, "at": "x"},
        {"type": ["edit"]},
        {},
    ],
)
def test_what_a_browser_says_wrongly_changes_nothing(visit: _Visit, event: Mapping[str, object]) -> None:
    before = visit.held()
    edit.apply(event)
    assert visit.held() == before
    assert visit.writing is None


def test_a_megabyte_in_the_field_is_cut_and_told(visit: _Visit) -> None:
    edit.apply({"type": "edit", "number": 1, "text": "A" * 1_000_000})
    assert len(visit.texts()[0]) == MOST_TEXT
    edit.apply({"type": "edit", "number": 1, "text": None})
    assert visit.texts()[0] == ""


def test_half_a_sign_in_the_field_neither_breaks_the_link_nor_the_file(visit: _Visit) -> None:
    """JSON can say half of a surrogate pair; UTF-8 cannot, and the address is written at every look at the page."""
    edit.apply({"type": "edit", "number": 1, "text": "T:a\ud800b\nK:D\nDEF|"})
    edit.apply({"type": "opening", "text": "D\udfff"})
    assert visit.texts()[0].encode() == b"T:a?b\nK:D\nDEF|"
    assert urlencode(write(visit.held())).isascii()


def test_the_opening_of_a_continuation_is_the_notes_alone(visit: _Visit) -> None:
    """Type, meter and key stand in the wish; the link need not say them twice."""
    edit.apply({"type": "edit", "number": 1, "text": EXAMPLE})
    edit.apply({"type": "continue", "number": 1, "at": EXAMPLE.index("FAd|f2d") + 4})
    assert isinstance(visit.writing, tuple)
    wish = visit.writing[0].wish
    assert wish.opening == "A|d2A FAd|"
    assert (wish.rhythm, wish.meter, wish.key) == ("jig", "6/8", "Dmaj")


def test_a_tune_goes_on_from_the_cursor(visit: _Visit) -> None:
    text = "X:1\nM:6/8\nL:1/8\nK:Dmaj\nA2B cde|f2e d3|"
    edit.apply({"type": "edit", "number": 1, "text": text})
    edit.apply({"type": "continue", "number": 1, "at": text.index("f2e") + 2})
    assert isinstance(visit.writing, tuple)
    wish = visit.writing[0].wish
    assert check(wish.opening, edit.like(wish), whole=False).tunes[0].body == split_body("A2Bcde|f2")
    assert (wish.meter, wish.key, wish.bars, wish.form) == ("6/8", "Dmaj", 0, "")


def test_what_is_kept_is_not_written_again_after_a_continuation(visit: _Visit) -> None:
    wish = Wish(rng_seed=7)
    kept_one = Candidate(1, shown(tune_of(0)).text, wish=wish)
    visit.put(Stand(wish, History(Table((kept_one,), 1)), drawn=replace(wish, opening="D"), numbers=2))
    edit.write()
    assert visit.held().wish.rng_seed == 8
    assert isinstance(visit.writing, tuple)
    visit.writing[0].wait(20)


def test_no_more_tunes_than_the_desk_holds(visit: _Visit) -> None:
    many = tuple(Candidate(number, f"K:D\n{'D' * number}|") for number in range(1, MOST_KEPT))
    visit.put(Stand(Wish(candidates=2), History(Table(many, 1)), numbers=MOST_KEPT))
    edit.apply({"type": "write"})
    assert visit.writing is None
    assert str(MOST_KEPT) in str(visit.problem)


# --- the writer -----------------------------------------------------------------------------------------------------


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


# --- score and text -------------------------------------------------------------------------------------------------


def test_chord_symbols_move_the_places_of_notes_and_nothing_else() -> None:
    tune = tune_of(0)
    written = shown(tune)
    text, spans = with_chords(written, [(0, "D"), (7, "F#m")])
    assert [text[start:end] for start, end in spans] == list(tune.body)
    assert '"D"D2D' in text
    assert '"F#m"D2D' in text
    assert with_chords(written, []) == (written.text, list(written.spans))


def test_chords_that_are_heard_are_taken_away_too() -> None:
    """On a track of their own in MIDI, as symbols in ABC and MusicXML, where the tune keeps its one staff."""
    (tune,) = kept.checked(EXAMPLE).tunes
    plain, chorded = kept.Take(tune), kept.Take(tune, chords=True)
    lowest = {take: min(note.pitch for note in read_midi(kept.midi(take)).notes) for take in (plain, chorded)}
    assert lowest[chorded] < 52 <= lowest[plain]
    assert kept.abc(plain) == shown(tune).text
    assert '"D"' in kept.abc(chorded)
    assert check(kept.abc(chorded)).tunes[0].body == tune.body
    assert b"<harmony" in kept.musicxml(chorded)
    assert b"<staves>2</staves>" not in kept.musicxml(chorded)


def test_continuations_of_one_tune_are_told_apart() -> None:
    """Their cards show the bars from the last given one on; those of a short opening begin at the beginning."""
    (tune,) = kept.checked(EXAMPLE).tunes
    assert incipit(tune, bars_given(Wish(opening="A|d2A FAd|", key="Dmaj"))).endswith(
        "K:Dmaj\nA|d2A FAd|f2d A2f|g2e c2e| "
    )
    going_on = Wish(opening=EXAMPLE[: EXAMPLE.index("f|\n")])  # with the upbeat of the second part not yet there
    assert bars_given(going_on) == 9
    assert "\nf2d d2:: f|a2f d2f|g2e c2e|" in incipit(tune, bars_given(going_on))


# --- titles ---------------------------------------------------------------------------------------------------------


def test_what_is_taken_away_has_the_name_that_the_page_gives() -> None:
    """Its own title where it has one; a text that has none stays as it was typed but for the title."""
    typed = "X:1\nL:1/8\nM:3/4\nR:waltz\nK:Emin\nE2 G2 B2|e6|] % mine\n"
    one = Candidate(1, typed, wish=Wish(rng_seed=7), take=2)
    take = taken(typed)
    assert text_of(one, take) == typed.replace("X:1\n", "X:1\nT:Waltz in E minor\n")
    assert b"<work-title>Waltz in E minor</work-title>" in kept.musicxml(take)
    assert "\nT:Waltz in E minor\n" in text_of(one, replace(take, chords=True))
    assert file_of(one, take.tune) == "waltz-in-e-minor-7-3"
    named = typed.replace("L:1/8\n", "L:1/8\nT:Sí Bheag, Sí Mhór\n")
    assert text_of(Candidate(1, named), taken(named)) == named
    assert b"<work-title>S\xc3\xad Bheag, S\xc3\xad Mh\xc3\xb3r</work-title>" in kept.musicxml(taken(named))
    assert file_of(Candidate(1, named), taken(named).tune) == "si-bheag-si-mhor"


def taken(text: str) -> kept.Take:
    (tune,) = check(text).tunes
    return kept.Take(tune, title=words.title_of(tune))


def test_notes_without_a_header_are_taken_away_with_one() -> None:
    text = text_of(Candidate(1, "DEF GAB|"), taken("DEF GAB|"))
    assert [line[:2] for line in text.splitlines()[1:3]] == ["X:", "T:"]
    assert "\nK:" in text
