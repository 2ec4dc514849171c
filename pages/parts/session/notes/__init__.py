"""What a visitor has on the notes page: settings, the opening, what was written, what was changed by hand.

All that a link can carry is in the link. What the house's model wrote is not:
the same wish writes the same notes again. What one's own model wrote goes along as an opening.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from secrets import token_hex

from engine.notewriter import Written
from engine.words import Sentence
from pages.parts.session.desk import Desk
from pages.parts.session.notes.link import METERS, TEMPO_RANGE, fits_link, read, write
from pages.parts.session.notes.stand import Form, Order, Sketch, Source, Stand, Task, seeded
from pages.parts.session.store import entries

__all__ = [
    "DESK",
    "METERS",
    "TEMPO_RANGE",
    "Form",
    "Order",
    "Sketch",
    "Source",
    "Stand",
    "State",
    "Task",
    "fits_link",
    "read",
    "seeded",
    "state",
    "write",
]
_STATE = "notes_state"
_KEPT_RESULTS = 6  # of one visit, so that undo shows the ones before at once
DESK: Desk[Stand] = Desk("notes", read, write)


@dataclass
class State:
    """Of this visit: a mark that only the writer knows, what was written, and refusals."""

    visitor: str = field(default_factory=lambda: token_hex(12))
    results: OrderedDict[Order, tuple[Written, ...]] = field(default_factory=OrderedDict)
    refused: Order | None = None  # was tried and cannot be written
    halted: Order | None = None  # was stopped by the visitor
    problems: dict[str, Sentence] = field(default_factory=dict)  # by the place where they are told
    uploads: int = 0  # how many files were taken: a new uploader after each

    def keep(self, order: Order, written: tuple[Written, ...]) -> None:
        self.results[order] = written
        while len(self.results) > _KEPT_RESULTS:
            self.results.popitem(last=False)


def state() -> State:
    held: State = entries().setdefault(_STATE, State())
    return held
