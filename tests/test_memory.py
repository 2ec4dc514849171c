"""The memory of the song: what it sees, that it sees the past alone, and that NumPy and torch weigh it alike."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.architecture import Architecture, shapes_of
from engine.memory.hearing import Listener
from engine.memory.pointer import pointer_of
from engine.memory.recall import PAIR_FEATURES, SONG_FEATURES, nothing_heard, rows_of
from engine.memory.sizes import memory_shapes
from engine.stepping import stepper_of
from engine.train.lessons import batches, lesson_of, piece_of
from engine.train.mixture import RememberingLSTM

VOCAB, START = 12, 2
ARCHITECTURE = Architecture(VOCAB, 6, 10, 2, 0.0, 8, tie_weights=True, memory=1)
songs = st.lists(st.integers(4, 8), min_size=1, max_size=40)


def network() -> RememberingLSTM:
    """With weights large enough that every part of the memory has a say."""
    torch.manual_seed(5)
    made = RememberingLSTM(ARCHITECTURE, 5).eval()
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return made


def listener(made: RememberingLSTM) -> Listener:
    weights = {name.removeprefix("chords."): w.detach().numpy() for name, w in made.state_dict().items()}
    pointer = pointer_of(weights)
    assert pointer is not None
    return Listener(stepper_of(weights, ARCHITECTURE.num_layers), pointer, frozenset({0, START, 3}))


def aligned(song: list[int], i: int, j: int) -> int:
    """How many chords before and at place i are those before and at place j, counted one by one."""
    length = 0
    while j - length >= 1 and song[i - 1 - length] == song[j - 1 - length]:
        length += 1
    return length


# --- recall -----------------------------------------------------------------------------------------------------------


@given(song=songs)
def test_alignment_is_the_length_of_the_common_suffix(song: list[int]) -> None:
    recall = nothing_heard()
    for chord in song:
        recall = recall.heard(chord)
    expected = [aligned(song, len(song), j) for j in range(len(song))]
    assert recall.exact.tolist() == expected
    assert bool((recall.forgiving >= recall.exact).all())


@given(song=songs, later=songs)
def test_rows_depend_on_the_past_alone(song: list[int], later: list[int]) -> None:
    short, long = rows_of(song), rows_of(song + later)
    for one, other in zip(short, long, strict=False):
        assert np.array_equal(one.pairs, other.pairs)
        assert np.array_equal(one.song, other.song)


@given(song=songs)
def test_rows_do_not_know_which_chord_is_which(song: list[int]) -> None:
    """Any renaming of the chords gives the same features: a memory is of the song's shape."""
    renamed = [17 - chord for chord in song]
    for one, other in zip(rows_of(song), rows_of(renamed), strict=True):
        assert np.array_equal(one.pairs, other.pairs)
        assert np.array_equal(one.song, other.song)


def test_rows_have_a_candidate_for_every_earlier_place() -> None:
    rows = rows_of([4, 5, 4])
    assert [row.pairs.shape for row in rows] == [(n, PAIR_FEATURES) for n in range(4)]
    assert [row.followers.tolist() for row in rows] == [[], [4], [4, 5], [4, 5, 4]]
    assert all(row.song.shape == (SONG_FEATURES,) for row in rows)
    assert all(np.isfinite(row.pairs).all() and np.isfinite(row.song).all() for row in rows)


