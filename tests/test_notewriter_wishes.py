"""What is wished of a melody or a chorale is in what is written; openings go on or are refused in words."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.music import Chord, Key, Note, Progression, Slot
from engine.notewriter import (  # fmt: skip
    NoteWish,
    UnwritableNotes,
    first_bars,
    piece_of_notes,
    repeated_bars,
    stream,
    write,
)
from engine.notewriter.form import FORMS, Form
from engine.notewriter.heading import Heading, heading_of
from engine.notewriter.leaning import scale_classes
from engine.notewriter.vocabulary import STEP
from engine.theory import pitch_classes
from tests.notewriter_material import four_parts, model, piece, scale_up


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


def test_repeated_bars_are_counted() -> None:
    a, b = [(60, 24), (62, 24)], [(64, 48)]
    assert repeated_bars(piece(a + a + b + b)) == pytest.approx(2 / 3)
    assert repeated_bars(piece(a + b + a + b)) == 0
    assert repeated_bars(piece(a)) is None
    assert repeated_bars(piece(a + a + b + b), 8.0) == 1
    assert repeated_bars(piece([(72, 12), *a, *a], pickup=12)) == 1, "the pickup is no bar to compare"
