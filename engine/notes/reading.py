"""A file of notes of any kind to a piece: what it is decides its content, not its name."""

from __future__ import annotations

import re

from engine.notes.assembly import MOST_BEATS
from engine.notes.markup import MOST_XML, is_archive
from engine.notes.midi import read_midi
from engine.notes.musicxml import read_musicxml
from engine.notes.nouns import Piece, UnreadableNotes
from engine.notes.raw import MOST_NOTES, clean
from engine.notes.smf import HEADER_WITHIN, MOST_BYTES, MOST_TRACKS
from engine.notes.tunes import read_abc
from engine.words import say

LIMITS = say(
    "MIDI files of up to {midi} MB and MusicXML of up to {xml} MB, with {tracks} tracks and {notes} notes, are read up "
    "to beat {beats}.",
    midi=MOST_BYTES // 1_000_000, xml=MOST_XML // 1_000_000, tracks=MOST_TRACKS, notes=MOST_NOTES, beats=MOST_BEATS,
)  # fmt: skip

_MARKUP = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"\xfe\xff\x00<")
_ABC_FIELD = re.compile(rb"^[ \t]*[XTMLKR]:", re.MULTILINE)


def read(data: bytes, name: str = "") -> Piece:
    """The piece in a MIDI file, MusicXML (plain or compressed) or ABC text; `name` is only for the words of a refusal.

    Raises UnreadableNotes with the reason, and what to do.
    """
    if not data:
        raise UnreadableNotes(say("The file is empty. Choose a file that holds notes."))
    if is_archive(data) or data[:200].lstrip().startswith(_MARKUP):
        return read_musicxml(data)
    if data.find(b"MThd", 0, HEADER_WITHIN) >= 0:
        return read_midi(data)
    if _ABC_FIELD.search(data[:4_000]):
        return read_abc(data)
    raise UnreadableNotes(
        say("{name} is neither MIDI nor MusicXML nor ABC, whatever its name says. Choose a file of one of these kinds.",
            name=clean(name) or say("The file"))
    )  # fmt: skip
