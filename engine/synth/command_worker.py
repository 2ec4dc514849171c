"""The process that runs midi2audio: bounded, and gone when the one that started it is.

Arguments: soundfont, MIDI file, WAV file, sample rate, seconds of processor time. Started as a script, so that it
imports nothing of the engine. No limit on file size: FluidSynth's audio libraries map large shared files at start.
"""

from __future__ import annotations

import os
import signal
import sys
import threading


def main() -> None:
    soundfont, midi, wav, rate, seconds = sys.argv[1:]
    _limit(int(seconds))
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    from midi2audio import FluidSynth

    FluidSynth(soundfont, int(rate)).midi_to_audio(midi, wav)


def _limit(seconds: int) -> None:
    """Processor time, which the command inherits, where the system can limit it."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def _leave_with_parent() -> None:
    """Standard input closes when the parent ends, however it ends."""
    while os.read(0, 1024):
        pass
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    main()
