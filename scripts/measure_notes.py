"""How files of notes are read: python -m scripts.measure_notes [archive of MIDI files].

For the tables of bad input: processor time and memory of the costliest ones. For real files (music21's chorales, and
the archive that is named): whether the notes come back unchanged from a score written as MIDI.
"""

from __future__ import annotations

import importlib.resources
import sys
import time
import tracemalloc
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from engine.notes import Piece, UnreadableNotes, read, read_midi, score_of
from engine.render import to_midi
from tests import test_notes_bad_input as bad_midi
from tests import test_notes_musicxml as bad_scores

SHOWN = 5  # of the costliest inputs


def main(archives: list[str]) -> None:
    measure_bad_input()
    chorales = importlib.resources.files("music21") / "corpus" / "bach"
    paths = sorted(Path(str(chorales)).glob("*.mxl"))
    tell_round_trip("Bach chorales", (path.read_bytes() for path in paths))
    for archive in archives:
        tell_round_trip(Path(archive).stem, _members(archive))


def measure_bad_input() -> None:
    cases = {name: make() for name, (make, _) in bad_midi.REFUSED.items()}
    cases |= {name: make() for name, (make, _, _) in bad_midi.MENDED.items()}
    cases |= {name: data for name, (data, _) in bad_scores.REFUSED.items()}
    costs = sorted(((_seconds(data), _megabytes(data), name) for name, data in cases.items()), reverse=True)
    print(f"{len(costs)} bad inputs, each a piece or a reason in words; the costliest:")
    for seconds, megabytes, name in costs[:SHOWN]:
        print(f"  {seconds:5.2f} s  {megabytes:5.1f} MB  {name}")
    print(f"  most memory of all: {max(megabytes for _, megabytes, _ in costs):.1f} MB")


def _outcome(data: bytes) -> Piece | UnreadableNotes:
    try:
        return read(data)
    except UnreadableNotes as refusal:
        return refusal


def _seconds(data: bytes) -> float:
    start = time.process_time()
    _outcome(data)
    return time.process_time() - start


def _megabytes(data: bytes) -> float:
    tracemalloc.start()
    _outcome(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def _members(archive: str) -> Iterator[bytes]:
    with zipfile.ZipFile(archive) as files:
        yield from (files.read(name) for name in sorted(files.namelist()) if name.endswith(".mid"))


def tell_round_trip(what: str, files: Iterable[bytes]) -> None:
    count = Counter(_returns(read(data)) for data in files)
    print(f"{what}: {count[True]} of {count.total()} come back with every onset, pitch and duration")


def _returns(piece: Piece) -> bool:
    """Silence before the first note is left out by the reader, so both are counted from their first note."""
    score = score_of(piece)
    meant = sorted((note.onset, note.pitch, note.duration) for note in score.notes)
    found = sorted((float(note.onset), note.pitch, float(note.duration)) for note in read_midi(to_midi(score)).notes)
    return len(meant) == len(found) and all(
        abs((a[0] - meant[0][0]) - (b[0] - found[0][0])) < 1e-9 and a[1] == b[1] and abs(a[2] - b[2]) < 1e-9
        for a, b in zip(meant, found, strict=True)
    )


if __name__ == "__main__":
    main(sys.argv[1:])
