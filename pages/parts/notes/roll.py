"""The piano roll component: what it is given to draw, and what its presses do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engine.music import Key, Note, Score, pitch_class_of
from engine.notes import Piece
from engine.notewriter import Written
from engine.plots.piano_roll import pretty
from engine.theory import scale, spell
from pages.parts.component import answering, component
from pages.parts.kept import notes as kept_notes
from pages.parts.kept.notes import Progress
from pages.parts.notes.compact import TICKS
from pages.parts.notes.edits import Edit, edited, held, reaches, with_edit
from pages.parts.notes.labels import labels
from pages.parts.notes.writing import base_score, notes_in, takes
from pages.parts.session import acknowledged
from pages.parts.session.notes import DESK, Sketch, Stand

KEY = "roll"
OPENING, NEW, GIVEN = 0, 1, 2  # kinds of notes, as the drawing tells them apart
MOST_PLAYED = 400  # notes that somebody plays as an opening
_LATEST = 4_096  # beats

Row = list[float | int | str]


def roll(progress: Progress | None) -> None:
    """Draws what lies in the roll, or what has been written so far; its presses change the sketch."""
    component("roll", "roll/roll.js", "sounds")(key=KEY, data=_data(progress), on_event_change=answering(KEY, apply))


def _data(progress: Progress | None) -> dict[str, Any]:
    stand = DESK.held()
    score = base_score(stand)
    key = stand.wish.key or (score.key if score else Key("C"))
    shown = _streamed(stand, progress) if progress else _lying(stand, score)
    return shown | {
        "writing": progress is not None,
        "take": stand.sketch.take,
        "tempo": stand.tempo,
        "step": _step(stand.sketch.opening),
        "scale": _scale(key) if stand.wish.lock else None,
        "names": [pretty(spell(pitch_class, key)) for pitch_class in range(12)],
        "keyboard": stand.source == "played",
        "wished": stand.wish.variations,
        "canUndo": bool(stand.history.past) and not progress,
        "canRedo": bool(stand.history.future) and not progress,
        "ack": acknowledged(KEY),
        "labels": labels(stand),
    }


def _lying(stand: Stand, score: Score | None) -> dict[str, Any]:
    if score is None:
        return {"notes": [], "takes": [], "beats": 0, "bars": _empty_bars(stand), "chords": []}
    written = takes(stand)
    mine = written[min(stand.sketch.take, len(written) - 1)] if written else None
    kinds = _kinds(score, mine)
    rows = enumerate(zip(notes_in(stand), kinds, strict=True))
    notes = [[*_row(number, note, kind), note.staff] for number, (note, kind) in rows if note]
    others = [_small(one.score, one) for one in written] if len(written) > 1 else []
    chords = [[onset, pretty(name)] for onset, name in score.chord_names]
    return {"notes": notes, "takes": others, "beats": score.beats, "bars": list(score.bar_edges), "chords": chords}


def _kinds(score: Score, written: Written | None) -> list[int]:
    if written is None:
        return [OPENING] * len(score.notes)
    if written.given:
        return [GIVEN if number in set(written.given) else NEW for number in range(len(score.notes))]
    return [OPENING if note.onset < written.continues_at else NEW for note in score.notes]


def _row(number: int, note: Note, kind: int) -> Row:
    return [number, note.pitch, round(note.onset, 4), round(note.duration, 4), kind]


def _small(score: Score, written: Written) -> dict[str, Any]:
    kinds = _kinds(score, written)
    notes = [_row(number, note, kinds[number]) for number, note in enumerate(score.notes)]
    return {"notes": notes, "beats": score.beats, "share": 1}


def _streamed(stand: Stand, progress: Progress) -> dict[str, Any]:
    """The opening, and behind it what has been written; bars as far as they are wished for."""
    order = stand.sketch.order
    opening = order.opening if order and order.wish.keep_opening else None
    before = kept_notes.score_of(opening) if opening and order and order.task == "continue" else None
    begun = [_row(number, note, OPENING) for number, note in enumerate(before.notes)] if before else []
    lines = [[*begun, *(_row(len(begun) + i, note, NEW) for i, note in enumerate(line))] for line in progress.notes]
    edges = _edges(stand, before, opening)
    small = [{"notes": line, "beats": edges[-1], "share": progress.share} for line in lines]
    take = min(stand.sketch.take, len(lines) - 1)
    return {
        "notes": lines[take],
        "takes": small if len(small) > 1 else [],
        "beats": edges[-1],
        "bars": edges,
        "chords": [],
    }


def _edges(stand: Stand, before: Score | None, opening: Piece | None) -> list[float]:
    order = stand.sketch.order
    if order and order.opening and order.task == "harmonise":
        return list(kept_notes.score_of(order.opening).bar_edges)
    edges = list(before.bar_edges) if before else [0.0]
    bar = float(opening.meter.bar) if opening else stand.wish.meter[0] * 4 / stand.wish.meter[1]
    return [*edges, *(edges[-1] + bar * number for number in range(1, (stand.wish.bars or 16) + 1))]


def _empty_bars(stand: Stand) -> list[float]:
    bar = stand.wish.meter[0] * 4 / stand.wish.meter[1]
    return [bar * number for number in range(5)]


def _step(opening: Piece | None) -> float:
    """The grid that notes are moved on, in beats: triplets where the opening has nothing else."""
    return 1 / 3 if opening is not None and opening.grid.feel == "triplet" else 1 / 4


def _scale(key: Key) -> list[int]:
    """Pitch classes of the scale; minor with both its sixths and sevenths."""
    raised = {(key.pitch_class + 9) % 12, (key.pitch_class + 11) % 12} if key.mode == "minor" else set()
    return sorted({pitch_class_of(name) for name in scale(key)} | raised)


def apply(event: dict[str, Any]) -> None:
    """One press. What does not fit the roll as it is now is an echo, and ignored."""
    stand = DESK.held()
    kind = event.get("type")
    if kind == "undo":
        DESK.put(stand.back_to(stand.history.undone()))
    elif kind == "redo":
        DESK.put(stand.back_to(stand.history.redone()))
    elif kind == "take":
        _choose(stand, event.get("take"))
    elif kind in ("move", "resize", "remove"):
        _edit(stand, event)
    elif kind == "played":
        _played(stand, event.get("notes"))


def _choose(stand: Stand, take: object) -> None:
    """Another variation, as it was written."""
    if type(take) is int and 0 <= take < len(takes(stand)) and take != stand.sketch.take:
        DESK.put(stand.with_sketch(replace(stand.sketch, take=take, edits=())))


def _edit(stand: Stand, event: dict[str, Any]) -> None:
    score, number = base_score(stand), event.get("note")
    if score is None or type(number) is not int or not 0 <= number < len(score.notes):
        return
    lying = edited(score, stand.sketch.edits)
    now = lying[number]
    if now is None:
        return
    if event["type"] == "resize":
        length = _beats(event.get("length"))
        step = _step(stand.sketch.opening)
        new = held(number, now, length, reaches(lying, score)[number], step) if length else None
    else:
        new = Edit(number) if event["type"] == "remove" else _moved(event, number, score)
    if new:
        DESK.put(stand.with_sketch(replace(stand.sketch, edits=with_edit(stand.sketch.edits, new))))


def _moved(event: dict[str, Any], number: int, score: Score) -> Edit | None:
    pitch, onset, length = event.get("pitch"), _beats(event.get("onset")), _beats(event.get("length"))
    if type(pitch) is not int or not 0 <= pitch <= 127 or onset is None or not length:
        return None
    length = min(length, score.beats)
    return Edit(number, pitch, round(min(onset, score.beats - length) * TICKS), max(1, round(length * TICKS)))


def _beats(value: object) -> float | None:
    """A time from outside; not below 0, not beyond any score, and a number at all."""
    usable = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _LATEST
    return float(value) if usable and isinstance(value, int | float) else None


def _played(stand: Stand, notes: object) -> None:
    """Notes from the page's keys, in beats: they are the opening now; none of them takes it away."""
    if stand.source != "played" or not isinstance(notes, list):
        return
    played = tuple(note for each in notes[:MOST_PLAYED] if (note := _note(each)))
    if not played:
        DESK.put(stand.with_sketch(Sketch()))
        return
    piece = kept_notes.piece_of_notes(played, stand.wish.key, stand.wish.meter, float(stand.tempo))
    DESK.put(stand.with_sketch(Sketch(piece)))


def _note(row: object) -> Note | None:
    if not (isinstance(row, list) and len(row) == 3):
        return None
    pitch, onset, length = row[0], _beats(row[1]), _beats(row[2])
    usable = type(pitch) is int and 0 <= pitch <= 127 and onset is not None and length is not None
    return Note(pitch, onset or 0.0, max(1 / 8, length or 0.0)) if usable else None
