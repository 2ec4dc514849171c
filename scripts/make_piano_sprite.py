"""Renders the piano that the browser plays, from a free soundfont, as one MP3 and a manifest of where each note lies.

    python -m scripts.make_piano_sprite [soundfont.sf2]

The default is FluidR3_GM.sf2 (Frank Wen, MIT licence; Debian package fluid-soundfont-gm). Written are
static/sounds/piano.mp3 and static/sounds/piano.json; the licence lies beside them and names the changes.

The manifest: `sampleRate` (frames per second), `seconds` (length of the decoded file), `firstOnset` (seconds at which
the first note begins; a decoder that keeps the encoder's padding starts later, and a player adds the difference to
every start), `fade` (seconds of fade at each note's end), `notes`: `pitch` (MIDI), `start` and `duration` (seconds).
A pitch is played from the nearest note at a playback rate of 2 ** (semitones / 12).
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.synth.level import TARGET_LUFS, limit, loudness

Mono = npt.NDArray[np.float32]

SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
FOLDER = Path(__file__).resolve().parents[1] / "static" / "sounds"
SAMPLE_RATE = 32_000  # frames per second: 16 kHz of sound is more than a piano chord needs, and saves a quarter
PITCHES = (36, *range(40, 80, 3), 82, 86)  # the voicings' register in minor thirds, and a margin
LEAD, GAP = 0.15, 0.12  # seconds of silence before the first note and between notes
HELD, FADE = 2.5, 0.9  # seconds each note sounds, and how long its end takes to fade
VELOCITY = 76
NOTE_CEILING = 0.27  # of full scale: what one note may reach, so that four together stay below it
ONSET_LEVEL = 0.003  # of full scale: where a note counts as begun
# Chords as the voicings lay them, which shall be heard at the target loudness on the mean.
REFERENCE_CHORDS = ((48, 64, 67, 72), (43, 62, 67, 71), (50, 65, 69, 72), (41, 65, 68, 72), (46, 62, 65, 70))


def main(soundfont: Path = SOUNDFONT) -> None:
    notes = _levelled([note_of(soundfont, pitch) for pitch in PITCHES])
    write_sprite("piano", PITCHES, notes)


def write_sprite(name: str, pitches: Sequence[int], notes: Sequence[Mono]) -> None:
    """The MP3 and the manifest of notes that are HELD seconds long."""
    sound, starts = _joined(notes)
    FOLDER.mkdir(parents=True, exist_ok=True)
    decoded = _encoded(sound, FOLDER / f"{name}.mp3")
    (FOLDER / f"{name}.json").write_text(json.dumps(_manifest(pitches, decoded, starts), indent=1) + "\n")
    size = (FOLDER / f"{name}.mp3").stat().st_size
    print(f"{name}: {len(pitches)} notes, {len(decoded) / SAMPLE_RATE:.1f} s, {size / 1000:.0f} KB")


def note_of(soundfont: Path, pitch: int, program: int = 0, begun: float = 0.02, rise: int = 16) -> Mono:
    """One note, both channels in one, faded at the end: from where it reaches the share `begun` of its greatest swing,
    faded in over `rise` frames."""
    import fluidsynth

    synth = fluidsynth.Synth(gain=0.8, samplerate=SAMPLE_RATE)
    synth.program_select(0, synth.sfload(str(soundfont)), 0, program)
    synth.set_reverb(roomsize=0.3, damping=0.4, width=0.5, level=0.15)
    synth.noteon(0, pitch, VELOCITY)
    frames = int((HELD + 0.4) * SAMPLE_RATE)
    stereo = synth.get_samples(frames).reshape(-1, 2).astype(np.float32) / 32768
    synth.delete()
    mono = stereo.mean(axis=1)
    loud = np.abs(mono) > begun * np.abs(mono).max()
    mono = mono[max(int(np.argmax(loud)) - rise, 0) :][: int(HELD * SAMPLE_RATE)]
    fade = np.cos(np.linspace(0, math.pi / 2, int(FADE * SAMPLE_RATE))) ** 2
    mono[:rise] *= np.linspace(0, 1, rise)
    mono[-len(fade) :] *= fade
    return np.asarray(mono, np.float32)


def _levelled(notes: list[Mono]) -> list[Mono]:
    """Every note about equally loud in its first second, and all so loud that chords of four meet the target.

    A struck string is mostly attack: at this loudness four of them would clip together, so each attack is eased.
    """
    level = -22.0  # LUFS of one note's first second
    for _ in range(6):
        eased = [eased_to(note, level) for note in notes]
        heard = [_chord_loudness(eased, chord) for chord in REFERENCE_CHORDS]
        level += TARGET_LUFS - sum(heard) / len(heard)
    print("reference chords:", ", ".join(f"{one:.1f}" for one in heard), "LUFS")
    return eased


def eased_to(note: Mono, level: float) -> Mono:
    """A note at a loudness in LUFS with its attack below the ceiling, as near as three corrections bring it."""
    loud, eased = note, note
    for _ in range(3):
        loud = loud * np.float32(10 ** ((level - loudness(eased[:SAMPLE_RATE, None], SAMPLE_RATE)) / 20))
        eased = limit(loud[:, None].copy(), NOTE_CEILING)[:, 0]
    return eased


def _chord_loudness(notes: list[Mono], chord: tuple[int, ...]) -> float:
    """Heard from both loudspeakers, which play the same: twice the power of one."""
    mixed = np.asarray(sum(_shifted(notes, pitch) for pitch in chord), np.float32)
    return loudness(np.repeat(mixed[:, None], 2, axis=1), SAMPLE_RATE)


def _shifted(notes: list[Mono], pitch: int) -> Mono:
    """A pitch as the browser plays it: the nearest note, faster or slower."""
    nearest = min(range(len(PITCHES)), key=lambda index: abs(PITCHES[index] - pitch))
    rate = 2 ** ((pitch - PITCHES[nearest]) / 12)
    frames = int(HELD * SAMPLE_RATE * 0.9)
    return np.asarray(np.interp(np.arange(frames) * rate, np.arange(len(notes[nearest])), notes[nearest]), np.float32)


def _joined(notes: Sequence[Mono]) -> tuple[Mono, list[float]]:
    """All notes in a row with silence between; where each starts, in seconds."""
    parts, starts, now = [np.zeros(int(LEAD * SAMPLE_RATE), np.float32)], [], LEAD
    silence = np.zeros(int(GAP * SAMPLE_RATE), np.float32)
    for note in notes:
        starts.append(now)
        parts += [note, silence]
        now += (len(note) + len(silence)) / SAMPLE_RATE
    return np.concatenate(parts), starts


def _encoded(sound: Mono, path: Path) -> Mono:
    """Writes the MP3 and reads it back."""
    import soundfile

    soundfile.write(
        path,
        sound,
        SAMPLE_RATE,
        format="MP3",
        subtype="MPEG_LAYER_III",
        compression_level=0.82,
        bitrate_mode="VARIABLE",
    )
    decoded, rate = soundfile.read(path, dtype="float32")
    if rate != SAMPLE_RATE:
        raise SystemExit(f"The encoder changed the sample rate to {rate}.")
    return np.asarray(decoded, np.float32)


def _manifest(pitches: Sequence[int], decoded: Mono, starts: list[float]) -> dict[str, object]:
    """Starts as measured in the decoded sound, so that no decoder's delay is guessed."""
    first = float(np.argmax(np.abs(decoded) > ONSET_LEVEL)) / SAMPLE_RATE
    notes = [
        {"pitch": pitch, "start": round(start - starts[0] + first, 4), "duration": HELD}
        for pitch, start in zip(pitches, starts, strict=True)
    ]
    return {
        "sampleRate": SAMPLE_RATE,
        "seconds": round(len(decoded) / SAMPLE_RATE, 4),
        "firstOnset": round(first, 4),
        "onsetLevel": ONSET_LEVEL,
        "fade": FADE,
        "notes": notes,
    }


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:2]))
