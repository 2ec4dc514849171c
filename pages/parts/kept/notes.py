"""Notes behind the pages: models read once, a writer in the background, what was written as files and sound.

The writer gives every visitor one thread at most and lets two write at a time; the others wait in the order the system
wakes them. A thread ends when its visitor stops it, begins something else, or is not seen for a while.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from threading import BoundedSemaphore, Event, Lock, Thread

from engine import engrave, notes, notewriter, render, synth
from engine.errors import EngineError
from engine.music import Audio, Key, Note, Score
from engine.notes import Piece
from engine.notewriter import NoteModel, NoteWish, Step, Written
from engine.words import Sentence, say
from pages.parts.kept import own
from pages.parts.session.notes import Form, Order

MOST_AT_ONCE = 2  # threads that write, so that pages stay quick on two cores
MOST_WAITING = 30  # visitors with a thread, a class
GONE = 20.0  # seconds without a look, after which a visitor has left
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


@dataclass
class _Job:
    """One visitor's order; every field is read and changed under its lock."""

    order: Order
    mark: str = ""  # of a model of the visitor's own, which writes melodies
    lock: Lock = field(default_factory=Lock)
    halt: Event = field(default_factory=Event)
    seen: float = field(default_factory=time.monotonic)
    notes: list[list[Note]] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)
    problem: Sentence | None = None
    waiting: bool = True
    finished: bool = False

    def over(self) -> bool:
        """Whether to stop: asked to, or nobody looks any more."""
        return self.halt.is_set() or time.monotonic() - self.seen > GONE

    def take(self, step: Step) -> None:
        with self.lock:
            self.notes[step.variation] += step.notes
            self.shares[step.variation] = step.share
            self.written += [step.written] if step.written else []

    def refuse(self, problem: Sentence) -> None:
        with self.lock:
            self.problem, self.finished, self.waiting = problem, True, False

    def progress(self) -> Progress:
        with self.lock:
            self.seen = time.monotonic()
            share = sum(self.shares) / max(1, len(self.shares))
            written = tuple(sorted(self.written, key=lambda one: one.variation)) if self.finished else ()
            so_far = tuple(tuple(line) for line in self.notes)
            return Progress(so_far, share, self.waiting, self.finished, written, self.problem)


class Writer:
    """Writes in the background; safe to call from every visitor's thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._jobs: dict[str, _Job] = {}
        self._places = BoundedSemaphore(MOST_AT_ONCE)

    def begin(self, visitor: str, order: Order, mark: str = "") -> None:
        """Starts an order and ends the one before. Where too many wait, the progress says so at once."""
        count = order.wish.variations
        job = _Job(order, mark, notes=[[] for _ in range(count)], shares=[0.0] * count)
        with self._lock:
            self._leave(visitor)
            self._jobs = {name: old for name, old in self._jobs.items() if not old.over()}
            crowded = sum(not old.finished for old in self._jobs.values()) >= MOST_WAITING
            self._jobs[visitor] = job
        if crowded:
            job.refuse(say("Too many people are having notes written. Try again in a minute."))
            return
        Thread(target=self._run, args=(job,), name="notes", daemon=True).start()

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
            job.halt.set()

    def leave(self, visitor: str) -> None:
        """Nobody wants it any more."""
        with self._lock:
            self._leave(visitor)

    def _leave(self, visitor: str) -> None:
        job = self._jobs.pop(visitor, None)
        if job:
            job.halt.set()

    def _run(self, job: _Job) -> None:
        while not self._places.acquire(timeout=0.1):
            if job.over():
                break
        else:
            try:
                self._write(job)
            finally:
                self._places.release()
        with job.lock:
            job.finished, job.waiting = True, False

    @staticmethod
    def _write(job: _Job) -> None:
        with job.lock:
            job.waiting = False
        try:
            for step in steps(job):
                job.take(step)
                time.sleep(_PAUSE)
        except EngineError as error:
            with job.lock:
                job.problem = error.sentence


def steps(job: _Job) -> Iterator[Step]:
    """What the order's model writes, as it writes it."""
    order = job.order
    wish: NoteWish = order.wish
    if order.task == "harmonise" and order.opening:
        return notewriter.stream_harmony(model("chorale"), wish, order.opening, job.over)
    mine = own.note_model(job.mark) if order.form == "melody" else None
    return notewriter.stream(mine or model(order.form), wish, order.opening, job.over)


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
