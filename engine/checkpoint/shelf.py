"""A folder of models: a `.pt` each with its card beside it, and what may be read here because a card vouches for it.

A card is the JSON that says what a model is; one that holds the SHA-256 of its file's bytes vouches for them: they were
made here. Every kind of model has a folder of its own and keeps it the same way.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from engine.checkpoint.form import LARGEST_FILE
from engine.errors import UnknownCheckpoint
from engine.words import say

NO_CARD: Mapping[str, object] = MappingProxyType({})


def names_in(folder: Path) -> tuple[str, ...]:
    """The models that ship in a folder, by name."""
    return tuple(sorted(path.stem for path in folder.glob("*.pt") if path.with_suffix(".json").is_file()))


def taken(name_or_path: str | Path, folder: Path) -> tuple[bytes, Mapping[str, object] | None]:
    """The bytes of a model of the folder by its name, or of any `.pt` file by its path, and the card that vouches for
    them, None without one. Raises UnknownCheckpoint."""
    path = _path_of(str(name_or_path), folder)
    data, card = _bytes_of(path), _card_beside(path)
    return data, card if card.get("sha256") == hashlib.sha256(data).hexdigest() else None


def write_card(path: Path, card: Mapping[str, object]) -> None:
    """The card as JSON, readable by people: one entry a line, letters as they are."""
    path.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _path_of(given: str, folder: Path) -> Path:
    names = names_in(folder)
    if given in names:
        return folder / f"{given}.pt"
    if not Path(given).is_file():
        raise UnknownCheckpoint(
            say(
                "There is no model named {given}. There are: {names}. Or give the path of a .pt file.",
                given=given[:80],
                names=", ".join(names) or "–",
            )
        )
    return Path(given)


def _bytes_of(path: Path) -> bytes:
    """The file, or as much of it as shows that it is too large."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except OSError as problem:
        raise UnknownCheckpoint(
            say("{path} cannot be read ({problem}).", path=str(path), problem=str(problem.strerror))
        ) from problem


def _card_beside(path: Path) -> Mapping[str, object]:
    try:
        card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return NO_CARD
    return card if isinstance(card, dict) else NO_CARD
