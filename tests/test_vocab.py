"""Tokens and ids: both directions agree, strangers become <unk>."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.vocab import SPECIAL_TOKENS, Vocabulary, vocabulary_of

SONGS = [["ii", "V7", "I"], ["I", "I", "V7"]]


def test_order_is_special_then_frequent_then_alphabetical() -> None:
    assert vocabulary_of([*SONGS, ["ø", "b", "a"]]).tokens == (*SPECIAL_TOKENS, "I", "V7", "a", "b", "ii", "ø")


@given(st.lists(st.lists(st.text("IVvi7b#ø", min_size=1, max_size=5), min_size=1), min_size=1))
def test_encoding_and_decoding_are_inverse_on_known_tokens(songs: list[list[str]]) -> None:
    vocabulary = vocabulary_of(songs)
    for song in songs:
        assert list(vocabulary.decode(vocabulary.encode(song))) == song


def test_unknown_tokens_become_unk() -> None:
    vocabulary = vocabulary_of(SONGS)
    assert vocabulary.decode(vocabulary.encode(["I", "H7"])) == ("I", "<unk>")


def test_membership_length_and_special_ids() -> None:
    vocabulary = Vocabulary(("I", "<bos>", "<unk>"))
    assert "I" in vocabulary and "V" not in vocabulary and len(vocabulary) == 3
    assert (vocabulary.start, vocabulary.unknown) == (1, 2)
    assert set(vocabulary.special_ids) == {1, 2}


def test_a_vocabulary_cannot_be_changed() -> None:
    vocabulary = vocabulary_of(SONGS)
    with pytest.raises(TypeError):
        vocabulary.ids["I"] = 7  # type: ignore[index]
    with pytest.raises(AttributeError):
        vocabulary.tokens = ()  # type: ignore[misc]


def test_equal_tokens_are_equal_vocabularies() -> None:
    assert vocabulary_of(SONGS) == vocabulary_of(SONGS) != vocabulary_of(SONGS[:1] * 2 + [["x"]])
