"""The grammar of tunes: whatever is drawn under its mask ends as a valid tune, and what is wrong is found and named."""

from __future__ import annotations

import re
import shutil
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.abc.display import shown
from engine.abc.faults import bars_of, faults
from engine.abc.form import LONGEST_ENDING, MOST_BARS, Plan, UnplayableForm
from engine.abc.grammar import Grammar, NotAllowed
from engine.abc.lengths import EIGHTH, Filling, bar_ticks, in_time_of, ticks_of
from engine.abc.past import State
from engine.abc.reading import read_one
from engine.abc.tokens import (
    BARS,
    END,
    KEYS,
    METERS,
    VOCABULARY,
    Tune,
    from_model,
    from_tonic,
    pitch_of,
    split_body,
    to_model,
)

FORMS = (("", 0), ("A", 1), ("AA", 2), ("AABB", 8), ("AABB", 0), ("AAB", 4), ("ABB", 3), ("AABBCC", 4), ("ABCD", 2))
GRAMMARS = {form: Grammar(VOCABULARY, Plan.of(*form)) for form in FORMS}
GIVEN = {form: Grammar(VOCABULARY, Plan.of(*form), strict=False) for form in FORMS}  # what people write
OFTEN = {"|": 30, "||": 30, "|]": 30, ":|": 30, "|:": 30, "::": 30, "[1": 60, "[2": 60, "-": 20, END: 100}
FINE = ("/8", "3/8", "/4", "3/4", "5/4", "7/4")
WEIGHTS = np.array([OFTEN.get(word, 0.05 if word in FINE else 1.0) for word in VOCABULARY])
SWINGING = {"R:hornpipe": 200, "(3": 40, "z": 40, "2": 6, "3": 6, "/2": 6, "3/2": 6}  # hornpipes of triplets and rests
HORNPIPES = np.array([SWINGING.get(word, weight) for word, weight in zip(VOCABULARY, WEIGHTS, strict=True)])


def walk(
    grammar: Grammar, seed: int, weights: np.ndarray = WEIGHTS, given: Grammar | None = None, count: int = 0
) -> tuple[str, ...]:
    """A tune drawn under the mask; fails where nothing may follow. The first `count` tokens are drawn under `given`."""
    rng = np.random.default_rng(seed)
    state, tokens = grammar.start(), list[str]()
    while not state.ended:
        mask = (given if given and len(tokens) < count else grammar).allowed(state)
        odds = (mask * weights).cumsum()
        assert odds[-1] > 0, f"nothing may follow {''.join(tokens[-30:])}"
        token = VOCABULARY[int(np.searchsorted(odds, rng.random() * odds[-1], side="right"))]
        tokens.append(token)
        state = grammar.advance(state, token)
    return tuple(tokens)


def full_bar(tune: Tune) -> int:
    top, bottom = tune.meter.split("/")
    return bar_ticks((int(top), int(bottom)))


def eighths(text: str, meter: tuple[int, int]) -> Fraction:
    """The length of a bar's tokens, counted in another way than the engine's: rewritten as a sum of fractions."""
    total, left, share, tokens = Fraction(0), 0, Fraction(1), list(split_body(text))
    while tokens:
        token = tokens.pop(0)
        if token[0] == "(":
            left = int(token[1:])
            share = Fraction({2: 3, 3: 2, 4: 3, 6: 2}.get(left, 3 if meter in ((6, 8), (9, 8), (12, 8)) else 2), left)
        elif token not in ("-", "[1", "[2"):
            if token == "[":
                while tokens.pop(0) != "]":
                    pass
            length = Fraction(1)
            if tokens and (tokens[0][0].isdigit() or tokens[0][0] == "/"):
                written = tokens.pop(0)
                length = Fraction(written if written[0] != "/" else "1" + written)
            total += length * (share if left else 1)
            left = max(0, left - 1)
    return total


# --- valid by construction ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form[0] or 'open'}-{form[1]}")
@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_what_the_mask_allows_ends_as_a_valid_tune(form: tuple[str, int], seed: int) -> None:
    tune = from_model(walk(GRAMMARS[form], seed))
    assert faults(tune) == ()
    assert tune.body[-1] in BARS


