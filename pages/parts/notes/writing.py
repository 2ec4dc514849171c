"""Having notes written: the orders, the buttons, progress and stop."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from engine.music import Note, Score
from engine.notes import Piece
from engine.notewriter import Written
from engine.words import Sentence, say
from pages.parts import session
from pages.parts.frame import action, complain
from pages.parts.kept import notes as kept
from pages.parts.kept import own as own_models
from pages.parts.kept.notes import Progress
from pages.parts.language import _
from pages.parts.notes.edits import edited, edited_piece, edited_score
from pages.parts.notes.examples import example
from pages.parts.session import own
from pages.parts.session.notes import DESK, Form, Order, Sketch, Stand, Task, seeded, state

_PLACE = "writing"


def in_hand() -> Progress | None:
    """The progress of what the roll waits for; None when nothing is being written.

    An order that came with a link, or whose result is no longer kept, is begun again: it writes the same notes.
    """
    now, order = state(), DESK.held().sketch.order
    if order is None or order in now.results or order == now.refused:
        return None
    progress = kept.WRITER.progress(now.visitor, order)
    if progress is None:
        kept.WRITER.begin(now.visitor, order)
        progress = kept.WRITER.progress(now.visitor, order)
    return progress


def collect(progress: Progress) -> bool:
    """Takes what is finished. True when the page has to be drawn anew."""
    now, order = state(), DESK.held().sketch.order
    if order is None or not progress.finished:
        return False
    kept.WRITER.leave(now.visitor)
    written = tuple(one for one in progress.written if one.score.notes)
    if progress.problem or not written:
        now.problems[_PLACE] = progress.problem or say("Stopped before the first note.")
    if written:
        now.keep(order, written)
        _lay(order, written)
        return True
    now.refused = order
    stand = DESK.held()
    DESK.put(replace(stand, history=stand.history.undone()) if stand.history.past else _only_opening(stand))
    return True


def _lay(order: Order, written: tuple[Written, ...]) -> None:
    """What a model of one's own wrote is kept as notes too: nobody else has that model."""
    stand = DESK.held()
    if order.mark:
        laid = replace(stand.sketch, own=tuple(one.piece for one in written))
        DESK.put(replace(stand, history=replace(stand.history, present=laid)))


def _only_opening(stand: Stand) -> Stand:
    """A link whose order cannot be written still shows what it was to go on from."""
    return replace(stand, history=replace(stand.history, present=Sketch(stand.sketch.opening)))


def takes(stand: Stand) -> tuple[Written, ...]:
    """The variations that lie in the roll; empty while there is only an opening."""
    order = stand.sketch.order
    return state().results.get(order, ()) if order else ()


def chosen(stand: Stand) -> Written | None:
    found = takes(stand)
    return found[min(stand.sketch.take, len(found) - 1)] if found else None


def base_score(stand: Stand) -> Score | None:
    """What lies in the roll before anything was changed by hand; None for an empty roll."""
    written, opening = chosen(stand), stand.sketch.opening
    score = written.score if written else kept.score_of(opening) if opening else None
    return replace(score, tempo_bpm=float(stand.tempo), instrument=stand.instrument) if score else None


def score_in(stand: Stand) -> Score | None:
    """What is heard, drawn as a score and taken away."""
    score, piece, edits = base_score(stand), piece_in(stand), stand.sketch.edits
    if score is None or piece is None or not edits:
        return score
    return replace(edited_score(score, edits), choir=kept.score_of(piece).choir)


def notes_in(stand: Stand) -> tuple[Note | None, ...]:
    score = base_score(stand)
    return edited(score, stand.sketch.edits) if score else ()


def piece_in(stand: Stand) -> Piece | None:
    """The same as a piece, which can be an opening."""
    written, score = chosen(stand), base_score(stand)
    piece = written.piece if written else stand.sketch.opening
    return edited_piece(piece, score, stand.sketch.edits) if piece and score else None


