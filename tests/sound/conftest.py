"""What is installed, or taken to be missing, for a test of sound."""

from __future__ import annotations

from pathlib import Path
from shutil import which

import pytest

from engine.synth import fluid, soundfont
from tests.sound.common import missing


@pytest.fixture
def embedded() -> Path:
    """The soundfont every installation has: the same samples, so the same figures, everywhere."""
    path = soundfont._embedded()
    assert path is not None
    return path


@pytest.fixture
def library() -> None:
    try:
        fluid.library()
    except fluid.LibraryMissing:
        missing("FluidSynth's library")


@pytest.fixture
def program() -> None:
    if which("fluidsynth") is None:
        missing("FluidSynth's command")