@pytest.mark.parametrize("form", [("", 0), ("AABB", 8), ("AABB", 0)], ids=str)
@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_endings_are_short_and_equally_long(form: tuple[str, int], seed: int) -> None:
    tune = from_model(walk(GRAMMARS[form], seed))
    spans: dict[str, list[int]] = {"[1": [], "[2": []}
    ending = ""
    for bar in bars_of(tune):
        for _, mark in bar.marks:
            if mark in spans:
                ending = mark
                spans[mark].append(0)
        if ending:
            spans[ending][-1] += 1
            ending = ending if bar.line == "|" else ""
    assert spans["[1"] == spans["[2"]
    assert all(1 <= bars <= LONGEST_ENDING for bars in spans["[1"])


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_inner_bars_are_exactly_full(seed: int) -> None:
    tune = from_model(walk(GRAMMARS["AABB", 8], seed))
    top, bottom = map(int, tune.meter.split("/"))
    for part in re.split(r":\||::|\|:|\|\||\|\]", "".join(tune.body)):
        inner = [eighths(bar, (top, bottom)) for bar in part.split("|") if bar][1:-1]
        assert set(inner) <= {Fraction(8 * top, bottom)}


@pytest.mark.parametrize(
    ("form", "bars", "lines"),
    [("AABB", 8, ["::", ":|"]), ("AAB", 4, [":|", "|"]), ("A", 3, ["|"]), ("AB", 2, ["|", "|"])],
)
@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_form_is_kept(form: str, bars: int, lines: list[str], seed: int) -> None:
    plain = WEIGHTS * [word not in ("[1", "[2") for word in VOCABULARY]
    tune = from_model(walk(Grammar(VOCABULARY, Plan.of(form, bars)), seed, plain))
    full = full_bar(tune)
    counted, closing, first = 0, [], True
    for bar in bars_of(tune):
        upbeat = first and bar.ticks < full
        counted, first = counted + (not upbeat), bar.line != "|" and not upbeat
        if first:
            closing.append("|" if bar.line in ("||", "|]") else bar.line)
    assert counted == bars * len(set(form))
    assert closing == lines


def first_beyond(grammar: Grammar, tokens: tuple[str, ...]) -> int:
    """The first token that would not be drawn; as many as there are where all would."""
    state = grammar.start()
    for at, token in enumerate(tokens):
        if not grammar.allows(state, token):
            return at
        state = grammar.advance(state, token)
    return len(tokens)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form[0] or 'open'}-{form[1]}")
@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(4, 250))
def test_from_any_opening_the_mask_leads_to_a_valid_end(form: tuple[str, int], seed: int, count: int) -> None:
    tune = from_model(walk(GRAMMARS[form], seed, given=GIVEN[form], count=count))
    assert faults(tune) == ()


def test_openings_go_beyond_what_is_drawn() -> None:
    """The law above is about something: many of its openings hold what would not be drawn."""
    form = "", 0
    grammar = GRAMMARS[form]
    tunes = [walk(grammar, seed, given=GIVEN[form], count=250) for seed in range(20)]
    assert sum(first_beyond(grammar, tokens) < min(250, len(tokens)) for tokens in tunes) >= 10


ENDINGS = (
    "A6|B6|[1c6|e6:|[2d6||",
    "A6|B6|[1c6:|[2d6|e6|f6||",
    "A6|[1B6|c6|d6|e6|f6:|[2B6|c6|d6|e6|f6|]",
    "A2|B6|[1c6|d6|e6|f6|g4:|[2a6|b4|]",
    "A6|B6||c6|[1d6:|[2e6|]",
    "A/4|B6|c6|d3c2B3/4:|",
)


@pytest.mark.parametrize("body", ENDINGS)
def test_a_valid_tune_with_endings_of_any_length_may_be_given(body: str) -> None:
    tune = Tune("jig", "6/8", "Cmaj", split_body(body))
    assert faults(tune) == ()
    grammar, tokens = GRAMMARS["", 0], to_model(tune)
    assert first_beyond(grammar, tokens) < len(tokens)
    state = grammar.start()
    for token in tokens:
        assert grammar.allowed(state).any()
        state = grammar.advance(state, token)
    assert state.ended


