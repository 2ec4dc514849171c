"""The pieces that note models learn from, read with the house's own readers and with a report of what was left out."""

from __future__ import annotations

import importlib.util
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from engine.errors import CorpusError
from engine.music import Mode
from engine.notes.events import melody_events, parts_of
from engine.notes.midi import read_midi
from engine.notes.musicxml import read_musicxml
from engine.notes.nouns import Piece, UnreadableNotes, Voice
from engine.words import say

MOST_FILES = 20_000  # in an archive: ten times what any of ours holds
LARGEST_FILE = 1_000_000  # bytes of one piece, unpacked; the longest of ours has 12,000
FEWEST_NOTES = 16  # of a melody: shorter ones are exercises or breakages
_MAJOR_ENDS = (0, 5, 7)  # semitones above the major tonic of the signature
SINGERS = ("Soprano", "Alto", "Tenor", "Bass")

Line = tuple[int, ...]  # pitches one after another


@dataclass(frozen=True, slots=True)
class Work:
    """A piece by its name in the collection, and its lines' pitches, the melody first."""

    name: str
    piece: Piece
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Repertoire:
    """What a collection gives: works in the order of their names, and how many files had which fate."""

    works: tuple[Work, ...]
    fates: tuple[tuple[str, int], ...]


def read_melodies(archive: Path) -> Repertoire:
    """The melodies of a ZIP archive of MIDI files. Raises CorpusError when it is none or holds none."""
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [entry for entry in opened.infolist() if entry.filename.lower().endswith((".mid", ".midi"))]
            named = [(entry.filename, opened.read(entry)) for entry in members if entry.file_size <= LARGEST_FILE]
    except (OSError, zipfile.BadZipFile) as problem:
        raise CorpusError(
            say("{path} is no archive of MIDI files. Give the path of a .zip file.", path=str(archive))
        ) from problem
    if not 0 < len(named) <= MOST_FILES:
        raise CorpusError(say("{path} holds {n} MIDI files; 1 to {most} are read.",
                              path=str(archive), n=len(named), most=MOST_FILES))  # fmt: skip
    fates = Counter({"files left out: too large": len(members) - len(named)})
    works = [work for name, data in sorted(named) for work in _melody(name, data, fates)]
    return Repertoire(tuple(works), _told(fates, works, "melodies"))


def read_chorales(folder: Path | None = None) -> Repertoire:
    """Bach's chorales in four parts from MusicXML files; without a folder those that come with music21."""
    folder = folder or chorale_folder()
    paths = sorted((path for path in folder.glob("*") if path.suffix in (".mxl", ".xml")), key=_by_number)
    if not paths:
        raise CorpusError(say("There are no chorales in {path}.", path=str(folder)))
    fates: Counter[str] = Counter()
    works = [work for path in paths for work in _chorale(path, fates)]
    return Repertoire(tuple(works), _told(fates, works, "chorales"))


def chorale_folder() -> Path:
    """Where the installed music21 keeps Bach; the package is found, not imported."""
    found = importlib.util.find_spec("music21")
    if found is None or found.origin is None:
        raise CorpusError(say("music21 is not installed; its chorales are needed. Install requirements.txt."))
    return Path(found.origin).parent / "corpus" / "bach"


def _melody(name: str, data: bytes, fates: Counter[str]) -> Iterator[Work]:
    try:
        piece = read_midi(data)
    except UnreadableNotes:
        fates["files left out: unreadable"] += 1
        return
    line = tuple(event.pitch for event in melody_events(piece) if event.pitch is not None)
    if len(line) < FEWEST_NOTES:
        fates[f"files left out: fewer than {FEWEST_NOTES} notes"] += 1
        return
    yield Work(name, piece, (line,))


def _chorale(path: Path, fates: Counter[str]) -> Iterator[Work]:
    """The four singers of a file, whatever plays with them."""
    try:
        piece = read_musicxml(path.read_bytes()[: LARGEST_FILE + 1])
    except UnreadableNotes:
        fates["files left out: unreadable"] += 1
        return
    singers = list(_singers(piece.voices))
    sung = replace(piece, voices=tuple(singers))
    parts = parts_of(sung) if singers else []
    if len(parts) != len(SINGERS) or not all(parts):
        fates["files left out: not for four voices"] += 1
        return
    yield Work(path.name, _in_mode(sung, parts[-1][-1].pitch), tuple(tuple(n.pitch for n in part) for part in parts))


def _in_mode(piece: Piece, last: int) -> Piece:
    """The files write every signature as major: a last bass note on the first, fourth or fifth degree means major."""
    if not piece.keys:
        return piece
    degree = (last - 7 * piece.keys[0].sharps) % 12
    mode: Mode = "major" if degree in _MAJOR_ENDS else "minor"
    return replace(piece, keys=(replace(piece.keys[0], mode=mode), *piece.keys[1:]))


def _singers(voices: tuple[Voice, ...]) -> Iterator[Voice]:
    """The voices named as singers; all, where the file names none of four parts."""
    named = [voice for voice in voices if voice.name in SINGERS]
    if {voice.name for voice in named} == set(SINGERS):
        yield from named
    elif len({voice.part for voice in voices}) == len(SINGERS):
        yield from voices


def _told(fates: Counter[str], works: Iterable[Work], kind: str) -> tuple[tuple[str, int], ...]:
    listed = list(works)
    counted = Counter(
        {f"{kind} read": len(listed), "notes in them": sum(len(line) for w in listed for line in w.lines)}
    )
    return tuple((name, n) for name, n in sorted((counted + fates).items()) if n)


def _by_number(path: Path) -> tuple[tuple[int, str], ...]:
    """bwv10.7 after bwv9.7."""
    return tuple((int(digits or 0), rest) for digits, rest in re.findall(r"(\d*)(\D*)", path.name))
