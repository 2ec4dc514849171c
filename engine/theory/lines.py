"""In which lines of a text chords share bars: one part of a song may be written with bar lines, another without."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from engine.theory.tokens import Token

BAR_LINES = frozenset({"bar", "double", "open", "close"})
_BAR_SIGNS = BAR_LINES | {"ending"}
_SOUNDING = _BAR_SIGNS | {"word", "hold", "percent"}
_NAMES = frozenset({"heading", "label"})


def lines_with_bars(tokens: Sequence[Token]) -> tuple[bool, ...]:
    """Whether the chords of each line share bars; a "newline" token begins the next line.

    They do in a line with bar lines, and between two such lines of one section where the first leaves its last bar
    open and the second goes on without a bar line ("| C | F", "G C", "Am | F |"). Elsewhere every chord has its own
    length.
    """
    lines = _kinds(tokens)
    has_bars = any(BAR_LINES & set(line) for line in lines)
    found = [has_bars and bool(_BAR_SIGNS & set(line)) for line in lines]
    for is_barred, group in groupby(range(len(lines)), key=list(found).__getitem__):
        run = list(group)
        if not is_barred and _is_within_bar(lines, run[0], run[-1] + 1):
            found[run[0] : run[-1] + 1] = [True] * len(run)
    return tuple(found)


def _kinds(tokens: Sequence[Token]) -> list[list[str]]:
    """The kinds of the tokens of each line."""
    lines: list[list[str]] = [[]]
    for token in tokens:
        if token.kind == "newline":
            lines.append([])
        else:
            lines[-1].append(token.kind)
    return lines


def _is_within_bar(lines: Sequence[Sequence[str]], start: int, end: int) -> bool:
    """Whether lines `start` to `end` have a bar left open before them and continued after them, and no new section."""
    if start == 0 or end == len(lines):
        return False
    before = [kind for kind in lines[start - 1] if kind in _SOUNDING]
    after = [kind for kind in lines[end] if kind in _SOUNDING | _NAMES]
    begins_section = any(_NAMES & set(line) for line in lines[start:end])
    return before[-1] not in _BAR_SIGNS and after[0] not in _BAR_SIGNS | _NAMES and not begins_section
