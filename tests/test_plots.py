"""The figures show what they were given: every share, every sample's extreme, every note."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.music import Audio, Chord, Function, Key, Note, Score, Suggestion
from engine.palette import DARK, LETTERS, LIGHT
from engine.plots import CONFIG, ChordMark, in_seconds, piano_roll, probability_chart, waveform
from engine.plots.piano_roll import note_name
from engine.plots.waveform import WAVEFORM_BUCKETS, envelope
from engine.words import say

SHARES: tuple[tuple[str, float, Function], ...] = (
    ("Dm7", 0.5, "subdominant"),
    ("G7", 0.25, "dominant"),
    ("Fm", 0.125, "borrowed"),
)


def suggestions() -> list[Suggestion]:
    return [Suggestion(Chord("D"), "x", share, function, say("opening chord")) for _, share, function in SHARES]


def names() -> list[str]:
    return [name for name, _, _ in SHARES]


def shout(template: str) -> str:
    """A language that is easy to tell: capitals, fields kept."""
    return template.upper() if "{" not in template else f"¡{template}!"


def sound(seconds: float, rate: int = 8_000) -> Audio:
    time = np.arange(int(seconds * rate)) / rate
    left = np.sin(2 * np.pi * 220 * time) * np.exp(-time)
    return Audio(np.stack([left, -0.5 * left], axis=1).astype(np.float32), rate, "builtin")


def score(*notes: Note, beats: float = 0.0) -> Score:
    return Score("", Key("C"), 120, 4, notes, beats=beats)


# --- probabilities --------------------------------------------------------------------------------------------------


def test_bars_are_the_shares_and_sum_to_one_hundred_per_cent() -> None:
    bars = probability_chart(suggestions(), 0.125, names()).data[0]
    assert list(bars.x) == [50, 25, 12.5, 12.5]
    assert sum(bars.x) == pytest.approx(100)
    assert list(bars.text) == ["50 %", "25 %", "12 %", "12 %"]


def test_bars_wear_colour_and_letter_of_their_function_and_others_come_last() -> None:
    figure = probability_chart(suggestions(), 0.125, names())
    assert list(figure.data[0].marker.color[:3]) == [LIGHT.marks[function] for _, _, function in SHARES]
    labels = figure.layout.yaxis.ticktext
    for label, (name, _, function) in zip(labels, SHARES, strict=False):
        assert label.startswith(name)
        assert f">{LETTERS[function]}<" in label
    assert labels[-1] == "all others"
    assert figure.layout.yaxis.autorange == "reversed"  # the first bar on top


def test_the_chart_speaks_the_readers_language() -> None:
    figure = probability_chart(suggestions(), 0.125, names(), translate=shout)
    assert figure.layout.xaxis.title.text == "PROBABILITY (%)"
    assert figure.layout.yaxis.ticktext[-1] == "ALL OTHERS"
    assert figure.data[0].customdata[0] == "OPENING CHORD"


def test_a_name_too_few_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        probability_chart(suggestions(), 0.1, ["Dm7"])


def test_the_number_of_a_certain_chord_still_fits() -> None:
    certain = probability_chart(suggestions()[:1], 0.5, ["C"])
    assert certain.layout.xaxis.range[1] >= 50 * 1.1
    assert probability_chart([], 1.0, []).layout.xaxis.range[1] >= 110


# --- waveform -------------------------------------------------------------------------------------------------------


@given(
    frames=st.integers(1, 300),
    channels=st.integers(1, 2),
    buckets=st.integers(1, 60),
    seed=st.integers(0, 2**32 - 1),
)
@settings(deadline=None, max_examples=60)
def test_envelope_is_lowest_and_highest_of_every_bucket(frames: int, channels: int, buckets: int, seed: int) -> None:
    samples = np.random.default_rng(seed).uniform(-1, 1, (frames, channels)).astype(np.float32)
    low, high, edges = envelope(samples, buckets)
    ends = [*edges[1:], frames]
    assert len(low) == min(buckets, frames)
    for i, (start, end) in enumerate(zip(edges, ends, strict=True)):
        assert end > start
        assert low[i] == samples[start:end].min()
        assert high[i] == samples[start:end].max()


def test_a_long_sound_is_drawn_with_few_points_and_no_peak_lost() -> None:
    audio = sound(30, rate=44_100)
    audio.samples[777_777, 0] = 1.0
    figure = waveform(audio)
    points = sum(len(trace.x) for trace in figure.data)
    assert 1_500 <= points <= 4_000
    assert points == 2 * WAVEFORM_BUCKETS
    assert max(figure.data[0].y) == 1.0
    assert len(figure.to_json()) < 60_000


def test_waveform_runs_in_seconds_with_chords_and_bars_at_their_places() -> None:
    marks = [ChordMark(0.0, "C", "tonic"), ChordMark(1.0, "G7", "dominant")]
    figure = waveform(sound(2), marks, bars=[0.0, 1.0])
    assert list(figure.layout.xaxis.range) == [0, 2]
    fields = [(s.x0, s.x1, s.fillcolor) for s in figure.layout.shapes if s.type == "rect"]
    assert fields == [(0, 1, LIGHT.marks["tonic"]), (1, 2, LIGHT.marks["dominant"])]
    assert [s.x0 for s in figure.layout.shapes if s.type == "line"] == [0, 1]
    assert [(a.x, a.text) for a in figure.layout.annotations] == [(0, "C"), (1, "G7"), (0, "T"), (1, "D")]
    assert figure.layout.xaxis.title.text == "Time (seconds)"


def test_a_single_frame_and_silence_can_be_drawn() -> None:
    for frames in (0, 1):
        figure = waveform(Audio(np.zeros((frames, 2), np.float32), 44_100, "builtin"))
        assert len(figure.data[0].x) == frames


# --- piano roll -----------------------------------------------------------------------------------------------------


def test_each_note_is_one_box_where_and_as_long_as_it_sounds() -> None:
    notes = (Note(60, 0.0, 2.0, spelling="C"), Note(64, 0.0, 2.0, spelling="E"), Note(58, 2.0, 1.5, spelling="Bb"))
    marks = [ChordMark(0.0, "C", "tonic"), ChordMark(2.0, "Bb", "borrowed")]
    boxes = piano_roll(score(*notes, beats=4), marks).data[0]
    assert list(zip(boxes.y, boxes.base, boxes.x, strict=True)) == [(60, 0.0, 2.0), (64, 0.0, 2.0), (58, 2.0, 1.5)]
    assert list(boxes.marker.color) == [LIGHT.marks["tonic"]] * 2 + [LIGHT.marks["borrowed"]]
    assert list(boxes.customdata) == ["C4 · C", "E4 · C", "B♭3 · Bb"]


def test_pointed_at_a_note_tells_how_long_it_is_and_not_where_it_ends() -> None:
    notes = (Note(60, 4.0, 4.0), Note(62, 8.0, 1.0), Note(64, 9.0, 1 / 3))
    boxes = piano_roll(score(*notes, beats=12), translate=shout).data[0]
    assert list(boxes.hovertext) == ["¡4 beats long!", "1 BEAT LONG", "¡0.33 beats long!"]
    assert boxes.hovertemplate == "%{customdata}<br>%{hovertext}<extra></extra>"


def test_pitches_are_written_as_spelled() -> None:
    figure = piano_roll(score(Note(58, 0, 4, spelling="Bb"), Note(66, 0, 4, spelling="Gb")))
    assert list(figure.layout.yaxis.ticktext) == ["B♭3", "G♭4"]
    latin = {"Bb": "Si♭", "Gb": "Sol♭"}
    figure = piano_roll(score(Note(58, 0, 4, spelling="Bb"), Note(66, 0, 4, spelling="Gb")), show=latin.__getitem__)
    assert list(figure.layout.yaxis.ticktext) == ["Si♭3", "Sol♭4"]


@pytest.mark.parametrize(
    ("pitch", "spelling", "written"),
    [(60, "C", "C4"), (60, "B#", "B♯3"), (59, "Cb", "C♭4"), (59, "B", "B3"), (62, "Ebb", "E♭♭4"), (21, "A", "A0")],
)
def test_the_octave_is_that_of_the_letter(pitch: int, spelling: str, written: str) -> None:
    assert note_name(Note(pitch, 0, 1, spelling=spelling)) == written


def test_bars_are_numbered_from_one_and_an_unfinished_one_counts() -> None:
    axis = piano_roll(score(Note(60, 0, 9, spelling="C"), beats=9)).layout.xaxis
    assert list(axis.tickvals) == [0, 4, 8]
    assert list(axis.ticktext) == ["1", "2", "3"]
    assert axis.title.text == "Bars of 4 beats"


def test_note_names_never_touch() -> None:
    figure = piano_roll(score(*(Note(pitch, 0, 1) for pitch in range(30, 100))))
    ticks = list(figure.layout.yaxis.tickvals)
    lowest, highest = figure.layout.yaxis.range
    pixels = (figure.layout.height - 110) / (highest - lowest)
    assert min(b - a for a, b in pairwise(ticks)) * pixels >= 14
    assert len(ticks) > 10


def test_no_notes_at_all_can_be_drawn() -> None:
    assert len(piano_roll(score()).data[0].x) == 0


# --- what all share -------------------------------------------------------------------------------------------------


def test_crowded_names_move_up_a_row_or_stay_away_but_every_field_is_there() -> None:
    marks = [ChordMark(float(beat), "C#m7b5/E", "tonic") for beat in range(64)]
    layout = piano_roll(score(Note(60, 0, 64), beats=64), marks).layout
    shown = [a for a in layout.annotations if a.text == "C#m7b5/E"]
    assert len(layout.shapes) == 64
    assert {a.yshift for a in shown} == {0, 18, 36}
    assert layout.margin.t > 36 + 14
    for row in (0, 18, 36):
        places = [a.x / 64 * 320 for a in shown if a.yshift == row]
        assert min(b - a for a, b in pairwise(places)) >= 8 * len("C#m7b5/E")


def test_beats_become_seconds() -> None:
    assert [mark.onset for mark in in_seconds([ChordMark(0, "C"), ChordMark(3, "F")], 90)] == [0, 2]


@pytest.mark.parametrize("dark", [False, True])
def test_the_same_look_in_light_and_dark(dark: bool) -> None:
    colours = DARK if dark else LIGHT
    marks = [ChordMark(0.0, "C", "tonic")]
    figures = [
        probability_chart(suggestions(), 0.125, names(), dark=dark),
        waveform(sound(1), marks, dark=dark),
        piano_roll(score(Note(60, 0, 4)), marks, dark=dark),
    ]
    for figure in figures:
        layout = figure.layout
        assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"
        assert layout.font.color == colours.ink
        assert layout.font.family.startswith("Cadencia Sans")
        assert layout.title.text is None
        assert layout.dragmode is False
        assert layout.xaxis.title.text
        assert layout.xaxis.fixedrange


def test_the_tool_bar_only_offers_the_picture() -> None:
    assert json.loads(json.dumps(CONFIG))["modeBarButtons"] == [["toImage"]]
    assert CONFIG["displaylogo"] is False
    assert "displayModeBar" not in CONFIG  # plotly's default: on hover


def test_bars_of_a_tune_stand_where_its_score_says() -> None:
    """An upbeat is bar 0, and a bar of six eighths lasts three beats."""
    score = Score("", Key("D"), 120, 3, (Note(74, 0, 0.5),), beats=6.5, meter="6/8", bars=(0.0, 0.5, 3.5))
    axis = piano_roll(score, (), str).layout.xaxis
    assert axis.tickvals == (0.0, 0.5, 3.5)
    assert axis.ticktext == ("0", "1", "2")
    assert axis.title.text == "Bars of 6/8"


def test_what_is_played_again_has_its_numbers_again_and_upbeats_have_none() -> None:
    starts = (0.0, 0.5, 3.5, 6.0, 6.5, 9.5)
    tune = Score("", Key("D"), 120, 3, (), beats=12.0, meter="6/8", bars=starts, bar_numbers=(0, 1, 2, 0, 1, 2))
    axis = piano_roll(tune).layout.xaxis
    assert (axis.tickvals, axis.ticktext) == ((0.5, 3.5, 6.5, 9.5), ("1", "2", "1", "2"))


def test_of_many_bars_every_fourth_is_numbered() -> None:
    numbers = (*range(1, 17), *range(1, 17))
    starts = tuple(4.0 * bar for bar in range(32))
    tune = Score("", Key("D"), 120, 4, (), beats=128.0, meter="4/4", bars=starts, bar_numbers=numbers)
    assert piano_roll(tune).layout.xaxis.ticktext == ("1", "5", "9", "13", "1", "5", "9", "13")
