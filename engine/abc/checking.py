"""ABC text checked while it is typed: the tunes in it, and every bad place with its line, column and a sentence.

One pass over the text, nothing executed or fetched, and never a longer text than can be checked between two keystrokes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from engine.abc.faults import faults
from engine.abc.reading import ReadTune, decoded, read
from engine.abc.tokens import Tune, UnreadableTune
from engine.words import Sentence, say

MOST_CHECKED = 100_000  # characters: half a second; a set of tunes in print has some 3,000
MOST_FAULTS = 100


@dataclass(frozen=True, slots=True)
class TextFault:
    """A bad place in a text: line and column from 1, characters `start` to before `end` from 0. What is not `serious`
    changes nothing in the tune: something was left out."""

    line: int
    column: int
    start: int
    end: int
    sentence: Sentence
    serious: bool = True


@dataclass(frozen=True, slots=True)
class Checked:
    """A text with its tunes and what is wrong in it, in the order of the text. `places[i][j]` is the first character of
    token j of tune i."""

    text: str
    tunes: tuple[Tune, ...] = ()
    places: tuple[tuple[int, ...], ...] = ()
    faults: tuple[TextFault, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether there is a tune and nothing serious is wrong."""
        return bool(self.tunes) and not any(fault.serious for fault in self.faults)


def check(text: str | bytes, like: Tune | None = None, whole: bool = True) -> Checked:
    """Reads and judges a text; never raises. What a text without header leaves out is taken from `like`.

    With `whole` False the end may be missing, as in an opening: the bars then are not judged, only what is written.
    """
    try:
        written = decoded(text) if isinstance(text, bytes) else text
        if len(written) > MOST_CHECKED:
            raise UnreadableTune(
                say("The text has {count} characters; up to {most} can be checked.",
                    count=len(written), most=MOST_CHECKED), MOST_CHECKED)  # fmt: skip
        found = read(written, like)
    except UnreadableTune as refused:
        shown = text if isinstance(text, str) else ""
        return Checked(
            shown[:MOST_CHECKED], faults=(_Lines(shown[:MOST_CHECKED]).fault(refused.position, 0, refused.sentence),)
        )
    lines = _Lines(written)
    marks = sorted(_marks(written, found, whole, lines), key=lambda fault: fault.start)
    if not any(one.tune.body for one in found):
        marks.append(lines.fault(len(written), 0, say("There is no tune in this text. Write notes such as DEF GAB.")))
    tunes = [one for one in found if one.tune.body]
    return Checked(
        written, tuple(one.tune for one in tunes), tuple(one.places for one in tunes), tuple(marks[:MOST_FAULTS])
    )


def _marks(text: str, found: tuple[ReadTune, ...], whole: bool, lines: _Lines) -> Iterator[TextFault]:
    for one in found:
        for notice in one.notices:
            yield lines.fault(notice.position, 1, notice.sentence, notice.serious)
        serious = {lines.place(notice.position)[0] for notice in one.faults if notice.serious}
        for fault in faults(one.tune) if whole and one.tune.body else ():
            first = one.places[fault.start if fault.start >= 0 else fault.index]
            last = one.places[fault.index]
            end = last + len(one.tune.body[fault.index])
            # What could not be read has made its line's bars short: one sentence for one slip.
            if lines.place(last)[0] not in serious:
                yield lines.fault(first, end - first, fault.sentence)


class _Lines:
    """Where the lines of a text begin."""

    def __init__(self, text: str) -> None:
        self._length = len(text)
        mark = "\n" if "\n" in text else "\r"
        self._starts = [0]
        at = text.find(mark)
        while at >= 0:
            self._starts.append(at + 1)
            at = text.find(mark, at + 1)

    def place(self, position: int) -> tuple[int, int]:
        """Line and column, from 1."""
        line = bisect_right(self._starts, position)
        return line, position - self._starts[line - 1] + 1

    def fault(self, position: int, length: int, sentence: Sentence, serious: bool = True) -> TextFault:
        start = min(max(0, position), self._length)
        line, column = self.place(start)
        return TextFault(line, column, start, min(start + length, self._length), sentence, serious)
