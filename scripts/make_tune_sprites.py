"""Renders what the browser plays tunes on beside the piano: a sprite for each instrument of a session.

    python -m scripts.make_tune_sprites [soundfont.sf2]

Soundfont, manifest and licence are as of `make_piano_sprite`, whose piano has to be there: every note is as loud as one
of it. Written are static/sounds/<General MIDI program, from 0>.mp3 and .json.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import soundfile

from engine.synth.instruments import PIANO, STEEL_GUITAR, TUNE_INSTRUMENTS
from engine.synth.level import loudness
from scripts.make_piano_sprite import FOLDER, SAMPLE_RATE, SOUNDFONT, eased_to, note_of, write_sprite

REACH = tuple(range(55, 89, 4))  # a fiddle's G to a third above its B in first position, in major thirds
# A bow takes a fifth of a second to speak, longer than a note of a reel lasts: notes begin where they are heard well.
BEGUN, RISE = 0.3, 160  # share of the greatest swing; frames
STRUMMED = (43, 47, 51, *REACH)  # a guitar plays the chords under the tune too


def main(soundfont: Path = SOUNDFONT) -> None:
    level = _level_of_the_piano()
    for program in (one.program for one in TUNE_INSTRUMENTS if one.program != PIANO):
        pitches = STRUMMED if program == STEEL_GUITAR else REACH
        notes = [note_of(soundfont, pitch, program, BEGUN, RISE) for pitch in pitches]
        write_sprite(str(program), pitches, [eased_to(note, level) for note in notes])


def _level_of_the_piano() -> float:
    """LUFS of the first second of its notes, on the mean."""
    notes = json.loads((FOLDER / "piano.json").read_text("utf-8"))["notes"]
    samples, _ = soundfile.read(FOLDER / "piano.mp3", dtype="float32")
    firsts = (samples[int(note["start"] * SAMPLE_RATE) :][:SAMPLE_RATE] for note in notes)
    return sum(loudness(first[:, None], SAMPLE_RATE) for first in firsts) / len(notes)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:2]))
