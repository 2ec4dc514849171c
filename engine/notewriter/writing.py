"""Writing on: several variations abreast, token by token, until an end, a number of bars, or a stop.

Every variation draws from a generator of its own, seeded with (rng_seed, variation): asking for more variations leaves
the first ones as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.music import Note, Score
from engine.notes.nouns import Piece
from engine.notes.scores import score_of
from engine.notewriter.choosing import draw, nats_of, shares
from engine.notewriter.close import Close
from engine.notewriter.form import Reader, reader_of, written_out
from engine.notewriter.heading import Heading
from engine.notewriter.leaning import Leaning
from engine.notewriter.models import NoteModel
from engine.notewriter.opening import heading_for, opening_tokens
from engine.notewriter.repeats import repeated_bars
from engine.notewriter.tones import Tone, Tones, piece_of_tones
from engine.notewriter.vocabulary import TICKS
from engine.notewriter.wish import NoteWish
from engine.recurrent.steps import picked
from engine.theory import write_chord

LONGEST_PIECE = 128  # bars that a model writes when it is left to end by itself
MOST_TOKENS = 6_000  # of one variation, whatever the bars hold
NOTHING_FORCED = -1

Stopped = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Written:
    """One variation. Times of score and piece in beats.

    The continuation begins at `continues_at`: a note is of the opening where its onset is before that. `given` are the
    indices of the score's notes that were given to be harmonised. `ended` tells whether the model closed the piece
    itself; `nats` is the mean surprise of a note to the model; `repeated_bars` the share of the bars written that are
    as the bar before, None with fewer than two.
    """

    score: Score
    piece: Piece
    continues_at: float
    rng_seed: int
    variation: int
    ended: bool
    nats: float
    repeated_bars: float | None
    given: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What has just been written: notes that have ended, how far the variation is (0 to 1), at last the whole."""

    variation: int
    notes: tuple[Note, ...]
    share: float
    written: Written | None = None


def write(model: NoteModel, wish: NoteWish, opening: Piece | None = None) -> tuple[Written, ...]:
    """All variations of a continuation, or of a beginning where there is no opening. Raises UnwritableNotes."""
    return gathered(stream(model, wish, opening))


def gathered(steps: Iterable[Step]) -> tuple[Written, ...]:
    """What a stream has written, by variation."""
    done = [step.written for step in steps if step.written]
    return tuple(sorted(done, key=lambda written: written.variation))


def never() -> bool:
    return False


def stream(model: NoteModel, wish: NoteWish, opening: Piece | None = None, stopped: Stopped = never) -> Iterator[Step]:
    """The same as it is written; where `stopped` says so, each variation ends with what it has.

    Raises UnwritableNotes, at once.
    """
    heading = heading_for(wish, opening)
    reader = reader_of(model.form, heading)
    tokens = opening_tokens(model.form, opening, heading) if opening else []
    return run(model, wish, Commission(reader, tuple(tokens), opening.title if opening else ""), stopped)


@dataclass(frozen=True, slots=True)
class Commission:
    """A reader at the start of a piece, the tokens of the opening, a title, what a given voice forces."""

    reader: Reader
    opening: tuple[int, ...] = ()
    title: str = ""
    forced: Callable[[Reader], int] | None = None  # the token that has to come, or NOTHING_FORCED
    allowed: Callable[[Reader], npt.NDArray[np.bool_]] = lambda reader: reader.allowed()
    share: Callable[[Reader], float] | None = None  # how far it is, where no bars are wished for
    lift: int = 0  # semitones by which the highest voice, a given one, sounds above what the model reads
    close: Close | None = None  # where no bars are wished for


class Pen:
    """One variation while it is written."""

    def __init__(self, number: int, wish: NoteWish, commission: Commission, voices: int) -> None:
        self.number, self.wish, self.commission = number, wish, commission
        self.reader = deepcopy(commission.reader)
        self.random = np.random.default_rng([wish.rng_seed, number])
        self.voices, self.hearing = voices, Tones(voices)
        self.tones: list[Tone] = []
        self.nats, self.drawn, self.tokens = 0.0, 0, 0
        self.done = False
        for token in commission.opening:
            self._take(token)
        self.start = self.reader.now
        self.limit = _limit(wish, self.reader.heading, self.start)
        self.leaning = Leaning(wish, self.reader.heading, self.start, self.limit, commission.close)

    def go_on(self, logits: npt.NDArray[np.float32]) -> int:
        """Chooses and takes the next token; `done` is set when nothing is to follow it."""
        commission = self.commission
        token = commission.forced(self.reader) if commission.forced else NOTHING_FORCED
        if token == NOTHING_FORCED:
            allowed = commission.allowed(self.reader)
            token = draw(shares(logits, allowed, self.leaning.of(self.reader), self.wish), self.random)
            self.nats += nats_of(logits, token, allowed)
            self.drawn += self.reader.voice is not None
        self.tokens += 1
        self._take(token)
        self.done = self.reader.ended or self.tokens >= MOST_TOKENS or self._is_full()
        return token

    def _take(self, token: int) -> None:
        tone = self.hearing.hear(self.reader, token)
        self.reader.read(token)
        if tone:
            self.tones.append(self._lifted(tone))

    def _lifted(self, tone: Tone) -> Tone:
        return tone if tone.voice else replace(tone, pitch=tone.pitch + self.commission.lift)

    def _is_full(self) -> bool:
        last = self.limit if self.limit is not None else LONGEST_PIECE * self.reader.heading.bar
        return self.reader.now >= last

    def share(self) -> float:
        """How much is done, 0 to 1."""
        if self.done:
            return 1.0
        if self.commission.share:
            return self.commission.share(self.reader)
        last = self.limit if self.limit is not None else 32 * self.reader.heading.bar
        return min(0.99, (self.reader.now - self.start) / max(1, last - self.start))

    def finished(self) -> Written:
        """Everything still sounding ends, at the limit at the latest."""
        self.tones += [self._lifted(tone) for tone in self.hearing.finish(self.reader)]
        now = self.reader.now if self.limit is None else min(self.reader.now, self.limit)
        tones = [replace(tone, end=min(tone.end, now)) for tone in self.tones if tone.onset < now]
        return _written(self, tones, now)


