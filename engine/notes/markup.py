"""XML from outside, element by element and never as a whole; and the compressed form that MusicXML comes in.

What expands is refused: entities of the file's own, a document type with declarations of its own, and archives whose
contents outgrow the limit while they are unpacked. Nothing is fetched: the address in a plain document type is unread.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn
from xml.etree.ElementTree import Element, SubElement
from xml.parsers import expat

from engine.notes.nouns import UnreadableNotes
from engine.words import say

MOST_XML = 12_000_000  # bytes once unpacked: 20,000 notes of 600 bytes
MOST_ELEMENTS = 250_000  # twelve for each note
LONGEST_TAG = 100_000  # bytes: a tag or comment that does not end fills the memory of the parser
DEEPEST = 32  # MusicXML needs about ten levels
LONGEST_TEXT = 400  # characters of one element: enough for every name and number
MOST_MEMBERS = 200  # of an archive: a score with its pictures

_CONTAINER = "META-INF/container.xml"
_BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError, KeyError)


@dataclass(slots=True)
class Reader:
    """Walks a document: `begins` hears of every element outside the `kept` ones, `ends` gets each kept one whole."""

    kept: frozenset[str]
    begins: Callable[[str, dict[str, str]], None]
    ends: Callable[[Element], None]
    elements: int = 0
    depth: int = 0
    building: list[Element] = field(default_factory=list)

    def read(self, data: bytes) -> None:
        """Raises UnreadableNotes where the text is no XML, expands, or outgrows a limit."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = _refuse_declarations
        parser.EntityDeclHandler = _refuse_entities
        try:
            for start in range(0, len(data), LONGEST_TAG):
                parser.Parse(data[start : start + LONGEST_TAG], False)
                if start - parser.CurrentByteIndex > LONGEST_TAG:
                    raise UnreadableNotes(
                        say("A tag of the MusicXML is longer than {most} bytes. Export it again.", most=LONGEST_TAG)
                    )
            parser.Parse(b"", True)
        except expat.ExpatError as problem:
            raise UnreadableNotes(
                say("The MusicXML cannot be read from line {line} on. Export it again.", line=problem.lineno)
            ) from problem
        except (LookupError, ValueError) as problem:  # an encoding nobody knows
            raise UnreadableNotes(say("The MusicXML is written in an unknown encoding. Use UTF-8.")) from problem

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self.depth += 1
        if self.elements > MOST_ELEMENTS or self.depth > DEEPEST:
            raise UnreadableNotes(
                say("The MusicXML has more than {most} elements, or {deep} inside each other. Export a part of it.",
                    most=MOST_ELEMENTS, deep=DEEPEST)
            )  # fmt: skip
        if self.building:
            self.building.append(SubElement(self.building[-1], tag, attributes))
        elif tag in self.kept:
            self.building.append(Element(tag, attributes))
        else:
            self.begins(tag, attributes)

    def _text(self, text: str) -> None:
        if self.building:
            element = self.building[-1]
            element.text = ((element.text or "") + text[:LONGEST_TEXT])[:LONGEST_TEXT]

    def _end(self, _tag: str) -> None:
        self.depth -= 1
        if self.building:
            element = self.building.pop()
            if not self.building:
                self.ends(element)


def _refuse_declarations(_name: str, _system: str | None, _public: str | None, has_own: bool) -> None:
    if has_own:
        _refuse_entities()


def _refuse_entities(*_declaration: object) -> NoReturn:
    raise UnreadableNotes(
        say("The MusicXML declares entities of its own, which are not expanded here. Export it without them.")
    )


def is_archive(data: bytes) -> bool:
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def unpacked(data: bytes) -> bytes:
    """The score inside compressed MusicXML (.mxl): the first root file that its container names.

    Raises UnreadableNotes for archives that are broken, locked, hold no score, or grow past the limit.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if len(archive.infolist()) > MOST_MEMBERS:
                raise UnreadableNotes(say("The archive holds more than {most} files.", most=MOST_MEMBERS))
            return _member(archive, _root_name(_member(archive, _CONTAINER)))
    except _BROKEN_ZIP as problem:
        raise UnreadableNotes(
            say("The archive is damaged or is not compressed MusicXML (.mxl). Export it again.")
        ) from problem


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    information = archive.getinfo(name)
    if information.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile
    with archive.open(information) as member:
        content = member.read(MOST_XML + 1)
    check_size(content)
    return content


def check_size(content: bytes) -> None:
    """Refuses a document that is longer than what is read."""
    if len(content) > MOST_XML:
        raise UnreadableNotes(
            say("The MusicXML is longer than {most} bytes. Export a shorter part of it.", most=MOST_XML)
        )


def _root_name(container: bytes) -> str:
    names: list[str] = []
    Reader(
        frozenset({"rootfile"}), lambda _tag, _attributes: None, lambda e: names.append(e.get("full-path", ""))
    ).read(container)
    return next((name for name in names if name), "")
