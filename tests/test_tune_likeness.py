"""New tunes are told from old ones in any key; short likenesses are not called copies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.abc import Tune, split_body
from engine.tunebook import Tunebook
from engine.tunebook.known import write_known
from engine.tunewriter import likeness
from engine.tunewriter.likeness import SHORT, closest, marks_of

FIRST = "CDEFGABcBAGFEDCEGcGECDFAcAF"
SECOND = "cABGAFGEFDECDBcdefgfedcBAGc"
HELD = "GEDEGEDEGABcdcBAGFGFGEGDGCE"


def tune_of(letters: str, title: str = "", key: str = "Cmaj") -> Tune:
    return Tune("reel", "4/4", key, split_body(letters), title, "fixture")


@pytest.fixture(autouse=True)
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    book = Tunebook((tune_of(FIRST, "First"), tune_of(SECOND, "Second")), (), (tune_of(HELD, "Held Out"),))
    assert write_known(book, tmp_path / "known.npz") < 4000
    monkeypatch.setattr(likeness, "KNOWN", tmp_path / "known.npz")
    likeness.known.cache_clear()
    likeness._runs.cache_clear()
    yield
    likeness.known.cache_clear()
    likeness._runs.cache_clear()


def test_a_known_tune_is_itself_also_with_other_lengths() -> None:
    assert closest(tune_of(FIRST)) == ("First", "fixture", 1.0)
    assert closest(tune_of("2".join(SECOND))) == ("Second", "fixture", 1.0)


def test_a_known_tune_in_another_key_is_known() -> None:
    moved = "".join("DEFGABcdefgab"["CDEFGABcdefga".index(letter)] for letter in FIRST)
    assert closest(tune_of(moved, key="Dmaj")) == ("First", "fixture", 1.0)


def test_the_share_is_that_of_the_tunes_own_runs() -> None:
    half = closest(tune_of(FIRST[: SHORT + 1] + "eeeeeeeeeeeee"))
    assert half is not None
    assert half[0] == "First"
    assert 0 < half[2] < 0.5


def test_what_shares_nothing_is_new() -> None:
    assert closest(tune_of("CCDDEEFFGGAABBccddeeffgg")) is None
    assert closest(tune_of("CDE")) is None


def test_what_was_held_out_is_known_too() -> None:
    assert closest(tune_of(HELD)) == ("Held Out", "fixture", 1.0)
    with np.load(likeness.KNOWN) as file:
        assert file["learned"].tolist() == [True, True, False]


def test_no_run_goes_over_from_one_tune_to_the_next() -> None:
    assert closest(tune_of(FIRST[-SHORT:] + SECOND[:SHORT])) is None


def test_marks_depend_on_every_interval() -> None:
    line = np.arange(-10, 10).astype(np.int8)
    changed = [np.concatenate([line[:at], line[at : at + 1] + 1, line[at + 1 :]]).astype(np.int8) for at in range(20)]
    assert len({int(marks_of(each, 20)[0]) for each in (line, *changed)}) == 21
    assert len(marks_of(line, 21)) == 0


def test_the_shipped_lines_are_whole() -> None:
    with np.load(Path(likeness.__file__).parents[2] / "checkpoints" / "recurrent" / "tunes_known.npz") as file:
        lines, starts, titles, learned = (file[name] for name in ("lines", "starts", "titles", "learned"))
    assert lines.dtype == np.int8
    assert starts[0] == 0 and starts[-1] == len(lines)
    assert len(titles) == len(learned) == len(starts) - 1 > 4000
    assert 0.85 < learned.mean() < 1