def test_a_return_is_noticed_after_four_chords_in_common() -> None:
    recall = nothing_heard()
    for chord in (4, 5, 6, 7, 8, 4, 5, 6):
        recall = recall.heard(chord)
    assert recall.period == 0
    recall = recall.heard(7)
    assert (recall.period, recall.last, recall.run) == (5, 6, 5)
    assert recall.landed.tolist() == [0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    assert recall.before[1] == 8


# --- pointer, hearing, network --------------------------------------------------------------------------------------


@given(song=songs)
def test_numpy_and_torch_give_the_same_mixture(song: list[int]) -> None:
    made = network()
    live = listener(made)
    with torch.inference_mode():
        expected = made(lesson_of([piece_of(song)], START))[0].exp().numpy()
    hearing = live.hear(live.fresh(), START)
    for chord, probabilities in zip(song, expected, strict=True):
        assert np.allclose(live.probabilities(hearing), probabilities, atol=2e-4)  # lessons keep half precision
        hearing = live.hear(hearing, chord)


@given(song=songs)
def test_a_mixture_sums_to_one_and_share_none_is_the_network_alone(song: list[int]) -> None:
    made = network()
    live = listener(made)
    hearing = live.heard([START, *song])
    for share in (0.0, 0.3, 1.0):
        assert live.probabilities(hearing, share).sum() == pytest.approx(1)
    with torch.inference_mode():
        alone = made.chords(torch.tensor([[START, *song]])).softmax(-1)[0].numpy()
    assert np.allclose(live.probabilities(hearing, 0.0), alone, atol=1e-6)


def test_more_memory_makes_what_was_heard_more_likely() -> None:
    live = listener(network())
    hearing = live.heard([START, 4, 5, 6, 4, 5])
    heard = [float(live.probabilities(hearing, share)[[4, 5, 6]].sum()) for share in (0.0, 0.2, 0.6, 1.0)]
    assert heard == sorted(heard)
    assert heard[0] < heard[-1]


def test_beginnings_heard_before_change_nothing() -> None:
    made = network()
    warm, song = listener(made), [START, 4, 5, 6, 4, 5]
    warm.heard(song[:3])
    warm.heard([*song[:4], 7])
    cold = listener(made)
    stepped = cold.fresh()
    for token in song:
        stepped = cold.hear(stepped, token)
    assert np.array_equal(warm.probabilities(warm.heard(song)), cold.probabilities(stepped))


def test_what_is_no_chord_is_not_remembered() -> None:
    live = listener(network())
    hearing = live.heard([START, 3, 4, 5])
    assert hearing.recall.chords.tolist() == [-1, 4, 5]
    assert len(hearing.keys) == 2


def test_shapes_say_what_the_network_has() -> None:
    made = network()
    shapes = {name.removeprefix("chords."): tuple(w.shape) for name, w in made.state_dict().items()}
    assert shapes == shapes_of(ARCHITECTURE)
    assert memory_shapes(10).items() <= shapes.items()


# --- lessons ----------------------------------------------------------------------------------------------------------


def test_songs_side_by_side_are_heard_as_alone() -> None:
    made, first, second = network(), [4, 5, 4, 5, 6], [7, 8, 7, 8, 7, 8, 4]
    with torch.inference_mode():
        together = made(lesson_of([piece_of(first), piece_of(second, (9,))], START))[0]
        apart = [made(lesson_of([piece_of(first)], START))[0], made(lesson_of([piece_of(second, (9,))], START))[0]]
    assert torch.allclose(together, torch.cat(apart), atol=1e-5)


def test_openings_are_left_out_now_and_then() -> None:
    piece = piece_of([4, 5, 6], (9, 10))
    always = lesson_of([piece], START, np.random.default_rng(1), absent=0.0)
    never = lesson_of([piece], START, np.random.default_rng(1), absent=1.0)
    assert always.ids.tolist() == [[START, 9, 10, 4, 5]]
    assert never.ids.tolist() == [[START, 4, 5]]
    assert always.targets.tolist() == never.targets.tolist() == [4, 5, 6]


def test_a_long_song_is_thinned_but_its_beginning_stays() -> None:
    piece = piece_of([4 + i % 5 for i in range(150)])
    lesson = lesson_of([piece], START, np.random.default_rng(0))
    assert lesson.places[:8].tolist() == list(range(8))
    assert 8 < len(lesson.places) < 150
    assert lesson.now.max() == len(lesson.places) - 1
    assert torch.equal(lesson.targets, torch.from_numpy(piece.chords)[lesson.places])


def test_batches_hold_every_song_once() -> None:
    pieces = [piece_of([4] * length) for length in (3, 9, 4, 5, 20, 7)]
    groups = batches(pieces, 12, np.random.default_rng(0))
    assert sorted(i for group in groups for i in group) == list(range(6))
    assert len(groups) > 1
