"""The measures of what a tune writer writes, on tunes whose answer is known."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from engine.abc import Tune
from engine.abc.tokens import split_body
from engine.evaluate.tune_validity import Judged, judge, many, runs_of, validity_report
from engine.tunebook import Tunebook
from tests.golden.regenerate_tunes import ten_tunes
from tests.test_tunewriter import MODEL

GOOD = Tune("reel", "4/4", "Cmaj", split_body("CDEFGABc|cBAGFEDC|CEGcGECE|DFAdAFDF|CEGcdcBA|GFEDC4|]"))
HAS_ABC2MIDI = shutil.which("abc2midi") is not None


def with_body(body: str) -> Tune:
    return replace(GOOD, body=split_body(body))


def test_a_good_tune_passes_everything() -> None:
    found = judge(GOOD, frozenset())
    assert found == Judged(4, 4, True, True, True if HAS_ABC2MIDI else None, True, False)


def test_a_short_bar_inside_is_counted() -> None:
    found = judge(with_body("CDEFGABc|cBAGFED|CEGcGECE|DFAdAFDF|CEGcdcBA|GFEDC4|]"), frozenset())
    assert (found.interior, found.full, found.all_full, found.valid) == (4, 3, False, False)


def test_an_upbeat_made_up_is_full() -> None:
    assert judge(with_body("G2|CDEFGABc|cBAGFEDC|CEGcG2:|"), frozenset()).all_full
    assert not judge(with_body("G2|CDEFGABc|cBAGFEDC|CEGcG4C|]"), frozenset()).all_full


def test_a_fault_that_is_not_of_length_leaves_bars_full() -> None:
    found = judge(with_body("|:CDEFGABc|cBAGFEDC|CEGcGEC2|]"), frozenset())
    assert found.all_full
    assert not found.valid


@pytest.mark.skipif(not HAS_ABC2MIDI, reason="abc2midi is not installed")
def test_abc2midi_names_an_error() -> None:
    assert judge(with_body("CDEFGABc|(3CD(3EFGABc|cBAGFEDC|]"), frozenset()).abc2midi is False
    assert all(judge(tune, frozenset()).abc2midi for tune in ten_tunes())


def test_a_copied_run_is_found_in_any_key() -> None:
    known = runs_of(GOOD)
    assert known
    higher = with_body("DE^FGAB^cd|d^cBAGFED|D^FAdAFDF|EGBeBGEG|D^FAded^cB|AG^FED4|]")
    assert judge(higher, known).copied
    assert not judge(with_body("C8|D8|E8|]"), known).copied


def test_what_is_no_tune_fails() -> None:
    assert not judge(None, frozenset()).valid


def test_the_report_holds_all_measures() -> None:
    tunes = ten_tunes()
    report = validity_report(MODEL, 3, Tunebook(tunes[:6], tunes[6:8], tunes[8:]))
    for words in ("interior bars full", "all bars full", "valid", "abc2midi", "copied run", "3 raw", "3 constrained"):
        assert words in report
    row = next(line for line in report.splitlines() if line.startswith("valid  ") and "[" in line)
    assert row.split()[-3:] == ["100.0", "[100.0,", "100.0]"]


def test_tunes_are_as_many_as_asked() -> None:
    assert len(list(many(MODEL, 19, valid=True))) == 19
