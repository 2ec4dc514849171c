"""Files and texts that a visitor brings, read as material of one kind. Nothing of them is run, opened or fetched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from engine import abc
from engine.abc.reading import ReadTune, decoded, read
from engine.errors import EngineError
from engine.notes import read_midi
from engine.words import Sentence, say
from engine.workshop.line import WorkshopError
from engine.workshop.material import MOST_PIECES, MOST_TOLD, Kind, Material, check_length, chord_material, collected
from engine.workshop.melody import tokens_of_piece

MOST_FILES = 60
MOST_BYTES = 1_500_000  # of all files together: some seconds of reading
ENDINGS: dict[Kind, tuple[str, ...]] = {"chords": ("txt",), "tunes": ("abc", "txt"), "notes": ("mid", "midi")}

_KNOWN = frozenset(abc.VOCABULARY)


class File(NamedTuple):
    """A file as it came: nothing about it is trusted, its name is only shown."""

    name: str
    data: bytes


def material_of_text(kind: Kind, text: str) -> Material:
    """Pasted chords or ABC. Raises WorkshopError."""
    if kind == "chords":
        return chord_material(text, say("Pasted chords"))
    if kind == "tunes":
        return _tunes(text, say("Pasted tunes"))
    raise WorkshopError(say("Notes come as MIDI files. Choose some."))


def material_of_files(kind: Kind, files: Sequence[File]) -> Material:
    """Uploaded files of one kind. Raises WorkshopError."""
    _check(files)
    name = say("{name} and {count} more", name=files[0].name[:40], count=len(files) - 1)
    named = name if len(files) > 1 else say("{name}", name=files[0].name[:40])
    if kind == "notes":
        return _melodies(files, named)
    text = "\n\n".join(_text(file) for file in files)
    return chord_material(text, named) if kind == "chords" else _tunes(text, named)


def _check(files: Sequence[File]) -> None:
    size = sum(len(file.data) for file in files)
    if not files or len(files) > MOST_FILES or size > MOST_BYTES:
        raise WorkshopError(
            say(
                "{count} files with {size} kB were chosen; {most} files with {limit} kB together are the most.",
                count=len(files),
                size=size // 1000,
                most=MOST_FILES,
                limit=MOST_BYTES // 1000,
            )
        )


def _text(file: File) -> str:
    try:
        return decoded(file.data)
    except EngineError as problem:
        raise WorkshopError(say("{name}: {why}", name=file.name[:40], why=problem.sentence)) from problem


def _tunes(text: str, name: Sentence) -> Material:
    check_length(text)
    tunes = read(text)[:MOST_PIECES]
    clean = [each for each in tunes if _is_usable(each)]
    told = []
    if len(clean) < len(tunes):
        told.append(
            say(
                "{count} of {all} tunes were left out: several voices, changes of key or meter, or signs the model has "
                "no token for.",
                count=len(tunes) - len(clean),
                all=len(tunes),
            )
        )
    return collected("tunes", name, (abc.to_model(each.tune) for each in clean), told)


def _is_usable(each: ReadTune) -> bool:
    if not each.is_clean or not each.tune.body:
        return False
    return set(abc.to_model(each.tune)) <= _KNOWN


def _melodies(files: Iterable[File], name: Sentence) -> Material:
    pieces, told, refused = [], list[Sentence](), 0
    for file in files:
        try:
            tokens = tokens_of_piece(read_midi(file.data))
        except EngineError as problem:
            refused += 1
            if refused <= MOST_TOLD:
                told.append(say("{name} was left out. {why}", name=file.name[:40], why=problem.sentence))
            continue
        if tokens:
            pieces.append(tokens)
        elif len(told) < MOST_TOLD:
            told.append(say("{name} was left out: it has hardly any notes.", name=file.name[:40]))
    return collected("notes", name, pieces, told)
