"""The page Tunes under AppTest: what is asked for, written, looked at and taken away."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pytest

from engine import synth
from engine.abc import check, shown
from engine.notes import read_midi
from engine.tunewriter import Piece, Wish
from pages.parts.kept import tunes as kept
from pages.parts.tunes import words
from pages.parts.tunes.chosen import file_of, with_chords
from pages.parts.tunes.table import EXAMPLE, FIDDLE, Candidate
from pages.parts.tunes.takeaway import text_of
from pages.parts.tunes.writing import bars_given, incipit
from tests.pages.tunes.common import address, opened, press_write, stand, tune_of


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


def test_every_signature_is_among_the_keys() -> None:
    app = opened()
    assert {"B", "F♯", "G♭", "D♭"} <= set(app.selectbox[2].options)
    app.selectbox[3].set_value("min").run()
    assert {"B", "F♯", "C♯", "G♯", "E♭"} <= set(app.selectbox[2].options)
    app.selectbox[2].set_value("G#").run()
    assert (stand(app).wish.key, address(app)["k"]) == ("G#min", "G#min")
    app.selectbox[3].set_value("maj").run()  # where it would have eight sharps
    assert stand(app).wish.key == "Abmaj"
    assert not app.exception


@pytest.mark.parametrize("key", ["C#maj", "Bmaj", "Gbmix", "E#phr"])
def test_a_link_opens_in_every_key(key: str) -> None:
    app = opened(k=key)
    assert stand(app).wish.key == key
    assert app.selectbox[2].value == key[:-3]
    assert press_write(app).wish.key == key


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
