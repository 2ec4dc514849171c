"""The only modules that use Streamlit's caches, and the only way from a page into a slow room. Every cache is bounded.

Only pure functions of frozen values are kept, so what is shared between visitors is read-only. Chance is never kept.
"""

from __future__ import annotations

import gc
import sys
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from engine import compose, engrave, generate, render, synth, theory, voicing
from engine.generate import Continuation, Wish
from engine.music import Audio, Chord, KeyEstimate, Score, Voicing
from engine.sheet import Sheet
from engine.words import Sentence
from pages.parts.kept import own

if TYPE_CHECKING:
    from engine.checkpoint import Model

CHORD_MODEL = "live"
TITLE = "Cadencia"  # of what is written down


_loading = Lock()


def chord_model() -> Model:
    """The model behind the pages, read once: visitors who come first together wait for one reading."""
    with _loading:
        return _chord_model()


@lru_cache(maxsize=1)
def _chord_model() -> Model:
    from engine import checkpoint  # brings torch: at first use, not when a page is imported

    return checkpoint.load(CHORD_MODEL)


@lru_cache(maxsize=64)
def text(path: Path) -> str:
    """A file of the project, read once."""
    return path.read_text(encoding="utf-8")


@lru_cache(maxsize=2048)
def _advice(asked: Sheet, at: int, inserting: bool, k: int, mark: str) -> compose.Advice:
    return compose.advise(
        _model(mark),
        asked.progression,
        at,
        k=k,
        after=compose.following(asked.progression, at, inserting),
        filters=(asked.kind,),
        beats_per_bar=asked.beats_per_bar,
        colour=_colour(asked),
        temperature=asked.temperature,
        memory=_memory(asked, mark),
        style=_style(asked, mark),
        repetition=asked.repetition,
        notation=asked.letters,
    )


def advice(sheet: Sheet, at: int, inserting: bool, k: int, mark: str = "") -> compose.Advice:
    """Suggestions for slot `at`, or for a new one before it; in the middle they fit what comes after, too.

    `mark` is that of a model of the visitor's own (see `own`); with none, or one no longer kept, the house's is asked.
    """
    return _advice(sheet.as_asked(), at, inserting, k, mark if own.model(mark) else "")


def continued(sheet: Sheet, bars: int, wish: Wish, mark: str = "") -> Continuation:
    """More bars drawn after the sheet's own; chance is never kept."""
    return generate.continued(
        _listener(sheet, mark),
        sheet.progression,
        bars,
        wish,
        beats_per_bar=sheet.beats_per_bar,
        beats_per_chord=sheet.beats_per_chord,
    )


def redrawn(sheet: Sheet, wish: Wish, mark: str = "", places: range | None = None) -> Continuation:
    """The chords at `places`, or all, drawn again, but for those that are locked."""
    drawn = range(len(sheet.progression)) if places is None else places
    locked = [at for at, slot in enumerate(sheet.progression) if slot.locked or at not in drawn]
    return generate.redrawn(_listener(sheet, mark), sheet.progression, locked, wish)


def _listener(sheet: Sheet, mark: str) -> compose.Listener:
    style, memory = _style(sheet, mark), _memory(sheet, mark)
    return compose.listen(_model(mark), sheet.key, colour=_colour(sheet), style=style, memory=memory)


def _model(mark: str) -> Model:
    return own.model(mark) or chord_model()


def _memory(sheet: Sheet, mark: str) -> float | None:
    """A model of one's own may have no memory of the song whose weight could be set."""
    mine = own.model(mark)
    return sheet.memory if mine is None or compose.remembers(mine) else None


def _colour(sheet: Sheet) -> theory.Colour | None:
    return None if sheet.colour == "free" else sheet.colour


def _style(sheet: Sheet, mark: str) -> str | None:
    """A model of one's own has learned no styles."""
    return None if sheet.style == "any" or own.model(mark) else sheet.style


@lru_cache(maxsize=512)
def voicings(chords: tuple[Chord, ...]) -> tuple[Voicing, ...]:
    return voicing.voice(chords)


@lru_cache(maxsize=256)
def key_estimate(chords: tuple[Chord, ...]) -> KeyEstimate:
    return theory.find_key(chords)


@lru_cache(maxsize=64)
def _score(played: Sheet) -> Score:
    return voicing.arrange(played.progression, played.tempo_bpm, played.instrument, played.beats_per_bar, TITLE)


def score(sheet: Sheet) -> Score:
    return _score(sheet.as_played())


@lru_cache(maxsize=64)
def _midi(played: Sheet, title: str = TITLE) -> bytes:
    return render.to_midi(replace(_score(played), title=title))


def midi(sheet: Sheet, title: str = TITLE) -> bytes:
    return _midi(sheet.as_played(), title)


@lru_cache(maxsize=16)
def _musicxml(played: Sheet, title: str) -> bytes:
    return render.to_musicxml(replace(_score(played), title=title))


def musicxml(sheet: Sheet, title: str = TITLE) -> bytes:
    return _musicxml(sheet.as_played(), title)


@lru_cache(maxsize=16)
def _engraving(played: Sheet, ink: str, notation: theory.Notation) -> str:
    names = {letter: theory.write_note(letter, notation) for letter in "CDEFGAB"}
    return engrave.to_svg(_musicxml(played, TITLE), ink, note_names=names)


def engraving(sheet: Sheet, ink: str) -> str:
    """The score as SVG in the colour `ink`, its chords named as the sheet names them."""
    return _engraving(sheet.as_played(), ink, sheet.letters)


# Ten minutes of sound are 200 MB and their WAV 100: two pieces, whoever asks.
@lru_cache(maxsize=2)
def _audio(played: Sheet) -> Audio:
    return synth.synthesize(_midi(played))


def audio(sheet: Sheet) -> Audio:
    return _audio(sheet.as_played())


@lru_cache(maxsize=2)
def _wav(played: Sheet) -> bytes:
    return synth.to_wav(_audio(played))


def wav(sheet: Sheet) -> bytes:
    return _wav(sheet.as_played())


@lru_cache(maxsize=128)
def instruments(chosen: int, known: tuple[synth.Instrument, ...] = synth.INSTRUMENTS) -> dict[int, Sentence]:
    """General MIDI programs with their names; one that a link brought stands among ours."""
    programs = dict.fromkeys((*(instrument.program for instrument in known), chosen))
    return {program: synth.instrument_name(program) for program in programs}


def in_browser(program: int) -> tuple[int, int]:
    """What plays this instrument in the browser, and what plays chords under it there."""
    played = synth.sampled(program)
    return played, synth.accompanying(played)


def mp3(sheet: Sheet) -> bytes:
    return synth.to_mp3(audio(sheet))


MANY = 50  # new modules, after which it is worth while
_settled: set[str] = set()
_settling = Lock()


def settle() -> None:
    """Moves all that imports have made out of the garbage collector's sight, whenever many have come since last time.

    Streamlit collects garbage after every rerun; with torch and music21 loaded that costs more than the rerun itself,
    and what one page has loaded would make a press on every other page dearer.
    """
    with _settling:
        came = sys.modules.keys() - _settled
        if len(came) < MANY:
            return
        _settled.update(came)
    gc.collect()
    gc.freeze()
