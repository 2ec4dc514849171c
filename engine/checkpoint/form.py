"""The outside of a model file, judged without opening it: size, archive, and what its pickle would ask for.

A `.pt` file is a zip archive with one pickle and raw numbers beside it. A pickle is a little program; these checks let
pass only programs that build plain values and dense tensors, and only archives that cannot swell.
"""

from __future__ import annotations

import io
import pickletools
import zipfile

from engine.errors import UnsafeCheckpoint
from engine.words import Sentence, say

LARGEST_FILE = 25_000_000  # bytes
LARGEST_PICKLE = 2_000_000  # bytes
MOST_MEMBERS = 500
MOST_OPCODES = 300_000

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


def check_form(data: bytes) -> None:
    """Raises UnsafeCheckpoint unless the bytes are a plain, small torch archive that names nothing but tensors."""
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
    _check_opcodes(_pickle_of(data))


def _pickle_of(data: bytes) -> bytes:
    """The archive's one pickle, once its members are known to be stored as they are."""
    if not data.startswith(b"PK\x03\x04"):
        raise _unsafe(
            say("This is not a model file: a .pt file written by torch.save is a zip archive. Choose a .pt file.")
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.read(_checked_members(archive.infolist(), len(data)))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as problem:
        raise _unsafe(say("The model file is damaged. Get it again from where it came.")) from problem


def _checked_members(members: list[zipfile.ZipInfo], size: int) -> zipfile.ZipInfo:
    if len(members) > MOST_MEMBERS or len({member.filename for member in members}) < len(members):
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
    pickles = [member for member in members if member.filename.rsplit("/", 1)[-1] == "data.pkl"]
    if len(pickles) != 1 or pickles[0].file_size > LARGEST_PICKLE:
        raise _unsafe(
            say(
                "The archive must hold exactly one data.pkl of at most {limit} MB. Write the model with torch.save.",
                limit=LARGEST_PICKLE // 1_000_000,
            )
        )
    return pickles[0]


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
