"""Voices led as choirs are led: in parallel never, closing on a chord, breathing where choirs do; what ships."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.music import Chord, Key, Progression, Slot, pitch_class_of
from engine.notes import Piece
from engine.notewriter import (  # fmt: skip
    NoteModel,
    NoteWish,
    UnwritableNotes,
    Written,
    harmonise,
    load,
    stream_harmony,
    write,
)
from engine.notewriter.form import FORMS, STREAMS, Form, lesson_of, reader_of, tokens_of, written_out
from engine.notewriter.heading import Heading, heading_of
from engine.notewriter.leading import SEMITONE
from engine.notewriter.leaning import Leaning, scale_classes
from engine.notewriter.vocabulary import FIRST_PITCH, HOLD, LOWEST, REST, SIZE, TICKS, TOKENS
from engine.recurrent.sizes import Sizes, shapes_of
from engine.recurrent.steps import steps_of
from engine.theory import ALL_KEYS, pitch_classes
from tests.notewriter_material import four_parts, model, piece, scale_up, sounding


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
