"""The canonical tokens and the tonic form: text and tokens agree, and the tonic form loses nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.abc import (
    END,
    KEYS,
    LENGTHS,
    METERS,
    RHYTHMS,
    TUPLETS,
    VOCABULARY,
    Tune,
    UnreadableTune,
    from_model,
    split_body,
    to_model,
)
from engine.abc.tokens import BARS, fifths, from_tonic, pitch_of, pitch_token, signature, to_tonic

keys = st.sampled_from(KEYS)
pitches = st.builds(pitch_token, st.sampled_from([None, -2, -1, 0, 1, 2]), st.integers(-14, 27))
marks = st.sampled_from(("-", "z", *BARS, *TUPLETS))
bodies = st.lists(pitches | marks, max_size=40).map(tuple)
tunes = st.builds(Tune, st.sampled_from(RHYTHMS), st.sampled_from(METERS), keys, bodies)


@given(pitches, keys)
def test_the_tonic_form_is_a_bijection(token: str, key: str) -> None:
    assert from_tonic(to_tonic(token, key), key) == token


@given(keys)
def test_no_two_pitches_meet_in_the_tonic_form(key: str) -> None:
    every = [pitch_token(sign, steps) for sign in (None, -2, -1, 0, 1, 2) for steps in range(-14, 28)]
    assert len({to_tonic(token, key) for token in every}) == len(every)


@given(tunes)
def test_a_tune_comes_back_from_the_models_tokens(tune: Tune) -> None:
    tokens = to_model(tune)
    assert tokens[-1] == END
    assert from_model(tokens) == tune


@given(st.sampled_from(["Dmaj", "Gmaj", "Amaj", "Fmaj"]))
def test_the_same_tune_in_another_key_has_the_same_body(key: str) -> None:
    scale = [pitch_token(None, "CDEFGAB".index(key[0]) + i) for i in range(5)]
    octave = {to_tonic(token, key).strip(",'").upper() for token in scale}
    assert octave == set("CDEFG")


@pytest.mark.parametrize(
    ("key", "count"), [("Cmaj", 0), ("Dmaj", 2), ("Edor", 2), ("Amin", 0), ("Amix", 2), ("Bbmaj", -2), ("F#min", 3),
                       ("Flyd", 0), ("Bloc", 0), ("Ephr", 0), ("Cbmaj", -7)],
)  # fmt: skip
def test_signatures(key: str, count: int) -> None:
    assert fifths(key) == count
    assert sum(signature(key).values()) == count


@pytest.mark.parametrize("key", ["", "D", "Hmaj", "G#maj", "Dmajor", "D" * 5000])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(UnreadableTune):
        signature(key)


@given(st.integers(-14, 27), st.sampled_from([None, -3, -2, -1, 0, 1, 2, 3]))
def test_pitch_tokens_are_read_as_they_are_written(steps: int, sign: int | None) -> None:
    assert pitch_of(pitch_token(sign, steps)) == (sign, steps)


@pytest.mark.parametrize("token", ["", "h", "c,", "C'", "C,'", "|", "z", "[1", "2", "^", "K:Cmaj"])
def test_what_is_no_pitch_gives_none(token: str) -> None:
    assert pitch_of(token) is None


def test_the_vocabulary_has_no_token_twice() -> None:
    assert len(set(VOCABULARY)) == len(VOCABULARY)


@given(st.lists(st.tuples(pitches, st.sampled_from(LENGTHS)), max_size=30))
def test_canonical_text_is_split_into_the_tokens_it_was_made_of(notes: list[tuple[str, str]]) -> None:
    body = ("|:", *(token for note in notes for token in note), ":|")
    assert split_body("".join(body)) == body


@pytest.mark.parametrize(("text", "position"), [("AB!", 2), ("A B", 1), ("H", 0), ("AB\n", 2)])
def test_what_is_no_token_is_named_with_its_place(text: str, position: int) -> None:
    with pytest.raises(UnreadableTune) as caught:
        split_body(text)
    assert caught.value.position == position


def test_a_tune_without_header_is_refused() -> None:
    with pytest.raises(UnreadableTune):
        from_model(("C", "D", END))
