"""The live model that ships: theory, memory, keys, size; figures of its card are the figures of its file."""

from __future__ import annotations

import pytest

from engine import checkpoint
from engine.checkpoint import SHIPPED, Model
from engine.evaluate.live_suite import COLOURS, examine_live
from engine.predict import Stream, predict_next, probabilities_after, suggest
from engine.songbook import live_vocabulary
from engine.theory import ALL_KEYS, Colour, chord_of, numeral_of, transpose
from engine.vocab import MODES, STYLES, opening

TURN = ("I", "III7", "IV", "ivm")  # who hears it again expects its end


@pytest.fixture(scope="module")
def live() -> Model:
    return checkpoint.load("live")


@pytest.mark.parametrize("colour", COLOURS)
def test_it_knows_what_every_musician_expects(live: Model, colour: Colour) -> None:
    failed = [case for case in examine_live(live, colour) if not case.passes]
    assert not failed


def test_it_is_small_and_of_the_live_vocabulary(live: Model) -> None:
    assert (SHIPPED / "live.pt").stat().st_size < 10_000_000
    assert live.vocabulary == live_vocabulary()
    assert live.card["name"] == "live"


def test_its_card_says_what_its_file_says(live: Model) -> None:
    metrics = live.card["metrics"]
    assert isinstance(metrics, dict)
    assert live.contents.metrics["ppl"] == pytest.approx(metrics["test, all"]["ppl"], abs=1e-3)
    assert "CC BY 4.0" in " ".join(map(str, live.card["data"]))  # type: ignore[call-overload]


def test_a_turn_played_before_comes_back(live: Model) -> None:
    song = (*opening("major", "jazz"), *TURN, *TURN, *TURN[:-1])
    coming = live.vocabulary.ids[TURN[-1]]
    remembered, forgotten = (probabilities_after(live, song, memory=share)[coming] for share in (1.0, 0.0))
    assert remembered > 2 * forgotten
    assert suggest(live, song, 1)[0].token == TURN[-1]


def test_the_weight_of_the_memory_leads_from_the_one_to_the_other(live: Model) -> None:
    song = (*opening("major", "jazz"), *TURN, *TURN, *TURN[:-1])
    coming = live.vocabulary.ids[TURN[-1]]
    shares = [float(probabilities_after(live, song, memory=w)[coming]) for w in (0.0, 0.1, 0.3, 1.0)]
    assert shares == sorted(shares)
    assert len(set(shares)) == 4


def test_what_was_played_long_ago_is_not_forgotten(live: Model) -> None:
    """The window of a published model is 16: here 24 chords lie between."""
    between = ("IVmaj7", "bVII7", "iiim7", "vim7") * 6
    song = (*TURN, *TURN, *between, *TURN[:-1])
    assert TURN[-1] in {each.token for each in suggest(live, song, 2)}
    assert TURN[-1] not in {each.token for each in suggest(live, (*between, *TURN[:-1]), 2)}


def test_transposition_never_changes_a_suggestion(live: Model) -> None:
    for mode, numerals in (("major", TURN * 2), ("minor", ("im7", "ivm7", "bVIImaj7", "iim7b5", "V7", "im7"))):
        keys = [key for key in ALL_KEYS if key.mode == mode]
        chords = [chord_of(numeral, keys[0]) for numeral in numerals]
        answers = set()
        for key in keys:
            moved = [numeral_of(transpose(chord, keys[0], key), key) for chord in chords]
            answers.add(suggest(live, (*opening(mode), *moved), 8))
        assert len(keys) >= 12
        assert len(answers) == 1


def test_mode_and_style_change_what_is_offered(live: Model) -> None:
    openings = {mode: suggest(live, opening(mode), 3) for mode in MODES}
    assert openings["minor"][0].token.startswith("im")
    assert openings["major"][0].token.startswith("I")
    jazz, pop = (probabilities_after(live, (*opening("major", style), "I")) for style in ("jazz", "pop"))
    sevenths = [live.vocabulary.ids[token] for token in ("iim7", "VI7", "Imaj7", "vim7", "V7")]
    assert jazz[sevenths].sum() > 1.5 * pop[sevenths].sum()
    assert set(STYLES.values()) <= set(live.vocabulary.tokens)


def test_nothing_but_chords_is_suggested(live: Model) -> None:
    for context in ((), opening("minor", "pop"), ("I", "V"), ("nonsense", "V7")):
        offered = suggest(live, context, len(live.vocabulary))
        assert {each.token for each in offered} <= set(live.vocabulary.tokens[10:])


def test_stream_and_prediction_agree(live: Model) -> None:
    stream = Stream(live)
    song = (*opening("minor"), "im", "ivm", "V7", "im", "ivm", "V7", "im")
    for at, token in enumerate(song):
        streamed = {each.token: each.probability for each in stream.add(token, 200)}
        whole = {each.token: each.probability for each in predict_next(live, song[: at + 1], 200)}
        assert streamed == pytest.approx(whole, abs=1e-6)


def test_a_song_longer_than_any_is_heard_to_its_end(live: Model) -> None:
    long = ("I", "IV", "V", "I", "vim", "iim") * 200
    assert suggest(live, long, 1)[0].probability > 0.8
