"""The tune that is looked at: what its score and its text are drawn from, and what it is played from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.abc import Checked, Shown, Tune, shown, tempo_of
from engine.abc.lengths import COMPOUND
from engine.theory import write_chord
from pages.parts.frame import action
from pages.parts.kept import in_browser
from pages.parts.kept import tunes as kept
from pages.parts.language import _, tell
from pages.parts.naming import file_name
from pages.parts.session.tunes import DESK
from pages.parts.tunes import edit, words
from pages.parts.tunes.component import part, told
from pages.parts.tunes.table import Candidate, Stand


def chosen() -> None:
    """Draws the tune, or says that there is none."""
    stand = DESK.held()
    one = stand.table.looked_at
    can = {"canUndo": bool(stand.tables.past), "canRedo": bool(stand.tables.future)}
    data = _data(stand, one) if one else {"number": None, "score": {"text": ""}, "notes": []}
    part("tune", data | can | {"labels": _labels()}, action(edit.apply))


def looked_at() -> kept.Take | None:
    """The tune that is looked at as it is played; None when its text holds no tune."""
    stand = DESK.held()
    one = stand.table.looked_at
    tunes = kept.checked(one.text).tunes if one else ()
    if one is None or not tunes:
        return None
    return kept.Take(tunes[0], one.tempo, stand.instrument, stand.chords, words.title_of(tunes[0]))


def file_of(one: Candidate, tune: Tune | None) -> str:
    """What files of the tune are called: its title, and which of which take it was."""
    made = (one.wish.rng_seed, one.take + 1) if one.wish else ()
    return file_name(words.title_of(tune) if tune else "", *made, otherwise="cadencia-tune")


def _data(stand: Stand, one: Candidate) -> dict[str, Any]:
    read = kept.checked(one.text)
    tune = read.tunes[0] if read.tunes else None
    played, strummed = in_browser(stand.instrument)
    data = {
        "number": one.number,
        "text": one.text,
        "faults": told(read.faults),
        "title": words.title_of(tune) if tune else _("Not a tune yet"),
        "about": _about(one, tune),
        "chords": stand.chords,
        "instrument": played,
        "strummedOn": strummed,
        "file": file_of(one, tune),
    }
    return data | (_music(tune, read, stand, one.tempo) if tune else _silence())


def _silence() -> dict[str, Any]:
    empty: list[Any] = []
    names = ("notes", "under", "places", "heads", "bad")
    return dict.fromkeys(names, empty) | {"score": {"text": "", "spans": []}, "beats": 0, "tempo": 120, "beat": 1}


def _music(tune: Tune, read: Checked, stand: Stand, tempo: float) -> dict[str, Any]:
    played = kept.heard(tune, tempo, 0)
    written = shown(tune)
    marks = kept.chords(tune).marks if stand.chords else ()
    text, spans = with_chords(written, [(token, write_chord(chord)) for token, chord in marks])
    notes = zip(played.score.notes, played.tokens, strict=True)
    heads = set(played.tokens)
    return {
        "score": {"text": text, "spans": spans},
        "places": _places(tune, read, written, heads),
        "heads": sorted(heads),
        "bad": _bad(read, sorted(heads)),
        "notes": [[note.pitch, note.onset, note.duration, token] for note, token in notes],
        "under": kept.strummed(tune) if stand.chords else [],
        "beats": played.score.beats,
        "tempo": tempo or tempo_of(tune),
        "beat": 1.5 if tuple(map(int, tune.meter.split("/"))) in COMPOUND else 1,
    }


def with_chords(written: Shown, marks: Iterable[tuple[int, str]]) -> tuple[str, list[tuple[int, int]]]:
    """The text with chord symbols before their tokens, and where every token then stands."""
    names = dict(marks)
    pieces: list[str] = []
    spans, done, length = [], 0, 0
    for token, (start, end) in enumerate(written.spans):
        symbol = f'"{names[token]}"' if token in names else ""
        pieces += (written.text[done:start], symbol, written.text[start:end])
        length += start - done + len(symbol)
        spans.append((length, length + end - start))
        length, done = length + end - start, end
    return "".join((*pieces, written.text[done:])), spans


def _places(tune: Tune, read: Checked, written: Shown, heads: set[int]) -> list[tuple[int, int]]:
    """Where each token stands in the visitor's text; of a note, its length with it."""
    ours = [written.note_span(token) if token in heads else span for token, span in enumerate(written.spans)]
    lengths = [end - start for start, end in ours]
    places = read.places[0]
    after = [*places[1:], len(read.text)]
    reach = (max(1, min(length, following - place)) if following > place else 1
             for place, following, length in zip(places, _next_heads(places, after), lengths, strict=True))  # fmt: skip
    return [(place, place + length) for place, length in zip(places, reach, strict=True)]


def _next_heads(places: tuple[int, ...], after: list[int]) -> list[int]:
    """The place after the next token: a note's length is a token of its own."""
    return [max(first, second) for first, second in zip(after, [*after[1:], after[-1]], strict=True)]


def _bad(read: Checked, heads: list[int]) -> list[int]:
    """The notes that lie in bad places."""
    spots = [(fault.start, fault.end) for fault in read.faults if fault.serious]
    return [token for token in heads if any(start <= read.places[0][token] < end for start, end in spots)]


def _about(one: Candidate, tune: Tune | None) -> str:
    made = _("an example to begin with") if one.is_example else ""
    if one.wish is not None:
        made = _("tune {number} of take {take}").format(number=one.take + 1, take=one.wish.rng_seed)
        made += _(", edited") if one.is_edited else ""
    invalid = tell(one.reason) if one.reason and not one.is_edited else ""
    return " · ".join(said for said in (words.bars_in(tune) if tune else "", made, invalid) if said)


def _labels() -> dict[str, str]:
    return {
        "play": _("Play"),
        "stop": _("Stop"),
        "loop": _("Loop"),
        "tempo": _("Tempo"),
        "chords": _("Chords"),
        "chordsHint": _("Chords under the tune, as the chord model suggests them"),
        "undo": _("Undo"),
        "redo": _("Redo"),
        "print": _("Print or PDF"),
        "abc": _("ABC text"),
        "on": _("Continue from the cursor"),
        "onHint": _("Writes new tunes that begin as this one does, up to the cursor (Ctrl+Enter)"),
        "none": _("No tune is left. Press Write."),
        "silent": _("There is nothing to play yet: type some notes."),
    }
