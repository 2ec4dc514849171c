"""Files brought to Notes: read, or refused in words."""

from __future__ import annotations

import pytest

from engine.notes import UnreadableNotes, read
from pages.parts.kept import notes as kept
from pages.parts.notes import opening
from pages.parts.notes.compact import packed
from pages.parts.notes.examples import example
from pages.parts.session.notes import Stand
from tests.pages.notes.common import JIG, opened, stand


def test_a_file_becomes_the_opening() -> None:
    app = opened(from_="file", seed="1")
    app.file_uploader[0].set_value([("jig.mid", JIG, "audio/midi")]).run()
    assert not app.exception
    assert not app.warning
    piece = read(JIG)
    assert stand(app).brought == piece
    used = stand(app).sketch.opening
    assert used is not None
    assert used.end == min(piece.end, piece.pickup + 4 * piece.meter.bar)
    app.number_input(key="widget_notes_opening_bars").set_value(2).run()
    fewer = stand(app).sketch.opening
    assert fewer is not None
    assert fewer.end == piece.pickup + 2 * piece.meter.bar


BAD = {
    "empty.mid": b"",
    "words.mid": b"Just some words.\n" * 50,
    "cut.mid": JIG[:30],
    "zero.mid": JIG[:12] + b"\x00\x00" + JIG[14:],
    "smpte.mid": JIG[:12] + b"\xe7\x28" + JIG[14:],
    "format2.mid": JIG[:8] + b"\x00\x02" + JIG[10:],
    "broken.musicxml": b"<?xml version='1.0'?><score-partwise><part>",
    "nothing.abc": b"X:1\nT:Nothing\nK:C\n",
    "project.json": b'{"file": "something else"}',
    "deep.json": b"[" * 100_000,
    "text.json": b"\xff\xfe",
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_told_beside_the_uploader_and_all_stays(name: str) -> None:
    app = opened(from_="file", o=packed(example("melody")), seed="1")
    before = stand(app)
    app.file_uploader[0].set_value([(name, BAD[name], "application/octet-stream")]).run()
    assert not app.exception
    assert len(app.warning) == 1
    assert stand(app) == before


def test_taking_a_file_raises_what_is_wrong_with_it() -> None:
    with pytest.raises(UnreadableNotes):
        kept.piece_in(BAD["words.mid"], "words.mid")
    with pytest.raises(opening.UnreadableProject):
        opening.project_in(b"{}", Stand())
