"""The published split is scikit-learn's, and what is not the corpus is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import train_test_split

from engine.corpus import held_out, read_corpus, read_songs, split
from engine.errors import CorpusError

FIXTURE = Path(__file__).parent / "fixtures" / "songs.csv"


@pytest.mark.parametrize("count", [10, 37, 523, 2612])
@pytest.mark.parametrize("share", [0.2, 0.5])
def test_split_equals_the_function_that_defined_it(count: int, share: float) -> None:
    kept, held = train_test_split(list(range(count)), test_size=share, random_state=42)
    assert held_out(count, share) == (kept, held)


def test_published_sizes() -> None:
    corpus = split([(str(i),) for i in range(2612)])
    assert [len(part) for part in (corpus.train, corpus.validation, corpus.test)] == [2089, 261, 262]


@given(st.integers(5, 300))
def test_no_song_stands_on_two_sides(count: int) -> None:
    corpus = split([(str(i),) for i in range(count)])
    together = [*corpus.train, *corpus.validation, *corpus.test]
    assert len(together) == len(set(together)) == count


def test_short_songs_are_left_out_and_the_order_is_the_files() -> None:
    songs = read_songs(FIXTURE)
    assert all(len(song) >= 8 for song in songs)
    assert [song[0] for song in songs[:3]] == ["ii", "i", "I"]
    assert len(songs) == 30  # of 32 rows, one is short and one empty


def test_a_chord_progression_over_several_lines_stays_one_row() -> None:
    assert read_songs(FIXTURE)[0][:3] == ("ii", "V7", "I")


def test_reading_and_splitting_go_together() -> None:
    assert read_corpus(FIXTURE) == split(read_songs(FIXTURE))


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b"funcional_prog\nI V\n"])
def test_another_file_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes(content)
    with pytest.raises(CorpusError, match="CSV file of the published corpus"):
        read_songs(path)


def test_a_missing_file_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="cannot be read"):
        read_songs(tmp_path / "nowhere.csv")
