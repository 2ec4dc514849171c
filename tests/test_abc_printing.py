"""A tune as it is printed: what a notation program plays from the signs is what is heard here."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from engine.abc import Tune, check, printed, sounded
from engine.recurrent import checkpoint
from engine.render import to_musicxml
from engine.tunewriter import Wish, Written, stream

HEADER = "X:1\nM:4/4\nL:1/8\nK:D\n"
TUNES = {
    "plain": "ABcd efga|b8|]",
    "one repeat without a sign before it": "ABcd efga|b8:|",
    "two parts": "|:ABcd efga|b8:|\n|:efga bagf|e8:|",
    "two parts, the second sign left out": "ABcd efga|b8:|\nefga bagf|e8:|",
    "endings": "|:ABcd efga|1 b8:|2 a8||\nefga bagf|e8|]",
    "longer endings": "|:ABcd efga|1 b8|a8:|2 g8|f8||\n|:efga bagf|e8:|",
    "upbeats": "A2|d4 c4|B4 A2:|\n|:F2|G4 A4|d6:|",
    "both signs in one": "|:ABcd efga|b8::efga bagf|e8:|",
    "double bars": "ABcd efga|b8||efga bagf|e8||",
    "ties over the sign": "|:ABcd efga-|a8:|",
}


def tune_of(body: str) -> Tune:
    return check(HEADER + body).tunes[0]


def played(xml: bytes) -> list[tuple[int, float]]:
    """Pitch and length of what a program plays from MusicXML: one pass over its bars, back where a sign says so."""
    measures = list(ElementTree.fromstring(xml).iter("measure"))
    divisions = float(measures[0].findtext(".//divisions") or 1)
    notes: list[tuple[int, float]] = []
    at, start, again = 0, 0, False
    while at < len(measures):
        measure = measures[at]
        if measure.find(".//repeat[@direction='forward']") is not None and at != start:
            start, again = at, False
        numbers = [sign.get("number") for sign in measure.findall(".//ending[@type='start']")]
        if "1" in numbers and again:
            while measures[at].find(".//repeat[@direction='backward']") is None:
                at += 1
            at, again = at + 1, False
            start = at
            continue
        notes += _sounding(measure, divisions)
        if measure.find(".//repeat[@direction='backward']") is not None and not again:
            at, again = start, True
            continue
        if measure.find(".//repeat[@direction='backward']") is not None:
            start, again = at + 1, False
        at += 1
    return notes


def _sounding(measure: ElementTree.Element, divisions: float) -> list[tuple[int, float]]:
    semitones = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
    found = []
    for note in measure.iter("note"):
        if note.find("rest") is None:
            step = semitones[note.findtext("pitch/step") or ""] + int(float(note.findtext("pitch/alter") or 0))
            pitch = step + 12 * (int(note.findtext("pitch/octave") or 0) + 1)
            found.append((pitch, float(note.findtext("duration") or 0) / divisions))
    return found


def heard(tune: Tune) -> list[tuple[int, float]]:
    return [(note.pitch, note.duration) for note in sounded(tune).score.notes]


@pytest.mark.parametrize("name", [name for name in TUNES if "ties" not in name])
def test_the_signs_play_what_is_heard(name: str) -> None:
    tune = tune_of(TUNES[name])
    assert played(to_musicxml(printed(tune).score)) == heard(tune)


def test_every_bar_is_printed_once() -> None:
    score = printed(tune_of(TUNES["endings"])).score
    assert len(score.bars) == 5
    assert score.signs == (("|:",), ("[1", ":|"), ("[2", "||"), (), ("||",))


def test_written_tunes_play_as_they_are_heard() -> None:
    """House tunes of every form, endings and upbeats too: the whole way by way of MusicXML."""
    model = checkpoint.load("tunes")
    for form in ("AABB", "AAB", "AABBCC"):
        wish = Wish("reel", "4/4", "Gmaj", 8, form, rng_seed=3, candidates=4)
        written = [one.tune for one in stream(model, wish) if isinstance(one, Written) and one.tune]
        assert len(written) == 4
        for tune in written:
            pitches = [pitch for pitch, _ in played(to_musicxml(printed(tune).score))]
            held = sum("-" in token for token in tune.body)
            assert held or pitches == [pitch for pitch, _ in heard(tune)]


def test_each_note_has_its_place() -> None:
    tune = tune_of("|:A2|d4 (3cBA z2|[Ad]4 A2:|")
    onsets = printed(tune).onsets
    assert {tune.body[token]: onset for token, onset in onsets.items()} == {
        "A": 7.0, "d": 1.0, "(3": 3.0, "z": 4.0, "[": 5.0
    }  # fmt: skip


@pytest.mark.parametrize("body", ["(3A", "[AB", "A|:|", ":|:|", "|1 A|2 B|1 c", "z", "(9A|", "A>|", "|:|:A"])
def test_a_faulty_tune_is_printed_all_the_same(body: str) -> None:
    for tune in check(HEADER + body).tunes:
        score = printed(tune).score
        assert not score.signs or len(score.signs) == len(score.bars)
        assert not score.notes or to_musicxml(score)
