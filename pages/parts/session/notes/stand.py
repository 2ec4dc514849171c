"""What stands on the notes page: settings, the opening, what was ordered, what was changed by hand; all frozen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from engine.history import History
from engine.notes import Piece, score_of
from engine.notewriter import NoteWish
from pages.parts.notes.edits import Edits, edited_piece
from pages.parts.notes.examples import example

Form = Literal["melody", "chorale"]
Source = Literal["example", "random", "file", "played"]
Task = Literal["continue", "harmonise"]


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked of a model. The same order gives the same notes, where that model is."""

    form: Form
    task: Task
    wish: NoteWish
    opening: Piece | None = None
    mark: str = ""  # of a model of the visitor's own, which writes nowhere else; empty: the house's


@dataclass(frozen=True, slots=True)
class Sketch:
    """What lies in the roll: an opening, or what was written after it, and what was changed by hand."""

    opening: Piece | None = None
    order: Order | None = None
    take: int = 0  # the variation that is looked at
    edits: Edits = ()
    own: tuple[Piece, ...] = ()  # what a model of the visitor's own wrote, by variation: no link writes it


@dataclass(frozen=True, slots=True)
class Stand:
    """`brought` is the whole piece of a file, of which `opening_bars` are used; a link holds only those."""

    form: Form = "melody"
    source: Source = "example"
    wish: NoteWish = field(default_factory=lambda: NoteWish(bars=8))
    tempo: int = 100
    instrument: int = 0
    follow: bool = False
    opening_bars: int = 4
    brought: Piece | None = None
    history: History[Sketch] = field(default_factory=lambda: History(Sketch(example("melody"))))

    @property
    def sketch(self) -> Sketch:
        return self.history.present

    def with_sketch(self, sketch: Sketch) -> Stand:
        return replace(self, history=self.history.changed(sketch))

    @property
    def origin(self) -> Source:
        """Where what lies in the roll came from, which may not be what is chosen for the next time."""
        sketch = self.sketch
        if sketch.opening is None:
            return "random" if sketch.order else self.source
        if sketch.opening in (example("melody"), example("chorale")):
            return "example"
        return "played" if self.source == "played" else "file"

    @property
    def portable(self) -> Stand:
        """What others can have of it: what a model of one's own wrote goes with them as notes, an opening of theirs."""
        sketch = self.sketch
        if sketch.order is None or not sketch.order.mark:
            return self
        if not sketch.own:
            return replace(self, source=self.origin, history=History(Sketch(sketch.opening)))
        piece = sketch.own[min(sketch.take, len(sketch.own) - 1)]
        laid = edited_piece(piece, score_of(piece), sketch.edits)
        source: Source = "played" if self.source == "played" else "file"
        return replace(self, source=source, brought=laid, opening_bars=999, history=History(Sketch(laid)))

    def back_to(self, history: History[Sketch]) -> Stand:
        """After undo or redo: the settings are those that what lies in the roll came by."""
        order, opening = history.present.order, history.present.opening
        source = replace(self, history=history).origin
        brought = opening if source == "file" and self.brought is None else self.brought
        back = replace(self, history=history, form=self._form_of(history.present), source=source, brought=brought)
        if order is None or order == self.sketch.order:
            return back
        return replace(back, wish=replace(order.wish, progression=None))

    def _form_of(self, sketch: Sketch) -> Form:
        """What goes on from it: a melody that was harmonised is a melody still."""
        if sketch.order and sketch.order.task == "continue":
            return sketch.order.form
        if sketch.order is None and sketch.opening == example("chorale"):
            return "chorale"
        return "melody" if sketch.opening == example("melody") else self.form


def seeded(stand: Stand, rng_seed: int) -> Stand:
    return replace(stand, wish=replace(stand.wish, rng_seed=rng_seed))