@pytest.mark.parametrize("key", KEYS)
def test_no_pitch_that_is_drawn_needs_a_double_accidental(key: str) -> None:
    grammar = GRAMMARS["", 0]
    state = grammar.start()
    for token in ("R:reel", "M:4/4", f"K:{key}"):
        state = grammar.advance(state, token)
    pitches = [word for word in VOCABULARY if pitch_of(word)]
    doubled = {word for word in pitches if from_tonic(word, key).startswith(("^^", "__"))}
    assert {word for word in pitches if not grammar.allows(state, word)} == doubled
    for word in doubled:  # a given one is read all the same
        assert grammar.advance(state, word).last == "note"
    in_chord = grammar.advance(state, "[")
    assert {word for word in pitches if not grammar.allows(in_chord, word)} == doubled


def test_walks_meet_everything_the_grammar_knows() -> None:
    seen = {token for seed in range(150) for token in walk(GRAMMARS["", 0], seed)}
    assert {*BARS, "[1", "[2", "-", "[", "]", "z", "(2", "(3", "(5", "(9"} <= seen
    assert {f"M:{meter}" for meter in METERS} <= seen


def test_a_model_of_a_few_lengths_is_never_led_into_a_corner() -> None:
    """With nothing but dotted and long notes many remainders cannot be filled: they are seen before."""
    words = (*(word for word in VOCABULARY if word[0] in "RMK"), END, *BARS, "C", "3", "5", "(3", "(5", "[", "]", "E")
    grammar = Grammar(words)
    for seed in range(100):
        rng = np.random.default_rng(seed)
        state, tokens = grammar.start(), list[str]()
        while not state.ended:
            ids = np.flatnonzero(grammar.allowed(state))
            assert len(ids)
            tokens.append(words[int(rng.choice(ids))])
            state = grammar.advance(state, tokens[-1])
        assert faults(from_model(tokens)) == ()


REAL = (
    ("R:jig\nM:6/8\nK:G\n", "|:d|BGG DGG|BGB dcB|cAA EAA|cBA dcB|BGG DGG|BGB dcB|cBA FGA|BGG G2:|"),
    (
        "R:reel\nM:4/4\nK:Edor\n",
        "|:D2|EBBA B2EB|B2AB dBAG|FDAD BDAD|FDAD dAFD|[1EBBA B2EB|BAFD E2:|[2EBBA B2EB|BAFD E4||",
    ),
    ("R:waltz\nM:3/4\nK:D\n", "A2|d2f2a2|a3gf2|e2c2A2|d4:|"),
    ("R:polka\nM:2/4\nK:D\n", "AB|d2e2|f2e2|d2B2|A2AB||d2e2|f2a2|e2d2|d2|]"),
    ("R:air\nM:3/4\nK:Dm\n", "D2-|D2(3FGA^c2-|cd[DFA]3/2-[DFA]/2z2|]"),
    ("R:march\nM:4/4\nK:C\n", "G2|:c4e4|g4e2c2|d2B2G4|c6c2::e4g4|e6G2|c8:|"),
)


@pytest.mark.parametrize(("header", "body"), REAL)
def test_real_tunes_pass(header: str, body: str) -> None:
    tune = read_one(f"X:1\nL:1/8\n{header}{body}".replace("L:1/8\nR", "R").replace("\nK:", "\nL:1/8\nK:")).tune
    assert faults(tune) == ()
    grammar = Grammar(VOCABULARY)
    state = grammar.start()
    for token in to_model(tune):
        state = grammar.advance(state, token)
    assert state.ended


@pytest.mark.skipif(shutil.which("abc2midi") is None, reason="abc2midi is not installed")
@pytest.mark.parametrize("weights", [WEIGHTS, HORNPIPES], ids=["wild", "hornpipes"])
def test_abc2midi_has_no_quarrel_with_what_is_drawn(weights: np.ndarray) -> None:
    """Not with wild tunes either, full of ties into chords and tuplets."""
    from tests.golden.regenerate_tunes import complaints

    tunes = [from_model(walk(GRAMMARS["", 0], seed, weights)) for seed in range(120)]
    quarrels = [complaints(shown(tune, title="x").text) for tune in tunes]
    assert not any(quarrels), quarrels


