"""Writes the golden MIDI texts anew: python -m tests.golden.regenerate_midi. Read the difference then."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from engine.music import Key, Progression, Score, Slot
from engine.render import to_midi
from engine.theory import read_chord
from engine.voicing import arrange

FOLDER = Path(__file__).parent


def _score(key: Key, text: str, beats: float, **settings: Any) -> Score:
    slots = tuple(Slot(read_chord(symbol), beats) for symbol in text.split())
    return arrange(Progression(key, slots), title="Golden", **settings)


SCORES = {
    "four_chords": _score(Key("C"), "C G Am F", 4.0, tempo_bpm=120),
    "jazz_turnaround": _score(Key("Bb"), "Cm7 F13 Bbmaj7 G7b9 N.C.", 2.0, tempo_bpm=96, instrument=4),
    "waltz_over_bars": _score(Key("E", "minor"), "Em C/E B7 Em", 4.0, tempo_bpm=150, instrument=24, beats_per_bar=3),
}


def midi_text(midi: bytes) -> str:
    """A MIDI file as lines: track, tick, message."""
    import mido  # type: ignore[import-untyped]

    file = mido.MidiFile(file=BytesIO(midi))
    lines = [f"type {file.type}, {file.ticks_per_beat} ticks per beat"]
    for number, track in enumerate(file.tracks):
        tick = 0
        for message in track:
            tick += message.time
            lines.append(f"{number} {tick:6} {message.copy(time=0)!s}".replace(", time=0", "").replace(" time=0", ""))
    return "\n".join(lines) + "\n"


def main() -> None:
    for name, score in SCORES.items():
        (FOLDER / f"{name}.midi.txt").write_text(midi_text(to_midi(score)), encoding="utf-8")


if __name__ == "__main__":
    main()
