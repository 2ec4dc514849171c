"""How a chord is shown: its name in type, its numeral, its function, for cards, pads and charts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import zip_longest
from math import ceil, floor
from typing import TypedDict

from engine import palette
from engine.music import Chord, Function, Key, Progression, Slot, Suggestion
from engine.sheet import Notation, Sheet
from engine.theory import display_parts, function_of, in_type, is_blues, name_for_display, write_chord
from engine.voicing import voice_next
from engine.words import Sentence
from pages.parts import kept
from pages.parts.language import _, tell


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
    crossed: list[tuple[int, float]]
    note: str
    locked: bool
    probability: float
    reason: str


@dataclass(frozen=True, slots=True)
class Look:
    """What decides how chords are shown: the key, the notation, and whether the song is a blues."""

    key: Key
    notation: Notation
    blues: bool

    def written(self, chord: Chord) -> str:
        """The chord on one line, with real sharps and flats."""
        root, quality, bass = self._parts(chord)
        return root + quality + (f"/{bass}" if bass else "")

    def numeral(self, chord: Chord, after: Chord | None = None) -> str:
        return "" if chord.is_silent else name_for_display(chord, self.key, after, self.blues)

    def function(self, chord: Chord) -> Function:
        """What the chord does here; a rest does nothing."""
        return "other" if chord.is_silent else function_of(chord, self.key, self.blues)

    def in_pieces(self, chord: Chord, numeral: str) -> dict[str, str]:
        """The large name: root, the minor's m, what is raised, bass; or the numeral where numerals are read."""
        if self.notation == "numerals" and numeral:
            return {"root": in_type(numeral), "minor": "", "quality": "", "bass": ""}
        root, quality, bass = self._parts(chord)
        minor = "m" if quality.startswith("m") and not quality.startswith("maj") else ""
        return {"root": root, "minor": minor, "quality": quality.removeprefix(minor), "bass": bass}

    def on_chart(self, chord: Chord) -> str:
        """The large name with the markup that plotly reads."""
        name = self.in_pieces(chord, self.numeral(chord))
        raised = f"<sup>{name['quality']}</sup>" if name["quality"] else ""
        return name["root"] + name["minor"] + raised + (f"/{name['bass']}" if name["bass"] else "")

    def _parts(self, chord: Chord) -> tuple[str, str, str]:
        return display_parts(chord, "latin" if self.notation == "latin" else "letters")


def look(sheet: Sheet) -> Look:
    return Look(sheet.key, sheet.notation, is_blues(sheet.progression.chords, sheet.key))


def cards(sheet: Sheet, progression: Progression) -> list[Shown]:
    """The chords of a progression, which may be an example, as cards of the sheet."""
    seen = look(sheet)
    rows = zip_longest(progression, progression.onsets, kept.voicings(progression.chords), progression.chords[1:])
    return [
        _shown(slot.chord, seen.numeral(slot.chord, after), seen)
        | _placed(slot, onset, sheet.beats_per_bar)
        | Shown(pitches=list(voicing.pitches), note=_read_as(slot.chord, seen))
        for slot, onset, voicing, after in rows
    ]


def _placed(slot: Slot, onset: float, bar: int) -> Shown:
    return Shown(
        beats=slot.beats,
        span=max(1, min(round(slot.beats), 2 * bar)),
        bar=int(onset // bar) + 1,
        startsBar=onset % bar == 0,
        crossed=_crossed(onset, slot.beats, bar),
        locked=slot.locked,
    )


def _crossed(onset: float, beats: float, bar: int) -> list[tuple[int, float]]:
    """The bars that begin while a chord sounds, each with its place in the chord, from 0 to 1.

    >>> _crossed(2, 4, 4)
    [(2, 0.5)]
    >>> _crossed(4, 4, 4)
    []
    """
    first, last = floor(onset / bar) + 1, ceil((onset + beats) / bar)
    return [(number + 1, (number * bar - onset) / beats) for number in range(first, last)]


def _read_as(chord: Chord, seen: Look) -> str:
    if not chord.tensions:
        return ""
    plain = Chord(chord.root, chord.quality)
    return _("{chord}: the suggestions read {plain}").format(chord=seen.written(chord), plain=seen.written(plain))


def pads(suggestions: list[Suggestion], sheet: Sheet, at: int) -> list[Shown]:
    """Suggestions for slot `at`, each with the pitches that lead on from what stands before it."""
    seen = look(sheet)
    before = kept.voicings(sheet.progression.chords[:at])
    last = next((voicing for voicing in reversed(before) if voicing.pitches), None)
    return [
        _shown(item.chord, seen.numeral(item.chord), seen)
        | Shown(
            pitches=list(voice_next(last, item.chord).pitches),
            probability=item.probability,
            reason=_reason(item.reason),
        )
        for item in suggestions
    ]


def _reason(sentence: Sentence) -> str:
    """The reason in the reader's language, its chord names with real sharps and flats."""
    return tell(_in_type(sentence))


def _in_type(sentence: Sentence) -> Sentence:
    def typeset(value: object) -> object:
        if isinstance(value, Sentence):
            return _in_type(value)
        return in_type(value) if isinstance(value, str) else value

    return replace(sentence, fields=tuple((name, typeset(value)) for name, value in sentence.fields))


def _shown(chord: Chord, numeral: str, seen: Look) -> Shown:
    """Letters above and numeral below, or the other way round when numerals are read."""
    does = seen.function(chord)
    spoken = seen.written(chord)
    return Shown(
        symbol=write_chord(chord),
        numeral=numeral,
        name=seen.in_pieces(chord, numeral),
        below=spoken if seen.notation == "numerals" else in_type(numeral),
        spoken=spoken,
        function=does,
        functionName=_function_name(does),
        letter=palette.LETTERS[does],
    )


def _function_name(does: Function) -> str:
    names: dict[Function, str] = {
        "tonic": _("tonic: home"),
        "subdominant": _("subdominant: away from home"),
        "dominant": _("dominant: wants to resolve"),
        "borrowed": _("borrowed from the parallel mode"),
        "other": _("outside the key"),
    }
    return names[does]
