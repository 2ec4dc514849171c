"""Which token may follow so that a tune can still become valid: the sampler's mask.

A state machine over the model's tokens. It knows the meter (how much of the bar is left and whether that can be filled
exactly), what is open (chord, tuplet, tie), and the plan above the bars (`form`). It never paints itself into a corner:
a token is allowed only when an ending can be reached from there.

Stricter than reading is: chords have 2 to 4 different notes of one length, a tuplet ends on the grid of the bar, a tied
note is followed by the same note and a tied chord by one that holds it, readable without accidentals (`chords`).

What is drawn is held to more than what is given: a first ending has four bars at most and the second as many, and no
pitch needs a double sharp or flat. `allowed` is what may be drawn; `advance` also goes on over what people write, and
from wherever that leads the mask leads to an end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count

import numpy as np
import numpy.typing as npt

from engine.abc.chords import again, bare, within
from engine.abc.faults import FINEST
from engine.abc.form import Form, Place, Plan
from engine.abc.lengths import EIGHTH, Filling, bar_ticks, meter_numbers, ticks_of
from engine.abc.past import State
from engine.abc.swing import SWUNG, swing_after
from engine.abc.tokens import CLOSE, END, KEYS, METERS, OPEN, REST, TIE, from_tonic, pitch_of
from engine.errors import EngineError
from engine.words import say

Mask = npt.NDArray[np.bool_]
Ends = Mapping[int, frozenset[str]]

MOST_MASKS = 20_000  # kept; a mask is as many bytes as the vocabulary has tokens
HEADER = ("R:", "M:", "K:")
METERS_OF = {"hornpipe": ("2/4", "4/4")}  # where a type leaves no choice: abc2midi refuses others


class NotAllowed(EngineError):
    """A token that cannot follow."""


class Grammar:
    """The mask for one vocabulary. `plan` is the form wished, `strict` for writing. Safe to share between threads."""

    def __init__(self, words: Sequence[str], plan: Plan | None = None, *, strict: bool = True) -> None:
        self.words = tuple(words)
        self._plan = plan or Plan()
        self._given = Grammar(words, plan, strict=False) if strict else None
        self._ids = {word: number for number, word in enumerate(self.words)}
        self._lengths = {word: ticks_of(word) for word in words if word[:1].isdigit() or word[:1] == "/"}
        self._bare = {word: bare(word) for word in words if pitch_of(word) is not None}
        self._tuplets = {word: int(word[1:]) for word in words if word[:1] == "(" and word[1:].isdigit()}
        self._durations = (EIGHTH, *(ticks for ticks in self._lengths.values() if ticks))
        self._meters: dict[str, tuple[Form, Filling]] = {}
        self._ends: dict[tuple[str, Place], tuple[Ends, int]] = {}
        self._numbers: dict[frozenset[tuple[int, frozenset[str]]], int] = {}
        self._count = count()
        self._masks: dict[object, Mask] = {}
        self._doubles: dict[str, set[str]] = {}

    def start(self) -> State:
        """Before the header."""
        return State()

    def allowed(self, state: State) -> Mask:
        """What may follow, one truth value per token of the vocabulary; read-only."""
        key = self._key(state)
        mask = self._masks.get(key)
        if mask is None:
            if len(self._masks) >= MOST_MASKS:
                self._masks.clear()
            mask = self._masks[key] = self._mask(state)
        # A bar that was given may be too long to be the last of an ending already: one more is allowed then.
        return mask if self._given is None or mask.any() else self._given.allowed(state)

    def allows(self, state: State, token: str) -> bool:
        return token in self._ids and bool(self.allowed(state)[self._ids[token]])

    def advance(self, state: State, token: str) -> State:
        """The state after one token more, drawn or given. Raises NotAllowed."""
        if not self.allows(state, token):
            if self._given is not None:
                return self._given.advance(state, token)
            raise NotAllowed(say("{token} cannot follow here.", token=token))
        if state.header < 3:
            before = zip(HEADER, (state.rhythm, state.meter, state.key), strict=True)
            rhythm, meter, key = (token[2:] if token.startswith(mark) else known for mark, known in before)
            return State(state.header + 1, rhythm, meter, key)
        if token in self._lengths:
            return self._lasting(state, self._lengths[token])._replace(last="length")
        if token in self._bare or token in (REST, OPEN, CLOSE):
            return self._sounding(state, token)
        return self._marking(self._settled(state), token)

    def to_end(self, state: State) -> int:
        """Ticks from here to where the tune may be over with this bar; 0 where it may not, or a tuplet is open."""
        if state.header < 3 or state.tuplet or state.last in ("open", "inside"):
            return 0
        state, form = self._settled(state), self._form(state)
        ends = ((length, line) for length, lines in self._ends_of(state)[0].items() for line in lines)
        over = (length for length, line in ends if END in form.opens(form.closed(state.place, length, line))[0])
        return min((length - state.at for length in over if length > state.at), default=0)

    # --- going on ---------------------------------------------------------------------------------------------------

    def _sounding(self, state: State, token: str) -> State:
        if token == CLOSE:
            return state._replace(last="note", tied=frozenset())
        if state.last in ("open", "inside"):
            twice = state.again or again(state.pitches, token)
            return state._replace(last="inside", pitches=state.pitches | {self._bare[token]}, again=twice)
        state = self._settled(state)
        if token == OPEN:
            return state._replace(last="open", pitches=frozenset(), again=False)
        pitches = frozenset() if token == REST else frozenset({self._bare[token]})
        return state._replace(last="note", pitches=pitches, again=False, tied=frozenset())

    def _marking(self, state: State, token: str) -> State:
        if token == TIE:
            return state._replace(last="tie", tied=state.pitches)
        if token in self._tuplets:
            notes = self._tuplets[token]
            return state._replace(last="tuplet", tuplet=(notes, notes, 0))
        if token == END:
            return state._replace(ended=True)
        if state.at == 0:
            return state._replace(last="mark", place=self._form(state).marked(state.place, token))
        place = self._form(state).closed(state.place, state.at, token)
        place = place if self._given is not None else place.spanning()
        return state._replace(place=place, at=0, last="edge", pitches=frozenset())

    def _settled(self, state: State) -> State:
        """A note that got no length lasts an eighth."""
        return self._lasting(state, EIGHTH)._replace(last="length") if state.last == "note" else state

    def _lasting(self, state: State, ticks: int) -> State:
        """The last note has its length."""
        if state.rhythm == SWUNG:
            swing = swing_after(state.swing, len(state.pitches), ticks, state.tuplet, self._form(state).full // 8)
            state = state._replace(swing=swing)
        if state.tuplet is None:
            return state._replace(at=state.at + ticks)
        notes, left, spent = state.tuplet
        if left > 1:
            return state._replace(tuplet=(notes, left - 1, spent + ticks))
        taken = self._filling(state).taken(notes, spent + ticks)
        return state._replace(tuplet=None, at=state.at + taken)

    # --- what may follow --------------------------------------------------------------------------------------------

    def _mask(self, state: State) -> Mask:
        mask = np.zeros(len(self.words), dtype=np.bool_)
        found = self._tokens(state) - (self._doubled(state.key) if self._given is not None else set())
        mask[[self._ids[token] for token in found if token in self._ids]] = True
        mask.setflags(write=False)
        return mask

    def _tokens(self, state: State) -> set[str]:
        if state.ended:
            return set()
        if state.header < 3:
            found = {word for word in self.words if word.startswith(HEADER[state.header])}
            meters = METERS_OF.get(state.rhythm, METERS)
            return found & {f"M:{meter}" for meter in meters} if state.header == 1 else found
        if state.last in ("open", "inside"):
            return self._in_chord(state)
        if state.last != "note":
            return self._before_note(state)
        fitting = self._fitting(state, single=len(state.pitches) == 1)
        found = {word for word, ticks in self._lengths.items() if ticks in fitting}
        return found | self._before_note(self._settled(state)) if EIGHTH in fitting else found

    def _doubled(self, key: str) -> set[str]:
        """Pitches that are written with a double sharp or flat in this key: what the notes around it hardly ever mean.

        The tonic form hides them: a raised sixth is the minor's habit, and in dorian it is raised already.
        """
        if key not in self._doubles:
            known = key in KEYS
            self._doubles[key] = {word for word in self._bare if known and from_tonic(word, key)[:2] in ("^^", "__")}
        return self._doubles[key]

    def _in_chord(self, state: State) -> set[str]:
        found = within(self._bare, state.pitches, state.tied, strict=self._given is not None)
        return found | {CLOSE} if len(state.pitches) > 1 and state.tied <= state.pitches else found

    def _before_note(self, state: State) -> set[str]:
        """What may stand where no note is waiting for its length."""
        found: set[str] = set()
        notes = True
        if state.at == 0 and state.last in ("edge", "mark") and state.tuplet is None:
            marks, notes = self._form(state).opens(state.place)
            if not state.tied:
                found |= marks
        if notes:
            found |= self._notes(state)
        if state.tuplet is None and state.last == "length":
            found |= self._lines(state)
        if state.last == "length" and state.pitches and self._holds(state):
            found.add(TIE)
        if state.last == "tie":
            found |= self._lines(state) & {"|"}
        return found

    def _notes(self, state: State) -> set[str]:
        """Pitches, rests, chords and tuplets that can begin here."""
        if not self._fitting(state):
            return set()
        found = {OPEN} if len(state.tied) != 1 else set(state.tied)
        if not state.tied:
            found |= {REST, *(self._bare if self._fitting(state, single=True) else ())}
        if state.tuplet is None:
            rests = self._rests(state)
            filling = self._filling(state)
            found |= {word for word, n in self._tuplets.items() if any(filling.tuplet(n, n, 0, rest) for rest in rests)}
        return found

    def _holds(self, state: State) -> bool:
        """Whether a tie after the note just written can be followed by what it holds."""
        if not all(pitch in self._ids for pitch in state.pitches) or (state.again and self._given is not None):
            return False
        more = any(rest > 0 and self._filling(state).fills(rest) for rest in self._rests(state))
        return more or state.tuplet is not None or "|" in self._lines(state)

    def _fitting(self, state: State, *, single: bool = False) -> set[int]:
        """The ticks that a rest or chord, or a single note, may have here."""
        found = {ticks for ticks in self._durations if self._fits(state, ticks)}
        swings = single and state.swing == "rest" and state.tuplet is None and self._given is not None
        return found - {self._form(state).full // 8} if swings else found

    def _fits(self, state: State, ticks: int) -> bool:
        """Whether a note of so many ticks leaves a bar that can be filled."""
        filling = self._filling(state)
        if state.tuplet is None:
            return any(filling.fills(rest - ticks) for rest in self._rests(state))
        notes, left, spent = state.tuplet
        return any(filling.tuplet(notes, left - 1, spent + ticks, rest) for rest in self._rests(state))

    def _lines(self, state: State) -> frozenset[str]:
        """Bar lines that may end the bar where it is now."""
        return self._ends_of(state)[0].get(state.at, frozenset()) if state.tuplet is None else frozenset()

    def _rests(self, state: State) -> tuple[int, ...]:
        """The ticks that may still come in this bar (from the start of the tuplet, if one is open)."""
        return tuple(length - state.at for length in self._ends_of(state)[0] if length >= state.at)

    # --- what is remembered -----------------------------------------------------------------------------------------

    def _key(self, state: State) -> object:
        """All of a state that its mask depends on: plans that allow the same here share their masks."""
        if state.header < 3 or state.ended:
            return state.header, state.ended, state.rhythm if state.header == 1 else ""
        edge = state.at == 0 and state.last in ("edge", "mark")
        opens = self._form(state).opens(state.place) if edge else None
        pitches = state.pitches if state.last in ("open", "inside") else min(2, len(state.pitches))
        where = state.meter, state.key, self._ends_of(state)[1], opens, state.at
        return *where, state.last, state.tuplet, pitches, state.again, state.tied, state.swing == "rest"

    def _ends_of(self, state: State) -> tuple[Ends, int]:
        """The lengths this bar may have with their bar lines, and a number that tells such tables apart."""
        key = (state.meter, state.place)
        found = self._ends.get(key)
        if found is None:
            if len(self._ends) >= MOST_MASKS:
                self._ends.clear()
            ends = self._form(state).ends(state.place)
            number = self._numbers.setdefault(frozenset(ends.items()), next(self._count))
            found = self._ends[key] = ends, number
        return found

    def _form(self, state: State) -> Form:
        return self._meter(state)[0]

    def _filling(self, state: State) -> Filling:
        return self._meter(state)[1]

    def _meter(self, state: State) -> tuple[Form, Filling]:
        if state.meter not in self._meters:
            meter = meter_numbers(state.meter)
            full = bar_ticks(meter)
            filling = Filling(self._durations, meter)
            strict = self._given is not None
            step = EIGHTH // 2 if strict else FINEST
            shorts = [ticks for ticks in range(step, full, step) if filling.fills(full - ticks)]
            self._meters[state.meter] = Form(full, shorts, self._plan, strict=strict), filling
        return self._meters[state.meter]
