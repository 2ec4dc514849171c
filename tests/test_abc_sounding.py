"""Tunes as they sound, note by note against abc2midi; as they are read and written; as MIDI and MusicXML."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from xml.etree import ElementTree

import mido  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.abc.display import shown
from engine.abc.faults import bars_of
from engine.abc.grammar import Grammar
from engine.abc.lengths import EIGHTH
from engine.abc.reading import read_one
from engine.abc.sounding import OFF_BEAT, ON_BEAT, QUARTER, STRONG, Sounded, _Player, sounded, tempo_of, written_key
from engine.abc.tokens import KEYS, RHYTHMS, VOCABULARY, Tune, fifths, from_model, pitch_of, split_body
from engine.music import Key
from engine.render import to_midi, to_musicxml
from tests.golden.regenerate_tunes import GOLDEN, heard, ten_tunes
from tests.test_abc_grammar import walk

TUNES = {tune.title: tune for tune in ten_tunes()}
HEARD = json.loads(GOLDEN.read_text(encoding="utf-8"))
GRAMMAR = Grammar(VOCABULARY)


def tune_of(body: str, meter: str = "4/4", key: str = "Cmaj", rhythm: str = "reel") -> Tune:
    return Tune(rhythm, meter, key, split_body(body))


def in_ticks(played: Sounded) -> list[list[int]]:
    return [[round(note.onset * 480), round(note.duration * 480), note.pitch] for note in played.score.notes]


def pitches(tune: Tune) -> list[int]:
    return [note.pitch for note in sounded(tune).score.notes]


# --- against abc2midi -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", HEARD)
def test_every_note_is_the_one_that_abc2midi_plays(title: str) -> None:
    """A tick of 1/480 may be lost where sevenths and ninths do not divide it."""
    ours, theirs = in_ticks(sounded(TUNES[title])), HEARD[title]
    assert [note[2] for note in ours] == [note[2] for note in theirs]
    for mine, other in zip(ours, theirs, strict=True):
        assert abs(mine[0] - other[0]) <= 1
        assert abs(mine[1] - other[1]) <= 2


def test_there_are_ten() -> None:
    assert set(HEARD) == set(TUNES)
    assert len(HEARD) == 10
    assert all(len(notes) > 15 for notes in HEARD.values())


@pytest.mark.skipif(shutil.which("abc2midi") is None, reason="abc2midi is not installed")
@pytest.mark.parametrize("title", HEARD)
def test_abc2midi_still_says_so(title: str) -> None:
    assert heard(shown(TUNES[title]).text) == HEARD[title]


# --- laws -----------------------------------------------------------------------------------------------------------


def test_accidentals_last_to_the_bar_line_in_all_octaves() -> None:
    assert pitches(tune_of("^Fff'F|Ff2z4|]")) == [66, 78, 90, 66, 65, 77]
    assert pitches(tune_of("=FfF2z4|F8|]", key="Gmaj")) == [65, 77, 65, 66]


def test_a_tie_is_one_note_also_across_the_bar() -> None:
    played = sounded(tune_of("z4^F4-|F2F2z4|]"))
    assert in_ticks(played) == [[960, 1440, 66], [2400, 480, 65]]


def test_a_tie_reaches_into_both_endings() -> None:
    assert in_ticks(sounded(tune_of("|:z4B4-|[1B4z4:|[2B8|]"))) == [[960, 1920, 71], [4800, 2880, 71]]


def test_the_wrong_note_after_a_tie_is_struck() -> None:
    assert in_ticks(sounded(tune_of("C4-D4|]"))) == [[0, 960, 60], [960, 960, 62]]


@pytest.mark.parametrize(
    ("body", "order"),
    [
        ("C8|D8:|E8|F8:|", "CDCDEFEF"),
        ("|:C8|D8::E8|F8:|", "CDCDEFEF"),
        ("|:C8|[1D8:|[2E8||F8|]", "CDCEF"),
        ("C8||D8:|", "CDCD"),
        ("C8:|D8||E8F8:|", "CCDEFEF"),
        ("|:C8|[1D8:|[2E8||F8:|", "CDCEFF"),
        ("|:C8||D8:|", "CDCD"),
        ("C8|:D8:|E8|]", "CDDE"),
        ("C8|D8", "CD"),
        ("|:C8|[1D8:|", "CDC"),
        ("C8|[2D8|]", "CD"),
        ("|:C8|[1D8:|[2E8:|F8|]", "CDCEF"),
    ],
)
def test_repeats_and_endings_unfold(body: str, order: str) -> None:
    letters = {60: "C", 62: "D", 64: "E", 65: "F"}
    assert "".join(letters[pitch] for pitch in pitches(tune_of(body))) == order


@given(seed=st.integers(0, 2**32 - 1))
def test_every_note_knows_its_token(seed: int) -> None:
    tune = from_model(walk(GRAMMAR, seed))
    played = sounded(tune)
    assert len(played.tokens) == len(played.score.notes)
    for note, token in zip(played.score.notes, played.tokens, strict=True):
        place = pitch_of(tune.body[token])
        assert place is not None
        assert note.spelling[0] == "CDEFGAB"[place[1] % 7]
    counted = Counter(played.tokens)
    assert set(counted.values()) <= {1, 2}
    assert played.score.beats == pytest.approx(max(note.onset + note.duration for note in played.score.notes), abs=99)


@given(seed=st.integers(0, 2**32 - 1))
def test_what_is_shown_is_read_again_as_the_same_tune(seed: int) -> None:
    tune = from_model(walk(GRAMMAR, seed))
    text = shown(tune)
    again = read_one(text.text)
    assert (again.tune.header, again.tune.body) == (tune.header, tune.body)
    assert again.faults == ()
    assert all(text.text[slice(*span)] == token for span, token in zip(text.spans, tune.body, strict=True))
    assert all(len(line) < 2000 for line in text.text.splitlines())


@pytest.mark.parametrize(
    ("body", "numbers"),
    [
        ("C8|D8:|E8|F8|]", [1, 2, 1, 2, 3, 4]),
        ("|:G2|C8|D6::G2|E8|F6:|", [0, 1, 2, 0, 1, 2, 0, 3, 4, 0, 3, 4]),
        ("|:G2|C8|[1D6:|[2E6||F8|]", [0, 1, 2, 0, 1, 3, 4]),
        ("C4G4|]", [1]),
    ],
)
def test_bars_have_the_numbers_they_are_written_with(body: str, numbers: list[int]) -> None:
    score = sounded(tune_of(body)).score
    assert list(score.bar_numbers) == numbers
    assert len(score.bars) == len(numbers)


def test_the_text_is_grouped_by_beat_with_four_bars_a_line() -> None:
    tune = Tune("jig", "6/8", "Dmaj", split_body("A|dfdAFA|B2B[DF]2A-|AFAd3|dfdAFA|d3d2:|"), "A jig\nX:2\n%%bad")
    assert shown(tune, 7).text == (
        "%abc-2.1\nX:7\nT:A jigX:2bad\nR:jig\nM:6/8\nL:1/8\nK:Dmaj\n"
        "A|dfd AFA|B2B [DF]2A-|AFA d3|dfd AFA|\nd3 d2:|\n"
    )  # fmt: skip
    text = shown(tune)
    start, end = text.note_span(tune.body.index("B"))
    assert text.text[start:end] == "B2"


def test_the_beat_that_a_type_has() -> None:
    assert tempo_of(tune_of("", "6/8", rhythm="jig")) == 172.5
    assert all(60 <= tempo_of(tune_of("", rhythm=name)) <= 240 for name in RHYTHMS)
    assert sounded(tune_of("C8|]"), tempo_bpm=90).score.tempo_bpm == 90


def test_first_beats_are_the_strongest() -> None:
    velocities = [note.velocity for note in sounded(tune_of("CDEFGABc|cBAGFEDC|]")).score.notes]
    assert velocities[0] == velocities[8] == max(velocities)
    assert velocities[1] == min(velocities) < velocities[2] < velocities[0]


@pytest.mark.parametrize("key", KEYS)
def test_the_written_key_has_the_signature(key: str) -> None:
    written = written_key(key)
    assert fifths(written.tonic + written.mode[:3]) == fifths(key)


def test_written_keys_are_those_musicians_write() -> None:
    assert written_key("Emin") == Key("E", "minor")
    assert written_key("F#min") == Key("F#", "minor")
    assert written_key("Bbmaj") == Key("Bb")
    assert written_key("Gdor") == Key("D", "minor")


# --- MIDI and MusicXML ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", ["Jig with two endings", "Waltz with an upbeat", "Chords and double stops"])
def test_as_midi_the_notes_stay(title: str) -> None:
    from io import BytesIO

    played = sounded(TUNES[title])
    file = mido.MidiFile(file=BytesIO(to_midi(played.score)))
    found = []
    for track in file.tracks:
        now = 0
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity:
                found.append((now, message.note))
    assert sorted(found) == sorted((round(note.onset * 480), note.pitch) for note in played.score.notes)
    meters = [(m.numerator, m.denominator) for track in file.tracks for m in track if m.type == "time_signature"]
    assert meters == [tuple(map(int, TUNES[title].meter.split("/")))]


@pytest.mark.parametrize("title", ["Jig with two endings", "Waltz with an upbeat", "Ties over bar lines"])
def test_as_musicxml_the_bars_stay(title: str) -> None:
    tune = TUNES[title]
    score = sounded(tune).score
    root = ElementTree.fromstring(to_musicxml(score))
    assert len(root.findall("part")) == 1
    assert f"{root.findtext('.//beats')}/{root.findtext('.//beat-type')}" == tune.meter
    assert int(root.findtext(".//fifths") or 99) == fifths(tune.key)
    measures = root.findall(".//measure")
    assert measures[0].get("number") == "0"
    unit = int(root.findtext(".//divisions") or 0)
    lengths = [
        sum(int(note.findtext("duration") or 0) for note in bar.findall("note") if note.find("chord") is None) / unit
        for bar in measures
    ]
    edges = score.bar_edges
    assert lengths == pytest.approx([end - start for start, end in pairwise(edges)])
    assert sum(lengths) == pytest.approx(score.beats)


def test_bars_of_a_faulty_tune_are_still_measured() -> None:
    assert [bar.ticks // 5040 for bar in bars_of(tune_of("CDE|[CE2F|(3GA|"))] == [3, 0, 2]


# --- many bars ------------------------------------------------------------------------------------------------------


class _Unwalked(list[int]):
    """Places that may be looked up and never gone through."""

    def __iter__(self) -> Iterator[int]:
        raise AssertionError("all bars were gone through for one note")


def test_a_note_finds_its_bar_without_going_through_all_of_them() -> None:
    """Thousands of repeated short bars would else take seconds, while every other visitor waits."""
    starts = [bar * 8 * EIGHTH for bar in range(100)]
    player = _Player(tune_of("A"), starts=_Unwalked(starts))
    assert [player.velocity(starts[70] + place) for place in (0, QUARTER, EIGHTH)] == [STRONG, ON_BEAT, OFF_BEAT]
    assert player.velocity(starts[-1] + 800 * EIGHTH) == ON_BEAT
