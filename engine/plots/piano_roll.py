"""The piano roll: every note a box, in the colour of its chord."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from engine.music import Note, Score
from engine.palette import Palette, palette
from engine.plots.canvas import ChordMark, Translate, blank, graph_objects, mark_chords, said
from engine.words import say

if TYPE_CHECKING:
    import plotly.graph_objects as go

ROW_HEIGHT = 9  # pixels of one semitone
LABEL_HEIGHT = 16  # pixels that a note name needs
MOST_BARS = 12  # bar numbers that stand side by side on a phone


def pretty(name: str) -> str:
    """A spelled note with real accidentals.

    >>> pretty("Bb"), pretty("F##")
    ('B♭', 'F♯♯')
    """
    return name[:1] + name[1:].replace("b", "♭").replace("#", "♯")


_SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def note_name(note: Note, show: Callable[[str], str] = pretty) -> str:
    """The note as the key spells it, with the octave of its letter (middle C is C4, and B#3 sounds the same).

    >>> note_name(Note(60, 0, 1, spelling="C")), note_name(Note(60, 0, 1, spelling="B#")), note_name(Note(58, 0, 1))
    ('C4', 'B♯3', 'A♯3')
    """
    spelling = note.spelling or _SHARPS[note.pitch % 12]
    natural = note.pitch - spelling[1:].count("#") + spelling[1:].count("b")
    return f"{show(spelling)}{natural // 12 - 1}"


def piano_roll(
    score: Score,
    marks: Sequence[ChordMark] = (),
    translate: Translate = str,
    dark: bool = False,
    show: Callable[[str], str] = pretty,
) -> go.Figure:
    """One box a note, in its chord's colour; names on top; `marks` in beats; `show` writes a spelled note."""
    colours = palette(dark)
    pitches = [note.pitch for note in score.notes] or [60]
    lowest, highest = min(pitches) - 1, max(pitches) + 3  # room for the letters above
    height = min(max((highest - lowest) * ROW_HEIGHT + 110, 260), 520)
    figure = blank(_boxes(score, marks, colours, translate, show), colours, height)
    end = score.beats or max((note.onset + note.duration for note in score.notes), default=0.0)
    mark_chords(figure, marks, end, colours)
    figure.update_layout(barmode="overlay", bargap=0.1)
    figure.update_xaxes(title_text=_bars_title(score, translate), range=[0, end], **_bar_ticks(score))
    figure.update_yaxes(
        range=[lowest, highest], showgrid=False, **_pitch_ticks(score.notes, show, highest - lowest, height)
    )
    return figure


def _boxes(
    score: Score, marks: Sequence[ChordMark], colours: Palette, translate: Translate, show: Callable[[str], str]
) -> go.Bar:
    go = graph_objects()

    chords = _chords_at(marks, score.notes)
    hover = [f"{note_name(note, show)} · {chord.name}" for note, chord in zip(score.notes, chords, strict=True)]
    return go.Bar(
        base=[note.onset for note in score.notes],
        x=[note.duration for note in score.notes],
        y=[note.pitch for note in score.notes],
        orientation="h",
        width=0.9,
        marker={"color": [colours.marks[chord.function] for chord in chords], "cornerradius": 2},
        customdata=hover,
        hovertext=[_length(note, translate) for note in score.notes],  # %{x} is where a box ends
        hovertemplate="%{customdata}<br>%{hovertext}<extra></extra>",
    )


def _length(note: Note, translate: Translate) -> str:
    length = f"{round(note.duration, 2):g}"
    lasts = say("1 beat long") if length == "1" else say("{length} beats long", length=length)
    return said(lasts, translate)


def _chords_at(marks: Sequence[ChordMark], notes: Sequence[Note]) -> list[ChordMark]:
    """The chord each note sounds in: the last one begun, with a hair's tolerance for rounded beats."""
    known = [ChordMark(float("-inf"), ""), *marks]
    onsets = [mark.onset for mark in known]
    return [known[bisect_right(onsets, note.onset + 1e-6) - 1] for note in notes]


def _bars_title(score: Score, translate: Translate) -> str:
    if score.meter:
        return said(say("Bars of {meter}", meter=score.meter), translate)
    return said(say("Bars of {beats} beats", beats=score.beats_per_bar), translate)


def _bar_ticks(score: Score) -> dict[str, Any]:
    """Ticks at bar lines, not more than fit: numbered as the score says, else from 1 (an upbeat is 0)."""
    edges = score.bar_edges
    if score.bar_numbers:
        return _written_ticks(edges, score.bar_numbers)
    upbeat = len(edges) > 2 and edges[1] - edges[0] < edges[2] - edges[1]
    shown = range(0, len(edges) - 1, -(-(len(edges) - 1) // MOST_BARS))
    return {"tickvals": [edges[bar] for bar in shown], "ticktext": [str(bar + 1 - upbeat) for bar in shown]}


def _written_ticks(edges: Sequence[float], numbers: Sequence[int]) -> dict[str, Any]:
    """Every bar, every second, every fourth ... as it is written: what is played again has its numbers again."""
    count = sum(number > 0 for number in numbers)
    step = 1
    while -(-count // step) > MOST_BARS:
        step *= 2
    shown = [bar for bar, number in enumerate(numbers) if number > 0 and (number - 1) % step == 0]
    return {"tickvals": [edges[bar] for bar in shown], "ticktext": [str(numbers[bar]) for bar in shown]}


def _pitch_ticks(notes: Sequence[Note], show: Callable[[str], str], semitones: int, height: int) -> dict[str, Any]:
    """Names of sounding pitches, from the lowest up, leaving out those that would touch the one below."""
    least = LABEL_HEIGHT * semitones / (height - 110)
    names: dict[int, str] = {}
    for note in sorted(notes, key=lambda note: note.pitch):
        if not names or note.pitch - max(names) >= least:
            names[note.pitch] = note_name(note, show)
    return {"tickvals": list(names), "ticktext": list(names.values())}
