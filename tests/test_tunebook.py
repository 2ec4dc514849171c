"""Collections become parts that share no family, duplicates go, and whatever is left out is counted with its reason."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import tunebook as room
from engine.abc import Tune, split_body
from engine.abc.faults import faults
from engine.abc.reading import read_one
from engine.corpus.__main__ import main
from engine.errors import CorpusError
from engine.tunebook import PARTS, split, tunebook
from engine.tunebook.cleaning import canonical
from engine.tunebook.collections import COLLECTIONS, Collection, printed
from engine.tunebook.families import RUN, families, line_mark, part_of, runs_of
from engine.tunebook.report import report

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "tests" / "fixtures"
ONE = Collection("one", "made for the tests", "MIT", file="tunes.abc")
AGAIN = Collection("again", "the same once more", "MIT", file="tunes.abc")
ABSENT = Collection("absent", "nowhere", "MIT", file="nowhere.abc")

lines = st.lists(st.sampled_from("CDEFGABcdefg"), min_size=RUN + 1, max_size=60)


def tune_of(letters: list[str], key: str = "Cmaj") -> Tune:
    return Tune("reel", "4/4", key, tuple(letters))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "COLLECTIONS", (ONE, AGAIN, ABSENT))


@pytest.mark.usefixtures("small")
def test_what_became_of_every_tune_is_counted() -> None:
    book = tunebook(FIXTURES)
    one, again, absent = book.tallies
    assert (one.read, one.kept, one.merged) == (6, 2, 1)  # the second is the first in another key
    assert one.left == {"several voices": 1, "changes its key or meter": 1, "bars that do not add up": 1}
    assert (again.read, again.kept, again.merged) == (6, 0, 3)
    assert (absent.read, absent.kept) == (0, 0)
    assert sum(len(getattr(book, part)) for part in PARTS) == 2


@pytest.mark.usefixtures("small")
def test_the_report_names_all_of_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["abc", "--data", str(FIXTURES), "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    for word in ("not on this machine", "bars that do not add up", "several voices", "merged", "largest family: 1"):
        assert word in said
    written = "".join((tmp_path / f"{part}.txt").read_text("utf-8") for part in PARTS)
    assert written.count("K:") == 2


@pytest.mark.usefixtures("small")
def test_a_machine_without_tunes_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(CorpusError):
        tunebook(tmp_path)
    assert main(["abc", "--data", str(tmp_path)]) == 1


def test_music21s_own_collections_are_found_without_importing_it() -> None:
    tunes = printed(next(each for each in COLLECTIONS if each.name == "oneill"), None)
    assert tunes is not None
    assert len(tunes) == 2009
    code = (
        "import sys; from engine.tunebook.collections import COLLECTIONS, _files;"
        "print(len(list(_files(COLLECTIONS[0], None))), 'music21' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split()[1] == "False"
    assert int(done.stdout.split()[0]) > 10


@settings(deadline=None, max_examples=40)
@given(lines, st.integers(0, 20))
def test_tunes_that_share_a_run_are_one_family(letters: list[str], more: int) -> None:
    longer = tune_of(["D"] * more + letters)
    assert len(set(families([tune_of(letters), longer]))) == 1


@settings(deadline=None, max_examples=40)
@given(st.lists(lines, min_size=1, max_size=8))
def test_no_run_stands_on_two_sides(many: list[list[str]]) -> None:
    book = split([tune_of(letters) for letters in many])
    runs = [set().union(*(runs_of(tune) for tune in getattr(book, part))) for part in PARTS]
    assert not (runs[0] & runs[1] or runs[0] & runs[2] or runs[1] & runs[2])
    assert book.families == tuple(len(set(families(getattr(book, part)))) for part in PARTS)


def test_families_are_joined_through_a_third_tune() -> None:
    first, second = list("CEGcBAGFEDCDEFGABcdefg"), list("gfedcBAGFEDCBAGcdcdcdc")
    chain = [tune_of(first), tune_of(second), tune_of(first + second)]
    assert len(set(families(chain[:2]))) == 2
    assert families(chain) == [0, 0, 0]


def test_the_split_depends_on_the_tunes_alone() -> None:
    marks = [f"tune {number}" for number in range(4000)]
    shares = [sum(part_of(mark) == part for mark in marks) / len(marks) for part in PARTS]
    assert shares == pytest.approx([0.9, 0.05, 0.05], abs=0.015)
    assert [part_of(mark) for mark in marks[:8]] == [part_of(mark) for mark in marks[:8]]


def test_a_collection_that_is_not_judged_is_only_trained_on() -> None:
    unjudged = next(each.name for each in COLLECTIONS if not each.judged)
    scale = "CDEFGABcdefg"
    tunes = []
    for number in range(300):
        letters = [scale[(number * (at + 3) ** 2 + at) % 12] for at in range(30)]
        tunes.append(Tune("reel", "4/4", "Cmaj", tuple(letters), str(number), unjudged))
    book = split(tunes)
    assert not book.validation and not book.test
    assert 200 < len(book.train) < 300
    assert book.families[1:] == (0, 0)  # a family whose tunes all left is in no part


def test_the_mark_of_a_line_knows_rhythm_but_no_key() -> None:
    in_d, in_g = (read_one(f"X:1\nL:1/8\nK:{key}\n{music}").tune for key, music in (("D", "DFA2"), ("G", "GBd2")))
    assert line_mark(in_d) == line_mark(in_g)
    assert line_mark(in_d) != line_mark(read_one("X:1\nL:1/8\nK:D\nD2FA").tune)


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("|CDEF|GABc", "CDEF|GABc|]"),
        ("CDEF||GABc|", "CDEF||GABc|]"),
        ("CDEF|]GABc||", "CDEF||GABc|]"),
        ("|:CDEF:|", "|:CDEF:|"),
        ("CDEF::GABc::", "CDEF::GABc:|"),
        ("CDEF|:GABc|", "CDEF||GABc|]"),
        ("|:CDEF|]", "CDEF|]"),
        ("CDEF|:", "CDEF|]"),
    ],
)
def test_beginnings_and_ends_are_written_in_one_way(body: str, kept: str) -> None:
    tune = canonical(Tune("reel", "2/4", "Cmaj", split_body(body)))
    assert "".join(tune.body) == kept
    assert faults(tune) == ()


@pytest.mark.usefixtures("small")
def test_the_report_is_the_same_twice() -> None:
    assert report(tunebook(FIXTURES)) == report(tunebook(FIXTURES))


@pytest.mark.parametrize(
    ("printed_as", "kept_as"),
    [
        ("A2B2c2|d6:|e6|[1f6:|[2g6|]", "A2B2c2|d6::e6|[1f6:|[2g6|]"),
        ("A6|B6||e6|[1f6:|[2g6|]", "A6|B6|:e6|[1f6:|[2g6|]"),
        ("A6|B6:|e6|[1f6:|[2g6||c6|[1d6:|[2e6|]", "A6|B6::e6|[1f6:|[2g6|:c6|[1d6:|[2e6|]"),
        ("A6|[1B6:|[2c6|]", "A6|[1B6:|[2c6|]"),
        ("A6|B6:|c6|d6:|", "A6|B6:|c6|d6:|"),
    ],
)
def test_a_part_with_two_endings_says_where_it_begins(printed_as: str, kept_as: str) -> None:
    kept = canonical(Tune("jig", "6/8", "Cmaj", split_body(printed_as)))
    assert "".join(kept.body) == kept_as
    assert faults(kept) == ()
