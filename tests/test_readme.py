"""The README says what is true: its tree is the tree, its commands exist, its files are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def tree() -> dict[str, str]:
    """Path and sentence of every line of the house's picture."""
    block = README.split("## The house")[1].split("```")[1]
    folders: list[str] = []
    found: dict[str, str] = {}
    for line in filter(None, block.splitlines()):
        depth = (len(line) - len(line.lstrip())) // 2
        names, _, sentence = line.strip().partition("  ")
        del folders[depth:]
        for name in names.split():
            found["".join(folders) + name] = sentence.strip()
        if names.endswith("/"):
            folders.append(names)
    return found


def test_everything_in_the_picture_is_there() -> None:
    assert [path for path in tree() if not (ROOT / path).exists()] == []


def test_every_room_is_in_the_picture_with_a_sentence() -> None:
    rooms = [path for path in (ROOT / "engine").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()]
    wanted = {f"engine/{room.name}{'/' if room.is_dir() else ''}" for room in rooms} - {"engine/__init__.py"}
    drawn = {path for path in tree() if path.startswith("engine/") and path != "engine/"}
    assert drawn == wanted
    assert [path for path in drawn if not tree()[path]] == []


def test_every_page_is_in_the_picture() -> None:
    pages = {f"pages/{path.name}" for path in (ROOT / "pages").glob("*.py")}
    rooms = {f"pages/parts/{path.parent.name}/" for path in (ROOT / "pages" / "parts").glob("*/__init__.py")}
    files = {f"pages/parts/{path.name}" for path in (ROOT / "pages" / "parts").glob("*.py")}
    drawn = {path for path in tree() if re.match(r"pages/.*\.py$|pages/parts/.+/$", path)}
    assert drawn == pages | rooms | files - {"pages/parts/__init__.py"}


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`?make ([a-z]+)\b", README))))
def test_every_command_exists(command: str) -> None:
    assert re.search(rf"^{command}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def test_every_file_with_a_licence_is_there() -> None:
    files = re.findall(r"`((?:static|checkpoints)/[^`*]+)`", README)
    assert len(files) >= 5
    assert [path for path in files if not (ROOT / path).exists()] == []
