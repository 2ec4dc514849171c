"""MIDI and WAV of eight bars, against the FluidSynth command with the same soundfont on the same MIDI."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from engine import render, synth, voicing
from engine.music import Key, Progression
from engine.theory import read_progression
from scripts.bench.timing import Row, compare

KEY = Key("C")
SONG = "| C | Am | F | G7 | Em | A7 | Dm7 | G7 |"
TEMPO_BPM = 112  # eight bars of 4/4 take 17 seconds
ROUNDS = 7


def eight_bars() -> bytes:
    """The MIDI of eight bars, from the chords on."""
    progression = Progression(KEY, read_progression(SONG, KEY).slots)
    return render.to_midi(voicing.arrange(progression, TEMPO_BPM, 0, 4, "Bench"))


def rows() -> Iterator[Row]:
    program = shutil.which("fluidsynth")
    if not program:
        print("sound: the fluidsynth program is missing, so there is nothing to compare with")
        return
    soundfont = synth.find_soundfont()
    with tempfile.TemporaryDirectory() as folder:
        midi, wav = Path(folder, "eight.mid"), Path(folder, "eight.wav")
        midi.write_bytes(eight_bars())
        line = [program, "-ni", "-q", "-F", str(wav), "-r", "44100", str(soundfont), str(midi)]
        reference = f"fluidsynth command, {soundfont.name}"

        def command() -> object:
            return subprocess.run(line, check=True, capture_output=True)

        made = midi.read_bytes()
        yield compare("chords to MIDI, eight bars", eight_bars, reference, command, ROUNDS)
        yield compare(
            "MIDI to WAV, eight bars", lambda: synth.to_wav(synth.synthesize(made)), reference, command, ROUNDS
        )
        yield compare(
            "chords to WAV, eight bars",
            lambda: synth.to_wav(synth.synthesize(eight_bars())),
            reference,
            command,
            ROUNDS,
        )
