"""Having notes written: the orders, the buttons, progress and stop, and what became of it in one quiet line."""

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
from pages.parts.kept.notes import Progress
from pages.parts.language import _
from pages.parts.notes.edits import edited, edited_piece, edited_score
from pages.parts.session import own
from pages.parts.session.notes import DESK, Order, Sketch, Stand, Task, seeded, state

RANGES = (0.15, 0.4, 0.85)  # shares of the bars up to which they are few, some, many; beyond nearly all
AS_OFTEN = 0.03  # of the bars: closer than that nobody hears a difference to real pieces
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
        kept.WRITER.begin(now.visitor, order, own.mark("notes"))
        progress = kept.WRITER.progress(now.visitor, order)
    return progress


def collect(progress: Progress) -> bool:
    """Takes what is finished. True when the page has to be drawn anew."""
    now, order = state(), DESK.held().sketch.order
    if order is None or not progress.finished:
        return False
    kept.WRITER.leave(now.visitor)
    written = tuple(one for one in progress.written if one.score.notes)
    if written:
        now.keep(order, written)
        return True
    now.refused = order
    now.problems[_PLACE] = progress.problem or say("Stopped before the first note.")
    stand = DESK.held()
    DESK.put(replace(stand, history=stand.history.undone()) if stand.history.past else _only_opening(stand))
    return True


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
    score = base_score(stand)
    return edited_score(score, stand.sketch.edits) if score else None


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
    state().problems.pop(_PLACE, None)
    state().refused = None
    stand = DESK.held()
    opening = _opening(stand, task)
    if opening is None and (task == "harmonise" or stand.source != "random"):
        state().problems[_PLACE] = _missing(stand)
        return
    chords = session.sheet().progression
    wish = replace(stand.wish, progression=chords if stand.follow and chords.slots else None)
    order = Order("chorale" if task == "harmonise" else stand.form, task, wish, opening)
    state().results.pop(order, None)
    DESK.put(stand.with_sketch(Sketch(opening, order)))


def _opening(stand: Stand, task: Task) -> Piece | None:
    """Of a continuation the opening as it is, by hand or not; what is harmonised is all that lies in the roll."""
    if task == "harmonise":
        order = stand.sketch.order
        return order.opening if order and order.task == "harmonise" else piece_in(stand)
    if stand.source == "random":
        return None
    return stand.sketch.opening if stand.sketch.order else piece_in(stand)


def _missing(stand: Stand) -> Sentence:
    if stand.source == "file":
        return say("There is no opening yet. Choose a file first.")
    if stand.source == "played":
        return say("Nothing has been played yet. Play a few notes first.")
    return say("There is no melody in the roll yet. Press Begin, or choose an opening.")


def another() -> None:
    """The next take of the same."""
    order = DESK.held().sketch.order
    DESK.put(seeded(DESK.held(), (DESK.held().wish.rng_seed + 1) % 10_000))
    begin(order.task if order else "continue")


def go_on() -> None:
    """What is in the roll becomes the opening."""
    stand = DESK.held()
    piece = piece_in(stand)
    if piece:
        source = stand.source if stand.source == "played" else "file"
        DESK.put(replace(stand, source=source, brought=piece, opening_bars=999).with_sketch(Sketch(piece)))


def told(stand: Stand) -> str:
    """What became of it: which take it is, how it ended, how often a bar came twice. Empty before anything is."""
    written, order = chosen(stand), stand.sketch.order
    if written is None or order is None:
        return ""
    words = [_("Take {number}").format(number=written.rng_seed)]
    if order == state().halted:
        words.append(_("stopped early"))
    elif written.ended and not written.given:
        words.append(_("it came to its end by itself"))
    if written.repeated_bars is not None:
        words.append(repeats(written.repeated_bars, kept.real_repeats(order.form)))
    return " · ".join(words)


def repeats(share: float, real: float | None) -> str:
    """How many of the bars are as the bar before, in words; beside real pieces where their share is known."""
    words = _how_many(share)
    if real is None:
        return words
    if abs(share - real) <= AS_OFTEN:
        return words + _(", as in real pieces")
    return words + (_(", more than in real pieces") if share > real else _(", fewer than in real pieces"))


def _how_many(share: float) -> str:
    """The end of each range belongs to the smaller word."""
    if share <= 0:
        return _("no bar repeats the bar before")
    if share >= 1:
        return _("every bar repeats the bar before")
    few, some, many = RANGES
    if share <= few:
        return _("few bars repeat the bar before")
    if share <= some:
        return _("some bars repeat the bar before")
    return _("many bars repeat the bar before") if share <= many else _("nearly all bars repeat the bar before")


def measured(stand: Stand) -> str | None:
    """The same in figures, for those who want to know."""
    written, order = chosen(stand), stand.sketch.order
    if written is None or order is None or written.repeated_bars is None:
        return None
    real = kept.real_repeats(order.form)
    figures = _("Bars as the bar before: {share}.").format(share=_percent(written.repeated_bars))
    beside = _("In pieces the model never saw: {share}.").format(share=_percent(real)) if real is not None else ""
    return f"{figures} {beside}".strip()


def _percent(share: float) -> str:
    """As many digits as matter.

    >>> _percent(0.0034), _percent(0.25), _percent(0.0)
    ('0.3 %', '25 %', '0 %')
    """
    return f"{100 * share:.1f} %" if 0 < share < 0.1 else f"{100 * share:.0f} %"
