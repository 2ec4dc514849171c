"""What is written is what was meant: MIDI read back with pretty_midi, MusicXML read back with music21."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import mido  # type: ignore[import-untyped]
import pretty_midi
import pytest

from engine import render
from engine.errors import RenderError
from engine.music import QUALITIES, Chord, Key, Note, Progression, Score, Slot, pitch_class_of
from engine.notes import read_musicxml
from engine.render import MOST_NOTES, TICKS_PER_BEAT, to_midi, to_musicxml
from engine.theory import ALL_KEYS, chord_tones, read_chord, write_chord
from engine.voicing import arrange
from tests.golden.regenerate_midi import FOLDER, SCORES, midi_text

C_MAJOR = Key("C")


def score_of(text: str, key: Key = C_MAJOR, beats: float = 4.0, **settings: Any) -> Score:
    slots = tuple(Slot(read_chord(symbol), beats) for symbol in text.split())
    return arrange(Progression(key, slots), **settings)


@cache
def xml_root(score: Score) -> ElementTree.Element:
    return ElementTree.fromstring(to_musicxml(score))


def parsed(score: Score) -> Any:
    from music21 import converter

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # music21's reader; what it warns of is not ours to mend
        return converter.parseData(to_musicxml(score).decode(), format="musicxml")


def read_midi(score: Score) -> pretty_midi.PrettyMIDI:
    return pretty_midi.PrettyMIDI(BytesIO(to_midi(score)))


# --- MIDI -----------------------------------------------------------------------------------------------------------


def test_midi_holds_every_note_of_the_score_at_its_time_and_nothing_else() -> None:
    score = score_of("Cm7 F13 Bbmaj7 G7b9 N.C. Eb/G", Key("Bb"), beats=3.0, tempo_bpm=90)
    seconds = 60 / 90
    meant = sorted((n.onset * seconds, n.pitch, n.velocity, n.duration * seconds) for n in score.notes)
    played = (note for hand in read_midi(score).instruments for note in hand.notes)
    heard = sorted((round(n.start, 3), n.pitch, n.velocity, n.end - n.start) for n in played)
    for one, other in zip(meant, heard, strict=True):
        assert one == pytest.approx(other, abs=0.002)


def test_midi_says_tempo_metre_key_and_instrument_and_has_a_track_for_each_hand() -> None:
    midi = read_midi(score_of("Em C G D", Key("E", "minor"), tempo_bpm=133, instrument=11, beats_per_bar=3))
    assert midi.get_tempo_changes()[1] == pytest.approx([133], abs=0.01)
    assert (midi.time_signature_changes[0].numerator, midi.time_signature_changes[0].denominator) == (3, 4)
    assert pretty_midi.key_number_to_key_name(midi.key_signature_changes[0].key_number) == "E minor"
    assert [hand.program for hand in midi.instruments] == [11, 11]
    assert max(note.pitch for note in midi.instruments[1].notes) < min(n.pitch for n in midi.instruments[0].notes)


def test_the_left_hand_may_have_an_instrument_of_its_own() -> None:
    score = replace(score_of("C F", instrument=110), accompaniment=25)
    assert [hand.program for hand in read_midi(score).instruments] == [110, 25]
    assert [program.text for program in xml_root(score).findall(".//midi-program")] == ["111", "26"]


@pytest.mark.parametrize("program", [72, 105])
def test_no_instrument_is_written_in_another_octave_than_it_sounds(program: int) -> None:
    root = xml_root(score_of("C F", instrument=program))
    assert root.find(".//transpose") is None
    assert [pitch.text for pitch in root.findall(".//octave")] == [
        pitch.text for pitch in xml_root(score_of("C F")).findall(".//octave")
    ]


@pytest.mark.parametrize("text", ["C G Am F", "C N.C.", "N.C. C"])
def test_midi_ends_where_the_music_ends_rests_included(text: str) -> None:
    score = score_of(text, beats=3.5)
    file = mido.MidiFile(file=BytesIO(to_midi(score)))
    assert file.ticks_per_beat == TICKS_PER_BEAT
    assert {sum(message.time for message in track) for track in file.tracks} == {round(score.beats * TICKS_PER_BEAT)}


def test_every_key_and_program_can_be_written() -> None:
    for program, key in enumerate(ALL_KEYS):
        midi = read_midi(score_of("C Bb F#m", key, instrument=program * 5))
        assert midi.key_signature_changes[0].key_number % 12 == key.pitch_class
        assert {hand.program for hand in midi.instruments} == {program * 5}


@pytest.mark.parametrize("name", SCORES)
def test_midi_is_as_the_golden_text_says(name: str) -> None:
    golden = (FOLDER / f"{name}.midi.txt").read_text("utf-8")
    assert midi_text(to_midi(SCORES[name])) == golden


@pytest.mark.parametrize(("title", "named"), [("Río — E♭", "Río — E♭"), ("a\x00b\n", "ab"), ("", "Cadencia")])
def test_midi_is_named_after_its_title(title: str, named: str) -> None:
    score = score_of("C G", title=title)
    first = mido.MidiFile(file=BytesIO(to_midi(score)), charset="utf-8").tracks[0][0]
    assert (first.type, first.name, first.time) == ("track_name", named, 0)


def test_256_whole_notes_are_read_by_everybody() -> None:
    score = score_of(" ".join(["C", "Am7", "Dm7b5", "G7b9"] * 64), tempo_bpm=240)
    assert len(to_midi(score)) < 20_000
    midi = read_midi(score)  # refuses more than ten million ticks
    assert sum(len(hand.notes) for hand in midi.instruments) == len(score.notes)
    assert len(xml_root(score).findall(".//measure")) == 256


# --- MusicXML -------------------------------------------------------------------------------------------------------


def test_musicxml_is_a_grand_staff_with_key_metre_and_tempo() -> None:
    root = xml_root(score_of("Bb Gm Eb F7", Key("Bb"), tempo_bpm=72, beats_per_bar=4, title="Río & <Luna>"))
    assert [len(root.findall("part")), root.findtext(".//attributes/staves")] == [1, "2"]
    assert [clef.findtext("sign") for clef in root.iter("clef")] == ["G", "F"]
    assert root.findtext(".//key/fifths") == "-2" and root.findtext(".//time/beats") == "4"
    assert root.findtext(".//metronome/per-minute") == "72"
    assert root.findtext(".//work-title") == "Río & <Luna>"
    assert {note.findtext("staff") for note in root.iter("note")} == {"1", "2"}


@pytest.mark.parametrize(
    "text", ["Bb Gm7 Ebmaj7 F7", "F#m7b5 B7b9 Em6 C#dim7", "Caug Dsus G7sus A5 FmM7 E6", "C/E D7/F# N.C. Ab13#11"]
)
def test_chord_symbols_come_back_with_root_bass_tones_and_our_writing(text: str) -> None:
    from music21 import harmony

    symbols = list(parsed(score_of(text)).recurse().getElementsByClass(harmony.Harmony))
    assert len(symbols) == len(text.split())
    for written, symbol in zip(text.split(), symbols, strict=True):
        chord = read_chord(written)
        if chord.is_silent:
            assert isinstance(symbol, harmony.NoChord)
            continue
        assert symbol.root().name.replace("-", "b") == chord.root
        assert symbol.bass().name.replace("-", "b") == (chord.bass or chord.root)
        assert chord.root + (symbol.chordKindStr or "") == written.split("/", maxsplit=1)[0]


def test_every_quality_has_a_kind_that_music21_hears_alike() -> None:
    from music21 import harmony

    wanted = [Chord("Eb", quality) for quality in QUALITIES]
    score = score_of(" ".join(write_chord(chord) for chord in wanted))
    symbols = parsed(score).recurse().getElementsByClass(harmony.ChordSymbol)
    for chord, symbol in zip(wanted, symbols, strict=True):
        pitches = {pitch.pitchClass for pitch in symbol.pitches}
        assert pitches == {pitch_class_of(name) for name in chord_tones(chord)}, chord


def test_notes_are_spelled_as_their_chord_spells_them() -> None:
    root = xml_root(score_of("Gm C7/Bb E7 Abm", Key("F")))
    names = {
        (pitch.findtext("step") or "") + {"-1": "b", "1": "#"}.get(pitch.findtext("alter") or "0", "")
        for pitch in root.iter("pitch")
    }
    assert names == {"G", "Bb", "D", "C", "E", "G#", "B", "Ab", "Cb", "Eb"}


def test_spelling_never_changes_the_octave_that_sounds() -> None:
    notes = tuple(
        Note(pitch, index * 1.0, 1.0, spelling=name)
        for index, (pitch, name) in enumerate([(60, "B#"), (59, "Cb"), (60, "Dbb"), (71, "Cb"), (72, "B#"), (61, "")])
    )
    score = Score("", Key("C"), 120, 4, notes, beats=6.0)
    assert [note.pitch for note in read_midi(score).instruments[0].notes] == [60, 59, 60, 71, 72, 61]
    octaves = [pitch.findtext("step", "") + pitch.findtext("octave", "") for pitch in xml_root(score).iter("pitch")]
    assert octaves[:5] == ["B3", "C4", "D4", "C5", "B4"]


def test_chords_longer_than_a_bar_are_tied_and_bars_are_full() -> None:
    root = xml_root(score_of("C Am7 N.C.", beats=5.5, beats_per_bar=3))
    measures = root.findall(".//measure")
    assert len(measures) == 6  # 16.5 beats
    divisions = int(root.findtext(".//divisions") or 0)
    for measure in measures:
        for staff in ("1", "2"):
            notes = [n for n in measure.findall("note") if n.findtext("staff") == staff and n.find("chord") is None]
            assert sum(int(note.findtext("duration") or 0) for note in notes) == 3 * divisions
    ties = [[tie.get("type") for tie in note.findall("tie")] for note in root.iter("note") if note.find("rest") is None]
    assert sum(kinds.count("start") for kinds in ties) == sum(kinds.count("stop") for kinds in ties) > 0
    assert len(root.findall(".//harmony")) == 3


def test_thirds_and_fifths_of_a_bar_add_up() -> None:
    for parts in (3, 5, 6, 7):
        root = xml_root(score_of(" ".join(["C", "F", "G"] * parts), beats=4 / parts))
        assert len(root.findall(".//measure")) == 3


def test_accidentals_are_shown_once_and_not_on_tied_notes() -> None:
    root = xml_root(score_of("E7 Dm", Key("F"), beats=6.0))
    first, second, third = root.findall(".//measure")
    shown = [
        (note.findtext("pitch/step"), note.findtext("accidental"))
        for note in first.findall("note")
        if note.find("accidental") is not None
    ]
    assert sorted(shown) == [("B", "natural"), ("G", "sharp")]
    assert second.find("note/accidental") is None
    assert third.find("note/accidental") is None


def test_a_title_with_what_xml_cannot_hold_still_gives_xml() -> None:
    root = xml_root(score_of("C", title="a\x00b\x1b\nc"))
    assert root.findtext(".//work-title") == "abc"


# --- both -----------------------------------------------------------------------------------------------------------


def test_the_same_score_gives_the_same_bytes_in_another_process_too() -> None:
    score = SCORES["jazz_turnaround"]
    program = (
        "import sys; from engine.render import *; from tests.golden.regenerate_midi import SCORES;"
        "s = SCORES['jazz_turnaround']; sys.stdout.buffer.write(to_musicxml(s) + to_midi(s))"
    )
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, cwd=FOLDER.parents[1])
    assert other.stdout == to_musicxml(score) + to_midi(score)
    assert re.search(rb"\d{4}-\d{2}-\d{2}", other.stdout) is None


def test_threads_do_not_disturb_each_other() -> None:
    scores = [score_of(text, tempo_bpm=tempo) for tempo, text in enumerate(["C G Am F", "Dm7 G7 C", "Bb F"] * 4, 60)]
    alone = [(to_midi(score), to_musicxml(score)) for score in scores]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda score: (to_midi(score), to_musicxml(score)), scores))
    assert together == alone


def test_what_cannot_be_written_is_refused_in_words() -> None:
    good = score_of("C")
    short = replace(good, notes=(Note(60, 0.0, 1 / 64),))
    for score, words in [
        (Score("", Key("C"), 120, 4, ()), "add a chord"),
        (replace(good, beats=10_000.0), "10000"),
        (replace(good, beats=4096.0, bars=tuple(n / 8 for n in range(32_768))), "up to 128"),
        (short, "0.015625 beats"),
    ]:
        for write in (to_midi, to_musicxml):
            with pytest.raises(RenderError, match=words):
                write(score)


def test_what_sounds_over_another_on_a_staff_keeps_its_place() -> None:
    """Two lines on one staff are written as voices: every onset, pitch and length comes back."""
    lines = (
        Note(76, 0, 1), Note(77, 1, 1), Note(79, 2, 2), Note(72, 0, 2), Note(71, 2, 1), Note(72, 3, 3), Note(76, 4, 2),
    )  # fmt: skip
    score = Score("", Key("C"), 100, 4, lines, beats=8)
    read = read_musicxml(to_musicxml(score))
    written = sorted((note.pitch, note.onset, note.duration) for note in lines)
    assert sorted((note.pitch, float(note.onset), float(note.duration)) for note in read.notes) == written
    assert len(voices_of_right_hand(score)) == 2


def test_triplets_have_their_three_above_them() -> None:
    """Three in the time of two twice over, a plain beat between: each group has its bracket, begun and ended once."""
    thirds = [Note(60 + third, at + third / 3, 1 / 3) for at in (0, 2) for third in range(3)]
    score = Score("", Key("C"), 100, 4, (*thirds, Note(64, 1, 1), Note(64, 3, 1)), beats=4)
    kinds = [mark.get("type") for mark in xml_root(score).iter("tuplet")]
    assert kinds == ["start", "stop", "start", "stop"]


def test_one_line_on_a_staff_needs_no_voices() -> None:
    score = Score("", Key("C"), 100, 4, (Note(60, 0, 2), Note(64, 0, 2), Note(62, 2, 2)), beats=4)
    assert len(voices_of_right_hand(score)) == 1


def voices_of_right_hand(score: Score) -> set[str | None]:
    notes = ElementTree.fromstring(to_musicxml(score)).iter("note")
    return {note.findtext("voice") for note in notes if note.findtext("staff", "1") == "1"}


def test_a_flood_of_notes_is_refused_in_words() -> None:
    notes = tuple(Note(60 + at % 12, at / 8, 0.125) for at in range(MOST_NOTES + 1))
    with pytest.raises(RenderError, match="4001 notes"):
        to_midi(Score("", Key("C"), 100, 4, notes, beats=600))


def test_who_waits_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "WAIT_SECONDS", 0.01)
    score = Score("", Key("C"), 100, 4, (Note(60, 0, 1),), beats=4)
    with render._one_at_a_time, pytest.raises(RenderError, match="Try again"):
        to_midi(score)
    assert to_midi(score)


# --- crowded and long bars ------------------------------------------------------------------------------------------

ALTERS = {"sharp": 1, "flat": -1, "natural": 0, "double-sharp": 2, "flat-flat": -2}


def bar_of(spelled: list[tuple[str, int]], key: Key, beats: float = 0.25) -> Score:
    """One bar of these names and octaves."""
    notes = tuple(
        Note(12 * (octave + 1) + pitch_class_of(name), at * beats, beats, spelling=name)
        for at, (name, octave) in enumerate(spelled)
    )
    end = len(notes) * beats
    return Score("", key, 120, 4, notes, beats=end, bars=(0.0,))


def misread(score: Score) -> list[str]:
    """Notes that a reader would take for another: by the key, and what was shown before in the bar."""
    root = xml_root(score)
    fifths = int(root.findtext(".//fifths") or 0)
    marked = ("FCGDAEB" if fifths > 0 else "BEADGCF")[: abs(fifths)]
    wrong = []
    for measure in root.iter("measure"):
        heard: dict[tuple[str, str], int] = {}
        for note in measure.iter("note"):
            step, octave = note.findtext("pitch/step"), note.findtext("pitch/octave")
            if step is None or octave is None or note.find("tie[@type='stop']") is not None:
                continue
            shown = note.findtext("accidental")
            usual = (1 if fifths > 0 else -1) if step in marked else 0
            read = ALTERS[shown] if shown else heard.get((step, octave), usual)
            heard[step, octave] = read
            if read != round(float(note.findtext("pitch/alter") or 0)):
                wrong.append(f"{step}{octave}")
    return wrong


@pytest.mark.parametrize("key", [Key("C"), Key("D"), Key("Eb"), Key("F#", "minor"), Key("C#")])
@pytest.mark.parametrize("count", [24, 49, 600])
def test_accidentals_are_shown_where_a_reader_needs_them(key: Key, count: int) -> None:
    rng = random.Random(count)
    names = [letter + sign for letter in "CDEFGAB" for sign in ("", "#", "b")]
    spelled = [(rng.choice(names), rng.choice([4, 5])) for _ in range(count)]
    assert misread(bar_of(spelled, key)) == []


def test_a_crowded_bar_shows_an_accidental_once() -> None:
    score = bar_of([("F#", 4)] * 60, Key("C"))
    assert len(xml_root(score).findall(".//accidental")) == 1


def test_what_music21_cannot_write_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    from music21.exceptions21 import Music21Exception

    def refuses(writer: object) -> None:
        raise Music21Exception("no such duration")

    monkeypatch.setattr("engine.render.writer.Writer.bars", refuses)
    with pytest.raises(RenderError, match="no score can show"):
        to_musicxml(score_of("C G"))
    assert to_midi(score_of("C G"))  # and others have their turn


@pytest.mark.parametrize("beats", [16, 17, 31.5, 64, 72, 100])
def test_a_note_longer_than_any_sign_is_tied_together(beats: float) -> None:
    notes = (Note(69, 0, beats), Note(71, beats, 1))
    score = Score("", C_MAJOR, 120, 4, notes, beats=beats + 1 + 80, bars=(0.0,))
    written = read_musicxml(to_musicxml(score)).notes
    assert [(note.pitch, float(note.onset), float(note.duration)) for note in written] == [
        (69, 0, beats),
        (71, beats, 1),
    ]
