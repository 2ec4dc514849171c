"""The outside of a model file, judged without opening it: size, archive, and what its pickle would ask for.

A `.pt` file is a zip archive with one pickle and raw numbers beside it. A pickle is a little program; these checks let
pass only programs that build plain values and dense tensors, and only archives that cannot swell. Two readers may find
different things in one strange archive, so the parts that were judged are stored anew, and torch reads only those.
"""

from __future__ import annotations

import io
import pickletools
import re
import zipfile

from engine.errors import UnsafeCheckpoint
from engine.words import Sentence, say

LARGEST_FILE = 25_000_000  # bytes
LARGEST_PICKLE = 2_000_000  # bytes
MOST_MEMBERS = 500
MOST_OPCODES = 300_000

# What torch.save writes, from torch 1.6 (data.pkl, version, data/N) to 2.13, under one folder named after the file.
_MEMBER = re.compile(
    r"(?P<root>[^/\\\x00]+)/"
    r"(?P<part>data\.pkl|version|byteorder|\.format_version|\.storage_alignment|\.data/serialization_id|data/[0-9]+)"
)

ALLOWED_NAMES = frozenset(
    {
        "collections OrderedDict",
        "torch._utils _rebuild_tensor_v2",
        "torch._utils _rebuild_parameter",
        "torch FloatStorage",
        "torch HalfStorage",
        "torch LongStorage",
    }
)
# Opcodes that name things otherwise than by GLOBAL, or call without REDUCE: no model file of ours needs them.
FORBIDDEN_OPCODES = frozenset({
    "STACK_GLOBAL", "INST", "OBJ", "NEWOBJ", "NEWOBJ_EX", "EXT1", "EXT2", "EXT4", "PERSID",
    "NEXT_BUFFER", "READONLY_BUFFER",
})  # fmt: skip


def check_form(data: bytes) -> bytes:
    """The archive written anew from the parts that were judged: what torch may read.

    Raises UnsafeCheckpoint unless the bytes are a plain, small torch archive that names nothing but tensors.
    """
    if not data:
        raise _unsafe(say("The file is empty. Choose the .pt file again; perhaps its download was cut short."))
    if len(data) > LARGEST_FILE:
        raise _unsafe(
            say(
                "The file has {given} MB; a model file may have {limit} MB at most. Choose a smaller model.",
                given=round(len(data) / 1e6),
                limit=round(LARGEST_FILE / 1e6),
            )
        )
    parts = _parts_of(data)
    _check_opcodes(parts["data.pkl"])
    return _stored_anew(parts)


def _stored_anew(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(f"archive/{name}", content)
    return buffer.getvalue()


def _parts_of(data: bytes) -> dict[str, bytes]:
    """The archive's parts by their name below its one folder, once they are known to be stored as they are."""
    if not data.startswith(b"PK\x03\x04"):
        raise _unsafe(
            say("This is not a model file: a .pt file written by torch.save is a zip archive. Choose a .pt file.")
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {name: archive.read(member) for name, member in _checked(archive.infolist(), len(data)).items()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as problem:
        raise _unsafe(say("The model file is damaged. Get it again from where it came.")) from problem


def _checked(members: list[zipfile.ZipInfo], size: int) -> dict[str, zipfile.ZipInfo]:
    if len(members) > MOST_MEMBERS or len({member.filename.casefold() for member in members}) < len(members):
        raise _unsafe(
            say(
                "The archive has {given} parts, some perhaps twice; a model file has at most {limit}, each once.",
                given=len(members),
                limit=MOST_MEMBERS,
            )
        )
    stored = all(m.compress_type == zipfile.ZIP_STORED and m.file_size == m.compress_size for m in members)
    if not stored or sum(member.file_size for member in members) > size:
        raise _unsafe(
            say(
                "Parts of the archive are compressed or overlap, which could fill the memory. "
                "Write the model with torch.save, which stores them as they are."
            )
        )
    parts = _named(members)
    if "data.pkl" not in parts or parts["data.pkl"].file_size > LARGEST_PICKLE:
        raise _unsafe(
            say(
                "The archive must hold exactly one data.pkl of at most {limit} MB. Write the model with torch.save.",
                limit=LARGEST_PICKLE // 1_000_000,
            )
        )
    return parts


def _named(members: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """The members by their name below the one folder, the name as it stands in the file: zipfile would cut it."""
    parts: dict[str, zipfile.ZipInfo] = {}
    root = members[0].orig_filename.split("/")[0] if members else ""
    for member in members:
        found = _MEMBER.fullmatch(member.orig_filename)
        if not found or found["root"] != root:
            raise _unsafe(
                say(
                    "The archive holds {name}, which torch.save does not write there. Write the model with torch.save.",
                    name=ascii(member.orig_filename)[1:-1][:60],
                )
            )
        parts[found["part"]] = member
    return parts


def _check_opcodes(pickle: bytes) -> None:
    try:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(pickle)):
            _check_opcode(count, opcode.name, argument)
    except (ValueError, IndexError, UnicodeDecodeError) as problem:  # what genops raises on broken bytes
        raise _unsafe(say("The model file is damaged. Get it again from where it came.")) from problem


def _check_opcode(count: int, name: str, argument: object) -> None:
    if count >= MOST_OPCODES:
        raise _unsafe(say("The file's table of contents has more than {limit} steps.", limit=MOST_OPCODES))
    if name in FORBIDDEN_OPCODES or (name == "GLOBAL" and argument not in ALLOWED_NAMES):
        wanted = str(argument if name == "GLOBAL" else name)[:60].replace(" ", ".")
        raise _unsafe(
            say(
                "The file asks to use {name}; a model file may hold only tensors, texts and plain numbers. Nothing of "
                "it was run. If it is yours, save it again with float(...) and str(...) around such values.",
                name=wanted,
            )
        )


def _unsafe(sentence: Sentence) -> UnsafeCheckpoint:
    return UnsafeCheckpoint(sentence)
