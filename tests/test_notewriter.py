"""The note writer: it reads what stands there and nothing ahead, wishes hold, the same seed writes the same."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.music import Chord, Key, Note, Progression, Slot, pitch_class_of
from engine.notes import KeySignature, Meter, NoteEvent, Piece, melody_events, parts_events, piece_of_events
from engine.notewriter import (
    NoteModel,
    NoteWish,
    UnwritableNotes,
    Written,
    first_bars,
    harmonise,
    load,
    note_model,
    piece_of_notes,
    repeated_bars,
    stream,
    stream_harmony,
    write,
)  # fmt: skip
from engine.notewriter.choosing import draw, nats_of, nucleus, shares
from engine.notewriter.form import FORMS, STREAMS, Form, lesson_of, reader_of, tokens_of, written_out
from engine.notewriter.heading import Heading, heading_of, sharps_of
from engine.notewriter.leading import SEMITONE
from engine.notewriter.leaning import Leaning, scale_classes
from engine.notewriter.recall import LAGS, Recall
from engine.notewriter.tones import Tones, piece_of_tones
from engine.notewriter.vocabulary import (
    END,
    FIRST_LENGTH,
    FIRST_PITCH,
    HOLD,
    LOWEST,
    REST,
    SIZE,
    STEP,
    TICKS,
    TOKENS,
    is_length,
    is_pitch,
    lengths_in,
    ticks_of,
)
from engine.recurrent.sizes import Sizes, shapes_of
from engine.recurrent.steps import steps_of
from engine.theory import ALL_KEYS, pitch_classes

# --- material -------------------------------------------------------------------------------------------------------


@cache
def model(form: Form, rng_seed: int = 0, end: float = -1.0) -> NoteModel:
    """An untrained network that believes something everywhere."""
    sizes = Sizes("gru", SIZE, 8, 12, 1, features=STREAMS[form], feature_dim=4)
    random = np.random.default_rng(rng_seed)
    weights = {name: random.normal(0, 0.6, shape).astype(np.float32) for name, shape in shapes_of(sizes).items()}
    weights["fc.bias"][END] = end
    return NoteModel(form, steps_of(sizes, weights), {})


pitches = st.one_of(st.none(), st.integers(48, 84))
lines = st.lists(st.tuples(pitches, st.integers(1, 60)), min_size=1, max_size=20)


Line = Sequence[tuple[int | None, int]]


def events(line: Line) -> list[NoteEvent]:
    return [NoteEvent(pitch, length, 0) for pitch, length in line]


def piece(*parts: Line, sharps: int = 0, meter: tuple[int, int] = (4, 4),
          pickup: int = 0) -> Piece:  # fmt: skip
    return piece_of_events(
        [events(part) for part in parts], meter=Meter(Fraction(0), *meter), pickup=pickup * STEP, step=STEP,
        key=KeySignature(Fraction(0), sharps),
    )  # fmt: skip


def scale_up(bars: int = 4) -> Piece:
    """Eighths up and down in G."""
    steps = [67, 69, 71, 72, 74, 72, 71, 69]
    return piece([(steps[i % 8], 6) for i in range(8 * bars)], sharps=1)


def four_parts(bars: int = 2) -> Piece:
    return piece(*([(pitch, 12)] * 4 * bars for pitch in (72, 67, 64, 48)))


def sounding(given: Piece) -> list[tuple[int, Fraction, Fraction]]:
    return [(note.pitch, note.onset, note.duration) for note in given.notes]


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


# --- the forms ------------------------------------------------------------------------------------------------------


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


# --- the draw -------------------------------------------------------------------------------------------------------


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


# --- wishes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"bars": -1}, {"bars": 65}, {"bars": 2.5}, {"temperature": 0.0}, {"temperature": float("nan")}, {"top_k": -1},
        {"top_p": 0.0}, {"rng_seed": -1}, {"density": 3}, {"variations": 0}, {"variations": 9}, {"tempo_bpm": 0},
        {"meter": (4, 3)}, {"meter": (0, 4)}, {"progression": Progression(Key("C"))}, {"follow": 4},
    ],
    ids=str,
)  # fmt: skip
def test_wishes_out_of_range_are_refused_in_words(wrong: dict[str, object]) -> None:
    with pytest.raises(UnwritableNotes) as caught:
        NoteWish(**wrong)  # type: ignore[arg-type]
    assert caught.value.sentence.template.endswith(".")


@pytest.mark.parametrize("form", FORMS)
def test_the_same_seed_writes_the_same_and_more_variations_leave_the_first(form: Form) -> None:
    one = write(model(form), NoteWish(bars=3, rng_seed=7))
    three = write(model(form), NoteWish(bars=3, rng_seed=7, variations=3))
    assert one[0].piece == three[0].piece
    assert [each.variation for each in three] == [0, 1, 2]
    assert three[0].piece != three[1].piece
    assert write(model(form), NoteWish(bars=3, rng_seed=8))[0].piece != one[0].piece


@pytest.mark.parametrize("form", FORMS)
def test_a_stream_tells_every_note_once(form: Form) -> None:
    wish = NoteWish(bars=4, variations=2, rng_seed=1)
    steps = list(stream(model(form), wish))
    for number in range(2):
        own = [step for step in steps if step.variation == number]
        told = sorted((note.onset, note.pitch) for step in own for note in step.notes)
        last = own[-1].written
        assert last is not None and [step.written for step in own[:-1]] == [None] * (len(own) - 1)
        kept = sorted((float(note.onset), note.pitch) for note in last.piece.notes)
        assert [each for each in told if each[0] < float(last.piece.end)] == kept
        assert [step.share for step in own] == sorted(step.share for step in own)
    wholes = [step.written for step in steps if step.written]  # as they are done: a shorter one may come first
    assert tuple(sorted(wholes, key=lambda whole: whole.variation)) == write(model(form), wish)


def test_a_stream_can_be_stopped() -> None:
    asked = 0

    def stopped() -> bool:
        nonlocal asked
        asked += 1
        return asked > 20

    steps = list(stream(model("melody"), NoteWish(bars=64, variations=2), stopped=stopped))
    assert [step.variation for step in steps if step.written] == [0, 1]
    assert asked == 21
    assert all(step.written.piece.end < 64 for step in steps if step.written)


@pytest.mark.parametrize(("bars", "pickup"), [(1, 0), (5, 0), (3, 12)])
def test_as_many_bars_are_written_as_were_wished_for(bars: int, pickup: int) -> None:
    opening = piece([(67, 12)] * (9 if pickup else 6), pickup=pickup)
    written = write(model("melody"), NoteWish(bars=bars), opening)[0]
    assert written.piece.end == (pickup + 96 + 48 * bars) * STEP
    assert not written.ended
    assert max(note.end for note in written.piece.notes) <= written.piece.end


def test_the_opening_stays_as_it_was_or_is_left_out() -> None:
    opening = scale_up(2)
    kept = write(model("melody"), NoteWish(bars=4), opening)[0]
    assert kept.continues_at == 8
    assert [(n.pitch, n.onset) for n in kept.score.notes if n.onset < 8] == [
        (n.pitch, float(n.onset)) for n in opening.notes
    ]
    left_out = write(model("melody"), NoteWish(bars=4, keep_opening=False), opening)[0]
    assert left_out.continues_at == 0
    assert [(n.pitch, n.onset + 8) for n in left_out.piece.notes] == [
        (n.pitch, n.onset) for n in kept.piece.notes if n.onset >= 8
    ]
    assert kept.score.key == left_out.score.key == Key("G")


def test_a_locked_scale_holds() -> None:
    for key in (Key("Ab"), Key("F#", "minor")):
        written = write(model("melody"), NoteWish(bars=8, key=key, lock=True, temperature=3))[0]
        assert {note.pitch % 12 for note in written.score.notes} <= scale_classes(key)
        assert written.score.key == key
    free = write(model("melody"), NoteWish(bars=8, key=Key("Ab"), temperature=3))[0]
    assert not {note.pitch % 12 for note in free.score.notes} <= scale_classes(Key("Ab"))


@pytest.mark.parametrize("form", FORMS)
def test_density_means_more_onsets(form: Form) -> None:
    counts = [
        sum(len(each.score.notes) for each in write(model(form), NoteWish(bars=8, density=density, variations=4)))
        for density in (-2, 0, 2)
    ]
    assert counts == sorted(counts) and counts[0] < counts[2]


def test_notes_follow_the_chords() -> None:
    chords = [Chord("D", "m"), Chord("G", "7"), Chord("C"), Chord("Ab")]
    progression = Progression(Key("C"), tuple(Slot(chord) for chord in chords))

    def share(follow: float) -> float:
        wish = NoteWish(bars=16, progression=progression, follow=follow, variations=8)
        notes = [note for each in write(model("melody"), wish) for note in each.score.notes if note.onset % 1 == 0]
        inside = [note.pitch % 12 in pitch_classes(chords[int(note.onset // 4) % 4]) for note in notes]
        return sum(inside) / len(inside)

    assert share(3) > 0.9 > share(1) > share(0)
    names = write(model("melody"), NoteWish(bars=5, progression=progression))[0].score.chord_names
    assert names == ((0, "Dm"), (4, "G7"), (8, "C"), (12, "Ab"), (16, "Dm"))


def test_without_bars_the_model_ends_or_the_limit_does() -> None:
    ends = [each.ended for each in write(model("melody", end=4.0), NoteWish(bars=0, variations=8))]
    assert any(ends)
    for each in write(model("chorale"), NoteWish(bars=0, variations=2)):
        assert each.piece.end <= 4 * 130


# --- openings -------------------------------------------------------------------------------------------------------


def test_first_bars_cut_at_the_bar_line() -> None:
    whole = piece([(67, 6)] + [(60, 18)] * 20, pickup=6)
    opening = first_bars(whole, 2)
    assert opening.end == Fraction(17, 2) == max(note.end for note in opening.notes)
    assert first_bars(whole, 1000) is whole


def test_played_notes_become_a_piece_on_their_grid() -> None:
    played = [Note(60, 0.02, 0.4), Note(62, 0.51, 0.45), Note(64, 0.98, 0.9)]
    opening = piece_of_notes(played, Key("A"), (3, 4), 90.0)
    assert [(note.pitch, note.onset) for note in opening.notes] == [(60, 0), (62, Fraction(1, 2)), (64, 1)]
    assert heading_of(opening) == Heading(3, "major", 3, 4, 0, 90.0)
    with pytest.raises(UnwritableNotes, match="played"):
        piece_of_notes([])


def test_a_chorale_needs_four_parts() -> None:
    with pytest.raises(UnwritableNotes, match="four voices"):
        stream(model("chorale"), NoteWish(), scale_up())


def test_an_opening_has_a_largest_size() -> None:
    with pytest.raises(UnwritableNotes, match="4000"):
        stream(model("melody"), NoteWish(), piece([(60, 3)] * 4001))


def test_four_parts_go_on_in_four_parts() -> None:
    written = write(model("chorale"), NoteWish(bars=2), four_parts())[0]
    assert [voice.name for voice in written.piece.voices] == ["Soprano", "Alto", "Tenor", "Bass"]
    assert written.continues_at == 8 and written.piece.end == 16


# --- harmony --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("octaves", [-1, 0, 2])
def test_a_harmonised_melody_is_left_as_it_is(octaves: int) -> None:
    line = [(67, 12), (69, 6), (71, 6), (None, 12), (72, 24), (74, 5), (72, 31)]
    tune = piece([(None if p is None else p + 12 * octaves, length) for p, length in line], sharps=1)
    for written in harmonise(model("chorale"), NoteWish(variations=2, rng_seed=3), tune):
        soprano = written.piece.voices[0].notes
        assert [(n.pitch, n.onset, n.duration) for n in soprano] == sounding(tune)
        assert {written.score.notes[i].pitch for i in written.given} == {note.pitch for note in tune.notes}
        assert len(written.given) == len(tune.notes)
        assert all(voice.notes for voice in written.piece.voices)
        assert written.piece.end == tune.end


def test_only_a_chorale_model_harmonises_and_only_what_sounds() -> None:
    with pytest.raises(UnwritableNotes, match="chorale model"):
        stream_harmony(model("melody"), NoteWish(), scale_up())
    with pytest.raises(UnwritableNotes, match="no melody"):
        stream_harmony(model("chorale"), NoteWish(), Piece((), Fraction(4)))


def test_a_given_soprano_changes_only_its_own_streams() -> None:
    from engine.notewriter.chorale import SOPRANO_STREAMS

    (ids, hidden), (same, shown) = lesson_of("chorale", four_parts()), lesson_of("chorale", four_parts(), given=True)
    assert (ids == same).all()
    others = [stream_ for stream_ in range(hidden.shape[1]) if stream_ not in SOPRANO_STREAMS]
    assert (hidden[:, others] == shown[:, others]).all()
    assert len({tuple(row) for row in hidden[:, list(SOPRANO_STREAMS)].tolist()}) == 1


tunes = st.lists(st.tuples(st.one_of(st.none(), st.integers(64, 79)), st.integers(1, 30)), min_size=1, max_size=16)


@given(tunes, st.integers(0, 11), st.integers(0, 99))
def test_a_choir_chases_no_ornament(line: list[tuple[int | None, int]], pickup: int, rng_seed: int) -> None:
    """Whatever the melody does, the other voices begin on eighths or with its first or last tone, and end with it."""
    tune = piece(line, pickup=pickup)
    if not tune.notes:
        return
    (written,) = harmonise(model("chorale"), NoteWish(rng_seed=rng_seed), tune)
    soprano, *others = written.piece.voices
    last = tune.notes[-1]
    assert sounding(replace(written.piece, voices=(soprano,))) == sounding(tune)
    for note in [note for voice in others for note in voice.notes]:
        on_grid = (note.onset * TICKS - pickup) % 6 == 0
        assert on_grid or note.onset in (0, last.onset) or note.onset > last.onset
        assert note.end <= last.end


def pairs_in_parallel(written: Written, from_beat: float = 0.0) -> tuple[int, int]:
    """Fifths and octaves one after another between two voices that move the same way; and moments in all."""
    lines = [voice.notes for voice in written.piece.voices]
    moments = sorted({note.onset for line in lines for note in line if note.onset >= from_beat})
    chords = [[next((n.pitch for n in line if n.onset <= at < n.end), None) for line in lines] for at in moments]
    found = 0
    for before, after in pairwise(chords):
        for one, other in combinations(range(4), 2):
            a, b, c, d = before[one], before[other], after[one], after[other]
            if a is not None and b is not None and c is not None and d is not None:
                same_way = (c - a) * (d - b) > 0
                found += same_way and (a - b) % 12 == (c - d) % 12 and (a - b) % 12 in (0, 7)
    return found, len(moments)


def closes_on(written: Written, chord: Chord) -> bool:
    """Whether all that sounds at the end is of a chord and the lowest of it its root."""
    sounding_last = [note.pitch for note in written.piece.notes if note.end == written.piece.end]
    inside = {pitch % 12 for pitch in sounding_last} <= pitch_classes(chord)
    return inside and min(sounding_last) % 12 == pitch_class_of(chord.root)


JIG = [(67, 6), (71, 6), (74, 6), (76, 6), (74, 6), (71, 6), (72, 4), (71, 4), (69, 4), (71, 6), (67, 6), (69, 6)]


@pytest.mark.parametrize(
    ("last", "chord"),
    [(67, Chord("G")), (71, Chord("G")), (74, Chord("G")), (69, Chord("D")), (66, Chord("D")), (72, Chord("C"))],
)
def test_a_harmony_closes_where_its_melody_does(last: int, chord: Chord) -> None:
    """With triplets and sixteenths in the tune: no slivers, nobody above it, hardly a parallel, an end that is one."""
    tune = piece([*JIG, (71, 1), (72, 1), (71, 1), (69, 9), *JIG, (last, 12)], sharps=1, meter=(4, 4))
    parallels = moments = 0
    for written in harmonise(load("chorale"), NoteWish(variations=6), tune):
        soprano, *others = written.piece.voices
        for note in [note for voice in others for note in voice.notes]:
            assert note.duration >= Fraction(1, 2)
            on_beat = [above for above in soprano.notes if (above.onset * 2) % 1 == 0]
            assert all(
                above.pitch >= note.pitch for above in on_beat if note.onset < above.end and above.onset < note.end
            )
        assert closes_on(written, chord)
        found, all_moments = pairs_in_parallel(written)
        parallels, moments = parallels + found, moments + all_moments
    assert parallels <= 0.02 * moments, "freely drawn it is one moment in seven"


def test_a_continued_chorale_is_led_as_choirs_are_and_closes() -> None:
    opening = piece(
        [(67, 12), (69, 12), (71, 12), (72, 12)], [(62, 12), (64, 12), (67, 24)],
        [(59, 12), (60, 12), (62, 12), (64, 12)], [(55, 12), (48, 12), (55, 12), (48, 12)], sharps=1,
    )  # fmt: skip
    parallels = moments = 0
    for written in write(load("chorale"), NoteWish(bars=6, variations=6), opening):
        assert closes_on(written, Chord("G"))
        found, all_moments = pairs_in_parallel(written, 4.0)
        parallels, moments = parallels + found, moments + all_moments
    assert parallels <= 0.02 * moments


def common_silences(given: Piece, start: Fraction) -> list[tuple[Fraction, Fraction]]:
    """Where from `start` on no voice sounds: onset and end."""
    moments = sorted({time for note in given.notes for time in (note.onset, note.end)} | {start, given.end})
    spans = [(a, b) for a, b in pairwise(moments) if a >= start]
    return [(a, b) for a, b in spans if not any(note.onset <= a < note.end for note in given.notes)]


def breathes_where_a_choir_does(given: Piece, start: Fraction, beat: Fraction) -> int:
    """How often all are silent: for a beat, after a triad that they have held."""
    found = common_silences(given, start)
    for onset, end in found:
        last = [note for note in given.notes if note.end == onset]
        classes = {note.pitch % 12 for note in last}
        assert end - onset <= beat
        assert onset > start
        assert len(last) == 4
        assert min(onset - note.onset for note in last) >= beat
        assert any({(each - root) % 12 for each in classes} <= {0, third, 7} for root in classes for third in (3, 4))
    return len(found)


@pytest.mark.parametrize("meter", [(4, 4), (6, 8)])
def test_a_choir_that_would_rest_anywhere_breathes_after_phrases(meter: tuple[int, int]) -> None:
    sizes = Sizes("gru", SIZE, 8, 12, 1, features=STREAMS["chorale"], feature_dim=4)
    weights = {name: np.zeros(shape, np.float32) for name, shape in shapes_of(sizes).items()}
    weights["fc.bias"][REST], weights["fc.bias"][HOLD] = 3.0, 4.0
    restful = NoteModel("chorale", steps_of(sizes, weights), {})
    lines = ([(pitch, 18)] * 4 for pitch in (72, 67, 64, 48))
    opening = piece(*lines, meter=meter)
    for written in write(restful, NoteWish(bars=8, variations=8), opening):
        breathes_where_a_choir_does(written.piece, Fraction(6), Fraction(3, 2) if meter == (6, 8) else Fraction(1))


def test_a_continued_chorale_breathes_now_and_then() -> None:
    """In one take of three it stopped in mid-phrase, or for whole bars."""
    opening = piece(
        [(67, 12), (69, 12), (71, 12), (72, 12), (71, 12), (69, 12), (67, 24)],
        [(62, 12), (64, 12), (67, 36), (66, 12), (62, 24)],
        [(59, 12), (60, 12), (62, 12), (64, 12), (62, 12), (60, 12), (59, 24)],
        [(55, 12), (48, 12), (55, 12), (48, 12), (50, 24), (43, 24)], sharps=1,
    )  # fmt: skip
    takes = [
        one for seed in (500, 501) for one in write(load("chorale"), NoteWish(rng_seed=seed, variations=8), opening)
    ]
    breaths = sum(breathes_where_a_choir_does(one.piece, Fraction(8), Fraction(1)) for one in takes)
    assert 0 < breaths < len(takes)


def test_two_voices_a_semitone_apart_are_leant_against() -> None:
    """In the highest voice first: against its pitch the bass, the alto and the tenor are led."""
    reader = reader_of("chorale", Heading())
    reader.read(FIRST_PITCH + 67 - LOWEST)
    reader.read(FIRST_PITCH + 48 - LOWEST)
    added = Leaning(NoteWish(bars=4), Heading(), 0, 4 * 48).of(reader)
    near, apart = added[FIRST_PITCH + 66 - LOWEST], added[FIRST_PITCH + 65 - LOWEST]
    assert near == pytest.approx(apart - SEMITONE)
    assert near < apart


def test_a_continued_melody_comes_home_even_where_it_knows_another_end_by_heart() -> None:
    """The opening ends on the second degree; said again at the end, it would leave the tune open."""
    phrase = [(67, 12), (69, 6), (71, 6), (74, 12), (71, 12), (72, 6), (71, 6), (69, 6), (67, 6), (69, 24)]
    for rng_seed in (4, 13, 22):
        (written,) = write(load("melody"), NoteWish(bars=8, rng_seed=rng_seed), piece(phrase, sharps=1))
        last = written.piece.notes[-1]
        assert last.pitch % 12 == 7
        assert last.end == written.piece.end


def test_the_end_is_on_the_chord_that_is_followed_there() -> None:
    progression = Progression(Key("C"), tuple(Slot(Chord(*name)) for name in (("C",), ("F",), ("G", "7"), ("A", "m"))))
    for written in write(load("melody"), NoteWish(bars=4, variations=4, progression=progression)):
        assert written.piece.notes[-1].pitch % 12 == 9


# --- repetition -----------------------------------------------------------------------------------------------------


def test_repeated_bars_are_counted() -> None:
    a, b = [(60, 24), (62, 24)], [(64, 48)]
    assert repeated_bars(piece(a + a + b + b)) == pytest.approx(2 / 3)
    assert repeated_bars(piece(a + b + a + b)) == 0
    assert repeated_bars(piece(a)) is None
    assert repeated_bars(piece(a + a + b + b), 8.0) == 1
    assert repeated_bars(piece([(72, 12), *a, *a], pickup=12)) == 1, "the pickup is no bar to compare"


# --- models ---------------------------------------------------------------------------------------------------------


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


# --- what ships -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_shipped_models_are_small_and_what_their_cards_say(form: Form) -> None:
    from engine.recurrent.checkpoint import SHIPPED

    assert (SHIPPED / f"{form}.pt").stat().st_size < 10_000_000
    shipped = load(form)
    assert (shipped.form, shipped.card["name"]) == (form, form), "the card vouches for the file"
    metrics = shipped.card["metrics"]
    assert isinstance(metrics, dict)
    rows = metrics["test, nats per onset and share right"]
    grams = [row["nats"] for name, row in rows.items() if "gram" in name]
    assert rows["model"]["nats"] <= 0.85 * min(grams)
    assert form == "chorale" or rows["model"]["nats"] <= 1.55
    curves = shipped.card["curves"]
    assert isinstance(curves, list)
    assert curves[-1]["validation_loss"] < curves[0]["validation_loss"]


def test_the_shipped_melody_model_knows_what_was_played() -> None:
    """It expects a phrase that was heard twice to go on as it went, and shuns notes outside the key."""
    shipped = load("melody")
    phrase = [
        (69, 6),
        (66, 6),
        (62, 6),
        (66, 6),
        (69, 6),
        (66, 6),
        (74, 6),
        (66, 6),
        (67, 6),
        (64, 6),
        (61, 6),
        (64, 6),
    ]
    tune = piece([*phrase, (69, 12), (67, 12), *phrase], sharps=2)
    heading = heading_of(tune)
    ids, rows = written_out(reader_of("melody", heading), tokens_of("melody", tune, heading))
    likeliest = int(shipped.steps.read(ids, rows)[0][-1].argmax())
    assert TOKENS[likeliest] == "n67", "A, in D read as C"
    written = write(shipped, NoteWish(bars=16, rng_seed=1, variations=4, key=Key("D"), meter=(6, 8)))
    pitches_written = [note.pitch % 12 for each in written for note in each.score.notes]
    outside = sum(pitch not in scale_classes(Key("D")) for pitch in pitches_written)
    assert outside / len(pitches_written) < 0.1
    assert len(pitches_written) > 4 * 16 * 3


def test_the_shipped_chorale_model_writes_chords() -> None:
    """Under a hymn tune the beats are triads or sevenths more often than not, and the close is the tonic's."""
    quarters = (67, 69, 71, 67, 71, 72, 74, 74, 72, 71, 69, 69)
    line = [*((pitch, 12) for pitch in quarters), (67, 48)]
    roots, qualities = ALL_KEYS[:12], ("", "m", "dim", "7", "m7", "maj7", "m7b5")
    known = [pitch_classes(Chord(key.tonic, quality)) for key in roots for quality in qualities]
    for written in harmonise(load("chorale"), NoteWish(variations=3, temperature=0.7), piece(line, sharps=1)):
        notes = written.piece.notes
        chords = [{note.pitch % 12 for note in notes if note.onset <= beat < note.end} for beat in range(16)]
        assert sum(any(chord <= each for each in known) for chord in chords) >= 12
        assert chords[-1] <= pitch_classes(Chord("G"))


def test_choirs_sing_within_their_ranges() -> None:
    """Whatever the model believes, no voice is drawn beyond what it sings."""
    from engine.notewriter.leading import RANGES

    model = load("chorale")
    for rng_seed in range(2):
        (one,) = write(model, NoteWish(bars=4, rng_seed=rng_seed, temperature=2.0))
        voices = sorted(one.piece.voices, key=lambda voice: -voice.height)
        for voice, (low, high) in zip(voices, RANGES, strict=True):
            assert all(low <= note.pitch <= high for note in voice.notes)