def run(model: NoteModel, wish: NoteWish, commission: Commission, stopped: Stopped = never) -> Iterator[Step]:
    """Writes what was commissioned."""
    pens = [Pen(number, wish, commission, model.voices) for number in range(wish.variations)]
    ids, rows = written_out(deepcopy(commission.reader), commission.opening)
    every, first = model.steps.read(ids, rows)
    state = picked(first, np.zeros(len(pens), dtype=np.int64))
    logits = np.repeat(every[-1:], len(pens), axis=0)
    shown = {pen.number: len(pen.tones) for pen in pens}
    while pens:
        halted = stopped()
        chosen = [0 if halted else pen.go_on(row) for pen, row in zip(pens, logits, strict=True)]
        for pen in pens:
            yield from _told(pen, shown, halted)
        left = [i for i, pen in enumerate(pens) if not (pen.done or halted)]
        pens = [pens[i] for i in left]
        if pens:
            rows = np.array([pen.reader.row() for pen in pens])
            logits, state = model.steps.step(picked(state, np.array(left)), np.array([chosen[i] for i in left]), rows)


def _told(pen: Pen, shown: dict[int, int], halted: bool) -> Iterator[Step]:
    """A step where a note has ended or all is written."""
    before = shown[pen.number]
    written = pen.finished() if pen.done or halted else None
    if written or len(pen.tones) > before:
        shown[pen.number] = len(pen.tones)
        offset = 0 if pen.wish.keep_opening else pen.start
        notes = tuple(tone.note(pen.reader.heading, offset) for tone in pen.tones[before:])
        yield Step(pen.number, notes, 1.0 if written else pen.share(), written)


def _limit(wish: NoteWish, heading: Heading, start: int) -> int | None:
    """Where the bars that are wished for end, counted from the bar line at or after the opening's end."""
    if not wish.bars:
        return None
    bars = -((heading.pickup - start) // heading.bar) if start > heading.pickup else 0
    return heading.pickup + (bars + wish.bars) * heading.bar


def _written(pen: Pen, tones: list[Tone], now: int) -> Written:
    heading, start = pen.reader.heading, pen.start if pen.commission.opening else 0
    offset = 0
    if start and not pen.wish.keep_opening:
        offset, after = start, [tone for tone in tones if tone.onset >= start]
        tones = [replace(tone, onset=tone.onset - start, end=tone.end - start) for tone in after]
        heading = replace(heading, pickup=(heading.pickup - start) % heading.bar)
    piece = piece_of_tones(tones, heading, now - offset, pen.commission.title, pen.voices)
    names = _chord_names(pen, start - offset, now - offset)
    score = replace(score_of(piece), chord_names=names, key=pen.reader.heading.key)
    continues = (start - offset) / TICKS
    return Written(
        score,
        piece,
        continues,
        pen.wish.rng_seed,
        pen.number,
        pen.reader.ended,
        round(pen.nats / max(1, pen.drawn), 4),
        repeated_bars(piece, continues),
        _given(score, tones) if pen.commission.forced else (),
    )


def _given(score: Score, tones: list[Tone]) -> tuple[int, ...]:
    """Where the highest voice stands among the notes of the score; of a unison across the staves the upper one."""
    places: dict[tuple[float, int], int] = {}
    for index, note in enumerate(score.notes):
        if note.staff == "right" or (note.onset, note.pitch) not in places:
            places[note.onset, note.pitch] = index
    highest = {(tone.onset / TICKS, tone.pitch) for tone in tones if tone.voice == 0}
    return tuple(sorted(places[place] for place in highest if place in places))


def _chord_names(pen: Pen, start: int, end: int) -> tuple[tuple[float, str], ...]:
    """The chords that were followed, where each begins, as often as the progression went round."""
    progression = pen.wish.progression
    if progression is None:
        return ()
    names, turn, beats = [], start / TICKS, end / TICKS
    while turn < beats:
        for onset, slot in zip(progression.onsets, progression, strict=True):
            if turn + onset < beats:
                names.append((turn + onset, write_chord(slot.chord)))
        turn += progression.beats
    return tuple(names)