def follows(body: str, rhythm: str = "reel", meter: str = "4/4") -> set[str]:
    """What may come after the beginning of a tune in C major."""
    grammar = GRAMMARS["", 0]
    state = grammar.start()
    for token in (f"R:{rhythm}", f"M:{meter}", "K:Cmaj", *split_body(body)):
        state = grammar.advance(state, token)
    return {token for token in VOCABULARY if grammar.allows(state, token)}


@pytest.mark.parametrize(
    ("body", "tied"),
    [("[Bb]", True), ("[_Bb]", True), ("[_BA]", True), ("[B_b]", False), ("[_B=b]", False), ("[CB,A_B]2", False)],
)
def test_a_chord_that_could_not_be_read_back_is_not_tied(body: str, tied: bool) -> None:
    """An accidental is for its letter in all octaves: the lower B of [B_b]-[Bb] would be flat as well."""
    assert ("-" in follows(body)) is tied


def test_what_is_held_comes_before_an_accidental_of_its_letter() -> None:
    assert {"A", "B", "b", "^c"} <= follows("[AB]-[")
    assert not {"_b", "=b", "^a'"} & follows("[AB]-[")
    assert "_b" in follows("[AB]-[B")
    assert "B" in follows("[AB]-[_b")  # people may write it


@pytest.mark.parametrize(
    ("body", "meter", "swings"),
    [
        ("(3AGFz3G", "4/4", False),
        ("(3AGF[GB]z2G", "4/4", False),
        ("(3Azzz3G", "4/4", False),
        ("(3AGFz6|G", "4/4", False),
        ("(3A2G2F2z4|G", "4/4", False),
        ("(3A/2G/2F/2zG/2", "2/4", False),
        ("(6AGFEDCz|G/2", "2/4", False),
        ("(3AGFzG", "4/4", True),  # the rest is an eighth, as abc2midi thinks
        ("(3AGFz3[GB]", "4/4", True),
        ("(3AGFFz2G", "4/4", True),
        ("(3AGFz(3G", "4/4", True),
        ("(3A/2G/2F/2z3G", "4/4", True),
        ("(6AGFGFGzG", "4/4", True),
        ("(3AGFzG/2", "2/4", True),
    ],
)
def test_abc2midi_need_not_swing_what_it_cannot(body: str, meter: str, swings: bool) -> None:
    """A note of an eighth of the bar does not follow such a rest, others do."""
    *before, last = split_body(body)
    if last == "/2":
        assert (last in follows("".join(before), "hornpipe", meter)) is swings
    else:
        assert ("z" in follows(body, "hornpipe", meter)) is swings
        assert {"2", "/2"} <= follows(body, "hornpipe", meter)
        assert "z" in follows(body, "reel", meter)


def test_masks_are_kept_and_cannot_be_changed() -> None:
    grammar = Grammar(VOCABULARY)
    mask = grammar.allowed(grammar.start())
    assert grammar.allowed(State()) is mask
    with pytest.raises(ValueError, match="read-only"):
        mask[0] = True


def test_what_is_not_allowed_is_refused() -> None:
    grammar = Grammar(VOCABULARY)
    with pytest.raises(NotAllowed):
        grammar.advance(grammar.start(), "C")


# --- what is wrong is found -----------------------------------------------------------------------------------------

WRONG = (
    ("CDEFGABc|C|cBAGFEDC|]", 10, "1 eighths"),
    ("CDEFGAB|cBAGFEDC|cBAGFE|]", 23, "6 eighths"),
    ("CDEFGABc|cBAGFED|cBAGFEDC|]", 16, "7 eighths"),
    ("CDEFGABc|cBAGFEDCC|cBAGFEDC|]", 18, "9 eighths"),
    ("CDEFGABc|cBAGFEDC", 16, "ends with a bar line"),
    ("CDEFGAB[ce|cBAGFEDC|]", 7, "not closed"),
    ("CDEFGABc]|cBAGFEDC|]", 8, "no chord to close"),
    ("CDEFGAB[[ce]|cBAGFEDC|]", 8, "inside another"),
    ("CDEFGA(3(3Bcd|cBAGFEDC|]", 7, "inside another"),
    ("CDEFGA(3Bc|cBAGFEDC|]", 6, "has all its notes"),
    ("CDEFGABc-|BBAGFEDC|]", 8, "another note"),
    ("CDEFGABc|cBAGFEDC-|]", 17, "leads to no note"),
    ("z-CDEFGAB|cBAGFEDC|]", 1, "tie follows"),
    ("|:CDEFGABc|cBAGFEDC|]", 18, "close it too"),
    ("|:CDEFGABc|[2cBAGFEDC|]", 10, "no place here"),
    ("|:CDEFGABc|[1cBAGFEDC:|CDEFGABc|]", 20, "[2"),
    ("|:CDEFGABc|[1cBAGFEDC|]", 19, "closed by a repeat"),
    ("|:CDEFGABc|[1cBAGFEDC:|", 19, "second ending is missing"),
    ("|:CDEFGABc|[1cBAGFEDC:|[2cBAGFEDC:|", 29, "not repeated"),
    ("2CDEFGABc|]", 0, "follows a note"),
    ("CDEFGABc||||cBAGFEDC|]", 9, "stand together"),
    ("G2|CDEFGABc|cBAGFEDCBA:|", 22, "10 eighths"),
    ("", 0, "no notes"),
)


