"""What the roll says, in the reader's language."""

from __future__ import annotations

from pages.parts.language import _
from pages.parts.session.notes import Stand


def labels(stand: Stand) -> dict[str, str]:
    order = stand.sketch.order
    harmony = order is not None and order.task == "harmonise"
    return {
        "roll": _(
            "Piano roll. Left and right walk over the notes, up and down change the pitch, with Shift left and right "
            "change the time, comma and full stop make a note shorter and longer, Delete takes it away."
        ),
        "play": _("Play"),
        "stop": _("Stop"),
        "undo": _("Undo"),
        "redo": _("Redo"),
        "remove": _("Remove"),
        "closer": _("Zoom in"),
        "wider": _("Zoom out"),
        "whole": _("Show all bars"),
        "opening": _("Given melody") if harmony else _("Opening"),
        "new": _("Three new voices") if harmony else _("Written by the model"),
        "bar": _("bar"),
        "beat": _("beat"),
        "lastsOne": _("1 beat long"),
        "lasts": _("{length} beats long"),
        "take": _("Variation"),
        "takes": _("Variations"),
        "empty": _invitation(stand),
        "hint": _("Press a note to hear it, drag it to move it, pull its right edge to change its length."),
        "keyboard": _("Piano keys"),
        "again": _("Start over"),
        "lower": _("Octave lower"),
        "higher": _("Octave higher"),
        "midi": _("MIDI keyboard"),
        "noMidi": _("No MIDI keyboard was found. Plug one in and press again."),
        "letters": _("Letters A to L play, Z and X change the octave."),
    }


def _invitation(stand: Stand) -> str:
    if stand.source == "file":
        return _("Choose a file above: its first bars will stand here.")
    if stand.source == "played":
        return _("Play a few notes below: they will stand here.")
    return _("Press Begin, and the model writes here from nothing.")
