"""Writes the notes that abc2midi hears in the ten tunes: python -m tests.golden.regenerate_tunes (Debian: abcmidi).

Conventions: [onset, length, pitch], times in ticks of 1/480 of a quarter. abc2midi begins every note a tick late and
ends none later; both are put right here.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from io import BytesIO
from pathlib import Path

from engine.abc import Tune, shown
from engine.abc.reading import read

FOLDER = Path(__file__).parent
TUNES = FOLDER.parent / "fixtures" / "ten_tunes.abc"
GOLDEN = FOLDER / "ten_tunes.json"

Heard = list[list[int]]


def ten_tunes() -> tuple[Tune, ...]:
    return tuple(one.tune for one in read(TUNES.read_text(encoding="utf-8")))


def for_abc2midi(text: str) -> str:
    """ABC text as written: without a type, whose hornpipes it swings, and with chords struck at once."""
    lines = [line for line in text.splitlines() if not line.startswith("R:")]
    return "\n".join([lines[0], lines[1], "%%MIDI chordattack 0", *lines[2:]]) + "\n"


def heard(text: str) -> Heard:
    """The notes that abc2midi makes of an ABC text of one tune, in order of time and pitch."""
    import mido  # type: ignore[import-untyped]

    with tempfile.TemporaryDirectory() as folder:
        tune, midi = Path(folder) / "tune.abc", Path(folder) / "tune.mid"
        tune.write_text(for_abc2midi(text), encoding="utf-8")
        subprocess.run(["abc2midi", str(tune), "-o", str(midi)], check=True, capture_output=True, timeout=20)
        file = mido.MidiFile(file=BytesIO(midi.read_bytes()))
    assert file.ticks_per_beat == 480
    notes: Heard = []
    for track in file.tracks:
        now, sounding = 0, {}
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity:
                sounding[message.note] = now - 1
            elif message.type in ("note_on", "note_off") and message.note in sounding:
                start = sounding.pop(message.note)
                notes.append([start, now - start, message.note])
    return sorted(notes, key=lambda note: (note[0], note[2]))


def complaints(text: str) -> list[str]:
    """The errors that abc2midi names in an ABC text."""
    with tempfile.TemporaryDirectory() as folder:
        tune = Path(folder) / "tune.abc"
        tune.write_text(text, encoding="utf-8")
        line = ["abc2midi", str(tune), "-o", str(Path(folder) / "tune.mid")]
        done = subprocess.run(line, capture_output=True, text=True, errors="replace", check=False, timeout=20)
    return [said for said in (done.stdout + done.stderr).splitlines() if "Error" in said]


def main() -> None:
    written = {tune.title: heard(shown(tune).text) for tune in ten_tunes()}
    lines = [f"  {json.dumps(title)}: {json.dumps(notes)}" for title, notes in written.items()]
    GOLDEN.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