def buttons(progress: Progress | None) -> None:
    """One row of reserved height: what can be begun, or how far it is and a way to stop it."""
    with st.container(horizontal=True, key="notes_actions", vertical_alignment="center"):
        if progress:
            st.button(_("Stop"), icon=":material/stop:", on_click=_stop, key="notes_stop")
            words = _("Waiting for a free place") if progress.waiting else _("Writing")
            st.progress(min(1.0, progress.share), text=f"{words} {progress.share:.0%}")
            return
        st.button(_go(DESK.held()), type="primary", on_click=action(begin), args=("continue",), key="notes_go")
        st.button(_("Harmonise"), on_click=action(begin), args=("harmonise",), key="notes_harmonise",
                  help=_("Alto, tenor and bass under the melody in the roll."))  # fmt: skip
        if DESK.held().sketch.order:
            st.button(_("Another"), on_click=action(another), key="notes_another", help=_("The next take."))
            st.button(_("Go on from here"), on_click=action(go_on), key="notes_on",
                      help=_("All that is in the roll becomes the opening."))  # fmt: skip
    problem = state().problems.get(_PLACE)
    if problem:
        complain(problem)


def _go(stand: Stand) -> str:
    return _("Begin") if stand.source == "random" else _("Continue")


@action
def _stop() -> None:
    kept.WRITER.stop(state().visitor)
    state().halted = DESK.held().sketch.order


def begin(task: Task) -> None:
    """Orders a continuation of the opening, or voices under the melody in the roll."""
    stand = DESK.held()
    opening = _melody(stand) if task == "harmonise" else _continued(stand)
    if opening is None and (task == "harmonise" or stand.source != "random"):
        state().problems[_PLACE] = _missing(stand)
        return
    _order(stand, "chorale" if task == "harmonise" else stand.form, task, opening)


def another() -> None:
    """The next take of the same."""
    stand = DESK.held()
    stand, order = seeded(stand, (stand.wish.rng_seed + 1) % 10_000), stand.sketch.order
    if order:
        _order(stand, order.form, order.task, order.opening)


def _order(stand: Stand, form: Form, task: Task, opening: Piece | None) -> None:
    """The control of the opening says from now on where this one comes from: what lay in the roll is nobody's file."""
    state().problems.pop(_PLACE, None)
    state().refused = None
    chords = session.sheet().progression
    wish = replace(stand.wish, progression=chords if stand.follow and chords.slots else None)
    order = Order(form, task, wish, opening, _own_mark(form))
    state().results.pop(order, None)
    new = stand.with_sketch(Sketch(opening, order))
    if opening and new.origin == "file" and opening != stand.sketch.opening:
        new = replace(new, brought=opening, opening_bars=999)
    DESK.put(replace(new, source=new.origin))


def _own_mark(form: Form) -> str:
    """Of the model that the page says it writes with: one's own writes melodies."""
    mark = own.mark("notes")
    return mark if form == "melody" and own_models.has("notes", mark) else ""


def _melody(stand: Stand) -> Piece | None:
    """What is harmonised: all that lies in the roll, or once more what was harmonised last."""
    order = stand.sketch.order
    return order.opening if order and order.task == "harmonise" else piece_in(stand)


def _continued(stand: Stand) -> Piece | None:
    """The opening as it is, by hand or not, that of the form that is chosen; a chorale goes on from all four voices."""
    sketch, order = stand.sketch, stand.sketch.order
    if stand.source == "random":
        return None
    if order is None or (stand.form == "chorale" and order.task == "harmonise"):
        return piece_in(stand)
    return example(stand.form) if stand.origin == "example" else sketch.opening


def _missing(stand: Stand) -> Sentence:
    if stand.source == "file":
        return say("There is no opening yet. Choose a file first.")
    if stand.source == "played":
        return say("Nothing has been played yet. Play a few notes first.")
    return say("There is no melody in the roll yet. Press Begin, or choose an opening.")


def go_on() -> None:
    """What is in the roll becomes the opening."""
    stand = DESK.held()
    piece = piece_in(stand)
    if piece:
        source = stand.source if stand.source == "played" else "file"
        DESK.put(replace(stand, source=source, brought=piece, opening_bars=999).with_sketch(Sketch(piece)))
