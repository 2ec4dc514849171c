"""Writing tunes: the same wish gives the same tunes, masked ones are always valid, raw ones say what is wrong."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.abc import END, KEYS, VOCABULARY, Fault, Tune, UnplayableForm, UnreadableTune, faults, shown, sounded
from engine.abc.reading import read_one
from engine.abc.tokens import RHYTHMS, split_body, to_model
from engine.music import Chord, Key
from engine.recurrent import Sizes, shapes_of
from engine.recurrent.checkpoint import TokenModel, model_of
from engine.recurrent.schema import Contents
from engine.recurrent.vocabulary import Vocabulary
from engine.render import to_musicxml
from engine.theory import write_chord
from engine.tunewriter import ImpossibleWish, Piece, Wish, Written, ranked, stream, write
from engine.tunewriter.chords import Accompaniment, chords_under, key_of_harmony
from engine.tunewriter.constrained import chances, drawn
from engine.tunewriter.features import SIZES
from engine.tunewriter.ranking import CLOSE, monotony, score_of
from engine.tunewriter.strumming import named, strummed
from engine.words import say
from tests.golden.regenerate_tunes import complaints

WISHED = Wish("jig", "6/8", "Dmaj", bars=8, form="AABB", rng_seed=3, candidates=3)


def a_model(features: bool = True, words: tuple[str, ...] = VOCABULARY) -> TokenModel:
    """A small network with random weights: it knows nothing of music, so all that is valid comes from the mask."""
    sizes = Sizes("lstm", len(words), 8, 16, 1, features=SIZES if features else (), feature_dim=2)
    rng = np.random.default_rng(0)
    weights = {name: rng.normal(0, 0.3, shape).astype(np.float32) for name, shape in shapes_of(sizes).items()}
    bias = weights["fc.bias"]
    for token, more in (("|", 4.0), (":|", 4.0), ("|]", 3.0), ("2", 2.0), (END, 5.0)):
        if token in words:
            bias[words.index(token)] += more
    return model_of(Contents(Vocabulary(words), "abc-tonic", sizes, weights, {}))


MODEL = a_model()
PLAIN = a_model(features=False)


def written(model: TokenModel, wish: Wish) -> list[Written]:
    return [piece for piece in stream(model, wish) if isinstance(piece, Written)]


# --- wishes are kept ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [MODEL, PLAIN], ids=["features", "plain"])
@settings(max_examples=15)
@given(seed=st.integers(0, 2**32 - 1), top_k=st.integers(0, 5), temperature=st.sampled_from([0.5, 1.0, 2.0]))
def test_what_is_masked_is_valid(model: TokenModel, seed: int, top_k: int, temperature: float) -> None:
    for one in written(model, Wish(rng_seed=seed, top_k=top_k, temperature=temperature, candidates=3)):
        assert one.valid
        assert one.reason is None
        assert one.constraint_bits >= 0
        assert one.tune is not None
        assert faults(one.tune) == ()


def test_type_meter_key_and_form_are_kept() -> None:
    for one in written(MODEL, WISHED):
        assert one.valid
        assert one.tune is not None
        assert one.tune.header == ("R:jig", "M:6/8", "K:Dmaj")
        assert sum(token in (":|", "::") for token in one.tune.body) in (2, 3)  # 3 where an ending has two


@pytest.mark.parametrize("settled", [{"rhythm": "waltz"}, {"meter": "3/4"}, {"key": "Ador"}])
def test_what_is_left_open_the_model_chooses(settled: dict[str, str]) -> None:
    tunes = [one.tune for one in written(MODEL, replace(Wish(candidates=4), **settled))]  # type: ignore[arg-type]
    assert all(tune is not None and set(settled.values()) <= {tune.rhythm, tune.meter, tune.key} for tune in tunes)
    assert len({tune.header for tune in tunes if tune}) > 1


def test_a_type_that_does_not_suit_the_meter_is_never_drawn() -> None:
    found = [written(PLAIN, Wish(meter="6/8", candidates=16, bars=1, form="A", rng_seed=seed)) for seed in range(6)]
    assert all(one.valid and one.tune and one.tune.rhythm != "hornpipe" for tunes in found for one in tunes)


@pytest.mark.parametrize("opening", ["|:d2f a", "X:1\nM:6/8\nL:1/8\nK:D\n|:d2f a", "|: d2 f a"])
@pytest.mark.parametrize("valid", [True, False])
def test_an_opening_is_gone_on_from(opening: str, valid: bool) -> None:
    for one in written(MODEL, replace(WISHED, opening=opening, valid=valid)):
        assert one.tune is not None
        assert one.tune.body[:5] == ("|:", "d", "2", "f", "a")
        assert one.drawn == len(to_model(one.tune)) - 8 if one.finished else True


def test_a_tune_is_gone_on_from_the_cursor() -> None:
    first = written(MODEL, WISHED)[0]
    assert first.tune is not None
    text = shown(first.tune)
    bar = first.tune.body.index("|", 15)
    cursor = text.spans[bar][1]
    again = written(MODEL, replace(WISHED, opening=text.text[:cursor], rng_seed=9))[0]
    assert again.tune is not None
    assert again.tune.body[: bar + 1] == first.tune.body[: bar + 1]
    assert again.tune.body != first.tune.body
    assert again.valid


@pytest.mark.parametrize("opening", ["A6|B6|[1c6|e6:|[2d6||", "A6|[1B6|c6|d6|e6|f6", "A6|B6||c6|[1d6:|[2e6|f6|"])
def test_an_opening_may_have_endings_of_any_length(opening: str) -> None:
    for one in written(MODEL, Wish(opening=opening, meter="6/8", key="Cmaj", candidates=3)):
        assert one.valid
        assert one.tune is not None
        assert "".join(one.tune.body).startswith(opening)


@pytest.mark.parametrize(
    ("opening", "begins"),
    [
        ("A6|B6:|c6|[1d6", "A6|B6::c6|[1d6"),
        ("|:A6|B6:|c6|[1d6:|[2e6|", "|:A6|B6::c6|[1d6:|[2e6|"),
        ("A6|B6:|A6|d6:|c6|[1d6", "A6|B6::A6|d6::c6|[1d6"),
        ("A6|B6:|A6|d6::c6|d6", "A6|B6::A6|d6::c6|d6"),
        ("|:A6|B6:|c6|d6:|", "|:A6|B6:|c6|d6:|"),
        ("|:A|B6|[1c5:|[2d5||e|f6|g5:|", "|:A|B6|[1c5:|[2d5||e|f6|g5:|"),
    ],
)
def test_a_part_with_endings_says_where_it_begins(opening: str, begins: str) -> None:
    """Without a sign there abc2midi finds the ending, or the `::`, before any repeat."""
    for one in written(PLAIN, Wish(opening=opening, meter="6/8", key="Cmaj", candidates=4)):
        assert one.valid
        assert one.tune is not None
        assert "".join(one.tune.body).startswith(begins)
        assert shutil.which("abc2midi") is None or not complaints(shown(one.tune, title="x").text)


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (Wish(opening="dfd AFA dfd|", meter="6/8"), "lasts 9 eighths; in 6/8 it has to last 6"),
        (Wish(opening="|:dfd AFA||", meter="6/8"), "begins with a repeat sign; one has to close it too"),
        (Wish(opening="dfd AFA|dfd AFA|", meter="6/8", form="AA", bars=2), "No valid tune of this form"),
        (Wish(opening="c8|" * 70, meter="4/4"), "up to 64 bars"),
        (Wish(opening="[CEGce]8|", meter="4/4"), "two to four notes"),
        (Wish(opening="R:hornpipe\nM:6/8\nK:D\nd6|"), "A hornpipe is not written in 6/8"),
        (Wish(rng_seed=-1), "A take is a whole number"),
    ],
)
def test_a_refusal_says_what_is_true(wish: Wish, said: str) -> None:
    with pytest.raises(ImpossibleWish) as refused:
        stream(MODEL, wish)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        (Wish(rhythm="tango"), ImpossibleWish),
        (Wish(meter="1000/1"), ImpossibleWish),
        (Wish(key="C#lyd"), ImpossibleWish),
        (Wish(rhythm="hornpipe", meter="6/8"), ImpossibleWish),
        (Wish(temperature=0.0), ImpossibleWish),
        (Wish(temperature=math.nan), ImpossibleWish),
        (Wish(top_k=-1), ImpossibleWish),
        (Wish(top_p=0.0), ImpossibleWish),
        (Wish(candidates=0), ImpossibleWish),
        (Wish(candidates=17), ImpossibleWish),
        (Wish(rng_seed=-1), ImpossibleWish),
        (Wish(form="ABA"), UnplayableForm),
        (Wish(form="AABB", bars=1000), UnplayableForm),
        (Wish(opening="a" * 5000), ImpossibleWish),
        (Wish(opening="[ceg"), UnreadableTune),
        (Wish(opening="dfd AFA dfd|", meter="6/8"), ImpossibleWish),
        (Wish(opening="|:dfd AFA||", meter="6/8"), ImpossibleWish),
        (Wish(opening="dfd AFA|dfd AFA|", meter="6/8", form="AA", bars=2), ImpossibleWish),
        (Wish(opening="M:7/8\nK:D\nabc"), (ImpossibleWish, UnreadableTune)),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(wish: Wish, error: type[Exception]) -> None:
    with pytest.raises(error):
        stream(MODEL, wish)  # not iterated: nothing has been shown yet


def test_other_models_are_refused() -> None:
    with pytest.raises(ImpossibleWish):
        list(stream(a_model(False, ("<bos>", END, "C")), Wish()))


# --- the same again, and as a stream --------------------------------------------------------------------------------


def test_the_same_wish_gives_the_same_tunes() -> None:
    assert write(MODEL, WISHED) == write(MODEL, WISHED)
    assert len({one.tokens for one in written(MODEL, WISHED)}) == 3
    assert written(MODEL, replace(WISHED, rng_seed=4))[0].tokens != written(MODEL, WISHED)[0].tokens


def test_candidates_do_not_depend_on_each_other() -> None:
    alone = written(PLAIN, replace(WISHED, candidates=1))
    beside = {one.candidate: one for one in written(PLAIN, replace(WISHED, candidates=4))}
    assert alone[0].tokens == beside[0].tokens
    assert alone[0].bits == beside[0].bits  # whole numbers: to the bit


def test_the_stream_is_the_tune() -> None:
    said: dict[int, list[str]] = {}
    for piece in stream(MODEL, WISHED):
        if isinstance(piece, Piece):
            said.setdefault(piece.candidate, []).append(piece.token)
        else:
            assert piece.tune is not None
            assert tuple(said[piece.candidate]) == (*piece.tune.header, *piece.tune.body)
    assert sorted(said) == [0, 1, 2]


def test_it_can_be_stopped() -> None:
    asked: Iterator[bool] = iter([False] * 10 + [True] * 10)
    pieces = list(stream(MODEL, replace(WISHED, candidates=1), lambda: next(asked)))
    last = pieces[-1]
    assert isinstance(last, Written)
    assert not last.finished
    assert not last.valid
    assert len(last.tokens) == 13
    assert last.reason is not None


def test_raw_tunes_say_what_is_wrong() -> None:
    found = written(MODEL, replace(WISHED, valid=False, candidates=8))
    assert all(one.constraint_bits == 0 for one in found)
    wrong = [one for one in found if not one.valid]
    assert wrong
    assert all(str(one.reason) for one in wrong)
    assert all(one.faults or not one.finished for one in wrong)


# --- arithmetic -----------------------------------------------------------------------------------------------------


def test_bits_are_those_of_reading_the_tune() -> None:
    """Drawing step by step and reading the whole tune at once give the same surprise."""
    from engine.tunewriter.lessons import lesson_of

    one = written(MODEL, replace(WISHED, candidates=1, temperature=1.5))[0]
    assert one.tune is not None
    lesson = lesson_of(one.tune)
    assert lesson.features is not None
    logits, _ = MODEL.steps.read(lesson.ids[:-1], lesson.features[:-1])
    scores = logits.astype(np.float64)
    scores -= np.log(np.exp(scores).sum(axis=1, keepdims=True))
    bits = -scores[np.arange(len(scores)), lesson.ids[1:]] / np.log(2)
    assert one.bits == pytest.approx(bits[3:].sum(), rel=1e-4)  # the header was settled


@given(st.integers(0, 99), st.floats(0.2, 3), st.integers(0, 6), st.floats(0.05, 1))
def test_chances_are_chances(seed: int, temperature: float, top_k: int, top_p: float) -> None:
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 3, (3, 7)).astype(np.float32)
    masks = rng.random((3, 7)) < 0.5
    masks[:, 2] = True
    odds = chances(logits, masks, temperature, top_k, top_p)
    assert odds.drawn.sum(axis=1) == pytest.approx(1)
    assert not odds.drawn[~masks].any()
    assert all(0 < (row > 0).sum() <= (top_k or 7) for row in odds.drawn)
    assert odds.believed.sum(axis=1) == pytest.approx(1)
    assert odds.left == pytest.approx((odds.believed * masks).sum(axis=1))
    assert all(masks[row, one] for row, one in enumerate(drawn(odds.drawn, rng.random(3).tolist())))


def test_nothing_is_bent_without_settings() -> None:
    logits = np.array([[0.0, 1.0, 2.0]], dtype=np.float32)
    odds = chances(logits, None, 1.0, 0, 1.0)
    assert odds.drawn == pytest.approx(np.exp(logits) / np.exp(logits).sum())
    assert odds.left is None


def test_top_p_keeps_the_fewest_that_hold_the_share() -> None:
    logits = np.log(np.array([[0.5, 0.3, 0.15, 0.05]], dtype=np.float32))
    assert (chances(logits, None, 1.0, 0, 0.6).drawn > 0).sum() == 2
    assert chances(logits, None, 1.0, 0, 0.6).drawn[0, 0] == pytest.approx(0.625, rel=1e-4)


def test_draws_follow_the_chances() -> None:
    probabilities = np.tile([[0.2, 0.0, 0.5, 0.3]], (4000, 1))
    ids = drawn(probabilities, np.random.default_rng(0).random(4000).tolist())
    assert np.bincount(ids, minlength=4) / 4000 == pytest.approx([0.2, 0, 0.5, 0.3], abs=0.03)
    assert drawn(probabilities[:2], [0.0, 1 - 1e-16]) == [0, 3]


# --- ranking --------------------------------------------------------------------------------------------------------


def finished(body: str, bits_a_note: float, candidate: int = 0, bad: bool = False) -> Written:
    tune = Tune("reel", "4/4", "Cmaj", split_body(body))
    tokens = to_model(tune)[:-1]
    notes = sum(token[-1].lower() in "abcdefg" for token in tune.body)
    found = (Fault(0, say("x")),) if bad else ()
    return Written(candidate, 0, tokens, tune, bits_a_note * notes, 0.0, len(tokens), True, found)


LIVELY = "CEGcBGAF|DFAdcAGE|CEGcedcA|BGDGEDC2|]"
BORING = "CCCCCCCC|CCCCCCCC|CCCCCCCC|CCCCCCCC|]"


def test_likely_ones_come_first_and_valid_ones_before_others() -> None:
    order = ranked([finished(LIVELY, 3, 0), finished(LIVELY, 1, 1, bad=True), finished(LIVELY, 2, 2)])
    assert [one.written.candidate for one in order] == [2, 0, 1]


def test_monotony_and_copying_cost() -> None:
    tune = finished(LIVELY, 2).tune
    assert tune is not None
    assert monotony(tune) == 0
    assert score_of(finished(BORING, 1)) > score_of(finished(LIVELY, 2))
    assert score_of(finished(LIVELY, 2), share=1.0) > score_of(finished(LIVELY, 3))


def test_what_comes_home_is_heard_before_what_is_a_little_likelier() -> None:
    """Half of the written tunes end elsewhere, a fifth of the printed ones: four at once have to make up for it."""
    away, fifth = (LIVELY.replace("EDC2", end) for end in ("EDD2", "EDG2"))
    order = ranked([finished(away, 2.0, 0), finished(fifth, 2.0, 1), finished(LIVELY, 2.4, 2)])
    assert [one.written.candidate for one in order] == [2, 1, 0]
    assert score_of(finished(away, 2.0)) < score_of(finished(LIVELY, 3.5))  # a lean, no rule


def test_the_near_one_is_named() -> None:
    near, new = (
        ranked([finished(LIVELY, 2)], lambda tune, share=share: ("The Hunt", "a book", share))[0]  # type: ignore[misc]
        for share in (CLOSE, CLOSE / 2)
    )
    assert (near.near, near.source) == ("The Hunt", "a book")
    assert (new.near, new.source) == ("", "")


# --- chords under a tune --------------------------------------------------------------------------------------------


def evenly(before: tuple[Chord, ...]) -> dict[Chord, float]:
    assert all(not chord.is_silent for chord in before)
    return {}


def names(found: Accompaniment) -> str:
    return " ".join(f"{slot.chord.root}{slot.chord.quality}" or "-" for slot in found.progression)


def test_chords_a_folk_musician_would_play() -> None:
    tune = Tune("jig", "6/8", "Dmaj", split_body("A|dfdecA|dfde2A|BGBAFD|EFEE2A|dfdecA|dfdefg|fededc|d3d2|]"))
    assert names(chords_under(tune, evenly)) == "- D D G A D D A D"
    reel = Tune("reel", "4/4", "Edor", split_body("EBBAB2EB|B2ABdBAG|FDADBDAD|E8|]"))
    assert names(chords_under(reel, evenly)) in ("Em G D Em", "Em Em D Em")


@pytest.mark.parametrize("per_bar", [1, 2])
@pytest.mark.parametrize(
    ("key", "last", "wanted"),
    [
        ("Dmaj", "gfegec", ""), ("Dmaj", "Bcd3", "D"), ("Dmaj", "gecd3", "D"), ("Dmaj", "gecA3", "D"),
        ("Edor", "dBAE3", "Em"), ("Amix", "GFEA2", "A"), ("Gmin", "AFG", "Gm"), ("Dmaj", "d3z3", "D"),
    ],
)  # fmt: skip
def test_a_tune_that_rests_at_home_closes_on_its_chord(per_bar: int, key: str, last: str, wanted: str) -> None:
    """Whatever is expected: here always the subdominant."""
    body = f"A|dfdecA|dfde2A|BGBAFD|{last}|]"
    tune = Tune("jig", "6/8", key, split_body(body))
    fourth = Chord({"Dmaj": "G", "Edor": "A", "Amix": "D", "Gmin": "C"}[key], "m" if key == "Gmin" else "")
    found = names(chords_under(tune, lambda before: {fourth: 1.0}, per_bar)).split()
    assert found[-1] == wanted if wanted else found[-1] != "D"


def test_a_last_bar_that_moves_on_has_what_leads_home() -> None:
    moving, held = (
        Tune("reel", "4/4", "Dmaj", split_body(f"dfaf dfaf|dfafd4|{last}|]".replace(" ", "")))
        for last in ("ecAcd4", "d8")
    )
    assert names(chords_under(moving, evenly)).split()[-2:] == ["A", "D"]
    assert names(chords_under(held, evenly)).split() == ["D", "D", "D"]
    assert [len(chords_under(tune, evenly).progression.slots) for tune in (moving, held)] == [4, 3]


def test_a_part_comes_home_within_its_last_bar() -> None:
    tune = Tune("jig", "6/8", "Dmaj", split_body("A|dfdafd|ecAd2::g|fdfafd|ecAd2:|"))
    assert names(chords_under(tune, evenly)).split()[:4] == ["-", "D", "A", "D"]


def test_a_short_second_ending_is_no_upbeat() -> None:
    """It is one bar, short by the upbeat of its part, and the last chord is struck in it."""
    tune = Tune("jig", "6/8", "Dmaj", split_body("|:A|dfdafd|[1ecAA2:|[2d5||"))
    assert names(chords_under(tune, evenly)).split()[-1] == "D"


def test_the_model_is_heard() -> None:
    """Where the notes leave it open, the chord that is expected is taken."""
    tune = Tune("air", "4/4", "Cmaj", split_body("C8|C4E4|C8|]"))

    def expecting(quality: str, root: str) -> Accompaniment:
        return chords_under(tune, lambda before: {Chord(root, quality): 1.0} if len(before) == 1 else {Chord("C"): 1.0})

    assert names(expecting("m", "A")) != names(chords_under(tune, evenly))
    assert "Am" in names(expecting("m", "A"))


@pytest.mark.parametrize("per_bar", [1, 2])
@pytest.mark.parametrize("key", KEYS)
def test_chords_last_as_long_as_the_tune(key: str, per_bar: int) -> None:
    tune = Tune("reel", "4/4", key, split_body("G2|:CDEFGABc|[1cBAGFEDC:|[2cBAG(3FEDC2||z8|C6|]"))
    found = chords_under(tune, evenly, per_bar)
    assert found.progression.beats == pytest.approx(sounded(tune).score.beats)
    assert found.progression.slots[0].chord.is_silent
    assert all(before < after for (before, _), (after, _) in pairwise(found.marks))
    assert found.progression.key == key_of_harmony(key)


JIG = Tune("jig", "6/8", "Dmaj", split_body("|:A|dfdecA|dfde2A|BGBAFD|EFEE2A|dfdecA|dfdefg|fededc|d3d2:|"))


def test_chords_are_named_and_strummed_under_the_tune() -> None:
    score, under = sounded(JIG).score, chords_under(JIG, evenly)
    played = strummed(score, under)
    assert [note for note in played.notes if note.staff == "right"] == list(score.notes)
    left = [note for note in played.notes if note.staff == "left"]
    assert left
    assert all(40 <= note.pitch < 64 and note.onset + note.duration <= score.beats + 1e-6 for note in left)
    assert played.chord_names[0] == (0.5, "D")
    assert all(before[1] != after[1] for before, after in pairwise(played.chord_names))
    slots = dict(zip(under.progression.onsets, under.progression.chords, strict=True))
    for onset, chord in slots.items():
        struck = [note for note in left if note.onset == onset]
        assert chord.is_silent or min(note.pitch for note in struck) % 12 == chord.pitch_class
    assert to_musicxml(played).count(b"<harmony") == len(played.chord_names)
    assert named(score, under).is_melody


def test_chord_symbols_stand_above_the_text_and_change_nothing() -> None:
    under = chords_under(JIG, evenly)
    text = shown(JIG, above={token: write_chord(chord) for token, chord in under.marks})
    assert '|:A|"D"dfd ecA|' in text.text
    assert read_one(text.text).tune.body == JIG.body
    assert all(text.text[slice(*span)] == token for span, token in zip(text.spans, JIG.body, strict=True))


def test_a_tune_without_notes_has_no_chords() -> None:
    assert chords_under(Tune("reel", "4/4", "Cmaj", ()), evenly).progression.slots == ()
    assert key_of_harmony("Bbmix") == Key("Bb")


def test_every_type_is_a_wish() -> None:
    assert all(
        written(PLAIN, Wish(rhythm=name, meter="2/4", key="Gmaj", bars=2, form="A"))[0].valid for name in RHYTHMS
    )


def test_a_tune_that_comes_home_within_reach_is_heard_first() -> None:
    from engine.tunewriter.ranking import strangeness

    def judged(body: str, key: str = "Dmaj") -> float:
        return strangeness(Tune("reel", "4/4", key, split_body(body)))

    assert judged("d8|A8|d8|]") == 0.0
    assert 0 < judged("d8|d8|A8|]") < judged("d8|A8|e8|]")
    assert judged("d8|A8|d'8|]") > judged("d8|A8|d8|]")
    assert judged("e8|B8|e8|]", "Emin") == 0.0
