"""The studio component: what it is given to draw, and what its presses do to the sheet."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path
from typing import Any, TypedDict

import streamlit as st

from engine import palette
from engine.compose import Advice
from engine.music import Chord, Function, Progression, Slot, Suggestion
from engine.sheet import Sheet
from engine.theory import display_parts, function_of, in_type, name_for_display, write_chord
from engine.voicing import voice_next
from engine.words import Sentence
from pages.parts import edit, kept, session
from pages.parts.frame import telling
from pages.parts.language import _, tell

_ROOT = Path(__file__).parents[2]
_PARTS = _ROOT / "assets" / "components" / "studio"
_KEY = "studio"
SUGGESTIONS = 16  # eight pads and as many chips


class Shown(TypedDict, total=False):
    """One chord as the component draws it; see static/studio/view.js."""

    symbol: str
    numeral: str
    name: dict[str, str]
    below: str
    spoken: str
    function: str
    functionName: str
    letter: str
    pitches: list[int]
    beats: float
    span: int
    bar: int
    startsBar: bool
    note: str
    locked: bool
    probability: float
    reason: str


def studio() -> None:
    """Draws cards and pads for the present sheet and reports presses to `_answer`."""
    _component()(key=_KEY, data=_data(), on_event_change=_answer)


@lru_cache(maxsize=1)
def _component() -> Any:
    served = sorted(path for room in ("studio", "sounds") for path in (_ROOT / "static" / room).iterdir())
    version = sha256(b"".join(path.read_bytes() for path in served)).hexdigest()[:12]
    return st.components.v2.component(
        "cadencia_studio",
        html=kept.text(_PARTS / "studio.html"),
        css=_colours() + kept.text(_PARTS / "studio.css"),
        js=kept.text(_PARTS / "loader.js").replace("__VERSION__", version),
    )


def _colours() -> str:
    light, dark = palette.css_variables(), palette.css_variables(dark=True)
    return f".studio {{ {light} }} .studio.dark {{ {dark} }}\n"


@telling
def _answer() -> None:
    for event in session.studio_events(_KEY):
        edit.apply(event)


def _data() -> dict[str, Any]:
    now = session.work()
    sheet = now.history.present
    at = session.place()
    suggested = advice()
    return {
        "cards": _cards(sheet, sheet.progression),
        "example": _cards(sheet, edit.example(sheet)),
        "pads": [_pad(suggestion, sheet, at) for suggestion in _others_than_here(suggested, now)],
        "others": _others(suggested),
        "notice": tell(suggested.notice) if suggested.notice else "",
        "kind": sheet.kind,
        "kinds": _kinds(),
        "padTitle": _pad_title(now),
        "selected": now.selected,
        "inserting": now.inserting,
        "tempo": sheet.tempo_bpm,
        "span": sheet.beats_per_chord,
        "row": 4 * sheet.beats_per_bar,
        "canUndo": bool(now.history.past),
        "canRedo": bool(now.history.future),
        "ack": now.acknowledged,
        "fresh": now.fresh,
        "trail": session.trail(),
        "labels": _labels(),
    }


def advice() -> Advice:
    """What the visitor's sheet suggests for the place at hand."""
    now = session.work()
    return kept.advice(now.history.present, session.place(), now.inserting, SUGGESTIONS + 1)


def _others_than_here(suggested: Advice, now: session.Work) -> list[Suggestion]:
    """What goes on pads and chips: in place of a chord, everything but that chord."""
    here = None if now.selected is None or now.inserting else now.history.present.progression.slots[now.selected].chord
    return [item for item in suggested.suggestions if item.chord != here][:SUGGESTIONS]


def _others(suggested: Advice) -> str:
    """How much probability is not on the pads, and how much the chosen kind keeps away."""
    words = _("all others {share} %").format(share=round(suggested.rest * 100))
    if suggested.left_out < 0.005:
        return words
    return words + _(" · other kinds {share} %").format(share=round(suggested.left_out * 100))


def _kinds() -> list[tuple[str, str, str]]:
    """The kinds of chords that can be asked for: value, name, meaning."""
    return [
        ("anything", _("Anything"), _("Whatever the model expects")),
        ("in key", _("In key"), _("Only chords of the key")),
        ("borrowed", _("Borrowed"), _("Only chords borrowed from the parallel mode")),
        ("secondary", _("Secondary"), _("Only secondary dominants and their substitutes")),
    ]


def _cards(sheet: Sheet, progression: Progression) -> list[Shown]:
    voicings = kept.voicings(progression.chords)
    rows = zip_longest(progression, progression.onsets, voicings, progression.chords[1:])
    return [_card(slot, onset, list(voicing.pitches), after, sheet) for slot, onset, voicing, after in rows]


