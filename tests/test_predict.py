"""Window and stream agree with torch and with each other; nothing is kept between calls; bad requests are refused."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.architecture import Architecture
from engine.checkpoint import Model, load, model_of
from engine.checkpoint.schema import Contents
from engine.errors import PredictionError
from engine.music import TokenProbability
from engine.networks import initialised
from engine.predict import Stream, Windows, predict_next, probabilities_after, rerank, suggest
from engine.vocab import Vocabulary

TOKENS = ("<pad>", "<unk>", "<bos>", "<eos>", "I", "ii", "V7", "vi", "IV", "i", "iv")
SIZES = Architecture(
    len(TOKENS), embedding_dim=12, hidden_size=20, num_layers=2, dropout=0.4, seq_len=6, tie_weights=True
)


def made(architecture: Architecture) -> Model:
    """A model with strong random weights, so that probabilities differ clearly."""
    network = initialised(architecture, 4)
    weights = {name: (tensor * 3).numpy() for name, tensor in network.state_dict().items()}
    return model_of(Contents(Vocabulary(TOKENS), architecture, weights, {}))


MODELS = tuple(
    made(architecture)
    for architecture in (
        SIZES,
        replace(SIZES, hidden_size=12),
        replace(SIZES, tie_weights=False, num_layers=1),
        replace(SIZES, num_layers=3, output_bias=False),
    )
)
MODEL = MODELS[0]

contexts = st.lists(st.sampled_from((*TOKENS[4:], "H7")), max_size=15)


def by_torch(model: Model, context: list[str], temperature: float = 1.0) -> np.ndarray:
    """The published rule, literally, in torch."""
    ids = [TOKENS.index(token) if token in TOKENS else TOKENS.index("<unk>") for token in context]
    ids = ([TOKENS.index("<bos>")] * model.config.seq_len + ids)[-model.config.seq_len :]
    with torch.inference_mode():
        shares: np.ndarray = (model.network(torch.tensor([ids]))[0] / temperature).softmax(-1).numpy()
    return shares


@pytest.mark.parametrize("model", MODELS)
@given(context=contexts)
def test_window_prediction_is_torchs(model: Model, context: list[str]) -> None:
    assert np.allclose(probabilities_after(model, context), by_torch(model, context), atol=1e-6)


@given(context=contexts, temperature=st.floats(0.2, 5))
def test_temperature_is_torchs(context: list[str], temperature: float) -> None:
    expected = by_torch(MODEL, context, temperature)
    assert np.allclose(probabilities_after(MODEL, context, temperature), expected, atol=1e-5)


@given(context=contexts, k=st.integers(1, 30))
def test_top_k_is_sorted_and_of_the_whole_vocabulary(context: list[str], k: int) -> None:
    ranking = predict_next(MODEL, context, k)
    shares = [each.probability for each in ranking]
    assert len(ranking) == min(k, len(TOKENS))
    assert shares == sorted(shares, reverse=True)
    assert max(by_torch(MODEL, context)) == pytest.approx(shares[0], abs=1e-6)
    assert math.isclose(sum(each.probability for each in predict_next(MODEL, context, 99)), 1, abs_tol=1e-9)


@given(context=contexts)
def test_same_input_same_output(context: list[str]) -> None:
    first = predict_next(MODEL, context)
    predict_next(MODEL, ["V7", "I"])
    assert predict_next(MODEL, list(context)) == first


def test_unknown_short_and_long_contexts_follow_the_rule() -> None:
    def same(one: list[str], other: list[str]) -> bool:
        return np.allclose(probabilities_after(MODEL, one), probabilities_after(MODEL, other), rtol=0, atol=1e-6)

    assert same(["H7"], ["<unk>"])
    assert same(["I"], ["<bos>"] * 5 + ["I"])
    assert same(["iv"] * 9 + ["I", "V7"] * 3, ["I", "V7"] * 3)
    assert not same(["iv", "I"], ["I"])


@pytest.mark.parametrize("model", MODELS)
@given(context=contexts)
def test_window_mode_of_a_stream_agrees_with_window_prediction(model: Model, context: list[str]) -> None:
    streamed = Stream(model).window(context, k=99)
    expected = {each.token: each.probability for each in predict_next(model, context, k=99)}
    assert all(abs(each.probability - expected[each.token]) < 1e-6 for each in streamed)


@pytest.mark.parametrize("model", MODELS)
@given(contexts=st.lists(contexts, min_size=1, max_size=6))
def test_remembered_beginnings_change_nothing(model: Model, contexts: list[list[str]]) -> None:
    windows = Windows(model)
    for context in (*contexts, *(context[:-1] for context in contexts), *contexts):
        expected = probabilities_after(model, context)
        np.testing.assert_allclose(windows.probabilities(context), expected, atol=1e-6)


@pytest.mark.parametrize("bos", [True, False])
@given(context=contexts)
def test_a_stream_hears_the_whole_song_as_torch_does(bos: bool, context: list[str]) -> None:
    stream = Stream(MODEL, bos=bos)
    for token in context:
        stream.add(token)
    ids = MODEL.vocabulary.encode([*(["<bos>"] if bos else []), *context])
    if not ids:
        return
    with torch.inference_mode():
        logits, _ = MODEL.network.read(torch.tensor([ids]))
    expected = logits[0, -1].softmax(-1).numpy()
    for each in stream.next(k=99):
        assert each.probability == pytest.approx(expected[TOKENS.index(each.token)], abs=1e-6)


def test_suggesting_a_context_equals_adding_its_tokens() -> None:
    one, other = Stream(MODEL), Stream(MODEL)
    added = [one.add(token, k=4) for token in ("ii", "V7", "I")]
    other.add("iv")
    assert other.suggest(["ii", "V7", "I"], k=4) == added[-1]
    assert other.add("vi") == one.add("vi")


def test_reset_forgets_all() -> None:
    stream = Stream(MODEL)
    fresh = stream.next()
    stream.add("iv")
    assert stream.next() != fresh
    stream.reset()
    assert stream.next() == fresh
    stream.reset(bos=False)
    assert stream.add("<bos>") == fresh


def test_a_refused_token_request_leaves_the_stream_as_it_was() -> None:
    stream = Stream(MODEL)
    before = stream.next()
    with pytest.raises(PredictionError):
        stream.add("I", k=0)
    with pytest.raises(PredictionError):
        stream.add("I", temperature=0.0)
    assert stream.next() == before


def test_many_threads_get_what_one_gets() -> None:
    contexts_ = [["I", "V7"] * n + ["vi"] * (n % 3) for n in range(60)]
    alone = [predict_next(MODEL, context) for context in contexts_]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda context: predict_next(MODEL, context), contexts_)) == alone


def test_the_shipped_model_predicts_as_torch_does() -> None:
    model = load("functional")
    for context in ([], ["I"], ["ii", "V7", "I", "vi"] * 6, ["i", "H7", "iiø"]):
        window = model.vocabulary.encode((["<bos>"] * 16 + context)[-16:])
        with torch.inference_mode():
            expected = model.network(torch.tensor([window]))[0].softmax(-1).numpy()
        assert np.allclose(probabilities_after(model, context), expected, rtol=0, atol=1e-6)


def test_weights_cannot_be_changed_by_a_reader() -> None:
    with pytest.raises(ValueError, match="read-only"):
        MODEL.stepper.output[0, 0] = 1.0


@pytest.mark.parametrize("k", [0, -1, 1.5, True, "8", None])
def test_k_is_a_whole_number_from_one(k: object) -> None:
    with pytest.raises(PredictionError, match="from 1 up"):
        predict_next(MODEL, ["I"], k)  # type: ignore[arg-type]


@pytest.mark.parametrize("temperature", [0, -1, math.nan, math.inf, 1e9, True, "1"])
def test_temperature_is_bounded(temperature: object) -> None:
    with pytest.raises(PredictionError, match="temperature"):
        predict_next(MODEL, ["I"], temperature=temperature)  # type: ignore[arg-type]


def test_a_text_is_no_context() -> None:
    with pytest.raises(PredictionError, match="Split it"):
        predict_next(MODEL, "I V7")


LIST = (
    TokenProbability("I", 0.5),
    TokenProbability("V7", 0.3),
    TokenProbability("<eos>", 0.1),
    TokenProbability("vi", 0.1),
)


def test_rerank_holds_the_last_chord_back_and_keeps_the_sum() -> None:
    ranked = rerank(LIST, "I", 0.2)
    assert [each.token for each in ranked] == ["V7", "I", "vi"]
    assert [each.probability for each in ranked] == pytest.approx([0.6, 0.2, 0.2])


def test_repetition_of_one_leaves_the_order_and_of_zero_never_repeats() -> None:
    assert [each.token for each in rerank(LIST, "I", 1)] == ["I", "V7", "vi"]
    assert [each.token for each in rerank(LIST, "I", 0)] == ["V7", "vi"]
    assert rerank(LIST, None, 0.3) == rerank(LIST, "H7", 0.9)


@given(context=contexts, repetition=st.floats(0, 1))
def test_reranked_suggestions_are_probabilities_without_special_tokens(context: list[str], repetition: float) -> None:
    ranked = suggest(MODEL, context, 99, repetition=repetition)
    assert not {each.token for each in ranked} & set(TOKENS[:4])
    assert sum(each.probability for each in ranked) == pytest.approx(1)
    assert list(ranked) == sorted(ranked, key=lambda each: -each.probability)


@given(context=contexts.filter(bool))
def test_less_repetition_never_makes_repeating_likelier(context: list[str]) -> None:
    def share(repetition: float) -> float:
        ranked = suggest(MODEL, context, 99, repetition=repetition)
        return sum(each.probability for each in ranked if each.token == context[-1])

    assert share(0) <= share(0.3) <= share(1)


def test_a_list_of_nothing_but_the_last_chord_survives() -> None:
    assert rerank((), "I", 0.5) == ()
    assert rerank((TokenProbability("I", 1.0),), "I", 0) == ()


@pytest.mark.parametrize("repetition", [-0.1, 1.1, math.nan, True, "0.5"])
def test_repetition_is_a_share(repetition: object) -> None:
    with pytest.raises(PredictionError, match="from 0 to 1"):
        rerank(LIST, "I", repetition)  # type: ignore[arg-type]
