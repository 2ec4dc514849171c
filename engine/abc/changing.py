"""What may change on the way through a tune from outside: its key, and the voice that sings.

A canonical tune has one key and one voice: after a change of key notes carry accidentals of their own wherever the new
signature differs, so that they sound as they were written; of several voices the first is read.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.abc.tokens import signature

Sign = int | None  # an accidental, -2 to 2; None: none is written


@dataclass(slots=True)
class Keys:
    """The key that the tune is written in, and the one that holds now."""

    written: str
    now: str
    _signs: dict[str, int] = field(default_factory=dict)  # accidentals of this bar, by letter
    _own: set[str] = field(default_factory=set)  # letters of this bar that carry an accidental for the change's sake

    def change(self, key: str, begun: bool) -> None:
        """`begun`: notes were read already, whose key stays the tune's."""
        self.now = key
        if not begun:
            self.written = key

    def sign(self, letter: str, given: Sign) -> Sign:
        """The accidental that a note (a capital letter) has to carry, when it was written with `given`."""
        if given is not None:
            self._signs[letter] = given
            return given
        new = signature(self.now)[letter]
        if new == signature(self.written)[letter] and letter not in self._own:
            return None
        self._own.add(letter)
        return self._signs.get(letter, new)

    def bar(self) -> None:
        """An accidental lasts to the bar line."""
        self._signs.clear()
        self._own.clear()


@dataclass(slots=True)
class Voices:
    """Which voice is read: the first that is named, or the one that began without a name."""

    first: str | None = None
    _silent: bool = False  # another voice is written now
    _overlaid: bool = False  # the rest of this bar is a second voice

    @property
    def unread(self) -> bool:
        """Whether what comes now is left out."""
        return self._silent or self._overlaid

    def name(self, value: str, begun: bool) -> bool:
        """A voice by the first word of its field; whether it is one that is left out."""
        word = value.split(maxsplit=1)[0] if value.split() else ""
        if self.first is None:
            self.first = "" if begun else word
        self._silent = word != self.first
        return self._silent

    def overlay(self) -> None:
        self._overlaid = True

    def bar(self) -> None:
        self._overlaid = False
