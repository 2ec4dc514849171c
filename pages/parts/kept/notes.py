"""Notes behind the pages: models read once, a writer in the background, what was written as files and sound.

The writer gives every visitor one thread at most and lets two write at a time; the others wait in the order the system
wakes them. A thread ends when its visitor stops it, begins something else, or is not seen for a while.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import BoundedSemaphore, Lock

from engine import engrave, notes, notewriter, render, synth
from engine.music import Audio, Key, Note, Score
from engine.notes import Piece
from engine.notewriter import NoteModel, NoteWish, Step, UnwritableNotes, Written
from engine.words import Sentence, say
from pages.parts.kept import own
from pages.parts.kept.background import MOST_AT_ONCE, Background
from pages.parts.session.notes import Form, Order

MOST_WAITING = 30  # visitors with a thread, a class
_PAUSE = 0.002  # seconds after every step, so that pages come first

_loading = Lock()
_reading = BoundedSemaphore(MOST_AT_ONCE)


def model(form: Form) -> NoteModel:
    """A note model, read once for all. Raises CheckpointError."""
    with _loading:
        return _model(form)


@lru_cache(maxsize=2)
def _model(form: Form) -> NoteModel:
    return notewriter.load(form)


def real_repeats(form: Form) -> float | None:
    """The share of bars that are as the bar before in pieces the model never saw; None where its card is silent."""
    told: object = model(form).card.get("metrics")
    for name in ("bars as the bar before", "held-out pieces"):
        told = told.get(name) if isinstance(told, Mapping) else None
    return told if isinstance(told, float) else None


@lru_cache(maxsize=8)
def piece_in(data: bytes, name: str) -> Piece:
    """The piece in a file, read under the limits of its room, for two visitors at a time. Raises UnreadableNotes."""
    with _reading:
        return notes.read(data, name)


def first_bars(piece: Piece, bars: int) -> Piece:
    return notewriter.first_bars(piece, bars)


def piece_of_notes(played: tuple[Note, ...], key: Key | None, meter: tuple[int, int], tempo_bpm: float) -> Piece:
    return notewriter.piece_of_notes(played, key, meter, tempo_bpm)


@lru_cache(maxsize=32)
def score_of(piece: Piece) -> Score:
    return notes.score_of(piece)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a thread is: notes so far by variation, the share done (0 to 1), at the end the whole or the problem."""

    notes: tuple[tuple[Note, ...], ...]
    share: float
    waiting: bool = False
    finished: bool = False
    written: tuple[Written, ...] = ()
    problem: Sentence | None = None


class Job(Background):
    """One visitor's order."""

    def __init__(self, order: Order, places: BoundedSemaphore) -> None:
        super().__init__(places, say("The notes could not be written. Try again with other settings."))
        self.order = order
        self._notes: list[list[Note]] = [[] for _ in range(order.wish.variations)]
        self._shares = [0.0] * order.wish.variations
        self._written: list[Written] = []

    def write(self) -> None:
        for step in steps(self):
            with self.lock:
                self._notes[step.variation] += step.notes
                self._shares[step.variation] = step.share
                self._written += [step.written] if step.written else []
            time.sleep(_PAUSE)

    def progress(self) -> Progress:
        with self.lock:
            self.looked()
            share = sum(self._shares) / max(1, len(self._shares))
            written = tuple(sorted(self._written, key=lambda one: one.variation)) if self.over else ()
            so_far = tuple(tuple(line) for line in self._notes)
            return Progress(so_far, share, self.waiting, self.over, written, self.problem)


class Writer:
    """Writes in the background; safe to call from every visitor's thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._jobs: dict[str, Job] = {}
        self._places = BoundedSemaphore(MOST_AT_ONCE)

    def begin(self, visitor: str, order: Order) -> None:
        """Starts an order and ends the one before. Where too many wait, the progress says so at once."""
        job = Job(order, self._places)
        with self._lock:
            self._leave(visitor)
            self._jobs = {name: old for name, old in self._jobs.items() if not old.stopped()}
            crowded = sum(not old.over for old in self._jobs.values()) >= MOST_WAITING
            self._jobs[visitor] = job
        if crowded:
            job.end(say("Too many people are having notes written. Try again in a minute."))
        else:
            job.begin("notes")

    def progress(self, visitor: str, order: Order) -> Progress | None:
        """How far the visitor's order is; None when this one is not in hand."""
        with self._lock:
            job = self._jobs.get(visitor)
        return job.progress() if job and job.order == order else None

    def stop(self, visitor: str) -> None:
        """Each variation ends with what it has."""
        with self._lock:
            job = self._jobs.get(visitor)
        if job:
            job.stop()

    def leave(self, visitor: str) -> None:
        """Nobody wants it any more."""
        with self._lock:
            self._leave(visitor)

    def _leave(self, visitor: str) -> None:
        job = self._jobs.pop(visitor, None)
        if job:
            job.stop()


def steps(job: Job) -> Iterator[Step]:
    """What the order's model writes, as it writes it. Raises UnwritableNotes, CheckpointError."""
    order = job.order
    wish: NoteWish = order.wish
    if order.task == "harmonise" and order.opening:
        return notewriter.stream_harmony(model("chorale"), wish, order.opening, job.stopped)
    return notewriter.stream(_writer(order), wish, order.opening, job.stopped)


def _writer(order: Order) -> NoteModel:
    """Of a melody the visitor's own model, if the order was given to one: no other writes the same notes."""
    if not order.mark:
        return model(order.form)
    mine = own.note_model(order.mark)
    if mine is None:
        raise UnwritableNotes(say("Your own model is no longer here. Choose it again, or go back to the house's."))
    return mine


WRITER = Writer()


@lru_cache(maxsize=16)
def midi(score: Score) -> bytes:
    return render.to_midi(score)


@lru_cache(maxsize=8)
def musicxml(score: Score) -> bytes:
    return render.to_musicxml(score)


@lru_cache(maxsize=8)
def engraving(score: Score, ink: str) -> str:
    """The score as SVG in the colour `ink`."""
    return engrave.to_svg(musicxml(score), ink)


# Minutes of sound are tens of megabytes: two pieces, whoever asks.
@lru_cache(maxsize=2)
def audio(score: Score) -> Audio:
    return synth.synthesize(midi(score))


@lru_cache(maxsize=2)
def wav(score: Score) -> bytes:
    return synth.to_wav(audio(score))


def mp3(score: Score) -> bytes:
    return synth.to_mp3(audio(score))
