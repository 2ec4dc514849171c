"""What a network of one's own learns from: read, counted, refused in words, laid into lessons."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import abc
from engine.abc.faults import faults
from engine.render import to_midi
from engine.songbook import live_vocabulary
from engine.vocab import BOS, EOS, MODES
from engine.words import say
from engine.workshop.bringing import MOST_BYTES, MOST_FILES, File, material_of_files, material_of_text
from engine.workshop.builtin import built_in, folk_tunes
from engine.workshop.choices import Choice, Progress, Sample
from engine.workshop.folder import read_order, read_progress, write_order, write_progress
from engine.workshop.gauge import USUAL, read_gauge
from engine.workshop.hearing import heard, melody_score
from engine.workshop.line import WorkshopError
from engine.workshop.material import LONGEST_TEXT, MOST_TOKENS, Material, chord_material, collected, parted
from engine.workshop.melody import tokens_of_tune
from engine.workshop.songs import songs_of_turns
from engine.workshop.teaching import LONGEST_LESSON, lessons_of, order_of, varied
from tests.workshop_material import ONE_EPOCH

SONG = "| C | Am | F | G | C | Am | Dm7 | G7 |"


def test_songs_are_lines_or_blocks() -> None:
    assert len(chord_material("\n".join([SONG] * 12)).pieces) == 12
    assert len(chord_material("\n\n".join([f"{SONG}\n{SONG}"] * 6)).pieces) == 6


def test_songs_in_any_key_and_notation_are_one_song() -> None:
    letters = chord_material("\n".join(["| D | Bm | G | A | D |"] * 20)).pieces[0]
    latin = chord_material("\n".join(["| Re | Sim | Sol | La | Re |"] * 20)).pieces[0]
    numerals = chord_material("\n".join(["| I | vi | IV | V | I |"] * 20)).pieces[0]
    assert letters == latin == numerals == (MODES["major"], "I", "vim", "IV", "V", "I", EOS)


def test_minor_numerals_are_minor() -> None:
    piece = chord_material("\n".join(["| i | iv | V7 | i |"] * 20)).pieces[0]
    assert piece[0] == MODES["minor"]


def test_what_cannot_be_read_is_named_and_the_rest_stays() -> None:
    material = chord_material("\n".join([*[SONG] * 10, "xyzzy plugh"]))
    assert len(material.pieces) == 10
    assert "Song 11" in str(material.told[0])


def test_too_little_and_too_much_are_refused_in_words() -> None:
    with pytest.raises(WorkshopError, match="Only"):
        chord_material(SONG)
    with pytest.raises(WorkshopError, match="characters"):
        chord_material("C " * LONGEST_TEXT)
    huge = collected("notes", say("huge"), [("a",) * 2000] * 200)
    assert huge.tokens <= MOST_TOKENS
    assert "first" in str(huge.told[0])


@given(st.text(alphabet="ABCDEFG m7#b|%:x3\n[]()/-", max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        material = chord_material(text)
    except WorkshopError:
        return
    known = set(live_vocabulary().tokens)
    assert all(set(piece) <= known for piece in material.pieces)


def test_nothing_to_check_with_is_learned_from() -> None:
    pieces = tuple((str(n), *"abcd") for n in range(40))
    learn, check = parted(pieces, 3)
    assert not set(learn) & set(check)
    assert set(learn) | set(check) == set(pieces)
    assert parted(pieces, 3) == (learn, check)


def test_of_one_piece_its_end_is_held_out() -> None:
    (learn,), (check,) = parted([tuple(str(n) for n in range(100))], 1)
    assert learn[-1] == check[0] == "84"
    assert check[-1] == "99"


def test_songs_of_turns_are_the_same_everywhere_and_within_the_vocabulary() -> None:
    songs = songs_of_turns()
    assert songs == songs_of_turns()
    assert {chord for _, chords in songs for chord in chords} <= set(live_vocabulary().tokens)


@pytest.mark.parametrize("change", [{"width": 17}, {"layers": 9}, {"epochs": 0}, {"cell": "x"}, {"rng_seed": -1}])
def test_networks_that_are_not_offered_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(WorkshopError, match="no such network"):
        order_of(built_in("chords"), Choice(**change))  # type: ignore[arg-type]


ABC = """X:1
T:A scale
M:4/4
L:1/8
K:D
|:DEFG ABcd|dcBA GFED:|
"""


def test_tunes_are_read_and_those_the_model_has_no_token_for_are_counted() -> None:
    odd = "X:2\nM:4/4\nL:1/8\nK:C\nC8|[K:D]D8|]\n"
    material = material_of_text("tunes", "\n".join([ABC] * 4 + [odd]))
    assert len(material.pieces) == 4
    assert material.pieces[0][:4] == ("R:other", "M:4/4", "K:Dmaj", "|:")
    assert "1 of 5" in str(material.told[0])


def test_uploads_are_counted_and_named() -> None:
    abc = File("tunes.abc", (ABC * 4).encode())
    assert len(material_of_files("tunes", [abc]).pieces) == 4
    with pytest.raises(WorkshopError, match="files"):
        material_of_files("tunes", [abc] * (MOST_FILES + 1))
    with pytest.raises(WorkshopError, match="kB"):
        material_of_files("notes", [File("large.mid", bytes(MOST_BYTES + 1))])
    with pytest.raises(WorkshopError, match=r"no\.mid was left out"):
        material_of_files("notes", [File("no.mid", b"RIFF")])
    with pytest.raises(WorkshopError, match="no ABC text"):
        material_of_files("tunes", [File("x.abc", b"\0\0")])


def test_a_melody_comes_back_from_a_midi_file_as_it_was() -> None:
    tokens = tokens_of_tune(folk_tunes()[0])
    score = melody_score(tokens)
    assert score is not None
    material = material_of_files("notes", [File("tune.mid", to_midi(score))])
    assert material.pieces[0] == tokens


@given(
    st.lists(
        st.sampled_from(["n60", "rest", "hold", "l12", "l3", "n103", "x", "<eos>", "head:0:major:4:4:0"]), max_size=30
    )
)
def test_any_tokens_can_be_heard_or_are_silence(tokens: list[str]) -> None:
    for kind in ("chords", "tunes", "notes"):
        heard(kind, tokens)


@given(st.lists(st.sampled_from(abc.VOCABULARY), max_size=40))
def test_any_tokens_of_tunes_can_be_heard_or_are_silence(tokens: list[str]) -> None:
    heard("tunes", ["R:jig", "M:6/8", "K:Dmaj", *tokens])
    heard("tunes", tokens)


def test_the_folk_tunes_are_whole() -> None:
    assert [tune.title for tune in folk_tunes() if faults(tune)] == []


def test_every_token_is_foretold_once_however_long_the_piece() -> None:
    piece = tuple(["I", "IV"] * 400)
    order = order_of(Material("chords", say("x"), (piece,) * 6), Choice())
    foretold = sum(len(lesson.ids) - 1 for lesson in lessons_of("chords", order.learn))
    assert foretold == len(piece) * 5
    assert max(len(cut.ids) for cut in lessons_of("chords", order.learn)) == LONGEST_LESSON + 1


def test_chord_lessons_meet_short_and_late_windows() -> None:
    import numpy as np

    order = order_of(built_in("chords"), Choice())
    vary, lesson = varied(order), lessons_of("chords", order.learn)[0]
    assert vary is not None
    random = np.random.default_rng(1)
    seen = [vary(lesson, random).ids.tolist() for _ in range(60)]
    start = order.vocabulary.index(BOS)
    assert any(ids[:2] == [start, start] for ids in seen)
    assert any(ids[0] != start for ids in seen)
    assert all(ids[-3:] == lesson.ids.tolist()[-3:] for ids in seen)


def test_orders_and_progress_survive_their_files(tmp_path: Path) -> None:
    order = order_of(built_in("chords"), Choice("gru", 32, 2, 3, 7))
    write_order(tmp_path, order)
    assert read_order(tmp_path) == order
    assert read_progress(tmp_path) == Progress()
    progress = Progress("failed", 0.5, 9.0, 3.0, 2.0, ONE_EPOCH, (Sample(1, ("I", "V")),), say("No {n}.", n=3))
    write_progress(tmp_path, progress)
    assert read_progress(tmp_path) == progress


def test_more_work_is_estimated_to_take_longer() -> None:
    material = built_in("chords")
    base = USUAL.estimate(order_of(material, Choice()))
    for more in (Choice(epochs=40), Choice(width=256), Choice(layers=3)):
        other = USUAL.estimate(order_of(material, more))
        assert other.seconds > base.seconds
        assert other.megabytes >= base.megabytes


def test_a_measure_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    (tmp_path / "speed.json").write_text('{"rnn": 3}')
    assert read_gauge(tmp_path) == USUAL