def _card(slot: Slot, onset: float, pitches: list[int], after: Chord | None, sheet: Sheet) -> Shown:
    bar = sheet.beats_per_bar
    numeral = "" if slot.chord.is_silent else name_for_display(slot.chord, sheet.key, after)
    return _shown(slot.chord, numeral, sheet) | Shown(
        pitches=pitches,
        beats=slot.beats,
        span=max(1, min(round(slot.beats), 2 * bar)),
        bar=int(onset // bar) + 1,
        startsBar=onset % bar == 0,
        note=_read_as(slot.chord, sheet),
        locked=slot.locked,
    )


def _read_as(chord: Chord, sheet: Sheet) -> str:
    if not chord.tensions:
        return ""
    plain = Chord(chord.root, chord.quality)
    return _("{chord}: the model reads {plain}").format(chord=written(chord, sheet), plain=written(plain, sheet))


def _pad(suggestion: Suggestion, sheet: Sheet, at: int) -> Shown:
    before = kept.voicings(sheet.progression.chords[:at])
    last = next((voicing for voicing in reversed(before) if voicing.pitches), None)
    return _shown(suggestion.chord, suggestion.numeral, sheet) | Shown(
        pitches=list(voice_next(last, suggestion.chord).pitches),
        probability=suggestion.probability,
        reason=_reason(suggestion.reason),
    )


def _reason(sentence: Sentence) -> str:
    """The reason in the reader's language, its chord names with real sharps and flats."""
    fields = ((name, in_type(value) if isinstance(value, str) else value) for name, value in sentence.fields)
    return tell(replace(sentence, fields=tuple(fields)))


def _shown(chord: Chord, numeral: str, sheet: Sheet) -> Shown:
    """Letters above and numeral below, or the other way round when numerals are read."""
    root, quality, bass = display_parts(chord, sheet.letters)
    does = function(chord, sheet)
    degree = in_type(numeral)
    minor = "m" if quality.startswith("m") and not quality.startswith("maj") else ""
    name = {"root": root, "minor": minor, "quality": quality.removeprefix(minor), "bass": bass}
    spoken = written(chord, sheet)
    swapped = sheet.notation == "numerals" and bool(numeral)
    return Shown(
        symbol=write_chord(chord),
        numeral=numeral,
        name={"root": degree, "minor": "", "quality": "", "bass": ""} if swapped else name,
        below=spoken if swapped else degree,
        spoken=spoken,
        function=does,
        functionName=_function_name(does),
        letter=palette.LETTERS[does],
    )


def written(chord: Chord, sheet: Sheet) -> str:
    """The chord on one line as the sheet's notation writes it, with real sharps and flats."""
    root, quality, bass = display_parts(chord, sheet.letters)
    return root + quality + (f"/{bass}" if bass else "")


def function(chord: Chord, sheet: Sheet) -> Function:
    """What the chord does in the sheet's key; a rest does nothing."""
    return "other" if chord.is_silent else function_of(chord, sheet.key)


def _function_name(does: Function) -> str:
    names: dict[Function, str] = {
        "tonic": _("tonic: home"),
        "subdominant": _("subdominant: away from home"),
        "dominant": _("dominant: wants to resolve"),
        "borrowed": _("borrowed from the parallel mode"),
        "other": _("outside the key"),
    }
    return names[does]


def _pad_title(now: session.Work) -> str:
    progression = now.history.present.progression
    if not progression.slots:
        return _("Good openings")
    if now.selected is None:
        return _("Next chord")
    chord = written(progression.slots[now.selected].chord, now.history.present)
    return (_("Before {chord}") if now.inserting else _("Instead of {chord}")).format(chord=chord)


def _labels() -> dict[str, str]:
    return {
        "play": _("Play"),
        "stop": _("Stop"),
        "loop": _("Loop"),
        "undo": _("Undo"),
        "redo": _("Redo"),
        "clear": _("Clear"),
        "remove": _("Remove"),
        "insert": _("Insert before"),
        "shorter": _("Shorter"),
        "longer": _("Longer"),
        "lock": _("Lock"),
        "whole": _("Show all bars"),
        "done": _("Done"),
        "chord": _("Chord"),
        "progression": _("Chord progression"),
    }


def chart_name(chord: Chord, sheet: Sheet) -> str:
    """The chord's name in the sheet's notation, with the markup that plotly reads."""
    name = _shown(chord, "" if chord.is_silent else name_for_display(chord, sheet.key), sheet)["name"]
    raised = f"<sup>{name['quality']}</sup>" if name["quality"] else ""
    return name["root"] + name["minor"] + raised + (f"/{name['bass']}" if name["bass"] else "")
