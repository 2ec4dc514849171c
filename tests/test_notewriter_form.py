"""The forms of melodies and chorales, the draw, and model files."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.music import Key
from engine.notes import Piece, melody_events, parts_events
from engine.notewriter import NoteWish, UnwritableNotes, Written, note_model, write  # fmt: skip
from engine.notewriter.choosing import draw, nats_of, nucleus, shares
from engine.notewriter.form import FORMS, STREAMS, Form, lesson_of, reader_of, tokens_of, written_out
from engine.notewriter.heading import Heading, heading_of, sharps_of
from engine.notewriter.leaning import Leaning
from engine.notewriter.recall import LAGS, Recall
from engine.notewriter.tones import Tones, piece_of_tones
from engine.notewriter.vocabulary import (
    END,
    FIRST_LENGTH,
    FIRST_PITCH,
    SIZE,
    STEP,
    TICKS,
    TOKENS,
    is_length,
    is_pitch,
    lengths_in,
    ticks_of,
)
from engine.theory import ALL_KEYS
from tests.notewriter_material import four_parts, lines, model, piece, scale_up, sounding


def through_tokens(form: Form, given: Piece) -> Piece:
    """Written as tokens and read back."""
    heading = heading_of(given)
    reader, tones, voices = reader_of(form, heading), [], 4 if form == "chorale" else 1
    hearing = Tones(voices)
    for token in tokens_of(form, given, heading):
        tones.append(hearing.hear(reader, token))
        reader.read(token)
    tones += hearing.finish(reader)
    return piece_of_tones([tone for tone in tones if tone], heading, reader.now, voices=voices)


@given(lines, st.integers(-5, 6), st.integers(0, 30))
def test_a_melody_comes_back_from_its_tokens(line: list[tuple[int | None, int]], sharps: int, pickup: int) -> None:
    given_ = piece(line, sharps=sharps, pickup=pickup)
    if not given_.notes:
        return
    back = through_tokens("melody", given_)
    assert [(note.pitch, note.onset) for note in back.notes] == [(note.pitch, note.onset) for note in given_.notes]
    assert heading_of(back) == heading_of(given_)
    for before, after in zip(given_.notes, back.notes, strict=True):
        assert after.duration == ticks_of(next(lengths_in(int(before.duration * TICKS)))) * STEP


@given(st.lists(lines, min_size=4, max_size=4))
def test_four_parts_come_back_from_their_tokens(parts: list[list[tuple[int | None, int]]]) -> None:
    lifted = [[(None if pitch is None else pitch - 6 * number, length) for pitch, length in part]
              for number, part in enumerate(parts)]  # fmt: skip
    given_ = piece(*lifted)
    if len(parts_events(given_, STEP)) != 4 or not all(voice.notes for voice in given_.voices):
        return
    heights = [voice.height for voice in given_.voices]
    if sorted(heights, reverse=True) == heights and len(set(heights)) == 4:
        assert sounding(through_tokens("chorale", given_)) == sounding(given_)


@pytest.mark.parametrize("form", FORMS)
@given(seed=st.integers(0, 2**20))
def test_every_stream_stays_within_its_values(form: Form, seed: int) -> None:
    random = np.random.default_rng(seed)
    heading = Heading(int(random.integers(-7, 8)), "minor", 9, 8, int(random.integers(0, 54)))
    reader = reader_of(form, heading)
    for _ in range(60):
        row = reader.row()
        assert len(row) == len(STREAMS[form])
        assert all(0 <= value < values for value, values in zip(row, STREAMS[form], strict=True))
        reader.read(int(random.choice(np.flatnonzero(reader.allowed()))))
        if reader.ended:
            break


@pytest.mark.parametrize("form", FORMS)
def test_no_stream_looks_ahead(form: Form) -> None:
    """The same beginning has the same rows, whatever comes after it."""
    first, second = (scale_up(), piece([(67, 6), (69, 6), (60, 30)], sharps=1)) if form == "melody" else (
        four_parts(), piece(*([(pitch, 12), (pitch + 2, 5)] for pitch in (72, 67, 64, 48))))  # fmt: skip
    (ids, rows), (other_ids, other_rows) = lesson_of(form, first), lesson_of(form, second)
    common = int(np.argmin(ids[: len(other_ids)] == other_ids[: len(ids)]))
    assert common > 3
    assert (rows[:common] == other_rows[:common]).all()


def test_a_piece_and_its_transposition_have_the_same_tokens() -> None:
    at_home = tokens_of("melody", scale_up(), heading_of(scale_up()))
    steps = [67, 69, 71, 72, 74, 72, 71, 69]
    moved = piece([(steps[i % 8] + 2, 6) for i in range(32)], sharps=3)
    assert tokens_of("melody", moved, heading_of(moved)) == at_home
    assert TOKENS[at_home[0]] == "n72", "G major is read as C major"


def test_the_place_in_the_bar_follows_meter_and_pickup() -> None:
    reader = reader_of("melody", Heading(count=6, unit=8, pickup=6))
    places = []
    for token in tokens_of("melody", piece([(60, 6)] * 8), Heading()):
        if is_pitch(token):
            places.append((reader.row()[1], reader.row()[5]))
        reader.read(token)
    assert places == [(30, 0), (0, 1), (6, 1), (12, 1), (18, 1), (24, 1), (30, 1), (0, 2)]


def test_a_token_out_of_place_is_refused() -> None:
    reader = reader_of("melody", Heading())
    with pytest.raises(ValueError, match="cannot stand"):
        reader.read(TOKENS.index("l6"))
    reader.read(TOKENS.index("n60"))
    with pytest.raises(ValueError, match="cannot stand"):
        reader.read(END)


def test_tokens_are_all_different_and_say_what_they_are() -> None:
    assert len(set(TOKENS)) == SIZE
    assert sum(map(is_pitch, range(SIZE))) + sum(map(is_length, range(SIZE))) + 5 == SIZE


@given(st.integers(1, 5000))
def test_lengths_add_up(ticks: int) -> None:
    assert sum(map(ticks_of, lengths_in(ticks))) == ticks


@pytest.mark.parametrize("key", ALL_KEYS, ids=str)
def test_signatures_name_their_keys(key: Key) -> None:
    heading = Heading(sharps_of(key), key.mode)
    assert heading.key.pitch_class == key.pitch_class
    assert (heading.shift - key.pitch_class) % 12 == (0 if key.mode == "major" else 3)


def test_recall_finds_what_followed_and_what_stood_bars_ago() -> None:
    recall = Recall(bar=4)
    melody = [(1, 9), (2, 9), (3, 9), (4, 9), (1, 9), (2, 9)]
    for now, event in enumerate(melody):
        recall.heard(event, now)
    assert recall.followed()[0] == (3, 9)
    assert recall.pitches_ago(6)[LAGS.index(1)] == 3
    assert recall.lengths_ago(6, 3)[LAGS.index(1)] == 9


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=30), st.integers(0, 40), st.floats(0.05, 1), st.data())
def test_what_is_drawn_was_allowed(logits: list[float], top_k: int, top_p: float, data: st.DataObject) -> None:
    allowed = np.array([data.draw(st.booleans()) for _ in logits])
    allowed[0] = True
    top_k = min(top_k, len(logits))
    wish = NoteWish(top_k=top_k, top_p=top_p, temperature=0.5)
    drawn = shares(np.array(logits), allowed, np.zeros(len(logits)), wish)
    assert drawn.sum() == pytest.approx(1)
    assert not drawn[~allowed].any()
    assert allowed[draw(drawn, np.random.default_rng(0))]
    assert nats_of(np.array(logits), 0, allowed) >= 0


def test_a_small_nucleus_is_the_likeliest_alone() -> None:
    assert nucleus(np.array([0.2, 0.5, 0.3]), 0.05).tolist() == [0, 1, 0]


def test_a_model_of_another_language_is_refused() -> None:
    class Foreign:
        language = "abc-tonic"

    with pytest.raises(UnwritableNotes, match="abc-tonic"):
        note_model(Foreign())  # type: ignore[arg-type]


def test_writing_does_without_torch() -> None:
    code = "import sys, engine.notewriter; print('torch' in sys.modules, 'music21' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_reading_along_and_reading_at_once_agree() -> None:
    """The network after an opening is in the state that token after token would have led to."""
    tokens = tokens_of("melody", scale_up(1), heading_of(scale_up(1)))
    ids, rows = written_out(reader_of("melody", heading_of(scale_up(1))), tokens)
    steps = model("melody").steps
    at_once, _ = steps.read(ids, rows)
    state = steps.fresh()
    for index in range(len(ids)):
        logits, state = steps.step(state, ids[index : index + 1], rows[index : index + 1])
    assert np.allclose(logits[0], at_once[-1], atol=1e-5)


def test_what_is_written_reads_as_it_was_written() -> None:
    written: Written = write(model("melody"), NoteWish(bars=4))[0]
    assert melody_events(written.piece, STEP)
    assert [(n.pitch, n.onset) for n in written.score.notes] == [(n.pitch, float(n.onset)) for n in written.piece.notes]


def test_where_the_bars_run_out_the_tonic_is_wanted() -> None:
    heading = Heading(sharps=2)
    leaning = Leaning(NoteWish(bars=1), heading, 0, heading.bar)
    reader = reader_of("melody", heading)
    early = leaning.of(reader)
    assert early[END] == -np.inf, "no end before the bars are full"
    assert not early[FIRST_PITCH:].any()
    for token in (TOKENS.index("n60"), TOKENS.index("l36")):
        reader.read(token)
    late = leaning.of(reader)
    wanted = {TOKENS[token] for token in np.flatnonzero(late[:FIRST_LENGTH] > 0)}
    assert wanted == {f"n{pitch}" for pitch in range(36, 103, 12)}, "D, read as C"
    assert late[TOKENS.index("l12")] > 0 == late[TOKENS.index("l11")]


def test_a_bar_that_goes_on_and_on_is_leant_against() -> None:
    """More so the longer it has gone on; not before half a bar is as the bar before."""
    heading = Heading()
    leaning = Leaning(NoteWish(bars=0), heading, 0, None)
    reader = reader_of("melody", heading)
    pressure = []
    for token in tokens_of("melody", piece([(60, 12), (62, 12), (64, 12), (65, 12)] * 4), heading):
        if is_pitch(token):
            pressure.append(-float(leaning.of(reader)[token]))
        reader.read(token)
    assert pressure[:6] == [0] * 6
    assert pressure[6] > 0
    assert pressure[6:] == sorted(pressure[6:])