@pytest.mark.parametrize(("body", "index", "said"), WRONG)
def test_a_fault_is_found_and_named(body: str, index: int, said: str) -> None:
    found = faults(Tune("reel", "4/4", "Cmaj", split_body(body)))
    assert any(said in str(fault.sentence) for fault in found), [str(fault.sentence) for fault in found]
    assert index in [fault.index for fault in found if said in str(fault.sentence)]


@given(seed=st.integers(0, 2**32 - 1), data=st.data())
def test_a_note_too_many_is_always_a_fault(seed: int, data: st.DataObject) -> None:
    tune = from_model(walk(GRAMMARS["A", 1], seed))
    bars = [bar for bar in bars_of(tune) if bar.ticks == full_bar(tune)]
    if bars:
        at = data.draw(st.sampled_from([bar.end for bar in bars]))
        longer = Tune(tune.rhythm, tune.meter, tune.key, (*tune.body[:at], "C", *tune.body[at:]))
        assert faults(longer)


@given(st.lists(st.sampled_from([word for word in VOCABULARY if word[1:2] != ":" or word in BARS]), max_size=60))
def test_any_tokens_are_judged_without_failing(body: list[str]) -> None:
    tune = Tune("jig", "6/8", "Dmaj", tuple(body))
    assert all(0 <= fault.index <= len(body) and str(fault.sentence) for fault in faults(tune))


# --- forms and lengths ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "bars"), [("ABA", 8), ("AAA", 8), ("BA", 8), ("xyz", 8), ("A", MOST_BARS + 1), ("A", -1)]
)
def test_forms_that_cannot_be_kept_are_refused(form: str, bars: int) -> None:
    with pytest.raises(UnplayableForm):
        Plan.of(form, bars)


@given(st.integers(2, 9).filter(lambda n: n != 8), st.sampled_from([(4, 4), (6, 8), (9, 8), (3, 4)]))
def test_a_tuplet_of_eighths_lasts_what_it_says(notes: int, meter: tuple[int, int]) -> None:
    filling = Filling([EIGHTH // 4, EIGHTH], meter)
    assert filling.taken(notes, notes * EIGHTH) == in_time_of(notes, meter) * EIGHTH


@pytest.mark.parametrize("text", ["/", "x", "0", "/7", "1000", "//", "-1", " 2"])
def test_what_is_no_length_has_none(text: str) -> None:
    assert ticks_of(text) in (0, EIGHTH // 7)


@pytest.mark.parametrize("seed", range(60))
def test_what_goes_back_to_an_upbeat_is_short_by_it(seed: int) -> None:
    """A repeat never stumbles: the bar before it and the upbeat after it make one full bar."""
    tune = from_model(walk(GRAMMARS["", 0], seed))
    above, below = map(int, tune.meter.split("/"))
    full, first, upbeat = bar_ticks((above, below)), True, 0
    for bar in bars_of(tune):
        if not bar.ticks:
            continue
        if first:
            upbeat = bar.ticks if bar.ticks < full else 0
        elif bar.line in (":|", "::") and upbeat:
            assert bar.ticks == full - upbeat
        first = bar.line in (":|", "::", "||", "|:") and not any(mark == "[1" for _, mark in bar.marks)
