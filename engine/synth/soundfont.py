"""Where the instruments come from: soundfont files, looked for in a fixed order.

1. The file named by the environment variable CADENCIA_SOUNDFONT.
2. Files of the project's folder assets/soundfonts/ by name (*.sf2, *.sf3).
3. The system's: FluidR3_GM.sf2 and default-GM.sf2 of Linux distributions, then Homebrew's and Windows' folders.
4. TimGM6mb.sf2, which comes with pretty_midi: the embedded default (GPL-2, used where it lies, not copied).

A file counts as a soundfont when its RIFF header says so and its length agrees; others are passed over in words.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from engine.errors import UnreadableSoundfont
from engine.words import Sentence, say

ENVIRONMENT_VARIABLE = "CADENCIA_SOUNDFONT"
PROJECT_FOLDER = Path(__file__).resolve().parents[2] / "assets" / "soundfonts"
SYSTEM_PLACES = (
    "/usr/share/sounds/sf2/FluidR3_GM.sf2",
    "/usr/share/soundfonts/FluidR3_GM.sf2",
    "/usr/share/sounds/sf2/default-GM.sf2",
    "/usr/share/soundfonts/default.sf2",
    "/usr/share/sounds/sf3/default-GM.sf3",
    "/opt/homebrew/share/soundfonts/default.sf2",
    "/usr/local/share/soundfonts/default.sf2",
    "C:/soundfonts/default.sf2",
    "C:/ProgramData/soundfonts/default.sf2",
)


def find_soundfont() -> Path:
    """The first readable soundfont in order. Raises UnreadableSoundfont when there is none."""
    fonts, _ = readable_soundfonts()
    if not fonts:
        raise UnreadableSoundfont(no_soundfont())
    return fonts[0]


def readable_soundfonts(wished: Path | None = None) -> tuple[tuple[Path, ...], tuple[Sentence, ...]]:
    """Every readable soundfont, best first, `wished` before all; and a sentence for each that was passed over."""
    readable: dict[Path, None] = {}
    notices: list[Sentence] = []
    for path, is_asked_for in _candidates(wished):
        try:
            check_soundfont(path)
        except UnreadableSoundfont as refusal:
            # A system place where nothing lies is no news; a file somebody chose or that is broken is.
            if is_asked_for or path.is_file():
                notices.append(refusal.sentence)
        else:
            readable.setdefault(path.resolve())
    return tuple(readable), tuple(notices)


def check_soundfont(path: Path) -> None:
    """Raises UnreadableSoundfont unless the file is there and its header and length are a soundfont's."""
    try:
        with path.open("rb") as file:
            head = file.read(12)
        size = path.stat().st_size
    except OSError as error:
        raise UnreadableSoundfont(
            say("The soundfont {name} cannot be opened: check that the file is there.", name=path.name)
        ) from error
    if head[:4] != b"RIFF" or head[8:] != b"sfbk" or struct.unpack("<I", head[4:8])[0] + 8 > size:
        raise unreadable(path)


def unreadable(path: Path) -> UnreadableSoundfont:
    """The refusal for a file whose content is no soundfont, or one cut short."""
    return UnreadableSoundfont(
        say(
            "{name} is not a readable soundfont (.sf2 or .sf3): choose another file or download it again.",
            name=path.name,
        )
    )


def no_soundfont() -> Sentence:
    return say(
        "No soundfont was found, so the simple built-in sound plays: put an .sf2 file into assets/soundfonts "
        "or name one in {variable}.",
        variable=ENVIRONMENT_VARIABLE,
    )


def _candidates(wished: Path | None) -> Iterator[tuple[Path, bool]]:
    """Every place to look, in order, and whether somebody asked for it by name."""
    if wished is not None:
        yield wished, True
    if named := os.environ.get(ENVIRONMENT_VARIABLE):
        yield Path(named).expanduser(), True
    for path in sorted([*PROJECT_FOLDER.glob("*.sf2"), *PROJECT_FOLDER.glob("*.sf3")]):
        yield path, True
    for place in SYSTEM_PLACES:
        yield Path(place), False
    if embedded := _embedded():
        yield embedded, False


def _embedded() -> Path | None:
    """The soundfont inside pretty_midi, found without importing it."""
    spec = find_spec("pretty_midi")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "TimGM6mb.sf2"
