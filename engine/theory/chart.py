"""Bars, repeats and beats: laying chords out in time while a progression is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.errors import ProgressionTooLong
from engine.music import MAX_CHORDS, Chord, Slot
from engine.words import say


def shares(count: int, beats: float) -> tuple[float, ...]:
    """How `count` chords share a bar: whole beats while there are enough, then halves; the first ones get the rest.

    >>> shares(3, 4), shares(2, 3), shares(5, 4)
    ((2.0, 1.0, 1.0), (2.0, 1.0), (1.0, 1.0, 1.0, 0.5, 0.5))
    """
    unit = 1.0
    while count * unit > beats:
        unit /= 2
    units, left_over = int(beats / unit), beats - int(beats / unit) * unit
    each, longer = divmod(units, count)
    parts = [(each + (index < longer)) * unit for index in range(count)]
    parts[0] += left_over
    return tuple(parts)


def too_long() -> ProgressionTooLong:
    return ProgressionTooLong(
        say(
            "That is more than {most} chords. Paste a shorter part of the song, at most {most} chords.", most=MAX_CHORDS
        )
    )


@dataclass(frozen=True, slots=True)
class _Ending:
    """An ending of a repeat: the section it ends, where it begins, and how often both are played."""

    section: slice
    start: int
    times: int
    is_first: bool


class Chart:
    """The slots read so far. With bars, chords wait in the open bar until its end tells how many share it.

    `lines_with_bars` tells for each line whether its chords share bars (see `lines`).
    """

    def __init__(self, lines_with_bars: Iterable[bool], beats_per_bar: float, default_beats: float) -> None:
        self.slots: list[Slot] = []
        self._lines_with_bars = iter(lines_with_bars)
        self._has_bars = next(self._lines_with_bars, False)
        self.beats_per_bar = beats_per_bar
        self._default_beats = default_beats
        self._bar: list[Chord | None] = []  # None holds the chord before it
        self._last_bar: list[Chord | None] = []
        self._repeat_from = 0
        self._line_from = 0
        self._just_repeated: tuple[int, int] | None = None
        self._is_open = False  # whether a sign opened the repeat in progress
        self._ending: _Ending | None = None
        self._closed: tuple[_Ending, int] | None = None  # the last ending, and where the sign after it stood

    def chord(self, chord: Chord) -> None:
        self._just_repeated = None
        if not self._has_bars:
            self._extend([Slot(chord, self._default_beats)])
            self._last_bar = [chord]
            return
        self._bar.append(chord)
        if len(self.slots) + len(self._bar) > MAX_CHORDS:
            raise too_long()

    def hold(self) -> None:
        """A beat slash: the chord before it goes on. Without bars it says nothing new."""
        if self._bar:
            self._bar.append(None)
            if len(self._bar) > MAX_CHORDS:
                raise too_long()
        elif self._has_bars and self.slots:
            self.chord(self.slots[-1].chord)

    def percent(self) -> bool:
        """Repeat the bar before, or within a bar and without bars the chord before. False when nothing came before."""
        chords = [chord for chord in self._bar if chord]
        if chords:
            self.chord(chords[-1])
        elif self._has_bars and self._last_bar:
            self._bar = list(self._last_bar)
            self.end_bar()
        elif self.slots and not self._has_bars:
            self.chord(self.slots[-1].chord)
        else:
            return False
        return True

    def end_bar(self) -> None:
        if not self._bar:
            return
        slots: list[Slot] = []
        for chord, beats in zip(self._bar, shares(len(self._bar), self.beats_per_bar), strict=True):
            if chord:
                slots.append(Slot(chord, beats))
            else:
                slots[-1] = Slot(slots[-1].chord, slots[-1].beats + beats)
        self._last_bar, self._bar = self._bar, []
        self._extend(slots)

    def end_line(self) -> None:
        self.end_bar()
        self._line_from = len(self.slots)
        self._has_bars = next(self._lines_with_bars, False)

    def double_bar(self) -> None:
        """A bar line that also ends the last of several endings: what follows belongs to no repeat before."""
        self.end_bar()
        if self._ending and not self._ending.is_first:
            self._ending = None
            self._repeat_from = len(self.slots)

    def open_repeat(self) -> None:
        self.end_bar()
        self._repeat_from = len(self.slots)
        self._ending = self._closed = None
        self._is_open = True

    def close_repeat(self) -> None:
        self.end_bar()
        if self._ending:
            self._close_ending(self._ending)
        else:
            section = (self._repeat_from, len(self.slots))
            self._extend(self.slots[section[0] : section[1]])
            self._just_repeated = section
        self._repeat_from = len(self.slots)
        self._is_open = False

    def ending(self, numbers: Sequence[int]) -> bool:
        """Here begins what is played the first time, the second, ... False: no repeat here has such an ending.

        The first stands within a section; the others follow the sign that closed the one before, or the one before
        itself where that sign was left out.
        """
        is_first = 1 in numbers
        if self._ending and self._is_open and not is_first:
            self.close_repeat()
        section = self._section() if is_first else self._section_again()
        if section:
            self._ending = _Ending(section, len(self.slots), len(numbers), is_first)
            self._closed = None
        return bool(section)

    def _section(self) -> slice | None:
        """What a first ending ends."""
        if self._ending or not (self._bar or len(self.slots) > self._repeat_from):
            return None
        self.end_bar()
        return slice(self._repeat_from, len(self.slots))

    def _section_again(self) -> slice | None:
        """What the ending just closed ended, played once more unless it has been."""
        if not self._closed or self._bar or self._closed[1] != len(self.slots):
            return None
        before, _ = self._closed
        if not before.is_first:
            self._extend(self.slots[before.section])
        return before.section

    def _close_ending(self, ending: _Ending) -> None:
        """After a first ending its section comes again; after a later one only where yet another follows."""
        section, whole = self.slots[ending.section], self.slots[ending.start :]
        for _ in range(ending.times - 1):
            self._extend(section + whole)
        if ending.is_first:
            self._extend(section)
        self._ending, self._just_repeated = None, None
        self._closed = (ending, len(self.slots))

    def times(self, count: int) -> bool:
        """After a repeat sign 3 plays that section three times, elsewhere its line. False: nothing to repeat."""
        self.end_bar()
        start, end = self._just_repeated or (self._line_from, len(self.slots))
        played = 2 if self._just_repeated else 1
        for _ in range(count - played if end > start else 0):
            self._extend(self.slots[start:end])
        self._just_repeated = None
        return end > start

    def _extend(self, slots: list[Slot]) -> None:
        if len(self.slots) + len(slots) > MAX_CHORDS:
            raise too_long()
        self.slots += slots
