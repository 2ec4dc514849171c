"""The workshop's private folder: readable by this user alone, named after its process, swept when that is gone."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "cadencia-workshop-"


def private_room(parent: Path | None = None) -> Path:
    """A fresh folder, after those of processes that are gone were removed."""
    home = parent or Path(tempfile.gettempdir())
    for old in home.glob(f"{PREFIX}*"):
        if _is_left(old):
            shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=home))


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:  # a child has just put a new one in its place
            continue
    return total


def _is_left(folder: Path) -> bool:
    """Whether a folder is ours, is one, and its process is gone."""
    owner = folder.name.removeprefix(PREFIX).split("-")[0]
    if not owner.isdigit() or folder.is_symlink() or not folder.is_dir():
        return False
    if hasattr(os, "getuid") and folder.lstat().st_uid != os.getuid():
        return False
    return not _lives(int(owner))


def _lives(process: int) -> bool:
    if os.name == "nt":  # there signal 0 would end it
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
