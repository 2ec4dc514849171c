"""What comes in and what goes out: typed or pasted chords, files, the link."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby, islice
from urllib.parse import urlencode

import streamlit as st

from engine.sheet import MAX_TITLE, Sheet, write_link, write_text
from engine.theory import in_notation, write_chord
from pages.parts import edit, kept, session
from pages.parts.bar import key_name
from pages.parts.continuing import continuing
from pages.parts.frame import action, complain, telling, when_changed
from pages.parts.language import _, tell_safely
from pages.parts.naming import file_name
from pages.parts.shown import look

MOST_NAMED = 4  # chords that a file is called after
MOST_NOTES = 6  # about what was typed; more nobody reads
MUSICXML = "application/vnd.recordare.musicxml+xml"


def exchange() -> None:
    """The field under the pads, what it answered, and the row of what goes out."""
    st.text_area(
        _("Type or paste chords"),
        key="widget_typed",
        placeholder=_("Am F C G7 · | Dm7 G7 | C % | · I V vi IV · Do Sol Lam Fa"),
        height=68,
    )
    _answers()
    with st.container(horizontal=True, key="exchange"):
        here = session.work().selected is not None
        # As wide with either word, so that what stands beside it stays.
        st.button(_("Put here") if here else _("Add"), on_click=_enter, args=(False,), key="add", width=104,
                  help=_place_of_typed() if here else None)  # fmt: skip
        st.button(_("Replace all"), on_click=_enter, args=(True,), key="replace_all")
        continuing()
        st.space("stretch")
        # All is there before a pop-up opens: where it opens is chosen by how high it is at that moment.
        with st.popover(_("Download"), icon=":material/download:", key="takeaway"):
            _files(session.sheet())
        with st.popover(_("Link"), icon=":material/link:", key="link"):
            _link(session.sheet())


def _place_of_typed() -> str:
    """Where typed chords go while something is selected, as the pads say it."""
    now, at = session.work(), session.place()
    if now.anchor is not None and not now.inserting:
        return _("Instead of {count} chords").format(count=abs(now.anchor - at) + 1)
    chord = look(session.sheet()).written(session.sheet().progression.slots[at].chord)
    return (_("Before {chord}") if now.inserting else _("Instead of {chord}")).format(chord=chord)


@action
def _enter(anew: bool) -> None:
    telling(edit.enter, beside="typed_problems")(session.widget("typed") or "", anew)
    if not session.work().typed_problems:
        session.mirror("typed", "")


def _answers() -> None:
    """What of the typed text could not be read, or was read as something plainer: beside the field."""
    now = session.work()
    for problem in now.typed_problems:
        complain(problem)
    if now.typed_notes:
        st.caption(" ".join(tell_safely(note) for note in now.typed_notes[:MOST_NOTES]))


def _files(sheet: Sheet) -> None:
    if not sheet.progression.slots:
        st.caption(_("Nothing to download yet. Pick a first chord."))
        return
    _title_field(sheet)
    title, name = title_of(sheet), file_of(sheet)
    _file("MIDI", lambda: kept.midi(sheet, title), f"{name}.mid", "audio/midi")
    _file("MusicXML", lambda: kept.musicxml(sheet, title), f"{name}.musicxml", MUSICXML)
    _file("WAV", lambda: kept.wav(sheet), f"{name}.wav", "audio/wav")
    _file("MP3", lambda: kept.mp3(sheet), f"{name}.mp3", "audio/mpeg")
    _file(_("Text"), lambda: in_notation(write_text(sheet), sheet.letters).encode(), f"{name}.txt", "text/plain")


def _file(label: str, make: Callable[[], bytes], name: str, mime: str) -> None:
    st.download_button(label, make, name, mime, on_click="ignore", width="stretch", key=f"file_{label}")


def _title_field(sheet: Sheet) -> None:
    st.text_input(
        _("Title"),
        key=session.mirror("title", sheet.title),
        max_chars=MAX_TITLE,
        placeholder=_called_after_chords(sheet),
        on_change=when_changed("title", edit.set_title),
    )


def title_of(sheet: Sheet) -> str:
    """What the score is called: as the visitor says, or after its key and the chords it begins with."""
    return sheet.title or _called_after_chords(sheet)


def _called_after_chords(sheet: Sheet) -> str:
    chords = _first(sheet, MOST_NAMED + 1)
    more = " …" if len(chords) > MOST_NAMED else ""
    return _("Chords in {key}: {chords}").format(key=key_name(sheet.key), chords=" ".join(chords[:MOST_NAMED]) + more)


def file_of(sheet: Sheet) -> str:
    after_chords = ("cadencia", key_name(sheet.key), *_first(sheet, MOST_NAMED))
    return file_name(*after_chords) if not sheet.title else file_name(sheet.title)


def _first(sheet: Sheet, count: int) -> list[str]:
    """The first chords by name; one that is struck again is named once."""
    names = (write_chord(slot.chord, sheet.letters) for slot in sheet.progression if not slot.chord.is_silent)
    return list(islice((name for name, _same in groupby(names)), count))


def _link(sheet: Sheet) -> None:
    st.caption(_("This link opens the same chords, key and tempo anywhere Cadencia runs."))
    here = (st.context.url or "").split("?")[0]
    st.code(f"{here}?{urlencode(write_link(sheet))}", language=None, wrap_lines=True)
