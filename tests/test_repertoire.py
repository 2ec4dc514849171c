"""Pieces to learn notes from: read, kin found, no family in two parts, the same parts every time."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from fractions import Fraction
from pathlib import Path

import pytest

from engine.errors import CorpusError
from engine.notes import Piece, PieceNote, Voice
from engine.repertoire import Repertoire, Work, families, pieces_for, read_chorales, read_melodies, split_of
from engine.repertoire.split import MELODY_RUN, RUN

NO_PIECE = Piece((Voice((PieceNote(60, Fraction(0), Fraction(1)),)),), Fraction(1))


def work(name: str, *lines: list[int]) -> Work:
    return Work(name, NO_PIECE, tuple(tuple(line) for line in lines))


def melody(seed: int, length: int = 60) -> list[int]:
    chance = random.Random(seed)
    return [chance.randint(55, 85) for _ in range(length)]


def midi(pitches: list[int]) -> bytes:
    """A file of format 0, an eighth a note."""
    track = bytearray()
    for pitch in pitches:
        track += bytes((0, 0x90, pitch, 80)) + b"\x81\x70" + bytes((0x80, pitch, 0))
    track += b"\x00\xff\x2f\x00"
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, 480) + b"MTrk" + struct.pack(">I", len(track)) + bytes(track)


def archive(folder: Path, files: dict[str, bytes]) -> Path:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        for name, data in files.items():
            opened.writestr(name, data)
    path = folder / "tunes.zip"
    path.write_bytes(buffer.getvalue())
    return path


def test_a_shared_run_makes_a_family_in_any_key() -> None:
    run = melody(1, RUN + 1)
    first, second = melody(2) + run, [pitch + 3 for pitch in run] + melody(3)
    assert families([work("a", first), work("b", melody(4)), work("c", second)]) == [[0, 2], [1]]


def test_a_shorter_run_makes_none() -> None:
    run = melody(1, RUN)  # one interval too few
    assert families([work("a", [*run, 1]), work("b", [*run, 120])]) == [[0], [1]]


def test_settings_of_one_hymn_tune_are_kin() -> None:
    hymn = melody(1, MELODY_RUN + 1)
    settings = [work("a", hymn, melody(2)), work("b", hymn, melody(3)), work("c", melody(4), hymn)]
    assert families(settings) == [[0, 1], [2]], "the run has to stand in both melodies"
    assert families([work("a", hymn), work("b", hymn)]) == [[0], [1]], "a melody alone needs the longer run"


def test_families_are_closed_over_chains() -> None:
    a, b = melody(1, 25), melody(2, 25)
    assert families([work("a", a), work("b", b), work("c", a + b)]) == [[0, 1, 2]]


def test_no_family_straddles_two_parts() -> None:
    works = []
    for number in range(120):
        shared = melody(number // 3, 30)
        works.append(work(f"{number:03}", shared + melody(1000 + number, 30)))
    split = split_of(Repertoire(tuple(works), ()))
    parts = {name: {int(w.name) // 3 for w in part}
             for name, part in (("a", split.train), ("b", split.validation), ("c", split.test))}  # fmt: skip
    assert not parts["a"] & parts["b"] and not parts["a"] & parts["c"] and not parts["b"] & parts["c"]
    assert len(split.train) + len(split.validation) + len(split.test) == 120
    assert len(split.test) == len(split.validation) == 12
    assert split == split_of(Repertoire(tuple(works), ()))


def test_the_report_counts_what_was_left_out(tmp_path: Path) -> None:
    files = {"b.mid": midi(melody(1)), "a.MID": midi(melody(2)), "short.mid": midi([60, 62]), "text.mid": b"nothing",
             "other.txt": b""}  # fmt: skip
    found = read_melodies(archive(tmp_path, files))
    assert [each.name for each in found.works] == ["a.MID", "b.mid"]
    assert dict(found.fates) == {
        "melodies read": 2, "notes in them": 120, "files left out: unreadable": 1,
        "files left out: fewer than 16 notes": 1,
    }  # fmt: skip
    assert list(found.works[1].lines[0]) == melody(1)


@pytest.mark.parametrize("content", [b"", b"PK nothing", b"MThd"])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "tunes.zip"
    path.write_bytes(content)
    with pytest.raises(CorpusError, match="no archive"):
        read_melodies(path)


def test_an_archive_without_melodies_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="holds 0"):
        read_melodies(archive(tmp_path, {"a.txt": b"x"}))


def test_missing_paths_are_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="--data"):
        pieces_for("melody", None)
    with pytest.raises(CorpusError, match="no chorales"):
        read_chorales(tmp_path)


def test_chorales_come_from_the_installed_package(tmp_path: Path) -> None:
    """Two of them: four singers, whatever plays with them; the minor one is known by its last bass note."""
    from engine.repertoire.sources import chorale_folder

    for name in ("bwv1.6.mxl", "bwv269.mxl", "bwv102.7.mxl"):
        (tmp_path / name).write_bytes((chorale_folder() / name).read_bytes())
    works = read_chorales(tmp_path).works
    assert [each.name for each in works] == ["bwv1.6.mxl", "bwv102.7.mxl", "bwv269.mxl"]
    assert all(len(each.lines) == 4 for each in works)
    first, second, _ = works
    assert {voice.name for voice in first.piece.voices} == {"Soprano", "Alto", "Tenor", "Bass"}, "the horn is left out"
    assert (first.piece.keys[0].sharps, first.piece.keys[0].mode) == (-1, "major")
    assert second.piece.keys[0].mode == "minor"
